//! What travels in a stream that tells its own watermark.

use crate::time::EventTime;

/// An item with its time, or word of how far event time has come.
///
/// The end of a stream of signals stands for a watermark at [`EventTime::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Signal<T> {
    /// An item, and when it happened.
    Item(EventTime, T),
    /// No item with an earlier time is expected any more: one that comes nevertheless is late.
    Watermark(EventTime),
    /// The source has had nothing for a while: who waits for several need not wait for this one.
    Idle,
    /// The source is there again. Any other signal but `Idle` says so too.
    Active,
}

impl<T> Signal<T> {
    /// The same signal with another item in it, if it has one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Signal<U> {
        match self {
            Self::Item(ts, item) => Signal::Item(ts, f(item)),
            Self::Watermark(watermark) => Signal::Watermark(watermark),
            Self::Idle => Signal::Idle,
            Self::Active => Signal::Active,
        }
    }

    /// The item, if it is one.
    pub fn into_item(self) -> Option<T> {
        match self {
            Self::Item(_, item) => Some(item),
            Self::Watermark(_) | Self::Idle | Self::Active => None,
        }
    }
}
