//! Reading our own manifests: as much of TOML as they use.

/// The entries of a manifest, in order. Values are as written.
#[derive(Debug)]
pub(crate) struct Manifest {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    table: String,
    key: String,
    value: String,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut entries = Vec::new();
        let mut table = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let line = without_comment(line).trim();
            if let Some((key, value)) = line.split_once('=') {
                let mut value = value.trim().to_owned();
                while is_open(&value) {
                    let Some(next) = lines.next() else { break };
                    value.push(' ');
                    value.push_str(without_comment(next).trim());
                }
                let key = key.trim().trim_matches('"').to_owned();
                entries.push(Entry { table: table.clone(), key, value });
            } else if line.starts_with('[') {
                table = line.trim_matches(['[', ']']).trim().to_owned();
            }
        }
        Self { entries }
    }

    /// A text.
    pub(crate) fn text(&self, table: &str, key: &str) -> Option<&str> {
        let mut found = self.entries.iter().filter(|entry| entry.table == table);
        let value = &found.find(|entry| entry.key == key)?.value;
        Some(value.trim_matches('"'))
    }

    /// A list of texts; empty when there is none.
    pub(crate) fn list(&self, table: &str, key: &str) -> Vec<String> {
        let value = self.text(table, key).unwrap_or_default();
        value.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// The keys of a table.
    pub(crate) fn keys(&self, table: &str) -> impl Iterator<Item = &str> {
        let entries = self.entries.iter().filter(move |entry| entry.table == table);
        entries.map(|entry| entry.key.as_str())
    }
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, sign) in line.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '#' if !quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Whether a list or a table in line goes on in the next line.
fn is_open(value: &str) -> bool {
    let unquoted = || value.split('"').step_by(2);
    let count = |sign: char| unquoted().map(|part| part.matches(sign).count()).sum::<usize>();
    count('[') > count(']') || count('{') > count('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [workspace]
        members = [
            "one", # "a comment"
            "two",
        ]
        [workspace.package]
        rust-version = "1.88"   # stated and checked
        [features]
        default = []
        "std" = ["dep:x", "y#z"]
    "#;

    #[test]
    fn a_list_may_go_over_several_lines_with_comments() {
        let manifest = Manifest::parse(TEXT);
        assert_eq!(manifest.list("workspace", "members"), ["one", "two"]);
        assert_eq!(manifest.list("workspace", "exclude"), Vec::<String>::new());
        assert_eq!(manifest.list("features", "std"), ["dep:x", "y#z"]);
    }

    #[test]
    fn texts_and_keys_are_found_in_their_table_only() {
        let manifest = Manifest::parse(TEXT);
        assert_eq!(manifest.text("workspace.package", "rust-version"), Some("1.88"));
        assert_eq!(manifest.text("workspace", "rust-version"), None);
        assert_eq!(manifest.keys("features").collect::<Vec<_>>(), ["default", "std"]);
    }
}
