//! Installing what a bare machine lacks.

use crate::cmd::{self, Failure, Outcome};
use crate::embedded;
use crate::steps::Steps;
use std::path::Path;

/// Installs what is missing and can be installed here, and names what cannot.
pub(crate) fn install(steps: &mut Steps) -> Outcome {
    install_linker(steps)?;
    install_components(steps)?;
    install_miri(steps);
    install_for_devices(steps)
}

/// Debian's compiler for devices, its linker and an emulator.
pub(crate) fn install_for_devices(steps: &mut Steps) -> Outcome {
    let tools = ["/usr/bin/rustc", "arm-none-eabi-ld", "qemu-system-arm"];
    let has_sources = Path::new("/usr/lib/rustlib/src/rust/library").is_dir();
    if has_sources && tools.iter().all(|tool| cmd::ask(*tool, &["--version"]).is_some()) {
        return Ok(());
    }
    let name = "setup for devices";
    if let Some(why) = cannot_install(&embedded::PACKAGES) {
        steps.skip(name, &why);
        return Ok(());
    }
    // Other systems have other packages: what needs these is then skipped.
    let mut installed = Ok(());
    steps.step(name, || {
        installed = install_packages(&embedded::PACKAGES);
        Ok(())
    })?;
    if let Err(why) = installed {
        steps.skip(name, &why.to_string());
    }
    Ok(())
}

/// Miri comes with nightly toolchains only, and not with each of them: where there is none, the
/// step that needs it is skipped.
fn install_miri(steps: &mut Steps) {
    let toolchains = cmd::ask("rustup", &["toolchain", "list"]).unwrap_or_default();
    let has_nightly = toolchains.lines().any(|line| line.starts_with("nightly"));
    let has_miri = cmd::ask("rustup", &["run", "nightly", "cargo", "miri", "--version"]).is_some();
    if !has_nightly || has_miri {
        return;
    }
    let add = ["component", "add", "miri", "rust-src", "--toolchain", "nightly"];
    if cmd::run(&mut cmd::command("rustup", Path::new("."), &add)).is_err() {
        steps.skip("setup of Miri", "rustup has none for the nightly toolchain");
    }
}

/// Cargo needed a linker to build this program, but it may have been told one that is not `cc`,
/// and the tests then lack what goes with it.
fn install_linker(steps: &mut Steps) -> Outcome {
    if cmd::ask("cc", &["--version"]).is_some() {
        return Ok(());
    }
    let (name, packages) = ("setup of gcc", ["gcc", "libc6-dev"]);
    if let Some(why) = cannot_install(&packages) {
        steps.skip(name, &why);
        return Ok(());
    }
    steps.step(name, || install_packages(&packages))
}

fn cannot_install(packages: &[&str]) -> Option<String> {
    let is_root = cmd::ask("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    let can = is_root && cmd::ask("apt-get", &["--version"]).is_some();
    (!can).then(|| format!("installing {} needs apt-get and root", packages.join(" ")))
}

fn install_packages(packages: &[&str]) -> Outcome {
    let update = apt_get(&["update", "--quiet"]);
    let install = ["install", "--yes", "--no-install-recommends"];
    update.and(apt_get(&[&install[..], packages].concat()))
}

fn apt_get(args: &[&str]) -> Outcome {
    let mut apt_get = cmd::command("apt-get", Path::new("."), args);
    cmd::run(apt_get.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn install_components(steps: &mut Steps) -> Outcome {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if cmd::has_cargo(subcommand) {
            continue;
        }
        let name = format!("setup of {component}");
        if cmd::ask("rustup", &["--version"]).is_none() {
            steps.skip(&name, "it is missing and there is no rustup to install it");
            continue;
        }
        steps.step(&name, || {
            let args = ["component", "add", component];
            cmd::run(&mut cmd::command("rustup", Path::new("."), &args))?;
            if cmd::has_cargo(subcommand) {
                Ok(())
            } else {
                Err(Failure::new(format!("rustup added {component}, but cargo does not find it")))
            }
        })?;
    }
    Ok(())
}
