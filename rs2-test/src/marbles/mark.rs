//! How an item is written in a diagram.

/// An item that can be written in a diagram: a character as itself, longer text in braces.
///
/// An item of another type is mapped to one of these first, to a `String` for instance.
pub trait Mark {
    /// The text, without braces.
    fn mark(&self) -> String;
}

macro_rules! mark_as_display {
    ($($type:ty),*) => {$(
        impl Mark for $type {
            fn mark(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
mark_as_display!(char, str, String, bool, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl<T: Mark + ?Sized> Mark for &T {
    fn mark(&self) -> String {
        (**self).mark()
    }
}

/// The items one after the other, as `{ab}`.
impl<T: Mark> Mark for [T] {
    fn mark(&self) -> String {
        self.iter().map(Mark::mark).collect()
    }
}

impl<T: Mark> Mark for Vec<T> {
    fn mark(&self) -> String {
        self.as_slice().mark()
    }
}

/// `#` for an `Err`, whatever is in it.
impl<T: Mark, E> Mark for Result<T, E> {
    fn mark(&self) -> String {
        self.as_ref().map_or_else(|_| "#".to_owned(), Mark::mark)
    }
}

impl<A: Mark, B: Mark> Mark for (A, B) {
    fn mark(&self) -> String {
        self.0.mark() + &self.1.mark()
    }
}

impl<A: Mark, B: Mark, C: Mark> Mark for (A, B, C) {
    fn mark(&self) -> String {
        self.0.mark() + &self.1.mark() + &self.2.mark()
    }
}
