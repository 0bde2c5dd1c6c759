//! Who is asked before something is kept.

use super::ResourceError;
use core::fmt;

/// Counts what is kept, and says when it is enough.
///
/// An operator or a queue that is given one asks before it keeps something and tells when it no
/// longer does, also when it is dropped. [`NoMeter`] allows everything and costs nothing.
pub trait Meter: fmt::Debug {
    /// Asks for memory. After an error nothing was counted.
    ///
    /// # Errors
    /// The limit that does not allow it.
    fn allocate(&self, bytes: u64) -> Result<(), ResourceError>;

    /// Gives memory back.
    fn release(&self, bytes: u64);

    /// Asks for room for a key. After an error it was not counted.
    ///
    /// # Errors
    /// The limit that does not allow it.
    fn key_created(&self) -> Result<(), ResourceError>;

    /// Gives the room of a key back.
    fn key_removed(&self);

    /// Tells that a buffer was full when an item came.
    ///
    /// # Errors
    /// When there were too many.
    fn overflow(&self) -> Result<(), ResourceError>;

    /// Whether nothing new is to be begun for a while.
    fn is_open(&self) -> bool;
}

/// Allows everything and counts nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoMeter;

impl Meter for NoMeter {
    #[inline]
    fn allocate(&self, _bytes: u64) -> Result<(), ResourceError> {
        Ok(())
    }
    #[inline]
    fn release(&self, _bytes: u64) {}
    #[inline]
    fn key_created(&self) -> Result<(), ResourceError> {
        Ok(())
    }
    #[inline]
    fn key_removed(&self) {}
    #[inline]
    fn overflow(&self) -> Result<(), ResourceError> {
        Ok(())
    }
    #[inline]
    fn is_open(&self) -> bool {
        false
    }
}

macro_rules! meter_by_reference {
    ($($generics:tt)*) => {
        impl $($generics)* {
            fn allocate(&self, bytes: u64) -> Result<(), ResourceError> {
                (**self).allocate(bytes)
            }
            fn release(&self, bytes: u64) {
                (**self).release(bytes);
            }
            fn key_created(&self) -> Result<(), ResourceError> {
                (**self).key_created()
            }
            fn key_removed(&self) {
                (**self).key_removed();
            }
            fn overflow(&self) -> Result<(), ResourceError> {
                (**self).overflow()
            }
            fn is_open(&self) -> bool {
                (**self).is_open()
            }
        }
    };
}

meter_by_reference!(<M: Meter + ?Sized> Meter for &M);
meter_by_reference!(<M: Meter + ?Sized> Meter for crate::sync::Arc<M>);
