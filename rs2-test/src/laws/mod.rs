//! What every operator obeys, checked without luck.
//!
//! Where the simulator draws faults at random, the laws try all of a small kind: every pattern of
//! pauses of the first polls, every poll at which a consumer can drop the stream, every item
//! before which a source can fall silent, every call of a closure that can panic.

mod progress;
mod table;

use crate::row::Row;
use std::fmt;

/// What came of the laws for one row.
#[derive(Clone, Debug)]
#[must_use = "a broken law is seen only by who looks"]
pub struct Verdict {
    /// The operator.
    pub operator: String,
    /// The laws it broke, with the first case of each.
    pub broken: Vec<Broken>,
}

/// A law that an operator broke.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The law.
    pub law: &'static str,
    /// In what case, and how.
    pub case: String,
}

/// Checks every law.
pub fn check(row: &Row) -> Verdict {
    let broken = table::LAWS.iter().filter_map(|&(law, holds)| {
        let case = holds(row).err()?;
        Some(Broken { law, case })
    });
    Verdict { operator: row.name().to_owned(), broken: broken.collect() }
}

impl Verdict {
    /// Whether every law held.
    pub fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    /// Every law held.
    ///
    /// # Panics
    /// With the laws that did not.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} breaks {} laws", self.operator, self.broken.len())?;
        self.broken.iter().try_for_each(|broken| writeln!(f, "  {}: {}", broken.law, broken.case))
    }
}
