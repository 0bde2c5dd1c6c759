//! Watermarks derived from the items.

use super::{EventMachine, Machine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::time::Duration;

/// An [`EventMachine`] over plain items: the function tells an item's time, and the watermark is
/// the latest time seen less `delay`. At the end of the source it rises to the end of time.
pub struct ByTime<M, F> {
    rule: M,
    time_of: F,
    // In microseconds, and so without a conversion for every item.
    delay: i64,
    watermark: EventTime,
    // Set between the outputs of an event and the watermark that the event raised.
    owed: Option<Instant>,
}

impl<M, F> ByTime<M, F> {
    /// `rule` with times by `time_of` and a watermark `delay` behind the latest of them.
    pub fn new(rule: M, delay: Duration, time_of: F) -> Self {
        let delay = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
        Self { rule, time_of, delay, watermark: EventTime::MIN, owed: None }
    }

    /// The rule, to read what it reports.
    pub fn rule(&self) -> &M {
        &self.rule
    }

    /// The same with a rule that `change` has set otherwise.
    pub(crate) fn with_rule<N>(self, change: impl FnOnce(M) -> N) -> ByTime<N, F> {
        let Self { rule, time_of, delay, watermark, owed } = self;
        ByTime { rule: change(rule), time_of, delay, watermark, owed }
    }

    /// The watermark: no item before it is waited for.
    pub fn watermark(&self) -> EventTime {
        self.watermark
    }
}

impl<M, F, E> Machine for ByTime<M, F>
where
    M: EventMachine,
    F: FnMut(&M::In) -> E,
    E: Into<EventTime>,
{
    type In = M::In;
    type Out = M::Out;

    #[inline]
    fn on_item(&mut self, now: Instant, item: M::In) -> Option<M::Out> {
        let ts = (self.time_of)(&item).into();
        let out = self.rule.on_event(now, ts, item);
        let reached = EventTime::from_micros(ts.as_micros().saturating_sub(self.delay));
        if reached <= self.watermark {
            return out;
        }
        self.watermark = reached;
        if out.is_some() || self.rule.is_behind() {
            self.owed = Some(now);
            return out;
        }
        self.rule.on_watermark(now, reached)
    }

    fn on_deadline(&mut self, now: Instant) -> Option<M::Out> {
        self.rule.on_deadline(now)
    }

    fn on_end(&mut self, now: Instant) -> Option<M::Out> {
        self.watermark = EventTime::MAX;
        self.rule.on_end();
        self.rule.on_watermark(now, EventTime::MAX)
    }

    #[inline]
    fn more(&mut self) -> Option<M::Out> {
        let out = self.rule.more();
        if out.is_some() || self.rule.is_behind() {
            return out;
        }
        let now = self.owed.take()?;
        self.rule.on_watermark(now, self.watermark)
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.rule.is_behind()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.rule.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.owed.is_none() && self.rule.is_finished()
    }

    fn close(&mut self) {
        self.rule.close();
    }
}

#[cfg(feature = "snapshot")]
impl<M: Snapshot, F> Snapshot for ByTime<M, F> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("by_time", 1)?;
        to.put(&self.watermark)?;
        to.put_deadline(self.owed)?;
        self.rule.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("by_time", 1)?;
        self.watermark = from.take()?;
        self.owed = from.take_deadline()?;
        self.rule.restore(from)
    }
}

impl<M: fmt::Debug, F> fmt::Debug for ByTime<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByTime")
            .field("rule", &self.rule)
            .field("delay_us", &self.delay)
            .field("watermark", &self.watermark)
            .finish_non_exhaustive()
    }
}
