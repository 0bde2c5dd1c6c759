//! A bound on the retries of many who share it.

#[cfg(feature = "alloc")]
use crate::sync::Arc;
use core::fmt;
use portable_atomic::{AtomicU32, Ordering::Relaxed};

/// What one retry costs.
const RETRY: u32 = 100;

/// The store behind a [`RetryBudget`]; on a device without a heap, a `static` of the application.
#[derive(Debug)]
pub struct RetryBucket {
    // In hundredths of a retry. All there is to know is in this one word, and every change of it is
    // one step, so no order with any other memory is asked for.
    filled: AtomicU32,
    reserve: u32,
    deposit: u32,
}

impl RetryBucket {
    /// A full store of `reserve` retries, at most 42,949,672; each first try adds `percent`
    /// hundredths of one.
    ///
    /// # Panics
    /// When `reserve` is zero: there would never be room for a whole retry.
    #[track_caller]
    pub const fn new(reserve: u32, percent: u32) -> Self {
        assert!(reserve > 0, "a retry budget needs room for at least one retry");
        let reserve = reserve.saturating_mul(RETRY);
        Self { filled: AtomicU32::new(reserve), reserve, deposit: percent }
    }
}

/// A handle on a bound on retries, however many streams and futures fail at once: when everything
/// is down, retries must not multiply the load. Clones share the bound.
///
/// It holds a number of retries, at first all of them. Each retry takes one; each first try puts a
/// part of one back. So in the long run retries are at most that part of all tries.
///
/// ```
/// use rs2_core::op::recover::{RetryBudget, RetryConfig, RetryPolicy};
/// let budget = RetryBudget::new(10, 20);
/// let reads = RetryConfig::new(RetryPolicy::default()).budget(&budget);
/// let writes = RetryConfig::new(RetryPolicy::default()).budget(&budget);
/// assert_eq!(budget.left(), 10);
/// # let _ = (reads, writes);
/// ```
#[derive(Clone)]
pub struct RetryBudget(Place);

#[derive(Clone)]
enum Place {
    #[cfg(feature = "alloc")]
    Shared(Arc<RetryBucket>),
    Static(&'static RetryBucket),
}

impl RetryBudget {
    /// At most `reserve` retries in a row, and then `percent` for every hundred first tries.
    ///
    /// # Panics
    /// When `reserve` is zero: there would never be room for a whole retry.
    #[cfg(feature = "alloc")]
    #[track_caller]
    pub fn new(reserve: u32, percent: u32) -> Self {
        Self(Place::Shared(Arc::new(RetryBucket::new(reserve, percent))))
    }

    /// A budget in a place that the application owns.
    pub const fn in_static(bucket: &'static RetryBucket) -> Self {
        Self(Place::Static(bucket))
    }

    fn bucket(&self) -> &RetryBucket {
        match &self.0 {
            #[cfg(feature = "alloc")]
            Place::Shared(bucket) => bucket,
            Place::Static(bucket) => bucket,
        }
    }

    /// How many retries are left.
    pub fn left(&self) -> u64 {
        u64::from(self.bucket().filled.load(Relaxed) / RETRY)
    }

    /// Adds a first try's part.
    pub(super) fn deposit(&self) {
        let RetryBucket { filled, reserve, deposit } = self.bucket();
        let add = |filled: u32| Some(filled.saturating_add(*deposit).min(*reserve));
        // It cannot fail: `add` always has an answer.
        let _ = filled.fetch_update(Relaxed, Relaxed, add);
    }

    /// Takes a retry, if there is one.
    pub(super) fn withdraw(&self) -> bool {
        let take = |filled: u32| filled.checked_sub(RETRY);
        self.bucket().filled.fetch_update(Relaxed, Relaxed, take).is_ok()
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget").field("left", &self.left()).finish_non_exhaustive()
    }
}
