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
const BUILDS: [(&str, &[&str]); 2] =
    [("embassy", &["gateway", "baseline"]), ("device", &["minimal"])];
/// Those that run to an end; the baseline never does.
const RUN: [&str; 2] = ["gateway", "minimal"];
/// What an allocator would be called.
const ALLOCATORS: [&str; 4] = ["__rust_alloc", "__rg_", "__rdl_", "malloc"];

/// Builds the programs, runs them, and compares output and sizes with what is committed.
pub(super) fn on_board(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = "builds of the firmware";
    let Some(compiler) = Compiler::of(BOARD, steps, name) else { return Ok(()) };
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
            let mut cargo = compiler.cargo(&folder, "build", false);
            cargo.args(["--quiet", "--locked", "--release", "--features", features]);
            cargo.args(programs.iter().flat_map(|program| ["--bin", program]));
            cmd::run(cargo.arg("--target-dir").arg(target_dir(ws)))?;
        }
        for program in BUILDS.into_iter().flat_map(|(_, programs)| programs) {
            inspect(&image(ws, program), program, &mut sizes)?;
        }
        Ok(())
    })?;
    for program in RUN {
        steps.step(&format!("{program} on the board"), || run(ws, program, &mut sizes))?;
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

/// Notes how large an image is, and that it has no allocator.
fn inspect(image: &Path, program: &str, sizes: &mut Sizes) -> Outcome {
    let of_image = |tool: &str| {
        let folder = image.parent().unwrap_or(image);
        cmd::output(&mut cmd::command(tool, folder, &[program]))
    };
    let symbols = of_image("arm-none-eabi-nm")?;
    if let Some(symbol) = allocator(&symbols) {
        return Err(Failure::new(format!("{program} has an allocator: {symbol}")));
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
fn run(ws: &Workspace, program: &str, sizes: &mut Sizes) -> Outcome {
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
    match first_difference(lines, read(&path)?.lines()) {
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
) -> Option<String> {
    for number in 1.. {
        match (printed.next(), expected.next()) {
            (None, None) => break,
            (is, should) if is == should => {}
            (is, should) => {
                return Some(format!("line {number} should be {should:?}, and is {is:?}"));
            }
        }
    }
    None
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
            first_difference(printed.lines(), expected.lines()).is_some()
        };
        assert!(!differs("a\nb\n", "a\nb\n"));
        assert!(differs("a\n", "a\nb\n") && differs("a\nb\n", "a\n") && differs("a\nc", "a\nb"));
    }

    #[test]
    fn an_allocator_is_known_by_its_name() {
        assert_eq!(allocator("0000 T main\n0004 T __rust_alloc\n"), Some("0004 T __rust_alloc"));
        assert_eq!(allocator("0000 T main\n0004 T memcpy\n"), None);
    }
}
