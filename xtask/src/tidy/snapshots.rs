//! The rule about snapshots: each operator is saved and restored by a test, or it is known why not.

use super::finding::Finding;
use super::operators::{has_row, is_alias, is_door, methods, stem};
use super::source::Source;
use super::tokens::tokens;
use std::collections::HashSet;

/// Where tests are.
const TESTS: [&str; 2] = ["rs2-core/tests/", "tests/"];
/// What a test of snapshots calls begins so: it saves at any point, and goes on elsewhere.
pub(super) const CALLED: &str = "goes_on";

/// The operators that nobody can save, and why.
const EXCEPT: [(&str, &str); 23] = [
    ("auto_backpressure", "a task has the source"),
    ("boxed", "its type tells the items and nothing else"),
    ("boxed_local", "its type tells the items and nothing else"),
    ("bracket", "a resource cannot be written"),
    ("bracket_case", "a resource cannot be written"),
    ("broadcast", "several streams share the source"),
    ("collect", "a future"),
    ("collect_err", "a future"),
    ("collect_ok", "a future"),
    ("collect_with_config", "a future"),
    ("drive_each", "a future"),
    ("drive_fold", "a future"),
    ("fold", "a future"),
    ("fold_sync", "a future"),
    ("for_each", "a future"),
    ("keyed", "the step is the caller's; each of ours is tested"),
    ("partition", "several streams share the source"),
    ("prefetch", "a task has the source"),
    ("reduce", "a future"),
    ("split", "several streams share the source"),
    ("split_errors", "several streams share the source"),
    ("try_auto_backpressure", "a task has the source"),
    ("try_prefetch", "a task has the source"),
];

pub(super) fn check(sources: &[Source], findings: &mut Vec<Finding>) {
    let saved = saved(sources);
    // Without any such test this is another tree than ours.
    if saved.is_empty() {
        return;
    }
    for door in sources.iter().filter(|file| is_door(&file.path)) {
        for method in methods(door) {
            let stem = stem(method.text);
            let is_known = EXCEPT.iter().any(|(name, _)| *name == stem);
            let is_saved = has_row(&saved, method.text) || saved.contains(rule(&stem).as_str());
            if !is_known && !is_saved && !is_alias(door, &method) {
                let what = format!("no test saves `{}` and goes on: see {CALLED}_*", method.text);
                findings.push(Finding::new(&door.path, method.line, what));
            }
        }
    }
}

/// The words of the tests that save something and go on.
fn saved(sources: &[Source]) -> HashSet<&str> {
    let tests = sources.iter().filter(|file| TESTS.iter().any(|root| file.path.starts_with(root)));
    let words = tests.map(|test| tokens(test).into_iter().map(|token| token.text));
    let words = words.map(Iterator::collect::<HashSet<&str>>);
    words.filter(|words| words.iter().any(|word| word.starts_with(CALLED))).flatten().collect()
}

/// The name of an operator's type, which a test may make by itself.
pub(super) fn rule(stem: &str) -> String {
    let words = stem.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    fn found(method: &str, test: &str) -> Vec<Finding> {
        let door = format!("pub trait XExt: Stream {{\n{method}\n}}");
        let sources = [
            Source::scan("rs2-core/src/op/x/mod.rs", &door),
            Source::scan("rs2-core/tests/x.rs", test),
            Source::scan("rs2-core/tests/y.rs", "goes_on_from_anywhere(z)"),
        ];
        let mut findings = Vec::new();
        check(&sources, &mut findings);
        findings
    }

    #[test]
    fn an_operator_that_a_test_saves_passes() {
        assert_eq!(found("fn x_y_rs2(self);", "goes_on_from_anywhere(s.x_y_rs2())"), []);
        assert_eq!(found("fn x_y_on_rs2(self);", "goes_on_from_anywhere(s.x_y_in_rs2())"), []);
        assert_eq!(found("fn x_y_on_rs2(self);", "goes_on(|| XY::new())"), []);
    }

    #[test]
    fn an_operator_that_no_test_saves_is_found() {
        let expected = [(2, "no test saves `x_y_rs2` and goes on: see goes_on_*")];
        assert_eq!(places(&found("fn x_y_rs2(self);", "s.x_y_rs2()")), expected);
        let comment = "goes_on(x_rs2) // x_y_rs2";
        assert_eq!(places(&found("fn x_y_rs2(self);", comment)), expected);
    }

    #[test]
    fn another_name_and_what_cannot_be_saved_pass() {
        let alias = "/// [`x_rs2`](Self::x_rs2) under another name.\nfn y_rs2(self);";
        assert_eq!(found(alias, ""), []);
        assert_eq!(found("fn bracket_on_rs2(self);", ""), []);
    }
}
