//! The smaller commands, each of which is also a way to run one part of `test` alone.

use crate::cmd::{self, Failure, Outcome};
use crate::steps::Steps;
use crate::workspace::{Package, Workspace};
use std::env;

/// Seeds for each operator when nobody says otherwise.
pub(crate) const SEEDS: u64 = 10_000;
const SEEDS_VAR: &str = "RS2_SIM_SEEDS";

/// A number of seeds as given by the user.
pub(crate) fn seeds(text: &str) -> Result<u64, Failure> {
    let seeds = text.replace('_', "").parse();
    seeds.map_err(|_| Failure::new(format!("not a number of seeds: {text:?}")))
}

/// The number of seeds that the environment asks for.
pub(crate) fn seeds_from_env() -> Result<u64, Failure> {
    env::var(SEEDS_VAR).map_or(Ok(SEEDS), |text| seeds(&text))
}

/// The laws of every operator, and its simulation. In release: the simulation is the longer part.
pub(crate) fn laws(ws: &Workspace, seeds: u64) -> Outcome {
    let args = ["test", "--release", "-p", &ws.facade().name, "--test", "laws"];
    cmd::run(ws.cargo(&args).env(SEEDS_VAR, seeds.to_string()))
}

/// The simulation alone, with its table.
pub(crate) fn sim(ws: &Workspace, seeds: u64) -> Outcome {
    let test = ["test", "--release", "-p", &ws.facade().name, "--test", "laws"];
    let args = [&test[..], &["sim_all", "--", "--nocapture"]].concat();
    cmd::run(ws.cargo(&args).env(SEEDS_VAR, seeds.to_string()))
}

/// The benches, which belong to the root.
pub(crate) fn bench(ws: &Workspace, area: Option<&str>) -> Outcome {
    let all = ["bench", "-p", &ws.facade().name];
    match area {
        Some(area) => cmd::run(&mut ws.cargo(&[&all[..], &["--bench", area]].concat())),
        None => cmd::run(&mut ws.cargo(&[&all[..], &["--benches"]].concat())),
    }
}

/// Every combination of at most two features of every package that has some.
pub(crate) fn hack(ws: &Workspace, steps: &mut Steps) -> Outcome {
    for package in ws.packages.iter().filter(|package| !package.features.is_empty()) {
        steps.step(&format!("features of {}", package.name), || {
            for features in powerset(package) {
                let quiet = ["check", "--quiet", "--lib", "--no-default-features", "-p"];
                let args = [&quiet[..], &[&package.name, "--features", &features]].concat();
                cmd::run(&mut ws.cargo(&args))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn powerset(package: &Package) -> Vec<String> {
    let mut sets = vec![String::new()];
    for (at, one) in package.features.iter().enumerate() {
        sets.push(one.clone());
        sets.extend(package.features[..at].iter().map(|other| format!("{other},{one}")));
    }
    sets
}

/// The room of rs2-core that holds unsafe code, under Miri.
pub(crate) fn miri(ws: &Workspace, steps: &mut Steps) -> Outcome {
    let name = "the ring and the slots under Miri";
    let nightly = ["run", "nightly", "cargo", "miri"];
    if cmd::ask("rustup", &[&nightly[..], &["--version"]].concat()).is_none() {
        let install = "rustup component add miri rust-src --toolchain nightly";
        steps.skip(name, &format!("Miri is not installed: {install}"));
        return Ok(());
    }
    steps.step(name, || {
        let package = ["test", "-p", "rs2-core", "--features", "std,heapless"];
        let test = [&package[..], &["--test", "ring", "--test", "slots"]].concat();
        let mut miri = cmd::command("rustup", &ws.root, &[&nightly[..], &test].concat());
        // Random tests read the file of earlier failures, and under Miri a case takes seconds.
        miri.env("MIRIFLAGS", "-Zmiri-disable-isolation").env("PROPTEST_CASES", "4");
        miri.env("CARGO_TARGET_DIR", ws.target.join("miri"));
        cmd::run(&mut miri)
    })
}

/// The models of what is lock-free in rs2-core: every order of steps, by loom. In release, because
/// loom runs each model many thousand times; apart from the rest, which is built without models.
pub(crate) fn loom(ws: &Workspace) -> Outcome {
    let package = ["test", "--release", "-p", "rs2-core", "--features", "std"];
    let args = [&package[..], &["--test", "loom_*"]].concat();
    let mut loom = ws.cargo(&args);
    loom.env("RUSTFLAGS", "--cfg rs2_loom").env("CARGO_TARGET_DIR", ws.target.join("loom"));
    cmd::run(&mut loom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_powerset_has_none_each_and_each_pair_once() {
        let features = ["a", "b", "c"].map(str::to_owned).to_vec();
        let package = Package { name: String::new(), dir: String::new(), features };
        assert_eq!(powerset(&package), ["", "a", "b", "a,b", "c", "a,c", "b,c"]);
    }

    #[test]
    fn a_number_of_seeds_may_be_written_readably() {
        assert_eq!(seeds("10_000").ok(), Some(10_000));
        assert!(seeds("many").is_err() && seeds("-1").is_err() && seeds("").is_err());
    }
}
