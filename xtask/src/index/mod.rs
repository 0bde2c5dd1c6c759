//! The index of operators: a table in the README, a page of its own, and nothing kept by hand.

mod facts;
mod page;
mod words;

use crate::cmd::{Failure, Outcome};
use crate::tidy;
use crate::tidy::finding::Finding;
use crate::tidy::source::Source;
use crate::workspace::Workspace;
use std::fs;

const README: &str = "README.md";
const PAGE: &str = "docs/operators.md";
const BEGIN: &str = "<!-- index: begin; `cargo xtask index` writes it -->\n";
const END: &str = "<!-- index: end -->\n";

/// Writes the index where it is stale.
pub(crate) fn index(ws: &Workspace) -> Outcome {
    let files = tidy::read_tree(&ws.root)?;
    let stale = stale(&files)?;
    for (path, text) in &stale {
        let file = ws.root.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
        }
        fs::write(&file, text).map_err(|error| Failure::at(&file, &error))?;
        println!("written: {path}");
    }
    if stale.is_empty() {
        println!("nothing has changed");
    }
    Ok(())
}

/// A finding for each file of the index that says something else than the sources.
pub(crate) fn check(files: &[(String, String)], findings: &mut Vec<Finding>) {
    match stale(files) {
        Ok(stale) => findings.extend(stale.iter().map(|(path, _)| {
            Finding::new(path, 1, "the index of operators is stale: run `cargo xtask index`")
        })),
        Err(why) => findings.push(Finding::new(README, 1, why.to_string())),
    }
}

/// The files that must change, with what they must say.
fn stale(files: &[(String, String)]) -> Result<Vec<(&'static str, String)>, Failure> {
    let scanned = files.iter().filter(|(path, _)| path.ends_with(".rs"));
    let sources: Vec<Source> = scanned.map(|(path, text)| Source::scan(path, text)).collect();
    let areas = facts::areas(&sources);
    let text_of =
        |wanted: &str| files.iter().find(|(path, _)| path == wanted).map(|(_, text)| text);
    let readme = text_of(README).map_or("", String::as_str);
    let wanted = [(README, in_readme(readme, &page::table(&areas))?), (PAGE, page::page(&areas))];
    let is_stale = |(path, text): &(&'static str, String)| text_of(path) != Some(text);
    Ok(wanted.into_iter().filter(is_stale).collect())
}

/// The README with this table between its marks.
fn in_readme(readme: &str, table: &str) -> Result<String, Failure> {
    let missing = |mark: &str| Failure::new(format!("{README} has no line {}", mark.trim_end()));
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(|| missing(BEGIN))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| missing(END))?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(readme: &str) -> Vec<(String, String)> {
        let door = "//! Doors.\n/// Yields it.\n///\n/// # Shape\npub trait X { fn x_rs2(self); }";
        let files = [("README.md", readme), ("rs2-core/src/op/door/mod.rs", door)];
        files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec()
    }

    #[test]
    fn what_was_written_is_not_stale() {
        let mut files = tree(&format!("a\n{BEGIN}old\n{END}b\n"));
        let stale_files = stale(&files).expect("the marks are there");
        assert_eq!(stale_files.iter().map(|(path, _)| *path).collect::<Vec<_>>(), [README, PAGE]);
        files.retain(|(path, _)| path != README);
        files.extend(stale_files.into_iter().map(|(path, text)| (path.to_owned(), text)));
        assert_eq!(stale(&files).expect("the marks are still there"), []);
    }

    #[test]
    fn what_stands_around_the_marks_stays_and_a_missing_mark_is_told() {
        let readme = in_readme(&format!("a\n{BEGIN}old\n{END}b\n"), "new\n");
        assert_eq!(readme.expect("both are there"), format!("a\n{BEGIN}new\n{END}b\n"));
        let mut findings = Vec::new();
        check(&tree(BEGIN), &mut findings);
        assert!(findings.len() == 1 && findings[0].what.contains("index: end"), "{findings:?}");
    }
}
