//! Who compiles for a device: rustup's compiler where the target is installed, else Debian's.

use crate::cmd;
use crate::steps::Steps;
use std::path::Path;
use std::process::Command;

/// What builds and runs programs for a device on Debian.
pub(crate) const PACKAGES: [&str; 4] =
    ["rustc-web", "rust-web-src", "binutils-arm-none-eabi", "qemu-system-arm"];

/// Debian's compiler, which comes with no target but with the sources of `core`.
const DEBIAN: &str = "/usr/bin/rustc";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";

/// A compiler for one target.
#[derive(Debug)]
pub(super) struct Compiler {
    target: String,
    builds_core: bool,
}

impl Compiler {
    /// The compiler for `target`; where there is none, the step is skipped.
    pub(super) fn of(target: &str, steps: &mut Steps, step: &str) -> Option<Self> {
        let is_installed = has_target(target);
        if !is_installed && !has_debian() {
            let packages = PACKAGES.join(" ");
            let how = format!("rustup target add {target}, or apt-get install {packages}");
            steps.skip(step, &format!("no compiler for it: {how}"));
            return None;
        }
        Some(Self { target: target.to_owned(), builds_core: !is_installed })
    }

    /// Cargo for this target in `dir`. Where `core` has to be built too, so has `alloc` when it is
    /// asked for, and it does not exist otherwise: who uses it then fails.
    pub(super) fn cargo(&self, dir: &Path, subcommand: &str, alloc: bool) -> Command {
        let args = [subcommand, "--target", &self.target];
        let mut cargo = cmd::command(cmd::cargo_program(), dir, &args);
        if self.builds_core {
            cargo.arg(if alloc { "-Zbuild-std=core,alloc" } else { "-Zbuild-std=core" });
            cargo.env("RUSTC", DEBIAN).env("RUSTC_BOOTSTRAP", "1");
            // Debian ships no linker for it with the compiler.
            let target = self.target.to_uppercase().replace('-', "_");
            cargo.env(format!("CARGO_TARGET_{target}_LINKER"), "arm-none-eabi-ld");
        }
        cargo
    }
}

fn has_target(target: &str) -> bool {
    let sysroot = cmd::ask("rustc", &["--print", "sysroot"]).unwrap_or_default();
    Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir()
}

fn has_debian() -> bool {
    Path::new(SOURCES).is_file()
        && cmd::ask(DEBIAN, &["--version"]).is_some()
        && cmd::ask("arm-none-eabi-ld", &["--version"]).is_some()
}
