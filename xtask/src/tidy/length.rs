//! Rules about length. Lines of code count; comments, documentation and blank lines do not, so
//! that nobody saves on them.

use super::finding::Finding;
use super::source::Source;
use super::tokens::{body, closing, tokens};

const FILE: usize = 400;
/// The door of an area declares every operator of it.
const DOOR: usize = 600;
const FUNCTION: usize = 70;

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    file(source, findings);
    functions(source, findings);
}

fn file(source: &Source, findings: &mut Vec<Finding>) {
    let limit = if is_door(&source.path) { DOOR } else { FILE };
    let length = lines_of_code(source, 1, source.lines.len());
    if length > limit {
        let what = format!("{length} lines of code in a file, more than {limit}");
        findings.push(Finding::new(&source.path, 1, what));
    }
}

fn functions(source: &Source, findings: &mut Vec<Finding>) {
    let tokens = tokens(source);
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        if keyword.text != "fn" || !name.is_word() {
            continue;
        }
        let Some(open) = body(&tokens, at) else { continue };
        let last = tokens.get(closing(&tokens, open)).map_or(source.lines.len(), |end| end.line);
        let length = lines_of_code(source, keyword.line, last);
        if length > FUNCTION {
            let what = format!("{length} lines of code in `{}`, more than {FUNCTION}", name.text);
            findings.push(Finding::new(&source.path, keyword.line, what));
        }
    }
}

fn is_door(path: &str) -> bool {
    let room = path.strip_prefix("rs2-core/src/op/").and_then(|path| path.strip_suffix("/mod.rs"));
    room.is_some_and(|room| !room.contains('/'))
}

fn lines_of_code(source: &Source, first: usize, last: usize) -> usize {
    source.lines[first - 1..last].iter().filter(|line| line.is_code()).count()
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
    fn a_file_of_401_lines_of_code_is_too_long_and_comments_do_not_count() {
        let code = "const A: u8 = 0;\n".repeat(400);
        assert_eq!(found("x.rs", &format!("{code}\n// a\n/// b\n")), []);
        let findings = found("x.rs", &format!("{code}x"));
        assert_eq!(places(&findings), [(1, "401 lines of code in a file, more than 400")]);
    }

    #[test]
    fn a_door_may_have_600_lines_and_a_room_may_not() {
        let code = "const A: u8 = 0;\n".repeat(600);
        assert_eq!(found("rs2-core/src/op/flow/mod.rs", &code), []);
        assert_eq!(found("rs2-core/src/op/flow/mod.rs", &format!("{code}x")).len(), 1);
        assert_eq!(found("rs2-core/src/op/flow/hub.rs", &code).len(), 1);
        assert_eq!(found("rs2-core/src/op/flow/hub/mod.rs", &code).len(), 1);
    }

    #[test]
    fn a_function_of_71_lines_is_too_long_and_comments_do_not_count() {
        let function =
            |lines: usize| format!("// x\nfn f() {{\n{}}}\n", "g();\n".repeat(lines - 2));
        assert_eq!(found("x.rs", &function(70).replacen("g();", "g();\n// h\n\n", 5)), []);
        let findings = found("x.rs", &function(71));
        assert_eq!(places(&findings), [(2, "71 lines of code in `f`, more than 70")]);
    }

    #[test]
    fn a_pointer_to_a_function_and_a_declaration_have_no_length() {
        let text = format!("trait T {{ fn f(); }}\ntype F = fn() -> u8;\n{}", "g!{}\n".repeat(80));
        assert_eq!(found("x.rs", &text), []);
    }
}
