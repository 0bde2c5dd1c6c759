//! Running other programs.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Why a chore did not succeed, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a chore comes to.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// An error of the system at a path.
    pub(crate) fn at(path: &Path, error: &io::Error) -> Self {
        Self(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The cargo that runs us, so that a toolchain chosen with `+` holds for everything.
pub(crate) fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A program to run in `dir`, without standard input: a chore asks nobody anything.
pub(crate) fn command(program: impl Into<OsString>, dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program.into());
    command.args(args).current_dir(dir).stdin(Stdio::null());
    command
}

/// Prints the command and runs it with our output.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let line = shown(command);
    println!("$ {line}");
    let status = command.status().map_err(|error| Failure::new(format!("{line}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{line}: {status}"))) }
}

/// Prints the command, runs it, and gives what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let line = shown(command);
    println!("$ {line}");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{line}: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!("{line}: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a program answers to a question, or nothing when it is not there or says no.
pub(crate) fn ask(program: impl Into<OsString>, args: &[&str]) -> Option<String> {
    let output = command(program, Path::new("."), args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a subcommand of cargo is installed.
pub(crate) fn has_cargo(subcommand: &str) -> bool {
    ask(cargo_program(), &[subcommand, "--version"]).is_some()
}

fn shown(command: &Command) -> String {
    let settings = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={:?} ", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let program = Path::new(command.get_program());
    let program = program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy();
    let args = command.get_args().map(|arg| format!(" {}", arg.to_string_lossy()));
    settings.chain([program.into_owned()]).chain(args).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut shell = command("sh", Path::new("."), &["-c", "exit 3"]);
        shell.env("SEEDS", "7");
        assert_eq!(shown(&shell), "SEEDS=\"7\" sh -c exit 3");
    }

    #[cfg(unix)]
    #[test]
    fn a_status_other_than_zero_is_a_failure_that_names_the_command() {
        let outcome = run(&mut command("sh", Path::new("."), &["-c", "exit 3"]));
        let why = outcome.expect_err("the status is 3").to_string();
        assert!(why.contains("exit 3") && why.contains("status: 3"), "{why}");
        assert_eq!(ask("sh", &["-c", "exit 3"]), None);
        assert_eq!(ask("sh", &["-c", "echo yes"]).as_deref(), Some("yes\n"));
    }

    #[test]
    fn a_program_that_is_not_there_answers_nothing() {
        assert_eq!(ask("a-program-that-is-not-there", &[]), None);
    }
}
