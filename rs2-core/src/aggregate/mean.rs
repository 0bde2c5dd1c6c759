//! The average.

/// The arithmetic mean of the items.
///
/// ```
/// use rs2_core::aggregate::{Mean, Running};
/// let mut mean = Running::of(Mean);
/// mean.push(2);
/// assert_eq!(mean.push(5), 3.5);
/// ```
#[doc(alias = "average")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mean;
