//! Rules about event time between the signals of a stream.

use super::Signal;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::{Machine, Stamps};
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};

/// An [`EventMachine`](crate::machine::EventMachine) over signals: times and watermarks are those
/// in the stream.
///
/// Its outputs are signals too, each item with the time that the rule tells, so another rule can
/// follow. What a watermark brings out goes before the watermark; idle and active pass through.
#[derive(Debug)]
pub struct InBand<M> {
    rule: M,
    watermark: EventTime,
    // Set between the outputs that a watermark has brought out and the watermark itself.
    owed: bool,
}

impl<M> InBand<M> {
    /// `rule` between signals.
    pub fn new(rule: M) -> Self {
        Self { rule, watermark: EventTime::MIN, owed: false }
    }

    /// The same with a rule that `change` has set otherwise.
    pub(crate) fn with_rule<N>(self, change: impl FnOnce(M) -> N) -> InBand<N> {
        let Self { rule, watermark, owed } = self;
        InBand { rule: change(rule), watermark, owed }
    }

    /// The rule, to read what it reports.
    pub fn rule(&self) -> &M {
        &self.rule
    }
}

impl<M: Stamps> InBand<M> {
    #[inline]
    fn stamped(&self, out: Option<M::Out>) -> Option<Signal<M::Out>> {
        out.map(|out| Signal::Item(self.rule.stamp(&out), out))
    }

    /// The watermark that is owed, once the rule has nothing left to go before it.
    #[inline]
    fn then_watermark(&mut self, out: Option<M::Out>) -> Option<Signal<M::Out>> {
        if out.is_none() && !self.rule.is_behind() && self.owed {
            self.owed = false;
            return Some(Signal::Watermark(self.watermark));
        }
        self.stamped(out)
    }
}

impl<M: Stamps> Machine for InBand<M> {
    type In = Signal<M::In>;
    type Out = Signal<M::Out>;

    #[inline]
    fn on_item(&mut self, now: Instant, signal: Self::In) -> Option<Self::Out> {
        match signal {
            Signal::Item(ts, item) => {
                let out = self.rule.on_event(now, ts, item);
                self.stamped(out)
            }
            Signal::Watermark(watermark) if watermark > self.watermark => {
                self.watermark = watermark;
                self.owed = true;
                let out = self.rule.on_watermark(now, watermark);
                self.then_watermark(out)
            }
            Signal::Watermark(_) => None,
            Signal::Idle => Some(Signal::Idle),
            Signal::Active => Some(Signal::Active),
        }
    }

    fn on_deadline(&mut self, now: Instant) -> Option<Self::Out> {
        let out = self.rule.on_deadline(now);
        self.stamped(out)
    }

    fn on_end(&mut self, now: Instant) -> Option<Self::Out> {
        self.watermark = EventTime::MAX;
        self.rule.on_end();
        let out = self.rule.on_watermark(now, EventTime::MAX);
        self.stamped(out)
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        let out = self.rule.more();
        self.then_watermark(out)
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
        !self.owed && self.rule.is_finished()
    }

    fn close(&mut self) {
        self.rule.close();
    }
}

impl<M: Reports> Reports for InBand<M> {
    fn losses(&self) -> &Losses {
        self.rule.losses()
    }
}

#[cfg(feature = "alloc")]
impl<M: LateTo> LateTo for InBand<M> {
    type Left = M::Left;

    fn late_to(self, outlet: Late<M::Left>) -> Self {
        self.with_rule(|rule| rule.late_to(outlet))
    }
}

impl<M: Holds> Holds for InBand<M> {
    fn held(&self) -> usize {
        self.rule.held()
    }
}

#[cfg(feature = "snapshot")]
impl<M: Snapshot> Snapshot for InBand<M> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("in_band", 1)?;
        to.put(&(self.watermark, self.owed))?;
        self.rule.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("in_band", 1)?;
        (self.watermark, self.owed) = from.take()?;
        self.rule.restore(from)
    }
}
