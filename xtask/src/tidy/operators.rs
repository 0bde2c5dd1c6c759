//! Rules about operators: each has its row in the table of laws and its line among the auto traits,
//! and its documentation says what a user must know.

use super::finding::Finding;
use super::source::Source;
use super::tokens::{Token, body, closing, tokens};
use std::collections::HashSet;

const AREAS: &str = "rs2-core/src/op/";
const TABLE: &str = "tests/operators/";
const AUTO_TRAITS: &str = "tests/auto_traits/";

/// What every operator says.
const SECTIONS: [&str; 4] = ["Shape", "Cancel safety", "Cost", "Examples"];
/// What an operator says that is another one in a memory or a time of the caller's choice, or under
/// another name.
const SECTIONS_OF_TWINS: [&str; 1] = ["Examples"];

pub(super) fn check(sources: &[Source], findings: &mut Vec<Finding>) {
    let rows = words_in(TABLE, sources);
    if rows.is_empty() {
        findings.push(Finding::new("tests/operators/mod.rs", 1, "there is no table of laws"));
    }
    let traits = words_in(AUTO_TRAITS, sources);
    for door in sources.iter().filter(|file| is_door(&file.path)) {
        for method in methods(door) {
            sections(door, &method, findings);
            if !rows.is_empty() && !has_row(&rows, method.text) {
                let what = format!("`{}` has no row in {TABLE}", method.text);
                findings.push(Finding::new(&door.path, method.line, what));
            }
            if !rows.is_empty() && !has_row(&traits, method.text) {
                let what = format!("`{}` is not named in {AUTO_TRAITS}", method.text);
                findings.push(Finding::new(&door.path, method.line, what));
            }
        }
    }
}

/// The words of the code in a folder.
fn words_in<'a>(folder: &str, sources: &'a [Source]) -> HashSet<&'a str> {
    let files = sources.iter().filter(|file| file.path.starts_with(folder));
    files.flat_map(words).collect()
}

fn words(source: &Source) -> impl Iterator<Item = &str> {
    tokens(source).into_iter().map(|token| token.text)
}

pub(super) fn is_door(path: &str) -> bool {
    path.starts_with(AREAS) && path.ends_with("/mod.rs")
}

/// The operators that the traits of an area declare.
pub(super) fn methods(door: &Source) -> Vec<Token<'_>> {
    let tokens = tokens(door);
    let mut methods = Vec::new();
    let traits = tokens.iter().enumerate().filter(|(_, token)| token.text == "trait");
    for (at, _) in traits {
        let Some(open) = body(&tokens, at) else { continue };
        let inside = &tokens[open..closing(&tokens, open)];
        let declared = inside.windows(2).filter(|pair| pair[0].text == "fn").map(|pair| pair[1]);
        methods.extend(declared.filter(|name| name.text.ends_with("_rs2")));
    }
    methods
}

/// An operator in the caller's memory or time shares its rule with the plain one, and its row.
pub(super) fn has_row(rows: &HashSet<&str>, name: &str) -> bool {
    let stem = stem(name);
    let twins = ["_rs2", "_in_rs2", "_on_rs2"].map(|ending| format!("{stem}{ending}"));
    rows.contains(name) || twins.iter().any(|twin| rows.contains(twin.as_str()))
}

/// The name without the suffix of operators, and without what says where memory and time are from.
pub(super) fn stem(name: &str) -> String {
    let plain = plain_name(name);
    plain.strip_suffix("_rs2").unwrap_or(&plain).to_owned()
}

/// Whether its documentation says that it is another operator.
pub(super) fn is_alias(door: &Source, method: &Token<'_>) -> bool {
    docs_above(door, method.line).last().is_some_and(|first| first.ends_with("under another name."))
}

fn plain_name(name: &str) -> String {
    name.replace("_in_rs2", "_rs2").replace("_on_rs2", "_rs2")
}

fn sections(door: &Source, method: &Token<'_>, findings: &mut Vec<Finding>) {
    let docs = docs_above(door, method.line);
    let is_twin = plain_name(method.text) != method.text;
    let wanted =
        if is_twin || is_alias(door, method) { &SECTIONS_OF_TWINS[..] } else { &SECTIONS[..] };
    for section in wanted {
        let heading = format!("# {section}");
        if !docs.iter().any(|line| *line == heading) {
            let what = format!("the documentation of `{}` has no section {section}", method.text);
            findings.push(Finding::new(&door.path, method.line, what));
        }
    }
}

/// The lines of documentation of the item at `line`, the last one first, without their marks.
fn docs_above(source: &Source, line: usize) -> Vec<&str> {
    let above = source.lines[..line - 1].iter().rev().map(|line| line.raw.trim());
    let attached = above.take_while(|line| line.starts_with("///") || line.starts_with("#["));
    attached.filter_map(|line| Some(line.strip_prefix("///")?.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const DOCS: &str = "/// A.\n/// # Shape\n/// # Cancel safety\n/// # Cost\n/// # Examples\n";

    fn found(door: &str, table: &str) -> Vec<Finding> {
        found_with(door, table, "x_rs2 y_rs2")
    }

    fn found_with(door: &str, table: &str, auto_traits: &str) -> Vec<Finding> {
        let door = format!("pub trait XExt: Stream {{\n{door}\n}}");
        let sources = [
            Source::scan("rs2-core/src/op/x/mod.rs", &door),
            Source::scan("tests/operators/mod.rs", table),
            Source::scan("tests/auto_traits/main.rs", auto_traits),
        ];
        let mut findings = Vec::new();
        check(&sources, &mut findings);
        findings
    }

    #[test]
    fn an_operator_with_row_and_sections_passes() {
        let door = format!("{DOCS}#[doc(alias = \"y\")]\n#[track_caller]\nfn x_rs2(self);");
        assert_eq!(found(&door, "s.x_rs2()"), []);
    }

    #[test]
    fn an_operator_without_a_row_is_found_whatever_comments_say() {
        let findings = found(&format!("{DOCS}fn x_rs2(self);"), "s.y_rs2() // x_rs2\n\"x_rs2\"");
        assert_eq!(places(&findings), [(7, "`x_rs2` has no row in tests/operators/")]);
    }

    #[test]
    fn an_operator_that_the_auto_traits_do_not_name_is_found() {
        let door = format!("{DOCS}fn x_rs2(self);");
        let findings = found_with(&door, "s.x_rs2()", "s.y_rs2()");
        assert_eq!(places(&findings), [(7, "`x_rs2` is not named in tests/auto_traits/")]);
        assert_eq!(found_with(&door, "s.x_rs2()", "s.x_on_rs2()"), []);
    }

    #[test]
    fn each_missing_section_is_found() {
        for section in SECTIONS {
            let docs = DOCS.replace(&format!("/// # {section}\n"), "");
            let findings = found(&format!("{docs}fn x_rs2(self);"), "s.x_rs2()");
            let what = format!("the documentation of `x_rs2` has no section {section}");
            assert_eq!(places(&findings), [(6, what.as_str())]);
        }
    }

    #[test]
    fn the_documentation_of_the_method_before_does_not_count() {
        let door = format!("{DOCS}fn x_rs2(self) {{ 1 }}\nfn y_rs2(self);");
        assert_eq!(found(&door, "x_rs2 y_rs2").len(), SECTIONS.len());
    }

    #[test]
    fn a_twin_needs_an_example_only_and_shares_the_row() {
        let twin = "/// # Examples\nfn x_in_rs2(self);";
        assert_eq!(found(twin, "s.x_rs2()"), []);
        assert_eq!(found(twin, "s.x_in_rs2()"), []);
        assert_eq!(found("fn x_on_rs2(self);", "s.x_rs2()").len(), 1);
        assert_eq!(found(twin, "s.y_rs2()").len(), 1);
    }

    #[test]
    fn another_name_needs_an_example_and_a_row() {
        let alias =
            "/// [`x_rs2`](Self::x_rs2) under another name.\n/// # Examples\nfn y_rs2(self);";
        assert_eq!(found(alias, "s.y_rs2()"), []);
        assert_eq!(found(alias, "s.x_rs2()").len(), 1);
    }

    #[test]
    fn a_missing_table_is_one_finding_and_helpers_are_no_operators() {
        let findings = found(&format!("{DOCS}fn x_rs2(self);\nfn helper(self);"), "");
        assert_eq!(places(&findings), [(1, "there is no table of laws")]);
    }
}
