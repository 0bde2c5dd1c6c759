//! The parts of a value, of which a path names one.

use super::super::KeyError;
use super::leaf::{Is, Leaf};
use super::walk::Walk;
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

/// Looks at the one part that the path names, and past the others.
pub(super) struct Parts<'a, L: Leaf> {
    /// The part to look at, and how to go on there; nothing when it is not in this value.
    named: Option<&'a str>,
    within: Walk<'a, L>,
    position: usize,
    /// Whether the value after a map's key is the one.
    key_fits: bool,
    found: Option<L::Out>,
}

impl<'a, L: Leaf> Parts<'a, L> {
    pub(super) fn new(name: &'a str, within: Walk<'a, L>) -> Self {
        Self { named: Some(name), within, position: 0, key_fits: false, found: None }
    }

    pub(super) fn nowhere(leaf: L) -> Self {
        let within = Walk::new(&[], leaf);
        Self { named: None, within, position: 0, key_fits: false, found: None }
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), KeyError> {
        if self.named == Some(name) {
            self.found = value.serialize(self.within)?;
        }
        Ok(())
    }

    fn next<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), KeyError> {
        if self.named.is_some_and(|name| name.parse() == Ok(self.position)) {
            self.found = value.serialize(self.within)?;
        }
        self.position += 1;
        Ok(())
    }
}

macro_rules! in_order {
    ($($part:ident: $method:ident)*) => {$(
        impl<L: Leaf> $part for Parts<'_, L> {
            type Ok = Option<L::Out>;
            type Error = KeyError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), KeyError> {
                self.next(value)
            }

            fn end(self) -> Result<Self::Ok, KeyError> {
                Ok(self.found)
            }
        }
    )*};
}

in_order! {
    SerializeSeq: serialize_element
    SerializeTuple: serialize_element
    SerializeTupleStruct: serialize_field
    SerializeTupleVariant: serialize_field
}

macro_rules! by_name {
    ($($part:ident)*) => {$(
        impl<L: Leaf> $part for Parts<'_, L> {
            type Ok = Option<L::Out>;
            type Error = KeyError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), KeyError> {
                self.field(name, value)
            }

            fn end(self) -> Result<Self::Ok, KeyError> {
                Ok(self.found)
            }
        }
    )*};
}

by_name! { SerializeStruct SerializeStructVariant }

impl<L: Leaf> SerializeMap for Parts<'_, L> {
    type Ok = Option<L::Out>;
    type Error = KeyError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), KeyError> {
        self.key_fits = match self.named {
            // A key of a kind that no path can name is not the one.
            Some(name) => key.serialize(Walk::new(&[], Is(name))).ok().flatten() == Some(true),
            None => false,
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), KeyError> {
        if self.key_fits {
            self.found = value.serialize(self.within)?;
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, KeyError> {
        Ok(self.found)
    }
}
