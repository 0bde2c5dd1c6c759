//! Statistics of a series of numbers, of constant size and without a heap.

mod cusum;
mod ewma;
mod hampel;
mod judge;
mod moments;
mod p2;
mod ring;
mod verdict;
mod zscore;

pub use cusum::Cusum;
pub use ewma::{DecayingMean, Ewma};
pub use hampel::Hampel;
pub use judge::Judge;
pub use moments::Moments;
pub use p2::P2Quantile;
pub use ring::Ring;
pub use verdict::{Detector, Judged, Verdict};
pub use zscore::ZScore;

/// What is set when it is made stays; the field `state` is written and read.
#[cfg(feature = "snapshot")]
macro_rules! saves_state {
    ($name:ident) => {
        impl crate::snapshot::Snapshot for $name {
            fn save(
                &self,
                to: &mut crate::snapshot::Writer,
            ) -> Result<(), crate::snapshot::SnapshotError> {
                to.put(&self.state)
            }

            fn restore(
                &mut self,
                from: &mut crate::snapshot::Reader<'_>,
            ) -> Result<(), crate::snapshot::SnapshotError> {
                self.state = from.take()?;
                Ok(())
            }
        }
    };
}

#[cfg(feature = "snapshot")]
pub(crate) use saves_state;

/// A value that every item brings up to date.
///
/// ```
/// use rs2_core::{prelude::*, statistics::Statistic};
/// #[derive(Default)]
/// struct Change(Option<f64>);
/// impl Statistic<f64> for Change {
///     type Output = f64;
///     fn push(&mut self, price: f64) -> f64 {
///         price - self.0.replace(price).unwrap_or(price)
///     }
///     fn clear(&mut self) {
///         self.0 = None;
///     }
/// }
/// # futures_executor::block_on(async {
/// let changes: Vec<f64> =
///     from_iter([2.0, 3.5, 3.0]).track_rs2(Change::default()).collect_rs2().await;
/// assert_eq!(changes, [0.0, 1.5, -0.5]);
/// # })
/// ```
pub trait Statistic<T> {
    /// What it tells.
    type Output;
    /// Takes an item, and tells what there is with it.
    fn push(&mut self, item: T) -> Self::Output;
    /// Begins anew.
    fn clear(&mut self);
}
