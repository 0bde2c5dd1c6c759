//! What the sources say of each operator.
//!
//! Everything is read from where the compiler or the reader finds it: what an operator yields and
//! holds from its documentation, what it needs from its signature, where it can be had from the
//! features that its code stands behind.

use super::words;
use crate::tidy::source::Source;
use crate::tidy::tokens::{Token, body, closing, text, tokens};
use std::collections::BTreeMap;

const OPERATORS: &str = "rs2-core/src/op/";
const SOURCES: &str = "rs2-core/src/source/";
const PLAIN: &str = "rs2-core/src/plain/";
const CONNECTORS: &str = "rs2-std/src/";
const NEEDS_ALLOC: &str = "#[cfg(feature = \"alloc\")]";

/// A room of operators.
#[derive(Debug, PartialEq)]
pub(super) struct Area {
    pub(super) name: String,
    /// What its door says of itself.
    pub(super) about: String,
    pub(super) operators: Vec<Operator>,
}

/// One operator, with all its forms.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Operator {
    /// The name that a user of a runtime writes.
    pub(super) name: String,
    /// The other forms.
    pub(super) twins: Vec<String>,
    pub(super) is_function: bool,
    /// The first sentence of its documentation.
    pub(super) yields: String,
    /// What it holds, in the words of its documentation; nothing when it holds nothing.
    pub(super) holds: Option<String>,
    pub(super) timer: bool,
    pub(super) clock: bool,
    pub(super) spawns: bool,
    pub(super) alloc: bool,
    /// There is no form of it in the core.
    pub(super) is_plain: bool,
}

impl Operator {
    /// The name without the suffix that all methods have.
    pub(super) fn short_name(&self) -> &str {
        self.name.strip_suffix("_rs2").unwrap_or(&self.name)
    }
}

/// A function as it is declared.
struct Form<'a> {
    file: &'a Source,
    name: &'a str,
    signature: Vec<Token<'a>>,
    docs: Vec<&'a str>,
    is_function: bool,
    is_gated: bool,
}

impl Form<'_> {
    /// Whether it is a name of the adapters, and does nothing but forward.
    fn is_plain(&self) -> bool {
        self.file.path.starts_with(PLAIN)
    }
}

/// All areas: the sources, the rooms by their names, the connectors.
pub(super) fn areas(sources: &[Source]) -> Vec<Area> {
    let forms: Vec<Form<'_>> = sources.iter().flat_map(forms).collect();
    let homes = at_home(forms);
    let area = |((_, name), stems): (Home, BTreeMap<_, Vec<Form<'_>>>)| {
        let door = sources.iter().find(|file| is_door(&file.path, &name));
        let told = stems.into_values().filter(|forms| forms.iter().any(is_told));
        let mut operators: Vec<_> = told.map(|forms| operator(&forms, sources)).collect();
        // Of a method and a function of one name, the method first.
        operators.sort_by(|a, b| {
            let by_kind = a.is_function.cmp(&b.is_function);
            a.short_name().cmp(b.short_name()).then(by_kind)
        });
        Area { about: door.map(words::about).unwrap_or_default(), name, operators }
    };
    let areas = homes.into_iter().map(area).filter(|area| !area.operators.is_empty());
    let mut areas: Vec<Area> = areas.collect();
    while inherit(&mut areas) {}
    areas
}

/// The place of an area among the others, and its name.
type Home = (usize, String);

/// The forms by their area and by their name without its environment.
fn at_home(forms: Vec<Form<'_>>) -> BTreeMap<Home, BTreeMap<String, Vec<Form<'_>>>> {
    let mut homes: BTreeMap<Home, BTreeMap<String, Vec<Form<'_>>>> = BTreeMap::new();
    // Those of the core first: they know their area, and the plain names follow them.
    let (core, plain): (Vec<_>, Vec<_>) = forms.into_iter().partition(|form| !form.is_plain());
    for form in core.into_iter().chain(plain) {
        let stem = stem(form.name);
        let known = homes.iter().find(|(_, stems)| stems.contains_key(&stem));
        let home = known.map(|(home, _)| home.clone()).or_else(|| home_of(&form, &homes));
        if let Some(home) = home {
            homes.entry(home).or_default().entry(stem).or_default().push(form);
        }
    }
    homes
}

/// An operator that is said to be another one holds what that holds. Tells whether one was found
/// that was not known to.
fn inherit(areas: &mut [Area]) -> bool {
    let mut has_changed = false;
    let all = areas.iter().flat_map(|area| &area.operators);
    let facts: BTreeMap<String, (Option<String>, bool)> = all
        .map(|operator| (operator.name.clone(), (operator.holds.clone(), operator.alloc)))
        .collect();
    for operator in areas.iter_mut().flat_map(|area| &mut area.operators) {
        let other = operator.yields.strip_prefix('`').and_then(|text| text.split('`').next());
        let Some((holds, alloc)) = other.and_then(|other| facts.get(other)) else { continue };
        if operator.holds.is_none() && holds.is_some() {
            operator.holds.clone_from(holds);
            has_changed = true;
        }
        if operator.is_plain {
            operator.alloc = *alloc;
        }
    }
    has_changed
}

fn is_door(path: &str, area: &str) -> bool {
    let folder = match area {
        "sources" => SOURCES.to_owned(),
        "connectors" => return path == "rs2-std/src/lib.rs",
        _ => format!("{OPERATORS}{area}/"),
    };
    path == format!("{folder}mod.rs")
}

/// The functions of a file that may be operators.
fn forms(file: &Source) -> Vec<Form<'_>> {
    let homes = [OPERATORS, SOURCES, PLAIN, CONNECTORS];
    if !homes.iter().any(|home| file.path.starts_with(home)) {
        return Vec::new();
    }
    let tokens = tokens(file);
    let declared = tokens.iter().enumerate().filter(|(_, token)| token.text == "fn");
    declared.filter_map(|(at, token)| form(file, &tokens, at, token.line)).collect()
}

/// The function whose `fn` stands at `at`, if others can call it by this name.
fn form<'a>(file: &'a Source, tokens: &[Token<'a>], at: usize, line: usize) -> Option<Form<'a>> {
    let name = text(tokens, at + 1);
    let mut before = tokens[..at].iter().rev().map(|token| token.text);
    let is_function = before.find(|text| !["const", "async"].contains(text)) == Some("pub");
    let home = enclosing_trait(tokens, at);
    let is_method = file.path.starts_with(PLAIN) || name.ends_with("_rs2") && home.is_some();
    let end = (at..tokens.len()).find(|at| matches!(text(tokens, *at), "{" | ";"));
    let signature = &tokens[at + 2..end.unwrap_or(tokens.len())];
    // What a type of operators yet to be named has is not another form of them.
    let is_builder = is_function && name.ends_with("_rs2");
    if is_builder || !is_function && !is_method {
        return None;
    }
    let above = above(file, line);
    let of_trait = home.map(|home| self::above(file, tokens[home].line)).unwrap_or_default();
    Some(Form {
        file,
        name,
        signature: signature.to_vec(),
        docs: above.iter().filter_map(|line| Some(line.strip_prefix("///")?.trim())).collect(),
        is_function,
        is_gated: above.contains(&NEEDS_ALLOC) || of_trait.contains(&NEEDS_ALLOC),
    })
}

/// The trait around the token at `at`.
fn enclosing_trait(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let before = (0..at).rev().filter(|before| tokens[*before].text == "trait");
    let mut around = before.filter(|before| {
        body(tokens, *before).is_some_and(|open| open < at && at < closing(tokens, open))
    });
    around.next()
}

/// The lines of documentation and attributes above an item, in their order.
fn above(file: &Source, line: usize) -> Vec<&str> {
    let lines = file.lines[..line - 1].iter().rev().map(|line| line.raw.trim());
    let mut above: Vec<&str> =
        lines.take_while(|line| line.starts_with("///") || line.starts_with("#[")).collect();
    above.reverse();
    above
}

/// Operators tell their shape or have the suffix of operators; every source and every plain name
/// is one.
fn is_told(form: &Form<'_>) -> bool {
    let is_all = form.is_plain() || form.file.path.starts_with(SOURCES);
    let needed = if is_all { "# Examples" } else { "# Shape" };
    form.name.ends_with("_rs2") || form.docs.contains(&needed)
}

/// The name without what says where memory, time and tasks come from.
fn stem(name: &str) -> String {
    match name.strip_suffix("_rs2") {
        Some(method) => format!("{}_rs2", without_environment(method)),
        None => without_environment(name).to_owned(),
    }
}

fn without_environment(name: &str) -> &str {
    name.strip_suffix("_in").or_else(|| name.strip_suffix("_on")).unwrap_or(name)
}

/// Where a form is at home.
fn home_of<V>(form: &Form<'_>, homes: &BTreeMap<Home, V>) -> Option<Home> {
    let path = form.file.path.as_str();
    if path.starts_with(SOURCES) {
        return Some((0, "sources".to_owned()));
    }
    if path.starts_with(CONNECTORS) {
        return Some((2, "connectors".to_owned()));
    }
    if let Some((area, _)) = path.strip_prefix(OPERATORS).and_then(|path| path.split_once('/')) {
        return Some((1, area.to_owned()));
    }
    // A plain name without a twin: where its type is at home.
    let words: Vec<&str> = form.signature.iter().map(|token| token.text).collect();
    let named = words.windows(3).filter_map(|words| match words {
        ["op", "::", area] => Some((1, (*area).to_owned())),
        ["crate", "::", "source"] => Some((0, "sources".to_owned())),
        _ => None,
    });
    let mut named = named.filter(|home| home.0 == 0 || homes.contains_key(home));
    named.next()
}

fn operator(forms: &[Form<'_>], sources: &[Source]) -> Operator {
    let without: Vec<&Form<'_>> =
        forms.iter().filter(|form| stem(form.name) == form.name).collect();
    // Where a function and a method share a name, the function is the one that is explained.
    let function = without.iter().find(|form| form.is_function);
    let shown = function.or(without.first()).copied().unwrap_or(&forms[0]);
    let mut twins: Vec<String> = forms.iter().map(|form| form.name.to_owned()).collect();
    twins.retain(|name| name != shown.name);
    twins.sort();
    twins.dedup();
    // The plain names name the timer of their runtime whether they wait or not.
    let has_core = forms.iter().any(|form| !form.is_plain());
    let of_core = |form: &&Form<'_>| !has_core || !form.is_plain();
    let core = || forms.iter().filter(of_core);
    let needs = |words: &[&str]| {
        core().any(|form| form.signature.iter().any(|token| words.contains(&token.text)))
    };
    let timer = needs(&["Timer"]);
    Operator {
        name: shown.name.to_owned(),
        is_function: shown.is_function,
        yields: words::without_twins(words::first_sentence(&shown.docs), &twins),
        holds: forms.iter().find_map(|form| words::held(&form.docs)),
        timer,
        clock: !timer && needs(&["Clock"]),
        spawns: needs(&["Spawner", "SpawnBlocking", "Host"]),
        twins,
        is_plain: !has_core,
        alloc: core().all(|form| form.is_gated || is_behind_alloc(&form.file.path, sources)),
    }
}

/// Whether a file is compiled only where there is an allocator.
fn is_behind_alloc(path: &str, sources: &[Source]) -> bool {
    let Some(inside) = path.strip_prefix("rs2-core/src/") else { return true };
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let modules: Vec<&str> = inside.strip_suffix("/mod").unwrap_or(inside).split('/').collect();
    (0..modules.len()).any(|depth| {
        let folder: String = modules[..depth].iter().map(|module| format!("{module}/")).collect();
        let declaring = match depth {
            0 => "rs2-core/src/lib.rs".to_owned(),
            _ => format!("rs2-core/src/{folder}mod.rs"),
        };
        let file = sources.iter().find(|file| file.path == declaring);
        file.is_some_and(|file| is_gated_module(file, modules[depth]))
    })
}

fn is_gated_module(file: &Source, module: &str) -> bool {
    let declares = |line: &str| line.trim_start_matches("pub ") == format!("mod {module};");
    file.lines.windows(2).any(|pair| pair[0].raw.trim() == NEEDS_ALLOC && declares(&pair[1].raw))
}

#[cfg(test)]
mod tests;
