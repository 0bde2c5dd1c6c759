//! Text that may say anything, inside a page.

use std::fmt::{self, Write};

/// Writes the text so that a browser reads it as text, in an element or in a quoted attribute.
pub struct Html<'a>(pub &'a str);

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for sign in self.0.chars() {
            match sign {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(sign)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ends_an_element_or_an_attribute_is_left() {
        let hostile = r#"</title><script>alert('&"')</script>"#;
        let shown = Html(hostile).to_string();
        assert!(!shown.contains(['<', '>', '"', '\'']), "{shown}");
        assert_eq!(Html("a & b <é>").to_string(), "a &amp; b &lt;é&gt;");
    }
}
