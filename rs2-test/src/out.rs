//! Outputs, reduced to what the model can predict.

use crate::sim::Tok;
use std::fmt;

/// The number of an item: which source gave it, and which item of that source it is.
///
/// Items of the first source are numbered 0, 1, 2 and so on.
pub const fn id_of(source: usize, index: usize) -> u64 {
    ((source as u64) << 32) | index as u64
}

/// The source that gave an item.
pub const fn source_of(id: u64) -> usize {
    (id >> 32) as usize
}

/// The place of an item within its source.
pub const fn index_of(id: u64) -> usize {
    (id & 0xffff_ffff) as usize
}

/// One output: numbers, usually those of the items that went into it.
///
/// Made from an item, a number, or any collection or tuple of these.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Out {
    /// The numbers.
    pub ids: Vec<u64>,
    /// The branch it came out of, or else the source of its first item.
    pub lane: usize,
}

impl Out {
    /// The same output, in another branch.
    #[must_use]
    pub fn in_lane(mut self, lane: usize) -> Self {
        self.lane = lane;
        self
    }

    fn of(ids: Vec<u64>) -> Self {
        let lane = ids.first().map_or(0, |&id| source_of(id));
        Self { ids, lane }
    }
}

impl fmt::Debug for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.ids.iter().map(|&id| name_of(id)).collect();
        write!(f, "{}", names.join("+"))?;
        match self.ids.first() {
            Some(&id) if source_of(id) != self.lane => write!(f, "@{}", self.lane),
            _ => Ok(()),
        }
    }
}

/// "a3" for the fourth item of the first source.
pub(crate) fn name_of(id: u64) -> String {
    let source = source_of(id);
    match u8::try_from(source).ok().filter(|&source| source < 26) {
        Some(source) => format!("{}{}", char::from(b'a' + source), index_of(id)),
        None => id.to_string(),
    }
}

impl From<Tok> for Out {
    fn from(item: Tok) -> Self {
        Self::of(vec![item.id()])
    }
}

impl From<u64> for Out {
    fn from(number: u64) -> Self {
        Self::of(vec![number])
    }
}

impl From<usize> for Out {
    fn from(number: usize) -> Self {
        Self::of(vec![number as u64])
    }
}

impl From<bool> for Out {
    fn from(flag: bool) -> Self {
        Self::of(vec![u64::from(flag)])
    }
}

impl From<()> for Out {
    fn from((): ()) -> Self {
        Self::of(Vec::new())
    }
}

impl From<&[u64]> for Out {
    fn from(ids: &[u64]) -> Self {
        Self::of(ids.to_vec())
    }
}

impl<T: Into<Out>> From<Vec<T>> for Out {
    fn from(parts: Vec<T>) -> Self {
        Self::of(parts.into_iter().flat_map(|part| part.into().ids).collect())
    }
}

impl<T: Into<Out>> From<Option<T>> for Out {
    fn from(part: Option<T>) -> Self {
        Self::of(part.map_or_else(Vec::new, |part| part.into().ids))
    }
}

impl<A: Into<Out>, B: Into<Out>> From<(A, B)> for Out {
    fn from((a, b): (A, B)) -> Self {
        Self::of([a.into().ids, b.into().ids].concat())
    }
}

impl<A: Into<Out>, B: Into<Out>, C: Into<Out>> From<(A, B, C)> for Out {
    fn from((a, b, c): (A, B, C)) -> Self {
        Self::of([a.into().ids, b.into().ids, c.into().ids].concat())
    }
}
