//! One item of each key in a stretch of time, by a memory that may err.

use crate::machine::Machine;
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{ApproxSeen, Firsts, KeyOf, Limits};
use crate::store::Lookup;
use crate::time::Instant;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

/// The rule of [`keyed_deduplicate_approx_rs2`](super::KeyedExt::keyed_deduplicate_approx_on_rs2).
pub struct KeyedDeduplicateApprox<T, G, B> {
    key_of: G,
    firsts: Firsts<B>,
    items: PhantomData<fn(T)>,
}

impl<T, G, B> KeyedDeduplicateApprox<T, G, B> {
    /// The first item of each key, which is remembered for `ttl` at least.
    ///
    /// # Panics
    /// When `ttl` is zero.
    #[track_caller]
    pub fn new(seen: Limits<ApproxSeen<B>>, ttl: Duration, key_of: G) -> Self {
        Self { key_of, firsts: Firsts::new(seen, ttl), items: PhantomData }
    }

    /// How many unique items are expected to have been dropped as duplicates: what is counted as
    /// `Loss::UniqueRisk` where there is an allocator, with its fraction.
    pub const fn uniques_dropped(&self) -> f64 {
        self.firsts.expected()
    }
}

impl<T, G, B> Machine for KeyedDeduplicateApprox<T, G, B>
where
    G: KeyOf<T>,
    B: AsRef<[u8]> + AsMut<[u8]>,
{
    type In = T;
    type Out = T;
    const ONE_OUTPUT: bool = true;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        let hash = self.key_of.of(&item).hash_by(self.firsts.hasher());
        self.firsts.pass(hash, now.nanos()).then_some(item)
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.firsts.clear();
        None
    }

    #[inline]
    fn settle(&mut self) {
        self.firsts.settle();
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.firsts.is_stopped()
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (0, high)
    }
}

impl<T, G, B> Reports for KeyedDeduplicateApprox<T, G, B> {
    fn losses(&self) -> &Losses {
        self.firsts.losses()
    }
}

impl<T, G, B> Holds for KeyedDeduplicateApprox<T, G, B> {
    fn held(&self) -> usize {
        self.firsts.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, G, B: AsRef<[u8]> + AsMut<[u8]>> Snapshot for KeyedDeduplicateApprox<T, G, B> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin(NAME, 1)?;
        self.firsts.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin(NAME, 1)?;
        self.firsts.restore(from, NAME)
    }
}

#[cfg(feature = "snapshot")]
const NAME: &str = "keyed_deduplicate_approx";

impl<T, G, B> fmt::Debug for KeyedDeduplicateApprox<T, G, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedDeduplicateApprox")
            .field("firsts", &self.firsts)
            .finish_non_exhaustive()
    }
}
