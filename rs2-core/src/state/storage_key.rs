//! Keys as text.

use crate::sync::Arc;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt::Write;

/// A key that can be written as text, under which a storage keeps its state.
///
/// Two keys of one type that differ must be written differently, or they would share their state.
///
/// ```
/// use rs2_core::state::StorageKey;
/// let text = |key: (&str, &str)| key.to_text();
/// assert_eq!(text(("ann", "basket")), "ann,basket");
/// assert_ne!(text(("a,b", "c")), text(("a", "b,c")));
/// ```
pub trait StorageKey {
    /// Adds the text of this key at the end of `to`.
    fn write_to(&self, to: &mut String);

    /// The text of this key.
    fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }
}

impl StorageKey for str {
    fn write_to(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl StorageKey for String {
    fn write_to(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl StorageKey for Cow<'_, str> {
    fn write_to(&self, to: &mut String) {
        to.push_str(self);
    }
}

macro_rules! by_reference {
    ($($generics:tt)*) => {
        impl $($generics)* {
            fn write_to(&self, to: &mut String) {
                (**self).write_to(to);
            }
        }
    };
}

by_reference!(<K: StorageKey + ?Sized> StorageKey for &K);
by_reference!(<K: StorageKey + ?Sized> StorageKey for Box<K>);
by_reference!(<K: StorageKey + ?Sized> StorageKey for Arc<K>);

macro_rules! as_displayed {
    ($($name:ty)*) => {$(
        impl StorageKey for $name {
            fn write_to(&self, to: &mut String) {
                // A string takes whatever is written to it.
                let _ = write!(to, "{self}");
            }
        }
    )*};
}

as_displayed!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char);

/// Nothing is written as nothing, and something behind a `+`.
impl<K: StorageKey> StorageKey for Option<K> {
    fn write_to(&self, to: &mut String) {
        if let Some(key) = self {
            to.push('+');
            key.write_to(to);
        }
    }
}

impl StorageKey for () {
    fn write_to(&self, _to: &mut String) {}
}

macro_rules! in_turn {
    ($($first:ident $($name:ident)*;)*) => {$(
        /// The parts with commas between them; a comma or a backslash within one stands behind a
        /// backslash.
        impl<$first: StorageKey, $($name: StorageKey),*> StorageKey for ($first, $($name,)*) {
            #[allow(non_snake_case)]
            fn write_to(&self, to: &mut String) {
                let ($first, $($name,)*) = self;
                write_part($first, to);
                $(
                    to.push(',');
                    write_part($name, to);
                )*
            }
        }
    )*};
}

in_turn! {
    A;
    A B;
    A B C;
    A B C D;
}

fn write_part<K: StorageKey>(part: &K, to: &mut String) {
    let start = to.len();
    part.write_to(to);
    if to[start..].contains([',', '\\']) {
        let plain = to.split_off(start);
        for letter in plain.chars() {
            if matches!(letter, ',' | '\\') {
                to.push('\\');
            }
            to.push(letter);
        }
    }
}
