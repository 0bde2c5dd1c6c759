//! The rule about differential tests: what remembers by key or by the time of the data is compared
//! with a naive evaluation of as many random inputs as `cargo xtask disorder` is asked for.

use super::finding::Finding;
use super::operators::{has_row, is_alias, is_door, methods, stem};
use super::snapshots;
use super::source::Source;
use super::tokens::{Token, body, closing, text, tokens};
use std::collections::{HashMap, HashSet};

/// The packages with such tests, and where.
const TESTS: [(&str, &str); 3] =
    [("rs2-core", "rs2-core/tests/"), ("rs2-std", "rs2-std/tests/"), ("rs2-stream", "tests/")];
/// What takes the number of inputs from the environment, by a line of a test that includes it.
const HONOURING: [&str; 2] = ["common/by_time.rs\"]", "common/cases.rs\"]"];

/// The areas whose operators remember.
const AREAS: [&str; 6] = ["analytics", "event_time", "group", "join", "keyed", "stateful"];
/// What is in the names of the operators of other areas that remember by key.
const BY_KEY: [&str; 4] = ["by_key", "distinct", "keyed", "partition"];

/// The operators that need no such test, and why.
const EXCEPT: [(&str, &str); 1] = [("keyed", "the step is the caller's; each of ours is tested")];

/// A file or folder of tests with all that it is made of.
pub(crate) struct Suite<'a> {
    pub(crate) package: &'static str,
    pub(crate) name: &'a str,
    files: Vec<&'a Source>,
}

/// The suites that try as many random inputs as they are asked for.
pub(crate) fn suites<'a>(sources: &'a [Source]) -> Vec<Suite<'a>> {
    let doors = sources.iter().filter_map(|door| {
        let honours = |file: &Source| HONOURING.iter().any(|mark| says(file, mark));
        let (package, name) = suite_of(&door.path)?;
        honours(door).then(|| Suite { package, name, files: files(door, sources) })
    });
    let mut suites: Vec<_> = doors.collect();
    suites.sort_by_key(|suite| (suite.package, suite.name));
    suites
}

fn says(file: &Source, mark: &str) -> bool {
    file.lines.iter().any(|line| line.raw.starts_with("#[path") && line.raw.ends_with(mark))
}

/// The package of a test and its name, if the file is the door of one.
fn suite_of(path: &str) -> Option<(&'static str, &str)> {
    TESTS.iter().find_map(|(package, root)| {
        let inside = path.strip_prefix(root)?.strip_suffix(".rs")?;
        let name = inside.strip_suffix("/main").unwrap_or(inside);
        (!name.contains('/')).then_some((*package, name))
    })
}

/// The door, what is beside it in a folder of its own, and what all tests of the package share.
fn files<'a>(door: &'a Source, sources: &'a [Source]) -> Vec<&'a Source> {
    let (folder, file) = door.path.rsplit_once('/').unwrap_or_default();
    let (own, common) = match file {
        "main.rs" => (format!("{folder}/"), folder.rsplit_once('/').map_or("", |(up, _)| up)),
        _ => (door.path.clone(), folder),
    };
    let common = format!("{common}/common/");
    let belongs = |path: &str| path.starts_with(&own) || path.starts_with(&common);
    sources.iter().filter(|source| belongs(&source.path)).collect()
}

pub(super) fn check(sources: &[Source], findings: &mut Vec<Finding>) {
    let compared: Words<'_> = suites(sources).iter().flat_map(compared).collect();
    // Without any such test this is another tree than ours.
    if compared.is_empty() {
        return;
    }
    for door in sources.iter().filter(|file| is_door(&file.path)) {
        for method in methods(door) {
            let stem = stem(method.text);
            let is_known = EXCEPT.iter().any(|(name, _)| *name == stem);
            if !remembers(&door.path, &stem) || is_known || is_alias(door, &method) {
                continue;
            }
            let has_rule = compared.contains(snapshots::rule(&stem).as_str());
            if !has_rule && !has_row(&compared, method.text) {
                let what = format!("no test of `cargo xtask disorder` compares `{}`", method.text);
                findings.push(Finding::new(&door.path, method.line, what));
            }
        }
    }
}

fn remembers(door: &str, stem: &str) -> bool {
    AREAS.iter().any(|area| door.ends_with(&format!("/{area}/mod.rs")))
        || BY_KEY.iter().any(|part| stem.contains(part))
}

/// The words of a suite's random tests and of what they call.
fn compared<'a>(suite: &Suite<'a>) -> Words<'a> {
    let files: Vec<_> = suite.files.iter().map(|file| tokens(file)).collect();
    let called = definitions(&files);
    let tests = files.iter().flat_map(|file| random_tests(file));
    let tests = tests.map(|test| (calls(&test, "prop_assert"), reached(test, &called)));
    // What does no more than to save and go on compares an operator with itself.
    let counts = tests.filter(|(asserts, all)| *asserts || !calls(all, snapshots::CALLED));
    counts.flat_map(|(_, all)| all).collect()
}

fn calls(test: &Words<'_>, name: &str) -> bool {
    test.iter().any(|word| word.starts_with(name))
}

type Words<'a> = HashSet<&'a str>;

fn words<'a>(tokens: &[Token<'a>]) -> Words<'a> {
    tokens.iter().filter(|token| token.is_word()).map(|token| token.text).collect()
}

/// The functions, macros and names of types of a suite, each with its words.
fn definitions<'a>(files: &[Vec<Token<'a>>]) -> HashMap<&'a str, Words<'a>> {
    let mut found = HashMap::<&str, Words<'a>>::new();
    for file in files {
        for at in 0..file.len() {
            let name = match (file[at].text, text(file, at + 1)) {
                ("fn", name) => name,
                ("type", name) => name,
                ("macro_rules", "!") => text(file, at + 2),
                _ => continue,
            };
            found.entry(name).or_default().extend(words(item(file, at)));
        }
    }
    found
}

/// An item, after its name, with its body if it has one.
fn item<'t, 'a>(file: &'t [Token<'a>], at: usize) -> &'t [Token<'a>] {
    let end = match body(file, at) {
        Some(open) => closing(file, open),
        None => file[at..].iter().take_while(|token| token.text != ";").count() + at,
    };
    &file[(at + 2).min(end)..end]
}

/// The functions in those blocks of a file whose number of inputs is that of the environment.
fn random_tests<'a>(file: &[Token<'a>]) -> Vec<Words<'a>> {
    let mut tests = Vec::new();
    for at in 0..file.len() {
        if [0, 1, 2].map(|n| text(file, at + n)) != ["proptest", "!", "{"] {
            continue;
        }
        let block = &file[at + 2..closing(file, at + 2)];
        let asks = ["proptest_config", "(", "cases", "("];
        if block.windows(asks.len()).any(|w| w.iter().map(|token| token.text).eq(asks)) {
            let functions = (0..block.len()).filter(|at| block[*at].text == "fn");
            tests.extend(functions.map(|at| words(item(block, at))));
        }
    }
    tests
}

/// These words, and those of everything that they call.
fn reached<'a>(mut words: Words<'a>, called: &HashMap<&'a str, Words<'a>>) -> Words<'a> {
    let mut open: Vec<&str> = words.iter().copied().collect();
    while let Some(word) = open.pop() {
        let further = called.get(word).into_iter().flatten();
        open.extend(further.copied().filter(|word| words.insert(word)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::finding::places;
    use super::*;

    const HEAD: &str = "#[path = \"common/cases.rs\"]\nmod cases;\n";
    const MISSING: (usize, &str) = (2, "no test of `cargo xtask disorder` compares `x_by_key_rs2`");

    fn random(body: &str) -> String {
        format!("{HEAD}proptest! {{\n#![proptest_config(cases(9))]\nfn t(n: u8) {{ {body} }}\n}}")
    }

    fn found(test: &str) -> Vec<Finding> {
        let door = "pub trait XExt: Stream {\nfn x_by_key_rs2(self);\nfn y_rs2(self);\n}";
        let sources = [
            Source::scan("rs2-core/src/op/x/mod.rs", door),
            Source::scan("rs2-core/tests/x.rs", test),
            Source::scan("rs2-core/tests/common/all.rs", "fn all() { s.x_by_key_in_rs2() }"),
            Source::scan("rs2-core/tests/y.rs", &random("s.y_rs2()")),
        ];
        let mut findings = Vec::new();
        check(&sources, &mut findings);
        findings
    }

    #[test]
    fn what_a_random_test_compares_or_calls_passes() {
        assert_eq!(found(&random("s.x_by_key_on_rs2()")), []);
        assert_eq!(found(&random("XByKey::new(n)")), []);
        assert_eq!(found(&random("all()")), []);
        let by_hand = "fn own() -> Rule { Rule::new() } type Rule = XByKey<u8>;";
        assert_eq!(found(&(random("own()") + by_hand)), []);
        assert_eq!(found(&(random("own!()") + "macro_rules! own { () => { XByKey } }")), []);
    }

    #[test]
    fn a_test_of_a_fixed_number_of_inputs_is_not_enough() {
        let fixed = random("all()").replace("(cases(9))", "(ProptestConfig { cases: 9 })");
        assert_eq!(places(&found(&fixed)), [MISSING]);
        let own = random("all()").replace(HEAD, "fn cases() {}");
        assert_eq!(places(&found(&own)), [MISSING]);
        assert_eq!(places(&found(&(random("n") + "fn t() { s.x_by_key_rs2() }"))), [MISSING]);
    }

    #[test]
    fn a_test_that_goes_on_and_compares_nothing_else_is_not_enough() {
        assert_eq!(places(&found(&random("goes_on(all())"))), [MISSING]);
        assert_eq!(found(&random("goes_on(all()); prop_assert_eq!(all(), n)")), []);
    }

    #[test]
    fn the_suites_are_those_that_honour_the_variable() {
        let files = [
            ("rs2-core/tests/windows.rs", HEAD),
            ("rs2-core/tests/source.rs", "// common/cases.rs\"]"),
            ("rs2-core/tests/joins/main.rs", "#[path = \"../common/by_time.rs\"]\nmod by_time;"),
            ("rs2-core/tests/joins/keyed.rs", "use super::by_time;"),
            ("tests/custom.rs", "#[path = \"../rs2-core/tests/common/cases.rs\"]\nmod cases;"),
        ];
        let sources = files.map(|(path, text)| Source::scan(path, text));
        let found = suites(&sources);
        let told: Vec<_> =
            found.iter().map(|suite| (suite.package, suite.name, suite.files.len())).collect();
        let core = [("rs2-core", "joins", 2), ("rs2-core", "windows", 1)];
        assert_eq!(told, [&core[..], &[("rs2-stream", "custom", 1)]].concat());
    }
}
