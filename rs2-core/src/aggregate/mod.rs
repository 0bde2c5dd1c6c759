//! What is made of many items: one value, in parts that can be combined.
//!
//! Every aggregator is a value that works alike in windows, in sessions and for each key. None of
//! them needs a heap, but for those whose part is a collection.

#[cfg(feature = "alloc")]
mod collect;
mod collect_in;
mod count;
#[cfg(feature = "alloc")]
mod distinct;
mod ends;
mod extremes;
#[cfg(feature = "alloc")]
mod frequent;
#[cfg(feature = "alloc")]
mod histogram;
#[cfg(feature = "alloc")]
mod hyperloglog;
mod last_parts;
mod mean;
mod number;
mod of;
#[cfg(feature = "alloc")]
mod quantiles;
mod running;
mod sliding;
mod sum;
mod together;
#[cfg(feature = "alloc")]
mod top_k;
mod variance;

#[cfg(feature = "alloc")]
pub use collect::{Collect, Collected};
pub use collect_in::CollectIn;
pub use count::Count;
#[cfg(feature = "alloc")]
pub use distinct::CountDistinct;
pub use ends::{First, Last};
pub use extremes::{Max, MaxBy, Min, MinBy};
#[cfg(feature = "alloc")]
pub use frequent::{Frequent, HowOften};
#[cfg(feature = "alloc")]
pub use histogram::Histogram;
#[cfg(feature = "alloc")]
pub use hyperloglog::HyperLogLog;
pub use last_parts::LastParts;
pub use mean::Mean;
pub use number::{Compensated, Number, Total};
pub use of::{Of, of};
#[cfg(feature = "alloc")]
pub use quantiles::{ExactQuantiles, Quantiles, Ranges};
pub use running::Running;
pub use sliding::SlidingParts;
pub use sum::Sum;
#[cfg(feature = "alloc")]
pub use top_k::TopK;
pub use variance::{StdDev, Variance};

use crate::store::Full;
use crate::time::EventTime;

/// Makes one value of many items, in parts that can be combined.
///
/// The parts of a window are kept by slices of time, which neighbouring windows share, so an item
/// is added once however many windows it belongs to. `combine` must be associative: `a(bc)` equals
/// `(ab)c`. It need not be commutative: parts are combined in the order of their time.
///
/// Source of the shape: Tangwongsan, Hirzel, Schneider, Wu, "General incremental sliding-window
/// aggregation", PVLDB 8(7), 2015, section 2.
///
/// ```
/// use rs2_core::{aggregate::Aggregator, time::EventTime};
/// #[derive(Clone, Copy, Debug)]
/// struct Mean;
/// impl Aggregator<f64> for Mean {
///     type Partial = (f64, u32);
///     type Output = f64;
///     fn lift(&self, _ts: EventTime, item: f64) -> (f64, u32) {
///         (item, 1)
///     }
///     fn combine(&self, left: &mut (f64, u32), right: &(f64, u32)) {
///         *left = (left.0 + right.0, left.1 + right.1);
///     }
///     fn lower(&self, (sum, count): (f64, u32)) -> f64 {
///         sum / f64::from(count)
///     }
/// }
/// let mut part = Mean.lift(EventTime::EPOCH, 2.0);
/// Mean.add(&mut part, EventTime::EPOCH, 4.0).unwrap();
/// assert_eq!(Mean.lower(part), 3.0);
/// ```
pub trait Aggregator<T> {
    /// What stands for some of the items.
    type Partial: Clone;
    /// What a window yields.
    type Output;

    /// Whether [`subtract`](Self::subtract) undoes [`combine`](Self::combine), and exactly so. A
    /// sum of floating-point numbers does not: every subtraction would leave an error behind.
    const INVERTIBLE: bool = false;

    /// Whether a part takes the same room however many items it stands for. What a window keeps
    /// beside its slices, so as not to combine them anew each time, it keeps only of such parts.
    const COMPACT: bool = true;

    /// The part that stands for one item.
    fn lift(&self, ts: EventTime, item: T) -> Self::Partial;

    /// Adds a later part to an earlier one.
    fn combine(&self, left: &mut Self::Partial, right: &Self::Partial);

    /// What a window yields, from the part that stands for all its items.
    fn lower(&self, whole: Self::Partial) -> Self::Output;

    /// What `lower` yields, of a part that goes on being used. Worth writing where a copy of the
    /// part costs more than the answer.
    #[inline]
    fn peek(&self, whole: &Self::Partial) -> Self::Output {
        self.lower(whole.clone())
    }

    /// Adds one item to a part, or gives it back when the part is bounded and full. Worth writing
    /// where it is cheaper than lifting and combining.
    fn add(&self, part: &mut Self::Partial, ts: EventTime, item: T) -> Result<(), Full<T>> {
        self.combine(part, &self.lift(ts, item));
        Ok(())
    }

    /// Takes the earliest part out of the whole that begins with it.
    ///
    /// # Panics
    /// Unless it is written: it is asked of those that are [`INVERTIBLE`](Self::INVERTIBLE) alone.
    fn subtract(&self, _whole: &mut Self::Partial, _earliest: &Self::Partial) {
        unreachable!("an aggregator without an inverse was asked to subtract");
    }
}
