//! Rules of two sides about event time between the signals of two streams.

use super::{Inputs, Signal, WhenIdle};
use crate::late::{Late, LateToBySide};
use crate::machine::{JoinMachine, JoinStamps, Side};
use crate::metrics::{Holds, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};
use core::fmt;

/// An [`EventJoinMachine`](crate::machine::EventJoinMachine) over signals: the times and watermarks
/// of each side are those in its stream.
///
/// Its outputs are signals too. The watermark is the earlier of the two, and no later than what the
/// rule may still put out; a side that is idle or has ended is not waited for, as [`Inputs`] say.
/// What the rule holds for a side that is idle stays or goes, as [`WhenIdle`] says.
/// What an event brings out goes before the watermark that follows from it. The side whose
/// watermark is behind is asked first.
pub struct JoinInBand<M> {
    rule: M,
    when_idle: WhenIdle,
    inputs: Inputs,
    watermarks: [EventTime; 2],
    ended: [bool; 2],
    // What has been told; the difference is told next.
    told: EventTime,
    told_idle: bool,
    // Of the last event: what follows from it happens then as well.
    now: Instant,
}

impl<M> JoinInBand<M> {
    /// `rule` between the signals of two streams.
    pub fn new(rule: M) -> Self {
        Self {
            rule,
            when_idle: WhenIdle::Keep,
            inputs: Inputs::new(2),
            watermarks: [EventTime::MIN; 2],
            ended: [false; 2],
            told: EventTime::MIN,
            told_idle: false,
            now: Instant::ORIGIN,
        }
    }

    /// Chooses what becomes of what the rule holds for a side that is idle.
    #[must_use]
    pub fn when_idle(self, when_idle: WhenIdle) -> Self {
        Self { when_idle, ..self }
    }

    /// The rule, to read what it reports.
    pub fn rule(&self) -> &M {
        &self.rule
    }
}

impl<M: JoinStamps> JoinInBand<M> {
    /// What comes of a signal that is no item.
    fn mark<T>(&mut self, side: Side, signal: &Signal<T>) -> Option<Signal<M::Out>> {
        let input = side as usize;
        let mut out = None;
        match *signal {
            Signal::Watermark(watermark) if watermark > self.watermarks[input] => {
                self.watermarks[input] = watermark;
                self.inputs.on_watermark(input, watermark);
                out = self.rule.on_watermark(self.now, side, watermark);
            }
            Signal::Idle => self.inputs.on_idle(input),
            _ => self.inputs.on_active(input),
        }
        self.then_tell(out)
    }

    /// An output, or what is to be told once the rule has no other. Both say that a side is there.
    #[inline]
    fn then_tell(&mut self, out: Option<M::Out>) -> Option<Signal<M::Out>> {
        match out {
            Some(out) => {
                self.told_idle = false;
                Some(Signal::Item(self.rule.stamp(&out), out))
            }
            None if self.rule.is_behind() => None,
            None => match self.left_behind() {
                Some(side) => self.take_along(side),
                None => self.tell(),
            },
        }
    }

    /// An idle side that nobody waits for and that is behind the other one.
    #[inline]
    fn left_behind(&self) -> Option<Side> {
        if self.when_idle == WhenIdle::Keep {
            return None;
        }
        let is_behind = |side: &Side| {
            let input = *side as usize;
            self.inputs.is_idle_at(input) && self.watermarks[input] < self.inputs.watermark()
        };
        [Side::Left, Side::Right].into_iter().find(is_behind)
    }

    /// An idle side is taken to be as far as the other one.
    fn take_along(&mut self, side: Side) -> Option<Signal<M::Out>> {
        let reached = self.inputs.watermark();
        self.watermarks[side as usize] = reached;
        let out = self.rule.on_idle(self.now, side, reached);
        self.then_tell(out)
    }

    /// How far those sides have come that outputs take their times from, and whether they are idle.
    #[inline]
    fn reached(&self) -> (EventTime, bool) {
        let left = Side::Left as usize;
        match M::FOLLOWS_LEFT {
            false => (self.inputs.watermark(), self.inputs.is_idle()),
            true if self.ended[left] => (EventTime::MAX, false),
            true => (self.watermarks[left], self.inputs.is_idle_at(left)),
        }
    }

    /// What is to be told next. The end stands for the watermark that both ends bring.
    #[inline]
    fn tell(&mut self) -> Option<Signal<M::Out>> {
        if self.ended == [true; 2] || self.rule.is_finished() {
            return None;
        }
        let (reached, idle) = self.reached();
        let reached = reached.min(self.rule.earliest_to_come());
        if reached > self.told {
            self.told = reached;
            self.told_idle = false;
            return Some(Signal::Watermark(reached));
        }
        if idle == self.told_idle {
            return None;
        }
        self.told_idle = idle;
        Some(if idle { Signal::Idle } else { Signal::Active })
    }
}

impl<M: JoinStamps> JoinMachine for JoinInBand<M> {
    type Left = Signal<M::Left>;
    type Right = Signal<M::Right>;
    type Out = Signal<M::Out>;

    #[inline]
    fn on_left(&mut self, now: Instant, signal: Signal<M::Left>) -> Option<Signal<M::Out>> {
        self.now = now;
        let Signal::Item(ts, item) = signal else { return self.mark(Side::Left, &signal) };
        self.inputs.on_active(Side::Left as usize);
        let out = self.rule.on_left(now, ts, item);
        self.then_tell(out)
    }

    #[inline]
    fn on_right(&mut self, now: Instant, signal: Signal<M::Right>) -> Option<Signal<M::Out>> {
        self.now = now;
        let Signal::Item(ts, item) = signal else { return self.mark(Side::Right, &signal) };
        self.inputs.on_active(Side::Right as usize);
        let out = self.rule.on_right(now, ts, item);
        self.then_tell(out)
    }

    fn on_end(&mut self, now: Instant, side: Side) -> Option<Signal<M::Out>> {
        self.now = now;
        self.ended[side as usize] = true;
        self.inputs.on_end(side as usize);
        let out = self.rule.on_end(now, side);
        self.then_tell(out)
    }

    #[inline]
    fn more(&mut self) -> Option<Signal<M::Out>> {
        let out = self.rule.more();
        self.then_tell(out)
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.rule.is_behind()
    }

    #[inline]
    fn prefers(&self) -> Option<Side> {
        match self.watermarks[0].cmp(&self.watermarks[1]) {
            core::cmp::Ordering::Less => Some(Side::Left),
            core::cmp::Ordering::Equal => None,
            core::cmp::Ordering::Greater => Some(Side::Right),
        }
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.rule.is_finished()
    }
}

impl<M: Reports> Reports for JoinInBand<M> {
    fn losses(&self) -> &Losses {
        self.rule.losses()
    }
}

impl<M: Holds> Holds for JoinInBand<M> {
    fn held(&self) -> usize {
        self.rule.held()
    }
}

impl<M: LateToBySide> LateToBySide for JoinInBand<M> {
    type Left = M::Left;
    type Right = M::Right;

    fn late_left_to(self, outlet: Late<M::Left>) -> Self {
        Self { rule: self.rule.late_left_to(outlet), ..self }
    }

    fn late_right_to(self, outlet: Late<M::Right>) -> Self {
        Self { rule: self.rule.late_right_to(outlet), ..self }
    }
}

#[cfg(feature = "snapshot")]
impl<M: Snapshot> Snapshot for JoinInBand<M> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("join_in_band", 2)?;
        to.put_instant(self.now)?;
        to.put(&(self.watermarks, self.ended, self.told, self.told_idle))?;
        self.inputs.save(to)?;
        self.rule.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("join_in_band", 2)?;
        self.now = from.take_instant()?;
        (self.watermarks, self.ended, self.told, self.told_idle) = from.take()?;
        self.inputs.restore(from)?;
        self.rule.restore(from)
    }
}

impl<M: fmt::Debug> fmt::Debug for JoinInBand<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinInBand")
            .field("rule", &self.rule)
            .field("watermarks", &self.watermarks)
            .finish_non_exhaustive()
    }
}
