//! The examples: each asserts what it shows, so that running it is a test.

use crate::cmd::{self, Outcome};
use crate::main_job;
use crate::steps::Steps;
use crate::workspace::Workspace;
use std::env::consts::EXE_SUFFIX;

/// Builds all, then runs each but the flagship, which has a job of its own.
pub(crate) fn examples(ws: &Workspace, steps: &mut Steps) -> Outcome {
    steps.step("builds of the examples", || {
        let args = ["build", "--all-features", "-p", &ws.facade().name, "--examples"];
        cmd::run(&mut ws.cargo(&args))
    })?;
    let folder = ws.target.join("debug/examples");
    for name in ws.examples()?.into_iter().filter(|name| name != main_job::NAME) {
        steps.step(&format!("example {name}"), || {
            let program = folder.join(format!("{name}{EXE_SUFFIX}"));
            cmd::run(&mut cmd::command(program, &ws.root, &[]))
        })?;
    }
    Ok(())
}
