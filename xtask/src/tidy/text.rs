//! Rules about lines and words.

use super::finding::Finding;
use super::source::Source;
use super::tokens::{text, tokens};

const WIDTH: usize = 100;

/// Macros that stand for work that is left, or that help while working.
const LEFTOVER_MACROS: [&str; 3] = ["todo", "dbg", "unimplemented"];

/// Notes to oneself; work that is left belongs in an issue.
const NOTES: [&str; 3] = ["TODO", "FIXME", "XXX"];

/// The only rooms where unsafe code may live, each under Miri.
const UNSAFE_ROOMS: [&str; 2] = ["rs2-core/src/slots/inline.rs", "rs2-core/src/queue/ring.rs"];

/// What an example needs to begin on bare metal: vectors, the linker's symbols, an executor.
const BOARD: &str = "examples/firmware/src/board/";

/// Folders at the root of somebody's machine, which are not there on the reader's.
const MACHINE_FOLDERS: [&str; 5] = ["home", "root", "Users", "work", "tmp"];

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    width(source, findings);
    notes(source, findings);
    links(source, findings);
    words(source, findings);
}

fn width(source: &Source, findings: &mut Vec<Finding>) {
    for (line, text) in source.numbered() {
        let width = text.raw.chars().count();
        if width > WIDTH {
            let what = format!("{width} columns, more than {WIDTH}");
            findings.push(Finding::new(&source.path, line, what));
        }
    }
}

fn notes(source: &Source, findings: &mut Vec<Finding>) {
    for (line, text) in source.numbered() {
        let mut words = text.comment.split(|sign: char| !sign.is_alphanumeric());
        if let Some(note) = words.find(|word| NOTES.contains(word)) {
            let what = format!("{note} in a comment: work that is left belongs in an issue");
            findings.push(Finding::new(&source.path, line, what));
        }
    }
}

/// A macro puts no name of a crate into documentation, and rustdoc is silent about the dead link.
fn links(source: &Source, findings: &mut Vec<Finding>) {
    for (line, text) in source.numbered() {
        if text.comment.contains("$crate::") {
            let what = "$crate in documentation is a dead link: name the crate".to_owned();
            findings.push(Finding::new(&source.path, line, what));
        }
    }
}

fn words(source: &Source, findings: &mut Vec<Finding>) {
    let tokens = tokens(source);
    for (at, token) in tokens.iter().enumerate() {
        if LEFTOVER_MACROS.contains(&token.text) && text(&tokens, at + 1) == "!" {
            let what = format!("{}! is left over", token.text);
            findings.push(Finding::new(&source.path, token.line, what));
        }
        let may_be_unsafe =
            UNSAFE_ROOMS.contains(&source.path.as_str()) || source.path.starts_with(BOARD);
        if token.text == "unsafe" && !may_be_unsafe {
            let what = format!("unsafe code lives in {} alone", UNSAFE_ROOMS.join(" and "));
            findings.push(Finding::new(&source.path, token.line, what));
        }
    }
}

/// Whether in code, comment or prose: a path of one machine helps nobody else.
pub(super) fn machine_paths(path: &str, file: &str, findings: &mut Vec<Finding>) {
    for (at, line) in file.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            let wanted = format!("/{folder}/");
            let mut found = line.match_indices(&wanted).map(|(at, _)| &line[..at]);
            if found.any(begins_a_path) {
                findings.push(Finding::new(
                    path,
                    at + 1,
                    format!("{wanted} is a path of a machine"),
                ));
            }
        }
    }
}

/// Whether a `/` after this text is the first of its path.
fn begins_a_path(before: &str) -> bool {
    let last = before.chars().next_back();
    !last.is_some_and(|sign| sign.is_alphanumeric() || "/._-~*}>:".contains(sign))
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        check(&Source::scan(path, text), &mut findings);
        findings
    }

    #[test]
    fn a_line_of_101_columns_is_too_wide_in_code_and_in_comments() {
        let text = format!("{}\n{}\n//{}", "é".repeat(100), "x".repeat(101), "x".repeat(99));
        let findings = found("x.rs", &text);
        let what = "101 columns, more than 100";
        assert_eq!(places(&findings), [(2, what), (3, what)]);
    }

    #[test]
    fn leftover_macros_are_found_in_code_alone() {
        let findings = found("x.rs", "todo!();\n// dbg!(x)\nlet s = \"todo!()\";\ndbg!(x);");
        assert_eq!(places(&findings), [(1, "todo! is left over"), (4, "dbg! is left over")]);
        assert_eq!(found("x.rs", "unimplemented!(\"x\")").len(), 1);
        assert_eq!(found("x.rs", "fn todo() {}"), []);
    }

    #[test]
    fn notes_to_oneself_are_found_in_comments_alone() {
        let findings = found("x.rs", "let x = 1; // TODO: y\n/* FIXME */\nlet s = \"XXX\";");
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn the_crate_of_a_macro_is_found_in_comments_alone() {
        let findings = found("x.rs", "/// See [`y`]($crate::y).\nfn x() -> $crate::Y;");
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn unsafe_code_is_found_outside_its_two_rooms() {
        assert_eq!(found("rs2-core/src/op/mod.rs", "unsafe { f() }").len(), 1);
        assert_eq!(found("rs2-core/src/slots/inline.rs", "unsafe { f() }"), []);
        assert_eq!(found("rs2-std/src/lib.rs", "#![forbid(unsafe_code)]"), []);
    }

    #[test]
    fn a_path_of_a_machine_is_found_and_a_path_of_the_web_is_not() {
        let found = |text: &str| {
            let mut findings = Vec::new();
            machine_paths("x.md", text, &mut findings);
            findings.len()
        };
        for folder in MACHINE_FOLDERS {
            assert_eq!(found(&format!("see /{folder}/x")), 1);
            assert_eq!(found(&format!("(`/{folder}/x`)")), 1);
            assert_eq!(found(&format!("https://example.org/{folder}/x")), 0);
            assert_eq!(found(&format!("a/{folder}/x")), 0);
        }
    }
}
