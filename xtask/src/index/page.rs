//! The index as text.

use super::facts::{Area, Operator};
use std::fmt::Write;

const MARKS: &str = "\
ʷ waits, so it needs a timer · ʳ remembers something of the items · ˢ starts tasks · ᵃ needs an
allocator. [docs/operators.md](docs/operators.md) says for each what it yields and what it holds.
";

const PREFACE: &str = "\
# The operators

`cargo xtask index` writes this page from the sources and their documentation; `cargo xtask tidy`
tells when it is stale.

*holds* is what an operator remembers between two items. *time* is what it needs to know it: a timer
wakes it, a clock is only read. *tasks* says that it starts some. *alloc* says that it needs an
allocator; the others run on a device without one, in the form that takes its memory. `_on` forms
take the timer or the spawner as an argument, `_in` forms the memory.
";

/// The table of the README: a row for each area.
pub(super) fn table(areas: &[Area]) -> String {
    let mut text = String::from("| area | operators |\n|---|---|\n");
    for area in areas {
        // A method and a function of the same name stand there once.
        let mut operators: Vec<&Operator> = area.operators.iter().collect();
        operators.dedup_by_key(|operator| operator.short_name());
        let operators: Vec<String> = operators.into_iter().map(marked).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} | {} |", title(area), operators.join(", "));
    }
    format!("{text}\n{MARKS}")
}

fn title(area: &Area) -> String {
    area.name.replace('_', " ")
}

fn marked(operator: &Operator) -> String {
    let marks = [
        (operator.timer, 'ʷ'),
        (operator.holds.is_some(), 'ʳ'),
        (operator.spawns, 'ˢ'),
        (operator.alloc, 'ᵃ'),
    ];
    let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark).collect();
    format!("`{}`{marks}", operator.short_name())
}

/// The page: a table for each area.
pub(super) fn page(areas: &[Area]) -> String {
    let mut text = String::from(PREFACE);
    for area in areas {
        let _ = write!(text, "\n## {}\n\n", title(area));
        if !area.about.is_empty() {
            let _ = write!(text, "{}.\n\n", area.about);
        }
        text.push_str(
            "| operator | yields | holds | time | tasks | alloc |\n|---|---|---|---|---|---|\n",
        );
        for operator in &area.operators {
            text.push_str(&row(operator));
        }
    }
    text
}

fn row(operator: &Operator) -> String {
    let call = if operator.is_function { "()" } else { "" };
    let twins = operator.twins.iter().map(|twin| format!(", `{twin}{call}`"));
    let names = format!("`{}{call}`{}", operator.name, twins.collect::<String>());
    let time = match (operator.timer, operator.clock) {
        (true, _) => "timer",
        (false, true) => "clock",
        (false, false) => "",
    };
    let yes = |is_so| if is_so { "yes" } else { "" };
    let cells = [
        names,
        operator.yields.clone(),
        operator.holds.clone().unwrap_or_default(),
        time.to_owned(),
        yes(operator.spawns).to_owned(),
        yes(operator.alloc).to_owned(),
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    let mut row = String::from("|");
    for cell in cells {
        let _ = if cell.is_empty() { write!(row, " |") } else { write!(row, " {cell} |") };
    }
    row + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas() -> Vec<Area> {
        let plain =
            Operator { name: "x_rs2".into(), yields: "Yields a|b".into(), ..Operator::default() };
        let waits = Operator {
            name: "y".into(),
            twins: vec!["y_on".into()],
            is_function: true,
            holds: Some("one item".into()),
            timer: true,
            alloc: true,
            ..Operator::default()
        };
        let about = String::from("Operators of a kind");
        vec![Area { name: "one_kind".into(), about, operators: vec![plain, waits] }]
    }

    #[test]
    fn the_table_has_a_row_for_each_area_and_marks_for_each_fact() {
        let table = table(&areas());
        assert!(table.contains("\n| one kind | `x`, `y`ʷʳᵃ |\n\n"), "{table}");
    }

    #[test]
    fn the_page_has_a_row_for_each_operator() {
        let page = page(&areas());
        assert!(page.contains("\n## one kind\n\nOperators of a kind.\n\n| operator"), "{page}");
        assert!(page.contains("\n| `x_rs2` | Yields a\\|b | | | | |\n"), "{page}");
        assert!(page.ends_with("\n| `y()`, `y_on()` | | one item | timer | | yes |\n"), "{page}");
    }
}
