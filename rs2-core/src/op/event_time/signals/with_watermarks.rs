//! Items with their times, and how far event time has come between them.

use crate::machine::Machine;
use crate::metrics::Holds;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{EventTime, Instant};
use crate::watermark::{Signal, Silence, Silent, Step, Watermarks};
use core::fmt;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`with_watermarks_rs2`](super::WatermarkExt::with_watermarks_rs2).
pub struct WithWatermarks<T, P, F> {
    policy: P,
    time_of: F,
    watermark: EventTime,
    // Whether the watermark has risen and has not gone out.
    raised: bool,
    // The item that ends a silence, while word of that goes before it.
    item: Option<(EventTime, T)>,
    silent: Silent,
}

impl<T, P, F> WithWatermarks<T, P, F> {
    /// Watermarks as `policy` makes them, and as `silence` says while there are no items.
    pub fn new(policy: P, silence: Silence, time_of: F) -> Self {
        Self {
            policy,
            time_of,
            watermark: EventTime::MIN,
            raised: false,
            item: None,
            silent: Silent::new(silence),
        }
    }

    #[inline]
    fn raise(&mut self, reached: EventTime) {
        if reached > self.watermark {
            self.watermark = reached;
            self.raised = true;
        }
    }

    /// There is something to go on from.
    #[inline]
    fn can_follow(&self) -> bool {
        self.watermark > EventTime::MIN
    }
}

impl<T, P, F, E> Machine for WithWatermarks<T, P, F>
where
    P: Watermarks<T>,
    F: FnMut(&T) -> E,
    E: Into<EventTime>,
{
    type In = T;
    type Out = Signal<T>;

    #[inline]
    fn on_item(&mut self, _now: Instant, item: T) -> Option<Signal<T>> {
        let ts = (self.time_of)(&item).into();
        if let Some(reached) = self.policy.after(ts, &item) {
            self.raise(reached);
        }
        if self.silent.restart() {
            self.item = Some((ts, item));
            return Some(Signal::Active);
        }
        Some(Signal::Item(ts, item))
    }

    fn on_deadline(&mut self, now: Instant) -> Option<Signal<T>> {
        match self.silent.on_deadline(now, self.can_follow())? {
            Step::Idle => Some(Signal::Idle),
            Step::Rise(by) => {
                self.raise(self.watermark.saturating_add(by));
                self.more()
            }
        }
    }

    #[inline]
    fn more(&mut self) -> Option<Signal<T>> {
        if let Some((ts, item)) = self.item.take() {
            return Some(Signal::Item(ts, item));
        }
        core::mem::take(&mut self.raised).then_some(Signal::Watermark(self.watermark))
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.silent.deadline(self.can_follow())
    }

    fn size_hint(&self, (low, _): (usize, Option<usize>)) -> (usize, Option<usize>) {
        (low.saturating_add(self.held()).saturating_add(usize::from(self.raised)), None)
    }
}

impl<T, P, F> Holds for WithWatermarks<T, P, F> {
    fn held(&self) -> usize {
        usize::from(self.item.is_some())
    }
}

#[cfg(feature = "snapshot")]
impl<T, P, F> Snapshot for WithWatermarks<T, P, F>
where
    T: Serialize + DeserializeOwned,
    P: Snapshot,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("with_watermarks", 1)?;
        to.put(&(self.watermark, self.raised, &self.item))?;
        self.silent.save(to)?;
        self.policy.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("with_watermarks", 1)?;
        (self.watermark, self.raised, self.item) = from.take()?;
        self.silent.restore(from)?;
        self.policy.restore(from)
    }
}

impl<T, P: fmt::Debug, F> fmt::Debug for WithWatermarks<T, P, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithWatermarks")
            .field("policy", &self.policy)
            .field("watermark", &self.watermark)
            .field("silent", &self.silent)
            .finish_non_exhaustive()
    }
}
