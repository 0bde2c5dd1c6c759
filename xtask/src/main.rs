//! The chores of the project, as `cargo xtask <command>`, so that they run wherever Rust does.
#![forbid(unsafe_code)]

mod check;
mod chores;
mod cmd;
mod disorder;
mod embedded;
mod examples;
mod index;
mod main_job;
mod manifest;
mod memory;
mod setup;
mod steps;
mod test;
mod tidy;
mod workspace;

use cmd::{Failure, Outcome};
use std::env;
use std::process::ExitCode;
use steps::Steps;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask <command>

  test [--setup]    prove the tree: builds, tests, and what follows down to `job`; --setup installs
                    what is missing first, without it what cannot run is named as skipped
  check             formatting, clippy for each package, tidy, documentation
  tidy              the rules of the tree that the compiler does not know
  index             writes the table of operators in the README and docs/operators.md
  laws              the laws of every operator, with a slice of the simulation
  sim [--seeds N]   the simulation of every operator with N seeds each (10000)
  disorder [--cases N]  what event time and keyed state yield, against a naive evaluation of N
                    random inputs (100000) for each test
  examples          every example runs, and finds what it asserts
  embedded [--setup]  rs2-core for devices, and programs on an emulated one; --setup installs the
                    compiler, the linker and the emulator first
  job               the flagship example on generated lines, and its memory
  bench [AREA]      the benches, or those of one area
  hack              every combination of at most two features builds
  loom              the lock-free part of rs2-core in every order of steps
  miri              the ring of rs2-core under Miri, where it is installed
  help              this text";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Outcome {
    if let [] | ["help" | "-h" | "--help"] = args {
        println!("{HELP}");
        return Ok(());
    }
    let ws = Workspace::open()?;
    match args {
        ["test"] => in_steps(|steps| test::test(&ws, steps)),
        ["test", "--setup"] => in_steps(|steps| {
            setup::install(steps)?;
            test::test(&ws, steps)
        }),
        ["check"] => in_steps(|steps| check::check(&ws, steps)),
        ["tidy"] => tidy::tidy(&ws),
        ["index"] => index::index(&ws),
        ["laws"] => chores::laws(&ws, chores::seeds_from_env()?),
        ["sim"] => chores::sim(&ws, chores::SEEDS),
        ["sim", "--seeds", seeds] => chores::sim(&ws, chores::seeds(seeds)?),
        ["disorder"] => disorder::disorder(&ws, disorder::CASES),
        ["disorder", "--cases", cases] => disorder::disorder(&ws, disorder::cases(cases)?),
        ["examples"] => in_steps(|steps| examples::examples(&ws, steps)),
        ["embedded"] => in_steps(|steps| embedded::embedded(&ws, steps)),
        ["embedded", "--setup"] => in_steps(|steps| {
            setup::install_for_devices(steps)?;
            embedded::embedded(&ws, steps)
        }),
        ["job"] => in_steps(|steps| main_job::main_job(&ws, steps)),
        ["bench"] => chores::bench(&ws, None),
        ["bench", area] => chores::bench(&ws, Some(area)),
        ["hack"] => in_steps(|steps| chores::hack(&ws, steps)),
        ["loom"] => chores::loom(&ws),
        ["miri"] => in_steps(|steps| chores::miri(&ws, steps)),
        _ => Err(Failure::new(format!("no such command: {}\n\n{HELP}", args.join(" ")))),
    }
}

fn in_steps(work: impl FnOnce(&mut Steps) -> Outcome) -> Outcome {
    let mut steps = Steps::new();
    let outcome = work(&mut steps);
    println!("{}", steps.summary(&outcome));
    outcome
}
