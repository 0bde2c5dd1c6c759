//! The programs of `examples/firmware`, on an emulated board and here.

use super::budget::{self, Sizes};
use super::compiler::{Compiler, PACKAGES};
use super::{BOARD, FOLDER, target_dir};
use crate::cmd::{self, Failure, Outcome};
use crate::steps::Steps;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each set of features with the programs that need it: SysTick belongs to one of them at a time.
const BUILDS: [(&str, &[&str]); 3] =
    [("embassy", &["gateway", "baseline"]), ("device", &["minimal", "count"]), (HEAP, &["tables"])];
/// The feature that brings an allocator.
const HEAP: &str = "heap";
/// Those that run to an end, and how far a number that they print may be from the committed one,
/// in percent: instructions depend on the compiler. The baseline never ends.
const RUN: [(&str, u64); 4] = [("gateway", 0), ("minimal", 0), ("count", 20), ("tables", 20)];
/// What an allocator would be called.
const ALLOCATORS: [&str; 5] = ["__rust_alloc", "__rg_", "__rdl_", "malloc", "GlobalAlloc"];

/// Builds the programs, runs them, and compares output and sizes with what is committed.
pub(super) fn on_board(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = "builds of the firmware";
    let Some(compiler) = Compiler::of(ws, BOARD, steps, name) else { return Ok(()) };
    if let Some(missing) = ["arm-none-eabi-size", "qemu-system-arm"]
        .into_iter()
        .find(|tool| cmd::ask(*tool, &["--version"]).is_none())
    {
        let packages = PACKAGES[2..].join(" ");
        steps.skip("firmware", &format!("no {missing}: apt-get install {packages}"));
        return Ok(());
    }
    let folder = ws.root.join(FOLDER);
    let mut sizes = Sizes::new();
    steps.step(name, || {
        for (features, programs) in BUILDS {
            let mut cargo = compiler.cargo(&folder, "build", features == HEAP);
            cargo.args(["--quiet", "--locked", "--release", "--features", features]);
            cargo.args(programs.iter().flat_map(|program| ["--bin", program]));
            cmd::run(cargo.arg("--target-dir").arg(target_dir(ws)))?;
        }
        for (features, programs) in BUILDS {
            for program in programs {
                inspect(&image(ws, program), program, features == HEAP, &mut sizes)?;
            }
        }
        Ok(())
    })?;
    for (program, percent) in RUN {
        steps.step(&format!("{program} on the board"), || run(ws, program, percent, &mut sizes))?;
    }
    let path = folder.join("budget.txt");
    steps.step("sizes of the firmware", || budget::check(&read(&path)?, &sizes))
}

/// The same pipelines on the host, compared with the same output.
pub(super) fn on_host(ws: &Workspace, steps: &mut Steps) -> Outcome {
    steps.step("firmware on the host", || {
        let mut cargo = cmd::command(cmd::cargo_program(), &ws.root.join(FOLDER), &["test"]);
        cargo.args(["--quiet", "--locked"]).arg("--target-dir").arg(target_dir(ws));
        cmd::run(&mut cargo)
    })
}

fn image(ws: &Workspace, program: &str) -> PathBuf {
    target_dir(ws).join(BOARD).join("release").join(program)
}

/// Notes how large an image is, and that it has no allocator, but for one that is meant to.
fn inspect(image: &Path, program: &str, has_heap: bool, sizes: &mut Sizes) -> Outcome {
    let of_image = |tool: &str| {
        let folder = image.parent().unwrap_or(image);
        cmd::output(&mut cmd::command(tool, folder, &[program]))
    };
    let symbols = of_image("arm-none-eabi-nm")?;
    match allocator(&symbols) {
        Some(symbol) if !has_heap => {
            return Err(Failure::new(format!("{program} has an allocator: {symbol}")));
        }
        // The others may then have one of that name too.
        None if has_heap => {
            return Err(Failure::new(format!("the allocator of {program} has an unknown name")));
        }
        _ => {}
    }
    let Some((flash, ram)) = budget::image(&of_image("arm-none-eabi-size")?) else {
        return Err(Failure::new(format!("nobody tells the size of {program}")));
    };
    println!("{program}: {flash} bytes of flash, {ram} of RAM");
    sizes.insert((program.to_owned(), "flash".to_owned()), flash);
    sizes.insert((program.to_owned(), "ram".to_owned()), ram);
    Ok(())
}

fn allocator(symbols: &str) -> Option<&str> {
    symbols.lines().find(|line| ALLOCATORS.iter().any(|name| line.contains(name)))
}

/// Runs a program to its end. What it prints of its size is noted, the rest compared.
fn run(ws: &Workspace, program: &str, percent: u64, sizes: &mut Sizes) -> Outcome {
    let printed = cmd::output(&mut emulator(&image(ws, program), &ws.root))?;
    for line in printed.lines().filter_map(|line| line.strip_prefix("# ")) {
        println!("{program}: {line}");
        let size = line.split_once(' ').and_then(|(name, size)| Some((name, size.parse().ok()?)));
        let Some((name, size)) = size else {
            return Err(Failure::new(format!("{program} printed no size: {line}")));
        };
        sizes.insert((program.to_owned(), name.to_owned()), size);
    }
    let path = ws.root.join(FOLDER).join("expected").join(format!("{program}.txt"));
    let lines = printed.lines().filter(|line| !line.starts_with('#'));
    if percent > 0 {
        lines.clone().for_each(|line| println!("{program}: {line}"));
    }
    match first_difference(lines, read(&path)?.lines(), percent) {
        None => Ok(()),
        Some(what) => Err(Failure::new(format!("{}: {what}", path.display()))),
    }
}

/// Virtual time goes on with the instructions, 16 ns each, and jumps where all sleep: what is
/// printed does not depend on how fast the host is.
fn emulator(image: &Path, dir: &Path) -> Command {
    let time_limit = ["60", "qemu-system-arm"];
    let machine = ["-machine", "lm3s6965evb", "-nographic", "-monitor", "none", "-serial", "null"];
    let time = ["-icount", "shift=4,align=off,sleep=off"];
    let debugger = ["-semihosting-config", "enable=on,target=native", "-kernel"];
    let args = [&time_limit[..], &machine, &time, &debugger].concat();
    let mut timeout = cmd::command("timeout", dir, &args);
    timeout.arg(image);
    timeout
}

fn first_difference<'a>(
    mut printed: impl Iterator<Item = &'a str>,
    mut expected: impl Iterator<Item = &'a str>,
    percent: u64,
) -> Option<String> {
    for number in 1.. {
        match (printed.next(), expected.next()) {
            (None, None) => break,
            (Some(is), Some(should)) if is_near(is, should, percent) => {}
            (is, should) => {
                return Some(format!("line {number} should be {should:?}, and is {is:?}"));
            }
        }
    }
    None
}

/// Whether two lines are the same but for numbers, which are at most one, or so many percent,
/// apart.
fn is_near(is: &str, should: &str, percent: u64) -> bool {
    if is == should || percent == 0 {
        return is == should;
    }
    let (is, should) = (is.split(' '), should.split(' '));
    is.clone().count() == should.clone().count()
        && is.zip(should).all(|(is, should)| match (is.parse::<u64>(), should.parse::<u64>()) {
            (Ok(is), Ok(should)) => is.abs_diff(should) <= (should * percent / 100).max(1),
            _ => is == should,
        })
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::at(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_more_less_or_other_is_a_difference() {
        let differs = |printed: &str, expected: &str| {
            first_difference(printed.lines(), expected.lines(), 0).is_some()
        };
        assert!(!differs("a\nb\n", "a\nb\n"));
        assert!(differs("a\n", "a\nb\n") && differs("a\nb\n", "a\n") && differs("a\nc", "a\nb"));
    }

    #[test]
    fn numbers_may_differ_where_that_is_said() {
        assert!(is_near("map 92", "map 100", 10) && is_near("map 3", "map 4", 10));
        assert!(!is_near("map 89", "map 100", 10) && !is_near("map 92", "map 100", 0));
        assert!(!is_near("filter 92", "map 92", 10) && !is_near("map", "map 92", 10));
    }

    #[test]
    fn an_allocator_is_known_by_its_name() {
        assert_eq!(allocator("0000 T main\n0004 T __rust_alloc\n"), Some("0004 T __rust_alloc"));
        assert_eq!(allocator("0000 T main\n0004 T memcpy\n"), None);
    }
}
