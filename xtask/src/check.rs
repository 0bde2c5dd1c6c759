//! What every commit must pass: formatting, lints, the rules of the tree, documentation.

use crate::cmd::{self, Outcome};
use crate::embedded;
use crate::steps::Steps;
use crate::tidy;
use crate::workspace::Workspace;

/// The combinations of rs2-core's features that users choose from.
pub(crate) const CORE_FEATURES: [&str; 7] =
    ["", "alloc", "heapless", "alloc,heapless", "std", "std,serde", "snapshot"];

pub(crate) fn check(ws: &Workspace, steps: &mut Steps) -> Outcome {
    fmt(ws, steps)?;
    steps.step("tidy", || tidy::tidy(ws))?;
    clippy(ws, steps)?;
    docs(ws, steps)
}

fn fmt(ws: &Workspace, steps: &mut Steps) -> Outcome {
    if !cmd::has_cargo("fmt") {
        steps.skip("fmt", "rustfmt is not installed: rustup component add rustfmt");
        return Ok(());
    }
    steps.step("fmt", || {
        cmd::run(&mut ws.cargo(&["fmt", "--all", "--check"]))?;
        for dir in ws.zoo()?.into_iter().chain([ws.root.join(embedded::FOLDER)]) {
            cmd::run(ws.cargo(&["fmt", "--check"]).current_dir(dir))?;
        }
        Ok(())
    })
}

/// One package at a time, so that one member's features cannot hide another's omission.
fn clippy(ws: &Workspace, steps: &mut Steps) -> Outcome {
    if !cmd::has_cargo("clippy") {
        steps.skip("clippy", "clippy is not installed: rustup component add clippy");
        return Ok(());
    }
    for package in &ws.packages {
        let what = ["-p", &package.name, "--all-targets", "--all-features"];
        steps.step(&format!("clippy {}", package.name), || lint(ws, &what))?;
    }
    steps.step("clippy of the firmware", || {
        let args = ["clippy", "--quiet", "--locked", "--no-deps", "--all-targets"];
        let mut cargo = ws.cargo(&args);
        cargo.current_dir(ws.root.join(embedded::FOLDER));
        cargo.arg("--target-dir").arg(embedded::target_dir(ws));
        cmd::run(cargo.args(["--", "-D", "warnings"]))
    })?;
    steps.step("clippy rs2-core, feature by feature", || {
        for features in CORE_FEATURES {
            lint(ws, &["-p", "rs2-core", "--lib", "--features", features])?;
        }
        Ok(())
    })
}

fn lint(ws: &Workspace, what: &[&str]) -> Outcome {
    let args = [&["clippy", "--quiet", "--no-deps"], what, &["--", "-D", "warnings"]].concat();
    cmd::run(&mut ws.cargo(&args))
}

fn docs(ws: &Workspace, steps: &mut Steps) -> Outcome {
    steps.step("documentation", || {
        for package in &ws.packages {
            let args = ["doc", "--quiet", "--no-deps", "--all-features", "-p", &package.name];
            cmd::run(ws.cargo(&args).env("RUSTDOCFLAGS", "-D warnings"))?;
        }
        Ok(())
    })
}
