//! Several streams of signals as one.

use crate::machine::{Budget, Progress, Turns};
use crate::metrics::Holds;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::EventTime;
use crate::watermark::{AllIdle, Inputs, Signal};
use alloc::vec::Vec;
use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use futures_core::{FusedStream, Stream};
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The stream of [`merge_events_rs2`](super::SignalExt::merge_events_rs2).
#[must_use = "streams do nothing unless polled"]
pub struct MergeEvents<A, B, T> {
    sources: Turns<A, B>,
    inputs: Inputs,
    // What has been told of the inputs; the difference is told next.
    told: EventTime,
    told_idle: bool,
    // The item that the last source has given. It goes before the watermark that follows from it.
    item: Option<(EventTime, T)>,
}

impl<A, B, T> MergeEvents<A, B, T> {
    pub(super) fn new(first: A, others: Vec<B>, when_idle: AllIdle) -> Self {
        let inputs = Inputs::new(others.len() + 1).when_idle(when_idle);
        Self {
            sources: Turns::new(first, others),
            inputs,
            told: EventTime::MIN,
            told_idle: false,
            item: None,
        }
    }

    fn take(&mut self, input: usize, signal: Option<Signal<T>>) {
        match signal {
            Some(Signal::Item(ts, item)) => {
                self.inputs.on_active(input);
                self.item = Some((ts, item));
            }
            Some(Signal::Watermark(watermark)) => self.inputs.on_watermark(input, watermark),
            Some(Signal::Idle) => self.inputs.on_idle(input),
            Some(Signal::Active) => self.inputs.on_active(input),
            None => self.inputs.on_end(input),
        }
    }

    /// What is to be told next. The end stands for the watermark that all ends bring.
    #[inline]
    fn tell(&mut self) -> Option<Signal<T>> {
        if self.sources.len() == 0 {
            return None;
        }
        let idle = self.inputs.is_idle();
        if self.told_idle && !idle {
            self.told_idle = false;
            return Some(Signal::Active);
        }
        if let Some((ts, item)) = self.item.take() {
            return Some(Signal::Item(ts, item));
        }
        let watermark = self.inputs.watermark();
        if watermark > self.told {
            self.told = watermark;
            return Some(Signal::Watermark(watermark));
        }
        (idle && !mem::replace(&mut self.told_idle, idle)).then_some(Signal::Idle)
    }
}

impl<A, B, T> MergeEvents<A, B, T>
where
    A: Stream<Item = Signal<T>>,
    B: Stream<Item = Signal<T>>,
{
    /// What the next source that has something gives, and which one that is.
    #[inline]
    fn poll_sources(&mut self, cx: &mut Context<'_>) -> Poll<(usize, Option<Signal<T>>)> {
        for _turn in 0..self.sources.len() {
            let Some(input) = self.sources.front() else { break };
            match self.sources.poll_front(cx) {
                Poll::Ready(signal) => return Poll::Ready((input, signal)),
                Poll::Pending => self.sources.pass(),
            }
        }
        Poll::Pending
    }
}

// The item is moved in and out, and nothing is pinned in place but what the sources box.
impl<A, B, T> Unpin for MergeEvents<A, B, T> {}

impl<A, B, T> Stream for MergeEvents<A, B, T>
where
    A: Stream<Item = Signal<T>>,
    B: Stream<Item = Signal<T>>,
{
    type Item = Signal<T>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Signal<T>>> {
        let mut budget = Budget::new();
        loop {
            if let Some(signal) = self.tell() {
                return Poll::Ready(Some(signal));
            }
            if self.sources.len() == 0 {
                return Poll::Ready(None);
            }
            let (input, signal) = ready!(self.poll_sources(cx));
            self.take(input, signal);
            ready!(budget.spend(cx));
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.is_terminated() { (0, Some(0)) } else { (self.held(), None) }
    }
}

impl<A, B, T> FusedStream for MergeEvents<A, B, T>
where
    A: Stream<Item = Signal<T>>,
    B: Stream<Item = Signal<T>>,
{
    fn is_terminated(&self) -> bool {
        self.sources.len() == 0
    }
}

/// Advances all sources.
impl<A, B, T> Progress for MergeEvents<A, B, T>
where
    A: Progress<Item = Signal<T>>,
    B: Progress<Item = Signal<T>>,
{
    fn poll_progress(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.sources.poll_progress(cx)
    }
}

impl<A, B, T> Holds for MergeEvents<A, B, T> {
    fn held(&self) -> usize {
        usize::from(self.item.is_some())
    }
}

#[cfg(feature = "snapshot")]
impl<A, B, T> Snapshot for MergeEvents<A, B, T>
where
    A: Snapshot + Unpin,
    B: Snapshot + Unpin,
    T: Serialize + DeserializeOwned,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("merge_events", 1)?;
        to.put(&(self.told, self.told_idle, &self.item))?;
        self.inputs.save(to)?;
        self.sources.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("merge_events", 1)?;
        (self.told, self.told_idle, self.item) = from.take()?;
        self.inputs.restore(from)?;
        self.sources.restore(from)
    }
}

impl<A, B, T> fmt::Debug for MergeEvents<A, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MergeEvents")
            .field("sources", &self.sources)
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}
