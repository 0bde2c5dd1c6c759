//! Who compiles for a device: rustup's compiler where the target is installed, else Debian's.

use crate::cmd;
use crate::steps::Steps;
use crate::workspace::Workspace;
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
    pub(super) fn of(ws: &Workspace, target: &str, steps: &mut Steps, step: &str) -> Option<Self> {
        let sysroot = cmd::ask("rustc", &["--print", "sysroot"]).unwrap_or_default();
        let chosen = Self::chosen(Path::new(sysroot.trim()), target, || has_debian(&ws.msrv));
        if chosen.is_none() {
            let packages = PACKAGES.join(" ");
            let how = format!("rustup target add {target}, or apt-get install {packages}");
            steps.skip(step, &format!("no compiler for it: {how}"));
        }
        chosen
    }

    /// The compiler with this sysroot where it has the target, else Debian's where that is there.
    fn chosen(sysroot: &Path, target: &str, has_debian: impl FnOnce() -> bool) -> Option<Self> {
        let is_installed = sysroot.join("lib/rustlib").join(target).join("lib").is_dir();
        let compiler = Self { target: target.to_owned(), builds_core: !is_installed };
        (is_installed || has_debian()).then_some(compiler)
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

/// Debian has an old compiler too, at the same place.
fn has_debian(msrv: &str) -> bool {
    let printed = cmd::ask(DEBIAN, &["--version"]).unwrap_or_default();
    Path::new(SOURCES).is_file()
        && is_at_least(&printed, msrv)
        && cmd::ask("arm-none-eabi-ld", &["--version"]).is_some()
}

/// Whether what a compiler prints of its version is at least `oldest`.
fn is_at_least(printed: &str, oldest: &str) -> bool {
    let numbers = |version: &str| -> Option<(u32, u32)> {
        let (major, rest) = version.split_once('.')?;
        let minor = rest.split('.').next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let version = printed.strip_prefix("rustc ").and_then(numbers);
    version.is_some() && version >= numbers(oldest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs, process};

    const TARGET: &str = "thumbv7m-none-eabi";

    /// A sysroot with the target, as rustup leaves it.
    fn installed() -> std::path::PathBuf {
        let sysroot = env::temp_dir().join(format!("rs2-sysroot-{}", process::id()));
        fs::create_dir_all(sysroot.join("lib/rustlib").join(TARGET).join("lib")).expect("room");
        sysroot
    }

    fn arguments(compiler: &Compiler, alloc: bool) -> (Vec<String>, Vec<String>) {
        let cargo = compiler.cargo(Path::new("."), "build", alloc);
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        (cargo.get_args().map(text).collect(), cargo.get_envs().map(|(key, _)| text(key)).collect())
    }

    #[test]
    fn a_target_of_rustup_is_used_as_it_is() {
        let sysroot = installed();
        let never = || panic!("nobody asks for Debian's compiler");
        let compiler = Compiler::chosen(&sysroot, TARGET, never).expect("the target is there");
        let (args, variables) = arguments(&compiler, true);
        assert_eq!(args, ["build", "--target", TARGET]);
        assert!(!variables.iter().any(|key| key == "RUSTC" || key.ends_with("_LINKER")));
        assert!(Compiler::chosen(&sysroot, "thumbv6m-none-eabi", || false).is_none());
        fs::remove_dir_all(sysroot).expect("it is ours");
    }

    #[test]
    fn without_it_the_compiler_of_debian_builds_core_too() {
        let nowhere = Path::new("/nowhere");
        assert!(Compiler::chosen(nowhere, TARGET, || false).is_none());
        let compiler = Compiler::chosen(nowhere, TARGET, || true).expect("Debian's is there");
        let (args, variables) = arguments(&compiler, false);
        assert_eq!(args, ["build", "--target", TARGET, "-Zbuild-std=core"]);
        let linker = "CARGO_TARGET_THUMBV7M_NONE_EABI_LINKER";
        assert!(
            ["RUSTC", "RUSTC_BOOTSTRAP", linker]
                .iter()
                .all(|key| variables.contains(&(*key).to_owned()))
        );
        assert_eq!(
            arguments(&compiler, true).0.last().map(String::as_str),
            Some("-Zbuild-std=core,alloc")
        );
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_at_least("rustc 1.96.0 (ac68faa20 2026-05-25) (Debian)\n", "1.88"));
        assert!(is_at_least("rustc 1.88.0\n", "1.88") && is_at_least("rustc 1.100.1\n", "1.88"));
        assert!(!is_at_least("rustc 1.63.0\n", "1.88") && !is_at_least("", "1.88"));
    }
}
