//! Watermarks of two sides, derived from the items.

use super::{EventJoinMachine, JoinMachine, Side};
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::time::Duration;

/// An [`EventJoinMachine`] over plain items. On each side a function tells an item's time, and the
/// watermark is the latest time seen there less a delay. The side whose watermark is behind is
/// asked first, so that neither runs far ahead of the other in event time.
pub struct JoinByTime<M, F, G> {
    rule: M,
    left: Clocked<F>,
    right: Clocked<G>,
    // Set between the outputs of an event and the watermark that the event raised.
    owed: Option<(Instant, Side)>,
}

/// The time of one side.
struct Clocked<F> {
    time_of: F,
    // In microseconds, and so without a conversion for every item.
    delay: i64,
    watermark: EventTime,
}

impl<F> Clocked<F> {
    fn new(delay: Duration, time_of: F) -> Self {
        let delay = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        Self { time_of, delay, watermark: EventTime::MIN }
    }

    /// Whether an item at `ts` raises the watermark, which it does then.
    #[inline]
    fn rises(&mut self, ts: EventTime) -> bool {
        let reached = EventTime::from_micros(ts.as_micros().saturating_sub(self.delay));
        let rises = reached > self.watermark;
        self.watermark = self.watermark.max(reached);
        rises
    }
}

impl<M, F, G> JoinByTime<M, F, G> {
    /// `rule` with the times of each side by a function, and watermarks a delay behind the latest
    /// of them.
    pub fn new(rule: M, delays: (Duration, Duration), times: (F, G)) -> Self {
        let left = Clocked::new(delays.0, times.0);
        let right = Clocked::new(delays.1, times.1);
        Self { rule, left, right, owed: None }
    }

    /// The rule, to read what it reports.
    pub fn rule(&self) -> &M {
        &self.rule
    }

    /// The same with a rule that `change` has set otherwise.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_rule(self, change: impl FnOnce(M) -> M) -> Self {
        Self { rule: change(self.rule), ..self }
    }

    /// The watermark of a side: no item before it is waited for there.
    pub fn watermark(&self, side: Side) -> EventTime {
        match side {
            Side::Left => self.left.watermark,
            Side::Right => self.right.watermark,
        }
    }
}

impl<M: EventJoinMachine, F, G> JoinByTime<M, F, G> {
    /// The outputs of an item come first, then those of the watermark that it raised.
    #[inline]
    fn raise(&mut self, now: Instant, side: Side, out: Option<M::Out>) -> Option<M::Out> {
        if out.is_some() || self.rule.is_behind() {
            self.owed = Some((now, side));
            return out;
        }
        self.rise(now, side)
    }

    /// The watermark of a side has risen. Each side by itself, so that the rule knows which it is
    /// when it is compiled.
    #[inline]
    fn rise(&mut self, now: Instant, side: Side) -> Option<M::Out> {
        match side {
            Side::Left => self.rule.on_watermark(now, Side::Left, self.left.watermark),
            Side::Right => self.rule.on_watermark(now, Side::Right, self.right.watermark),
        }
    }
}

impl<M, F, G, E1, E2> JoinMachine for JoinByTime<M, F, G>
where
    M: EventJoinMachine,
    F: FnMut(&M::Left) -> E1,
    G: FnMut(&M::Right) -> E2,
    E1: Into<EventTime>,
    E2: Into<EventTime>,
{
    type Left = M::Left;
    type Right = M::Right;
    type Out = M::Out;

    #[inline]
    fn on_left(&mut self, now: Instant, item: M::Left) -> Option<M::Out> {
        let ts = (self.left.time_of)(&item).into();
        let out = self.rule.on_left(now, ts, item);
        if self.left.rises(ts) { self.raise(now, Side::Left, out) } else { out }
    }

    #[inline]
    fn on_right(&mut self, now: Instant, item: M::Right) -> Option<M::Out> {
        let ts = (self.right.time_of)(&item).into();
        let out = self.rule.on_right(now, ts, item);
        if self.right.rises(ts) { self.raise(now, Side::Right, out) } else { out }
    }

    fn on_end(&mut self, now: Instant, side: Side) -> Option<M::Out> {
        self.rule.on_end(now, side)
    }

    #[inline]
    fn more(&mut self) -> Option<M::Out> {
        let out = self.rule.more();
        if out.is_some() || self.rule.is_behind() {
            return out;
        }
        let (now, side) = self.owed.take()?;
        self.rise(now, side)
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.rule.is_behind()
    }

    #[inline]
    fn prefers(&self) -> Option<Side> {
        let (left, right) = (self.left.watermark, self.right.watermark);
        if left == right {
            return None;
        }
        Some(if left < right { Side::Left } else { Side::Right })
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.owed.is_none() && self.rule.is_finished()
    }
}

impl<M: Reports, F, G> Reports for JoinByTime<M, F, G> {
    fn losses(&self) -> &Losses {
        self.rule.losses()
    }
}

impl<M: Holds, F, G> Holds for JoinByTime<M, F, G> {
    fn held(&self) -> usize {
        self.rule.held()
    }
}

#[cfg(feature = "snapshot")]
impl<M: Snapshot, F, G> Snapshot for JoinByTime<M, F, G> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("join_by_time", 1)?;
        to.put(&(self.left.watermark, self.right.watermark))?;
        to.put_deadline(self.owed.map(|(now, _)| now))?;
        to.put(&self.owed.is_some_and(|(_, side)| side == Side::Right))?;
        self.rule.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("join_by_time", 1)?;
        (self.left.watermark, self.right.watermark) = from.take()?;
        let owed = from.take_deadline()?;
        let side = if from.take()? { Side::Right } else { Side::Left };
        self.owed = owed.map(|now| (now, side));
        self.rule.restore(from)
    }
}

impl<M: fmt::Debug, F, G> fmt::Debug for JoinByTime<M, F, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinByTime")
            .field("rule", &self.rule)
            .field("left_watermark", &self.left.watermark)
            .field("right_watermark", &self.right.watermark)
            .finish_non_exhaustive()
    }
}
