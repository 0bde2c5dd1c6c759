//! Statistics of a series of numbers, of constant size and without a heap.

mod moments;

pub use moments::Moments;
