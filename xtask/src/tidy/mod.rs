//! The rules of the tree that the compiler does not know. They read the text of the sources with
//! a scanner of their own, so that a tree that does not compile can be checked, too.

pub(crate) mod differential;
pub(crate) mod finding;
mod floors;
mod length;
mod operators;
mod snapshots;
pub(crate) mod source;
mod text;
pub(crate) mod tokens;

use crate::cmd::{Failure, Outcome};
use crate::index;
use crate::workspace::{self, Workspace};
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// Prints every finding in one line each; a finding is a failure.
pub(crate) fn tidy(ws: &Workspace) -> Outcome {
    let files = read_tree(&ws.root)?;
    let mut findings = Vec::new();
    let mut sources = Vec::new();
    for (path, text) in &files {
        text::machine_paths(path, text, &mut findings);
        if path.ends_with(".rs") {
            sources.push(Source::scan(path, text));
        }
    }
    for source in &sources {
        text::check(source, &mut findings);
        length::check(source, &mut findings);
        floors::check_modules(source, &mut findings);
        floors::check_crates(source, &ws.packages, &mut findings);
    }
    operators::check(&sources, &mut findings);
    snapshots::check(&sources, &mut findings);
    differential::check(&sources, &mut findings);
    index::check(&files, &mut findings);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{} files are tidy", files.len());
            Ok(())
        }
        count => Err(Failure::new(format!("{count} findings"))),
    }
}

/// The files that people write, by their path from the root with `/` between folders.
pub(crate) fn read_tree(root: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in workspace::entries(&folder)? {
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                if !is_left_out(&path) {
                    folders.push(path);
                }
            } else if is_ours(&path) {
                let text = fs::read_to_string(&path).map_err(|error| Failure::at(&path, &error))?;
                files.push((relative(root, &path), text));
            }
        }
    }
    Ok(files)
}

/// What git and cargo keep for themselves.
fn is_left_out(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "target" || name == ".git")
}

fn is_ours(file: &Path) -> bool {
    let ends = ["rs", "md", "toml", "sh", "yml"];
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ends.contains(&ending)) || file.ends_with(".ci/run")
}

fn relative(root: &Path, path: &Path) -> String {
    let path: PathBuf = path.strip_prefix(root).unwrap_or(path).to_owned();
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_this_package_are_among_those_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = read_tree(root).expect("this package can be read");
        assert!(files.iter().any(|(path, _)| path == "src/tidy/mod.rs"));
        assert!(files.iter().any(|(path, _)| path == "Cargo.toml"));
    }
}
