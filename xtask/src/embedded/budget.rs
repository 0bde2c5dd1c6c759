//! How much memory the programs may need.

use crate::cmd::{Failure, Outcome};
use std::collections::BTreeMap;

/// What was measured, by program and name.
pub(super) type Sizes = BTreeMap<(String, String), u64>;

/// Compares what was measured with the budget: lines of `program name most`, or
/// `program beyond other most` for the flash that it needs more than another. Everything in the
/// budget must have been measured. Prints all of it.
pub(super) fn check(budget: &str, sizes: &Sizes) -> Outcome {
    let mut excesses = Vec::new();
    let lines = budget.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let (used, most) = measured(line, sizes)?;
        println!("{:>7} of {most:>6} bytes: {line}", used);
        if used > most {
            excesses.push(format!("{used} bytes, against a budget of `{line}`"));
        }
    }
    if excesses.is_empty() { Ok(()) } else { Err(Failure::new(excesses.join("; "))) }
}

fn measured(line: &str, sizes: &Sizes) -> Result<(u64, u64), Failure> {
    let of = |program: &str, name: &str| {
        let size = sizes.get(&(program.to_owned(), name.to_owned()));
        size.copied().ok_or_else(|| Failure::new(format!("nothing measured for `{line}`")))
    };
    let most = |text: &str| {
        text.parse::<u64>().map_err(|_| Failure::new(format!("no number in `{line}`")))
    };
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        [program, "beyond", other, limit] => {
            let beyond = of(program, "flash")?.saturating_sub(of(other, "flash")?);
            Ok((beyond, most(limit)?))
        }
        [program, name, limit] => Ok((of(program, name)?, most(limit)?)),
        _ => Err(Failure::new(format!("not a line of a budget: `{line}`"))),
    }
}

/// The flash and the RAM in what `arm-none-eabi-size` prints of one image.
pub(super) fn image(printed: &str) -> Option<(u64, u64)> {
    let mut numbers = printed.lines().nth(1)?.split_whitespace().map(str::parse::<u64>);
    let mut next = || numbers.next()?.ok();
    let (text, data, bss) = (next()?, next()?, next()?);
    // Initial values of statics are in flash and are copied to RAM.
    Some((text + data, data + bss))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes() -> Sizes {
        let all = [("a", "flash", 900), ("b", "flash", 300), ("a", "stack", 70)];
        all.map(|(program, name, size)| ((program.to_owned(), name.to_owned()), size)).into()
    }

    #[test]
    fn what_exceeds_the_budget_is_found() {
        assert!(check("# why\na beyond b 600\na stack 70\n", &sizes()).is_ok());
        assert!(check("a beyond b 599\n", &sizes()).is_err());
        assert!(check("a stack 69\n", &sizes()).is_err());
    }

    #[test]
    fn what_was_not_measured_is_not_within_the_budget() {
        assert!(check("b stack 70\n", &sizes()).is_err());
        assert!(check("a stack\n", &sizes()).is_err());
    }

    #[test]
    fn initial_values_count_twice() {
        let printed = "   text\t   data\t    bss\n  100\t     8\t     30\t 138\t 8a\tx\n";
        assert_eq!(image(printed), Some((108, 38)));
        assert_eq!(image(""), None);
    }
}
