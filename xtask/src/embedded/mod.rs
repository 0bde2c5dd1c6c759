//! Devices without an operating system: what builds for them, and what programs do on one.

mod budget;
mod compiler;
mod programs;

use crate::cmd::{self, Outcome};
use crate::steps::Steps;
use crate::workspace::Workspace;
use compiler::Compiler;
use std::path::PathBuf;

pub(crate) use compiler::PACKAGES;

/// The programs, a workspace of its own.
pub(crate) const FOLDER: &str = "examples/firmware";
/// Without atomic exchange, with it, and with floating point.
const TARGETS: [&str; 3] = ["thumbv6m-none-eabi", "thumbv7m-none-eabi", "thumbv7em-none-eabihf"];
/// The features of rs2-core that a device can have, and whether they need an allocator.
const FEATURES: [(&str, bool); 5] = [
    ("", false),
    ("heapless", false),
    ("alloc", true),
    ("alloc,heapless", true),
    ("snapshot", true),
];
/// The target of the programs.
const BOARD: &str = "thumbv7m-none-eabi";

/// The target matrix, the programs on an emulated board, and the same pipelines here.
pub(crate) fn embedded(ws: &Workspace, steps: &mut Steps) -> Outcome {
    for target in TARGETS {
        builds(ws, steps, target)?;
    }
    adapter(ws, steps)?;
    programs::on_board(ws, steps)?;
    programs::on_host(ws, steps)
}

/// Where all of this is built, so that one copy of `core` does.
pub(crate) fn target_dir(ws: &Workspace) -> PathBuf {
    ws.target.join("embedded")
}

fn builds(ws: &Workspace, steps: &mut Steps, target: &str) -> Outcome {
    let name = format!("rs2-core for {target}");
    let Some(compiler) = Compiler::of(ws, target, steps, &name) else { return Ok(()) };
    steps.step(&name, || {
        for (features, alloc) in FEATURES {
            let mut cargo = compiler.cargo(&ws.root, "check", alloc);
            cargo.args(["--quiet", "--package", "rs2-core", "--lib"]);
            cargo.args(["--no-default-features", "--features", features]);
            cmd::run(cargo.arg("--target-dir").arg(target_dir(ws)))?;
        }
        Ok(())
    })
}

fn adapter(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = format!("rs2-embassy for {BOARD}");
    let Some(compiler) = Compiler::of(ws, BOARD, steps, &name) else { return Ok(()) };
    steps.step(&name, || {
        for (features, alloc) in [("", false), ("alloc", true)] {
            let mut cargo = compiler.cargo(&ws.root, "check", alloc);
            cargo.args(["--quiet", "--package", "rs2-embassy", "--lib", "--features", features]);
            cmd::run(cargo.arg("--target-dir").arg(target_dir(ws)))?;
        }
        Ok(())
    })
}
