//! Nothing that is read, or written by another option, is written over.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Input, Options};
use super::display::visible;

/// Refuses outputs that are an input or each other, whatever they are called. An error is one line
/// for the user.
pub fn check(options: &Options) -> Result<(), String> {
    let inputs: Vec<PathBuf> = options.inputs.iter().map(path_of).collect();
    let outputs = [("--dead-letter", &options.dead_letter), ("--report", &options.report)];
    for (option, path) in outputs {
        let Some(path) = path else { continue };
        if inputs.iter().any(|input| is_same(input, path)) {
            let name = visible(&path.to_string_lossy(), 500);
            return Err(format!("{option} {name} is one of the inputs"));
        }
    }
    match (&options.dead_letter, &options.report) {
        (Some(letters), Some(report)) if letters == report || is_same(letters, report) => {
            Err("--dead-letter and --report are the same file".to_owned())
        }
        _ => Ok(()),
    }
}

fn path_of(input: &Input) -> PathBuf {
    match input {
        Input::Path(path) => path.clone(),
        Input::Stdin => PathBuf::from("/dev/stdin"),
    }
}

/// Whether both are one regular file.
#[cfg(unix)]
fn is_same(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| {
        let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some((found.dev(), found.ino()))
    };
    identity(left).is_some_and(|left| identity(right) == Some(left))
}

/// Whether both are one file.
#[cfg(not(unix))]
fn is_same(left: &Path, right: &Path) -> bool {
    matches!((fs::canonicalize(left), fs::canonicalize(right)), (Ok(a), Ok(b)) if a == b)
}
