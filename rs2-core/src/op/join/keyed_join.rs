//! Items of two sides that have the same key, in the order in which they come.

use super::interval::Interval;
use super::interval_join::IntervalJoin;
use super::lane::earliest;
use super::pairs::{JoinKeys, Pairs};
use super::side::{FromLeft, FromRight};
use crate::machine::{JoinMachine, Side};
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::KeyStorage;
use crate::time::{EventTime, Instant};
use core::fmt;
use core::time::Duration;

/// The rule of [`keyed_join_rs2`](super::JoinExt::keyed_join_in_rs2): an interval join of when the
/// items came. In it, a nanosecond of the clock stands for a microsecond of event time.
pub struct KeyedJoin<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> {
    join: IntervalJoin<T, U, G, P, St>,
    ttl: Option<Duration>,
    // By how much the clock that the items came by was ahead of this one: it was restored.
    skew: i64,
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> KeyedJoin<T, U, G, P, St> {
    /// Items of one key, each kept for `ttl` or for ever; at most `max_per_key` of one side and key
    /// are kept, and as many in all as the storage has room for.
    ///
    /// # Panics
    /// When `ttl` or `max_per_key` is zero.
    #[track_caller]
    pub fn new(
        limits: Limits<St>,
        ttl: Option<Duration>,
        max_per_key: usize,
        keys: G,
        pairs: P,
    ) -> Self {
        assert!(ttl != Some(Duration::ZERO), "ttl must be greater than zero");
        let interval = ttl.map_or(Interval::ANY, |ttl| {
            let nanos = i64::try_from(ttl.as_nanos()).unwrap_or(i64::MAX);
            // Gone at the instant itself.
            Interval::within(Duration::from_micros(nanos as u64 - 1))
        });
        Self { join: IntervalJoin::new(limits, interval, max_per_key, keys, pairs), ttl, skew: 0 }
    }

    #[inline]
    fn stamp(&self, now: Instant) -> EventTime {
        let nanos = i64::try_from(now.since_origin().as_nanos()).unwrap_or(i64::MAX);
        EventTime::from_micros(nanos.saturating_add(self.skew))
    }
}

impl<T, U, G, P, St> JoinMachine for KeyedJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    type Left = T;
    type Right = U;
    type Out = P::Out;

    #[inline]
    fn on_left(&mut self, now: Instant, item: T) -> Option<P::Out> {
        let ts = self.stamp(now);
        self.join.arrive::<FromLeft>(ts, item)
    }

    #[inline]
    fn on_right(&mut self, now: Instant, item: U) -> Option<P::Out> {
        let ts = self.stamp(now);
        self.join.arrive::<FromRight>(ts, item)
    }

    fn on_end(&mut self, _now: Instant, side: Side) -> Option<P::Out> {
        self.join.end(side)
    }

    /// What is left over of either side makes the next deadline, which has passed too.
    fn on_deadline(&mut self, now: Instant) -> Option<P::Out> {
        let now = self.stamp(now);
        let out = self.join.rise(Side::Left, now);
        if out.is_some() {
            return out;
        }
        self.join.rise(Side::Right, now)
    }

    #[inline]
    fn more(&mut self) -> Option<P::Out> {
        self.join.next()
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.join.leaving.is_some()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        let ttl = self.ttl?;
        let came = earliest(&self.join.lanes)?.as_micros();
        // Below zero when it came before the origin of this clock.
        let since_origin = i128::from(came) - i128::from(self.skew) + ttl.as_nanos() as i128;
        Some(Instant::from_nanos(u64::try_from(since_origin.max(0)).unwrap_or(u64::MAX)))
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.join.stopped
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> Reports for KeyedJoin<T, U, G, P, St> {
    fn losses(&self) -> &Losses {
        self.join.losses()
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> Holds for KeyedJoin<T, U, G, P, St> {
    fn held(&self) -> usize {
        self.join.held()
    }
}

#[cfg(feature = "snapshot")]
impl<T, U, G, P, St> Snapshot for KeyedJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    St: KeyStorage,
    IntervalJoin<T, U, G, P, St>: Snapshot,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("keyed_join", 1)?;
        let now = to.until(Instant::ORIGIN).saturating_neg();
        to.put(&now.saturating_add(self.skew))?;
        self.join.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("keyed_join", 1)?;
        self.skew = 0;
        let now = self.stamp(from.after(0)).as_micros();
        self.skew = from.take::<i64>()?.saturating_sub(now);
        self.join.restore(from)
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> fmt::Debug for KeyedJoin<T, U, G, P, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedJoin").field("join", &self.join).field("ttl", &self.ttl).finish()
    }
}
