//! The one command that proves the tree.

use crate::check::{self, CORE_FEATURES};
use crate::chores;
use crate::cmd::{self, Outcome};
use crate::embedded;
use crate::examples;
use crate::main_job;
use crate::steps::Steps;
use crate::workspace::{Package, Workspace};

pub(crate) fn test(ws: &Workspace, steps: &mut Steps) -> Outcome {
    check::check(ws, steps)?;
    steps.step("builds of rs2-core", || core_builds(ws))?;
    steps.step("rs2-core without an allocator", || {
        let device = ["test", "-p", "rs2-core", "--no-default-features", "--features", "heapless"];
        let tests = ["--test", "edge", "--test", "footprints"];
        cmd::run(&mut ws.cargo(&[&device[..], &tests].concat()))
    })?;
    for member in &ws.packages[1..] {
        let args = ["test", "--all-features", "-p", &member.name];
        steps.step(&format!("tests of {}", member.name), || cmd::run(&mut ws.cargo(&args)))?;
    }
    root_tests(ws, steps)?;
    let seeds = chores::seeds_from_env()?;
    steps.step(&format!("laws and {seeds} seeds of simulation"), || chores::laws(ws, seeds))?;
    zoo(ws, steps)?;
    steps.step("models of loom", || chores::loom(ws))?;
    chores::miri(ws, steps)?;
    examples::examples(ws, steps)?;
    embedded::embedded(ws, steps)?;
    main_job::main_job(ws, steps)?;
    msrv(ws, steps)?;
    deny(ws, steps)
}

/// For devices it is built in a chore of its own.
fn core_builds(ws: &Workspace) -> Outcome {
    let build = ["build", "--quiet", "-p", "rs2-core", "--lib", "--no-default-features"];
    for features in CORE_FEATURES {
        cmd::run(&mut ws.cargo(&[&build[..], &["--features", features]].concat()))?;
    }
    Ok(())
}

/// The laws are left out here: they run in release, once.
fn root_tests(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let facade: &Package = ws.facade();
    let tests = ws.root_tests()?;
    let tests = tests.iter().filter(|test| *test != "laws");
    let tests = tests.flat_map(|test| ["--test", test.as_str()]);
    let of_facade = ["test", "--all-features", "-p", &facade.name];
    steps.step("tests and examples of the root", || {
        let code = [&of_facade[..], &["--lib", "--examples"]].concat();
        cmd::run(&mut ws.cargo(&code.into_iter().chain(tests).collect::<Vec<_>>()))
    })?;
    steps.step("examples in the documentation of the root", || {
        cmd::run(&mut ws.cargo(&[&of_facade[..], &["--doc"]].concat()))
    })
}

fn zoo(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let target = ws.target.to_string_lossy();
    for dir in ws.zoo()? {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        steps.step(&format!("zoo {name}"), || {
            let args = ["test", "--locked", "--target-dir", &target];
            cmd::run(ws.cargo(&args).current_dir(&dir))
        })?;
    }
    Ok(())
}

fn msrv(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = format!("build with Rust {}", ws.msrv);
    let installed = cmd::ask("rustup", &["toolchain", "list"]).unwrap_or_default();
    let Some(toolchain) = toolchain_of(&installed, &ws.msrv) else {
        let why = format!("not installed: rustup toolchain install {}", ws.msrv);
        steps.skip(&name, &why);
        return Ok(());
    };
    steps.step(&name, || {
        for package in &ws.packages {
            let cargo = ["run", toolchain, "cargo", "build", "--quiet", "--all-features"];
            let args = [&cargo[..], &["-p", &package.name]].concat();
            cmd::run(&mut cmd::command("rustup", &ws.root, &args))?;
        }
        Ok(())
    })
}

/// The installed toolchain of this version, if any: 1.88 is `1.88-…` or `1.88.0-…`.
fn toolchain_of<'a>(installed: &'a str, version: &str) -> Option<&'a str> {
    let names = installed.lines().filter_map(|line| line.split_whitespace().next());
    names.into_iter().find(|name| {
        let rest = name.strip_prefix(version);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    })
}

fn deny(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = "licences, bans and sources";
    if !cmd::has_cargo("deny") {
        steps.skip(name, "cargo-deny is not installed: cargo install cargo-deny");
        return Ok(());
    }
    steps.step(name, || cmd::run(&mut ws.cargo(&["deny", "check", "bans", "licenses", "sources"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_is_found_by_its_version_and_not_by_its_beginning() {
        let installed = "stable-x (active, default)\n1.880.0-x\n1.88.1-x\n1.9-x\n";
        assert_eq!(toolchain_of(installed, "1.88"), Some("1.88.1-x"));
        assert_eq!(toolchain_of(installed, "1.9"), Some("1.9-x"));
        assert_eq!(toolchain_of(installed, "1.8"), None);
    }
}
