//! The words of documentation that go into the index.

use crate::tidy::source::Source;

const MEMORY: &str = "# Backpressure and memory";
/// How a sentence begins that tells what is held.
const HOLDS: [&str; 5] = ["At most ", "As many ", "Up to ", "One ", "Reads at most "];

/// The first sentence of a module's documentation.
pub(super) fn about(door: &Source) -> String {
    let lines = door.lines.iter().map(|line| line.raw.as_str());
    let docs: Vec<&str> = lines.map_while(|line| Some(line.strip_prefix("//!")?.trim())).collect();
    first_sentence(&docs)
}

/// The first sentence, without its full stop and without links.
pub(super) fn first_sentence(docs: &[&str]) -> String {
    let paragraph = docs.iter().take_while(|line| !line.is_empty() && !line.starts_with('#'));
    let paragraph = paragraph.copied().collect::<Vec<_>>().join(" ");
    let sentence = paragraph.split_inclusive(". ").next().unwrap_or_default();
    plain(sentence.trim_end().trim_end_matches('.'))
}

/// The sentence without its end where that only names the form that it forwards to.
pub(super) fn without_twins(mut sentence: String, twins: &[String]) -> String {
    let names = twins.iter().map(|twin| format!(": `{twin}`"));
    let ends = names.chain([": its form with ".to_owned()]);
    if let Some(end) = ends.filter_map(|end| sentence.find(&end)).min() {
        sentence.truncate(end);
    }
    sentence
}

/// What is held, if the section about memory begins with it, or there is a sentence about the
/// memory that the caller gives.
pub(super) fn held(docs: &[&str]) -> Option<String> {
    let Some(at) = docs.iter().position(|line| *line == MEMORY) else {
        let prose = docs.iter().take_while(|line| !line.starts_with('#')).copied();
        let prose = prose.collect::<Vec<_>>().join(" ");
        let (_, sentence) = prose.split_once("The memory holds ")?;
        return Some(first_sentence(&[sentence]));
    };
    let sentence = first_sentence(&docs[at + 1..]);
    let clause = sentence.split("; ").next().unwrap_or_default();
    let clause = clause.split(": ").next().unwrap_or_default();
    if let Some(held) = clause.strip_prefix("Holds ") {
        return (!held.starts_with("no ") && held != "nothing").then(|| held.to_owned());
    }
    if let Some(other) = clause.strip_prefix("That of ") {
        return Some(format!("as {other}"));
    }
    let begins = HOLDS.iter().any(|beginning| clause.starts_with(beginning));
    begins.then(|| clause[..1].to_lowercase() + &clause[1..])
}

/// The text without the brackets and addresses of links. Brackets in code stay.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    let mut in_code = false;
    let mut in_link = false;
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        match sign {
            '`' => in_code = !in_code,
            '[' if !in_code => {
                in_link = true;
                continue;
            }
            ']' if in_link && !in_code => {
                in_link = false;
                let end = if rest.starts_with('(') { ')' } else { ']' };
                if rest.starts_with(['(', '[']) {
                    rest = rest.split_once(end).map_or("", |(_, after)| after);
                }
                continue;
            }
            _ => {}
        }
        plain.push(sign);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_ends_with_its_full_stop_or_its_paragraph() {
        assert_eq!(first_sentence(&["Yields 1.5 of", "it. And more."]), "Yields 1.5 of it");
        assert_eq!(first_sentence(&["Yields it", "", "And more."]), "Yields it");
        assert_eq!(first_sentence(&["Yields it", "# Shape"]), "Yields it");
        assert_eq!(first_sentence(&[]), "");
    }

    #[test]
    fn links_leave_their_text_and_code_keeps_its_brackets() {
        assert_eq!(plain("a [`b`](Self::b) c [d] `&[T]` e (f)"), "a `b` c d `&[T]` e (f)");
        assert_eq!(plain("[its form][b] with `[c][d]`"), "its form with `[c][d]`");
    }

    #[test]
    fn the_form_that_a_plain_name_forwards_to_is_left_out() {
        let twins = ["x_on_rs2".to_owned()];
        let cut = |text: &str| without_twins(text.to_owned(), &twins);
        assert_eq!(cut("Yields it: `x_on_rs2` with a timer"), "Yields it");
        assert_eq!(cut("Yields it: its form with a memory with room for 9"), "Yields it");
        assert_eq!(cut("Yields it: `y_on_rs2` twice"), "Yields it: `y_on_rs2` twice");
    }

    #[test]
    fn what_is_held_is_the_first_clause_of_its_section() {
        let held = |text: &str| held(&["Yields.", MEMORY, text, "# Cost", "Holds it all."]);
        assert_eq!(held("Holds one item; no more.").as_deref(), Some("one item"));
        assert_eq!(held("At most `n` items. Then it waits.").as_deref(), Some("at most `n` items"));
        assert_eq!(held("That of [`x`](Self::x).").as_deref(), Some("as `x`"));
        assert_eq!(held("Holds one `a::B`: this.").as_deref(), Some("one `a::B`"));
        assert_eq!(held("Holds no item."), None);
        assert_eq!(held("The source is not polled meanwhile."), None);
        let docs = ["Yields.", "", "It is.", "The memory holds one", "part. Then more.", "# Cost"];
        assert_eq!(super::held(&docs).as_deref(), Some("one part"));
    }
}
