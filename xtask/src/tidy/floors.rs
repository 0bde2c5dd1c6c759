//! Arrows between floors: code imports only from lower floors, and a room not from its neighbours.

use super::finding::Finding;
use super::source::Source;
use super::tokens::{Token, text, tokens};
use crate::workspace::Package;

/// The modules of rs2-core from the ground up.
const FLOORS: [&[&str]; 3] = [
    &["time", "task", "store", "error", "snapshot", "sync"],
    &[
        "aggregate",
        "statistics",
        "machine",
        "watermark",
        "slots",
        "state",
        "metrics",
        "boxed",
        "late",
    ],
    &["source", "op", "queue", "pipe"],
];

/// Doors to the outside: what stands in them is for users and adapters, and may name everything.
const DOORS: [&str; 2] = ["lib", "plain"];

/// The crates from the ground up.
const CRATES: [&[&str]; 4] = [
    &["rs2_core"],
    &["rs2_tokio", "rs2_smol", "rs2_embassy", "rs2_test"],
    &["rs2_std"],
    &["rs2_stream"],
];

/// Arrows that are there for a reason: the file, the module it names, and why.
const EXCEPTIONS: [(&str, &str, &str); 1] =
    [("rs2-core/src/pipe/mod.rs", "op", "the smallest pipes are operators")];

/// Arrows between the modules of rs2-core.
pub(super) fn check_modules(source: &Source, findings: &mut Vec<Finding>) {
    let Some(inside) = source.path.strip_prefix("rs2-core/src/") else { return };
    let module = module_of(inside);
    let Some(from) = module.first().filter(|name| !DOORS.contains(name)) else { return };
    if floor_of(from).is_none() {
        let what = format!("`{from}` stands on no floor: add it to the floors in xtask");
        findings.push(Finding::new(&source.path, 1, what));
        return;
    }
    for (line, path) in paths(&tokens(source), &module) {
        if let Some(what) = wrong_arrow(&module, &path)
            && !is_excepted(&source.path, &path)
        {
            findings.push(Finding::new(&source.path, line, what));
        }
    }
}

fn is_excepted(file: &str, path: &[&str]) -> bool {
    EXCEPTIONS.iter().any(|(from, to, _)| *from == file && path.first() == Some(to))
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn wrong_arrow(from: &[&str], to: &[&str]) -> Option<String> {
    let here = from.first().and_then(|name| floor_of(name))?;
    let Some(there) = to.first().and_then(|name| floor_of(name)) else {
        return Some(format!("`crate::{}` stands on no floor", to.join("::")));
    };
    if there > here {
        return Some(format!("floor {here} may not use `{}` of floor {there}", to[0]));
    }
    let top = FLOORS.len() - 1;
    let is_corridor = from == ["op"];
    if here == top && there == top && !is_corridor && room(from) != room(to) {
        let (from, to) = (room(from).join("::"), room(to).join("::"));
        return Some(format!("room `{from}` may not use room `{to}`"));
    }
    None
}

/// The part of a path that names a room of the top floor.
fn room<'a, 'b>(path: &'a [&'b str]) -> &'a [&'b str] {
    let length = if path.first() == Some(&"op") { 2 } else { 1 };
    &path[..path.len().min(length)]
}

/// The module that a file is.
fn module_of(inside: &str) -> Vec<&str> {
    let path = inside.strip_suffix(".rs").unwrap_or(inside);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').collect()
}

/// Every path within the crate that the code of a module names, from the root of the crate.
fn paths<'a>(tokens: &[Token<'a>], module: &[&'a str]) -> Vec<(usize, Vec<&'a str>)> {
    let mut found = Vec::new();
    let mut here = module.to_vec();
    // Modules within the file, by the depth of the braces around them.
    let mut depth = 0_usize;
    let mut inner = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_first = at.checked_sub(1).is_none_or(|before| text(tokens, before) != "::");
        match token.text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if inner.last() == Some(&depth) {
                    inner.pop();
                    here.pop();
                }
            }
            "mod" if text(tokens, at + 2) == "{" => {
                here.push(text(tokens, at + 1));
                inner.push(depth);
            }
            "crate" if text(tokens, at + 1) == "::" => tree(tokens, at + 2, Vec::new(), &mut found),
            "super" if is_first && text(tokens, at + 1) == "::" => {
                let (base, next) = outwards(tokens, at, &here);
                tree(tokens, next, base, &mut found);
            }
            _ => {}
        }
    }
    found
}

/// Follows `super::super::` from `here`, and tells where the rest of the path begins.
fn outwards<'a>(tokens: &[Token<'a>], at: usize, here: &[&'a str]) -> (Vec<&'a str>, usize) {
    let mut base = here.to_vec();
    let mut next = at;
    while text(tokens, next) == "super" && text(tokens, next + 1) == "::" {
        base.pop();
        next += 2;
    }
    (base, next)
}

/// The leaves of `a::{b, c::d}`, each with the path before it.
fn tree<'a>(
    tokens: &[Token<'a>],
    at: usize,
    mut path: Vec<&'a str>,
    found: &mut Vec<(usize, Vec<&'a str>)>,
) {
    let Some(token) = tokens.get(at) else { return };
    if token.text != "{" {
        if token.is_word() && token.text != "self" {
            path.push(token.text);
        }
        if token.is_word() && text(tokens, at + 1) == "::" {
            return tree(tokens, at + 2, path, found);
        }
        if !path.is_empty() {
            found.push((token.line, path));
        }
        return;
    }
    let mut depth = 0_usize;
    for at in at..tokens.len() {
        match tokens[at].text {
            "{" => depth += 1,
            "}" if depth <= 1 => return,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(tokens[at].text, "{" | ",") && text(tokens, at + 1) != "}" {
            tree(tokens, at + 1, path.clone(), found);
        }
    }
}

/// A workspace of its own for a device without a heap, which the facade needs.
const WITHOUT_FACADE: &str = "examples/firmware/";

/// Arrows between crates: the code of a crate, and examples, which know the facade alone.
pub(super) fn check_crates(source: &Source, packages: &[Package], findings: &mut Vec<Finding>) {
    if source.path.starts_with(WITHOUT_FACADE) {
        return;
    }
    let names: Vec<String> = packages.iter().map(Package::lib).collect();
    let facade = CRATES.len() - 1;
    let here = if source.path.starts_with("examples/") {
        None
    } else {
        let home = packages.iter().find(|package| source.path.starts_with(&code_of(package)));
        let Some(home) = home else { return };
        let Some(floor) = crate_floor(&home.lib()) else { return };
        Some((home.lib(), floor))
    };
    for token in tokens(source).iter().filter(|token| names.iter().any(|name| name == token.text)) {
        let there = crate_floor(token.text);
        let is_fine = match &here {
            None => there == Some(facade),
            Some((home, floor)) => token.text == home || there.is_some_and(|there| there < *floor),
        };
        if !is_fine {
            let from = here.as_ref().map_or("an example", |(home, _)| home.as_str());
            let what = format!("{from} may not use {}", token.text);
            findings.push(Finding::new(&source.path, token.line, what));
        }
    }
}

fn code_of(package: &Package) -> String {
    if package.dir.is_empty() { "src/".to_owned() } else { format!("{}/src/", package.dir) }
}

fn crate_floor(lib: &str) -> Option<usize> {
    CRATES.iter().position(|floor| floor.contains(&lib))
}

#[cfg(test)]
mod tests;
