//! Rows of marbles: read, written, and set one below the other.

use super::COLUMN;
use rs2_core::time::Instant;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// What happens in each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    // Columns after the last event are not kept: "ab--" and "ab" say the same.
    columns: Vec<Vec<Event>>,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// An item, as text; "#" for an error.
    Yield(String),
    End,
}

impl Diagram {
    /// The diagram of what was seen at these instants, which do not decrease.
    pub(super) fn of_record(events: &[(Instant, Event)]) -> Self {
        let mut columns: Vec<Vec<Event>> = Vec::new();
        for (at, event) in events {
            let nanos = at.since_origin().as_nanos();
            let column = (nanos / COLUMN.as_nanos()) as usize;
            let beside = at.since_origin().saturating_sub(COLUMN * column as u32);
            columns.resize(columns.len().max(column + 1), Vec::new());
            columns[column].push(match event {
                event if beside.is_zero() => event.clone(),
                Event::Yield(text) => Event::Yield(format!("{text}+{beside:?}")),
                Event::End => Event::Yield(format!("|+{beside:?}")),
            });
        }
        Self { columns }
    }

    /// Every event with the number of its column.
    pub(super) fn events(&self) -> impl Iterator<Item = (usize, &Event)> {
        self.columns.iter().enumerate().flat_map(|(n, events)| events.iter().map(move |e| (n, e)))
    }

    fn column_text(&self, column: usize) -> String {
        match self.columns.get(column).map(Vec::as_slice) {
            None => String::new(),
            Some([]) => "-".to_owned(),
            Some([only]) => only.to_string(),
            Some(several) => {
                format!("({})", several.iter().map(ToString::to_string).collect::<String>())
            }
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("|"),
            Self::Yield(text) if text.chars().count() == 1 => f.write_str(text),
            Self::Yield(text) => write!(f, "{{{text}}}"),
        }
    }
}

impl fmt::Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.columns.len()).try_for_each(|column| f.write_str(&self.column_text(column)))
    }
}

impl FromStr for Diagram {
    type Err = DiagramError;

    fn from_str(row: &str) -> Result<Self, DiagramError> {
        let mut columns: Vec<Vec<Event>> = Vec::new();
        let mut group: Option<Vec<Event>> = None;
        let mut ended = false;
        let mut chars = row.chars();
        while let Some(c) = chars.next() {
            let event = match c {
                ' ' => continue,
                _ if ended && c != ')' => return Err(DiagramError::AfterEnd),
                '-' if group.is_some() => return Err(DiagramError::TimeInGroup),
                '-' => {
                    columns.push(Vec::new());
                    continue;
                }
                '(' if group.is_some() => return Err(DiagramError::NestedGroup),
                '(' => {
                    group = Some(Vec::new());
                    continue;
                }
                ')' => {
                    columns.push(group.take().ok_or(DiagramError::UnopenedGroup)?);
                    continue;
                }
                '{' => Event::Yield(braced(&mut chars)?),
                '}' => return Err(DiagramError::UnopenedBrace),
                '|' => {
                    ended = true;
                    Event::End
                }
                item => Event::Yield(item.to_string()),
            };
            match &mut group {
                Some(group) => group.push(event),
                None => columns.push(vec![event]),
            }
        }
        if group.is_some() {
            return Err(DiagramError::UnclosedGroup);
        }
        while columns.last().is_some_and(Vec::is_empty) {
            columns.pop();
        }
        Ok(Self { columns })
    }
}

fn braced(chars: &mut impl Iterator<Item = char>) -> Result<String, DiagramError> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('}') => return Ok(text),
            Some(c) => text.push(c),
            None => return Err(DiagramError::UnclosedBrace),
        }
    }
}

/// Rows with their names, every column as wide as its widest text.
pub(super) fn aligned(rows: &[(&str, Diagram)]) -> String {
    let columns = rows.iter().map(|(_, row)| row.columns.len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|n| rows.iter().map(|(_, row)| row.column_text(n).chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (name, row) in rows {
        let cells: Vec<String> = widths
            .iter()
            .enumerate()
            .map(|(n, &width)| format!("{:width$}", row.column_text(n)))
            .collect();
        text.push_str(format!("  {name:8}  {}", cells.join(" ")).trim_end());
        text.push('\n');
    }
    text
}

/// Why a text is not a diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiagramError {
    /// Something follows `|`.
    AfterEnd,
    /// `-` inside a group, which is one instant.
    TimeInGroup,
    /// `(` inside a group.
    NestedGroup,
    /// `)` without `(`.
    UnopenedGroup,
    /// `(` without `)`.
    UnclosedGroup,
    /// `}` without `{`.
    UnopenedBrace,
    /// `{` without `}`.
    UnclosedBrace,
}

impl fmt::Display for DiagramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterEnd => "nothing may follow `|`",
            Self::TimeInGroup => "a group is one instant, no `-` may stand in it",
            Self::NestedGroup => "a group in a group",
            Self::UnopenedGroup => "`)` closes nothing",
            Self::UnclosedGroup => "`(` is not closed",
            Self::UnopenedBrace => "`}` closes nothing",
            Self::UnclosedBrace => "`{` is not closed",
        })
    }
}

impl Error for DiagramError {}
