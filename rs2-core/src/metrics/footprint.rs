//! How much memory a pipeline takes.

use futures_core::Stream;

/// How many bytes a stream takes, with all that stands before it: every operator, every source and
/// every timer is a value within the next one.
///
/// In an inline memory that is all there is, whatever comes. On a heap the collections take more as
/// they fill.
///
/// ```
/// use rs2_core::{metrics::Footprint, prelude::*};
/// fn bytes<S: Footprint>(_: &S) -> usize {
///     S::BYTES
/// }
/// let numbers = from_iter([1_u32, 2, 3]);
/// let summed = numbers.clone().scan_rs2(0, |sum, n| sum + n);
/// assert!(bytes(&summed) > bytes(&numbers));
/// assert_eq!(bytes(&summed), size_of_val(&summed));
/// ```
pub trait Footprint: Stream {
    /// The bytes of one such stream.
    const BYTES: usize;
}

impl<S: Stream> Footprint for S {
    const BYTES: usize = size_of::<S>();
}
