//! A field of an item as its key.

mod leaf;
mod parts;
mod walk;

use super::{KeyError, KeyExtractor, StorageKey};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use leaf::KeyOf;
use serde::{Deserialize, Serialize};
use walk::Walk;

/// The value of a field, told apart by its kind: the number `1` and the text `"1"` are two keys,
/// and so are nothing and the text `"null"`.
///
/// Floating-point numbers are no keys: what is computed is rarely equal, `NaN` never is, and `-0.0`
/// is equal to `0.0` without looking so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FieldKey {
    /// `None`, or a unit.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number, of whatever type.
    Integer(i128),
    /// A text, a letter, or the name of a variant without fields.
    Text(String),
}

/// Keys items by the field at a path, as serde writes them: the names of fields, keys of maps,
/// positions in sequences and names of variants, with points between them.
///
/// The item is gone through up to its end, without a copy of it. An item without the field has no
/// key, and never shares one: it is counted as [`Loss::NoKey`](crate::metrics::Loss::NoKey), and
/// the `try_` forms of the operators give it back.
///
/// ```
/// use rs2_core::state::{FieldKey, FieldKeyExtractor, KeyExtractor};
/// #[derive(serde::Serialize)]
/// struct User { id: u64 }
/// #[derive(serde::Serialize)]
/// struct Event { user: Option<User> }
///
/// let by_user = FieldKeyExtractor::new("user.id");
/// assert_eq!(by_user.try_key(&Event { user: Some(User { id: 7 }) }), Ok(FieldKey::Integer(7)));
/// assert!(by_user.try_key(&Event { user: None }).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct FieldKeyExtractor {
    path: Vec<String>,
}

impl FieldKeyExtractor {
    /// Keys by the field at `path`. An empty path is the item itself.
    pub fn new(path: &str) -> Self {
        let names = path.split('.').filter(|_| !path.is_empty());
        Self { path: names.map(String::from).collect() }
    }
}

impl<T: Serialize> KeyExtractor<T> for FieldKeyExtractor {
    type Key = FieldKey;

    fn try_key(&self, item: &T) -> Result<FieldKey, KeyError> {
        let found = item.serialize(Walk::new(&self.path, KeyOf))?;
        found.ok_or_else(|| KeyError::Missing(self.path.join(".")))
    }
}

/// `null`, `true`, `7` and `"text"`.
impl StorageKey for FieldKey {
    fn write_to(&self, to: &mut String) {
        // A string takes whatever is written to it.
        let _ = match self {
            Self::Null => write!(to, "null"),
            Self::Bool(value) => write!(to, "{value}"),
            Self::Integer(value) => write!(to, "{value}"),
            Self::Text(value) => write!(to, "\"{value}\""),
        };
    }
}
