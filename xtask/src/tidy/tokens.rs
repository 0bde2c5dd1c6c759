//! The code of a file as words and signs.

use super::source::Source;

/// A word, `::`, or one other sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

impl Token<'_> {
    /// Whether it is a word, and not a sign.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(is_word_sign)
    }
}

/// The tokens of a file. Literals leave none.
pub(crate) fn tokens(source: &Source) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (line, text) in source.numbered() {
        let mut rest = text.code.as_str();
        while let Some(first) = rest.chars().next() {
            let length = if is_word_sign(first) {
                rest.find(|sign| !is_word_sign(sign)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() && first != '"' {
                tokens.push(Token { text: &rest[..length], line });
            }
            rest = &rest[length..];
        }
    }
    tokens
}

/// The text at an index, or nothing beyond the end.
pub(crate) fn text<'a>(tokens: &[Token<'a>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.text)
}

/// The index of the brace that closes the one at `open`, or the end of the file.
pub(crate) fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" if depth <= 1 => return at,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The index of the brace that opens the body of the item at `at`; nothing when it has none.
pub(crate) fn body(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.checked_sub(1)?,
            "{" if depth == 0 => return Some(at),
            ";" | "}" if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn is_word_sign(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_signs_come_with_their_line() {
        let source = Source::scan("x.rs", "use a::b_1; // c\nf(\"d\")");
        let found: Vec<_> = tokens(&source).iter().map(|token| (token.text, token.line)).collect();
        let first = ["use", "a", "::", "b_1", ";"].map(|text| (text, 1));
        let second = ["f", "(", ")"].map(|text| (text, 2));
        assert_eq!(found, [&first[..], &second[..]].concat());
    }

    #[test]
    fn a_body_begins_after_the_arguments_and_ends_with_its_own_brace() {
        let source = Source::scan("x.rs", "fn f(x: [u8; 4]) -> u8 { if x { y } } fn g(); }");
        let tokens = tokens(&source);
        let open = body(&tokens, 0).expect("f has a body");
        assert_eq!(text(&tokens, open - 1), "u8");
        assert_eq!(text(&tokens, closing(&tokens, open) + 1), "fn");
        assert_eq!(body(&tokens, closing(&tokens, open) + 1), None);
    }
}
