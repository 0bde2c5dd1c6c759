//! What is made of the value at the end of a path.

use super::super::KeyError;
use super::FieldKey;
use alloc::string::String;

/// Takes a value that has no parts.
pub(super) trait Leaf: Copy {
    type Out;
    fn null(self) -> Self::Out;
    fn bool(self, value: bool) -> Self::Out;
    fn integer(self, value: i128) -> Self::Out;
    fn text(self, value: &str) -> Self::Out;
}

/// The value as a key.
#[derive(Clone, Copy)]
pub(super) struct KeyOf;

impl Leaf for KeyOf {
    type Out = FieldKey;
    fn null(self) -> FieldKey {
        FieldKey::Null
    }
    fn bool(self, value: bool) -> FieldKey {
        FieldKey::Bool(value)
    }
    fn integer(self, value: i128) -> FieldKey {
        FieldKey::Integer(value)
    }
    fn text(self, value: &str) -> FieldKey {
        FieldKey::Text(String::from(value))
    }
}

/// Whether the value, which is the key of a map, is what a path names.
#[derive(Clone, Copy)]
pub(super) struct Is<'a>(pub(super) &'a str);

impl Leaf for Is<'_> {
    type Out = bool;
    fn null(self) -> bool {
        self.0 == "null"
    }
    fn bool(self, value: bool) -> bool {
        self.0 == if value { "true" } else { "false" }
    }
    fn integer(self, value: i128) -> bool {
        self.0.parse() == Ok(value)
    }
    fn text(self, value: &str) -> bool {
        self.0 == value
    }
}

impl serde::ser::Error for KeyError {
    fn custom<T: core::fmt::Display>(why: T) -> Self {
        Self::Refused(alloc::format!("{why}"))
    }
}
