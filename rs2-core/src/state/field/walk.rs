//! To the end of a path, through what serde shows of a value.

use super::super::KeyError;
use super::leaf::Leaf;
use super::parts::Parts;
use alloc::string::String;
use serde::ser::{Serialize, Serializer};

/// Follows a path into a value; nothing when the value does not have it.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a, L> {
    pub(super) path: &'a [String],
    pub(super) leaf: L,
}

impl<'a, L: Leaf> Walk<'a, L> {
    pub(super) fn new(path: &'a [String], leaf: L) -> Self {
        Self { path, leaf }
    }

    /// A value without parts.
    fn plain(self, out: impl FnOnce(L) -> L::Out) -> Result<Option<L::Out>, KeyError> {
        Ok(self.path.is_empty().then(|| out(self.leaf)))
    }

    /// A value without parts that is no key.
    fn refuse(self, kind: &'static str) -> Result<Option<L::Out>, KeyError> {
        if self.path.is_empty() { Err(KeyError::NotAKey(kind)) } else { Ok(None) }
    }

    /// A value with parts.
    fn parts(self, kind: &'static str) -> Result<Parts<'a, L>, KeyError> {
        match self.path.split_first() {
            Some((name, rest)) => Ok(Parts::new(name, Self::new(rest, self.leaf))),
            None => Err(KeyError::NotAKey(kind)),
        }
    }

    /// Into a variant, whose name stands in the path.
    fn into(self, variant: &str, kind: &'static str) -> Result<Option<Self>, KeyError> {
        match self.path.split_first() {
            Some((name, rest)) => Ok((name == variant).then(|| Self::new(rest, self.leaf))),
            None => Err(KeyError::NotAKey(kind)),
        }
    }

    fn variant(self, variant: &str) -> Result<Parts<'a, L>, KeyError> {
        match self.into(variant, "a variant with fields")? {
            Some(within) => within.parts("a variant with fields"),
            None => Ok(Parts::nowhere(self.leaf)),
        }
    }
}

macro_rules! integers {
    ($($method:ident: $int:ty)*) => {$(
        fn $method(self, value: $int) -> Result<Self::Ok, KeyError> {
            self.plain(|leaf| leaf.integer(value.into()))
        }
    )*};
}

impl<'a, L: Leaf> Serializer for Walk<'a, L> {
    type Ok = Option<L::Out>;
    type Error = KeyError;
    type SerializeSeq = Parts<'a, L>;
    type SerializeTuple = Parts<'a, L>;
    type SerializeTupleStruct = Parts<'a, L>;
    type SerializeTupleVariant = Parts<'a, L>;
    type SerializeMap = Parts<'a, L>;
    type SerializeStruct = Parts<'a, L>;
    type SerializeStructVariant = Parts<'a, L>;

    integers! {
        serialize_i8: i8
        serialize_i16: i16
        serialize_i32: i32
        serialize_i64: i64
        serialize_i128: i128
        serialize_u8: u8
        serialize_u16: u16
        serialize_u32: u32
        serialize_u64: u64
    }

    fn serialize_u128(self, value: u128) -> Result<Self::Ok, KeyError> {
        match i128::try_from(value) {
            Ok(value) => self.plain(|leaf| leaf.integer(value)),
            Err(_) => self.refuse("a number beyond 127 bits"),
        }
    }

    fn serialize_bool(self, value: bool) -> Result<Self::Ok, KeyError> {
        self.plain(|leaf| leaf.bool(value))
    }

    fn serialize_f32(self, _value: f32) -> Result<Self::Ok, KeyError> {
        self.refuse("a floating-point number")
    }

    fn serialize_f64(self, _value: f64) -> Result<Self::Ok, KeyError> {
        self.refuse("a floating-point number")
    }

    fn serialize_char(self, value: char) -> Result<Self::Ok, KeyError> {
        self.plain(|leaf| leaf.text(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Self::Ok, KeyError> {
        self.plain(|leaf| leaf.text(value))
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<Self::Ok, KeyError> {
        self.refuse("a run of bytes")
    }

    fn serialize_none(self) -> Result<Self::Ok, KeyError> {
        self.plain(L::null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, KeyError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Self::Ok, KeyError> {
        self.plain(L::null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Self::Ok, KeyError> {
        self.plain(L::null)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Self::Ok, KeyError> {
        self.plain(|leaf| leaf.text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Self::Ok, KeyError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Self::Ok, KeyError> {
        let within = self.into(variant, "a variant with fields")?;
        within.map_or(Ok(None), |within| value.serialize(within))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Parts<'a, L>, KeyError> {
        self.parts("a sequence")
    }

    fn serialize_tuple(self, _len: usize) -> Result<Parts<'a, L>, KeyError> {
        self.parts("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Parts<'a, L>, KeyError> {
        self.parts("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'a, L>, KeyError> {
        self.variant(variant)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Parts<'a, L>, KeyError> {
        self.parts("a map")
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Parts<'a, L>, KeyError> {
        self.parts("a structure")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Parts<'a, L>, KeyError> {
        self.variant(variant)
    }
}
