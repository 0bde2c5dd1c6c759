//! A source file with code, comments and literals told apart.

/// A file, line by line.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the root, with `/` between folders.
    pub(crate) path: String,
    pub(crate) lines: Vec<Line>,
}

/// A line in three readings.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) raw: String,
    /// Without comments, and with a quotation mark for each character of a literal, so that no
    /// rule takes words or braces in a text for code.
    pub(crate) code: String,
    /// The text of comments only.
    pub(crate) comment: String,
}

impl Line {
    /// Whether the line counts towards the length of a file.
    pub(crate) fn is_code(&self) -> bool {
        !self.code.trim().is_empty()
    }
}

impl Source {
    pub(crate) fn scan(path: &str, text: &str) -> Self {
        let mut scanner =
            Scanner { place: Place::Code, depth: 0, hashes: 0, line: Line::default() };
        let mut lines = Vec::new();
        for raw in text.lines() {
            scanner.scan_line(raw);
            let line = std::mem::take(&mut scanner.line);
            lines.push(Line { raw: raw.to_owned(), ..line });
        }
        Self { path: path.to_owned(), lines }
    }

    /// The lines with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(at, line)| (at + 1, line))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    BlockComment,
    Text,
    RawText,
}

struct Scanner {
    place: Place,
    /// How deep block comments are nested.
    depth: u32,
    /// How many `#` close the raw text.
    hashes: usize,
    line: Line,
}

impl Scanner {
    fn scan_line(&mut self, raw: &str) {
        let signs: Vec<char> = raw.chars().collect();
        let mut at = 0;
        while at < signs.len() {
            at += match self.place {
                Place::Code => self.scan_code(&signs, at),
                Place::BlockComment => self.scan_comment(&signs[at..]),
                Place::Text => self.scan_text(&signs[at..]),
                Place::RawText => self.scan_raw_text(&signs[at..]),
            };
        }
    }

    /// Takes what begins at `at` and tells how many characters it has, as do the others.
    fn scan_code(&mut self, signs: &[char], at: usize) -> usize {
        let rest = &signs[at..];
        match rest {
            ['/', '/', ..] => {
                self.line.comment.extend(rest);
                return rest.len();
            }
            ['/', '*', ..] => {
                self.place = Place::BlockComment;
                self.depth = 0;
                return self.scan_comment(rest);
            }
            ['"', ..] => self.place = Place::Text,
            ['r', ..] if !continues_a_word(signs, at) => {
                let hashes = rest[1..].iter().take_while(|sign| **sign == '#').count();
                if rest.get(1 + hashes) == Some(&'"') {
                    self.place = Place::RawText;
                    self.hashes = hashes;
                    return self.hide(2 + hashes);
                }
            }
            ['\'', '\\', _, tail @ ..] => {
                let inside = tail.iter().take_while(|sign| **sign != '\'').count();
                return self.hide(4 + inside);
            }
            ['\'', _, '\'', ..] => return self.hide(3),
            _ => {}
        }
        self.line.code.push(rest[0]);
        1
    }

    fn scan_comment(&mut self, rest: &[char]) -> usize {
        let taken = match rest {
            ['/', '*', ..] => {
                self.depth += 1;
                2
            }
            ['*', '/', ..] => {
                self.depth -= 1;
                2
            }
            _ => 1,
        };
        if self.depth == 0 {
            self.place = Place::Code;
        }
        self.line.comment.extend(&rest[..taken]);
        taken
    }

    fn scan_text(&mut self, rest: &[char]) -> usize {
        match rest {
            ['\\', _, ..] => return self.hide(2),
            ['"', ..] => self.place = Place::Code,
            _ => {}
        }
        self.hide(1)
    }

    fn scan_raw_text(&mut self, rest: &[char]) -> usize {
        let closing = rest.iter().skip(1).take(self.hashes).filter(|sign| **sign == '#').count();
        if rest[0] == '"' && closing == self.hashes {
            self.place = Place::Code;
            return self.hide(1 + self.hashes);
        }
        self.hide(1)
    }

    fn hide(&mut self, count: usize) -> usize {
        self.line.code.extend(std::iter::repeat_n('"', count));
        count
    }
}

/// Whether the character is a later one of a word; `b` and `c` before a raw text are not one.
fn continues_a_word(signs: &[char], at: usize) -> bool {
    let is_word =
        |at: usize| signs.get(at).is_some_and(|sign| sign.is_alphanumeric() || *sign == '_');
    let Some(before) = at.checked_sub(1) else { return false };
    let is_prefix =
        matches!(signs[before], 'b' | 'c') && !before.checked_sub(1).is_some_and(is_word);
    is_word(before) && !is_prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Vec<String> {
        let source = Source::scan("x.rs", text);
        let without_texts = |line: &Line| line.code.replace('"', "").trim().to_owned();
        source.lines.iter().map(without_texts).collect()
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(code("a // b\n/* c /* d */ e */ f\n/// g"), ["a", "f", ""]);
        let source = Source::scan("x.rs", "a // b\n/* c\nd */ e");
        let comments: Vec<&str> = source.lines.iter().map(|line| line.comment.as_str()).collect();
        assert_eq!(comments, ["// b", "/* c", "d */"]);
    }

    #[test]
    fn texts_of_every_kind_are_no_code() {
        assert_eq!(
            code(r#"a("b // c", "\"d", b"e", 'f', '\'', '\u{41}', '"') g"#),
            ["a(, , b, , , , ) g"]
        );
        assert_eq!(code("a(r#\"b \" c\"#, br\"d\\\", r\"e\") f"), ["a(, b, ) f"]);
        assert_eq!(code("a(\"b\nc\nd\") e"), ["a(", "", ") e"]);
    }

    #[test]
    fn a_text_over_several_lines_counts_as_code_in_each() {
        let source = Source::scan("x.rs", "a(\"b\nc\nd\");\n\n// e");
        let counted = source.lines.iter().filter(|line| line.is_code()).count();
        assert_eq!(counted, 3);
    }

    #[test]
    fn lifetimes_raw_names_and_words_that_end_in_r_are_code() {
        assert_eq!(
            code("fn f<'a>(x: &'a str) -> r#type {}"),
            ["fn f<'a>(x: &'a str) -> r#type {}"]
        );
        assert_eq!(code("bar\"x\" y"), ["bar y"]);
    }
}
