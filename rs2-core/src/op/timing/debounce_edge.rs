//! The first or the last item of each burst, or both.

use crate::machine::{Machine, holds, snapshot_fields};
use crate::metrics::{Loss, Losses, Reports};
use crate::time::Instant;
use core::fmt;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// Which items of a burst go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edge {
    /// The first, at once.
    Leading,
    /// The last, when the burst is over.
    #[default]
    Trailing,
    /// The first at once, and the last when the burst is over, if that is another one.
    Both,
}

/// The rule of [`debounce_edge_rs2`](super::TimingExt::debounce_edge_on_rs2).
pub struct DebounceEdge<T> {
    quiet: Duration,
    edge: Edge,
    // When the last burst is over; nothing before the first one, and once what it held went out.
    until: Option<Instant>,
    held: Option<T>,
    losses: Losses,
}

impl<T> DebounceEdge<T> {
    /// The items of each burst that `edge` names; the others are counted in `losses`.
    pub fn new(quiet: Duration, edge: Edge, losses: Losses) -> Self {
        Self { quiet, edge, until: None, held: None, losses }
    }
}

impl<T> Machine for DebounceEdge<T> {
    type In = T;
    type Out = T;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<T> {
        if self.quiet.is_zero() {
            return Some(item);
        }
        let is_first = self.until.is_none_or(|until| until < now);
        self.until = Some(now.saturating_add(self.quiet));
        if is_first && self.edge != Edge::Trailing {
            return Some(item);
        }
        let suppressed = match self.edge {
            Edge::Leading => Some(item),
            Edge::Trailing | Edge::Both => self.held.replace(item),
        };
        if suppressed.is_some() {
            self.losses.count(Loss::Suppressed);
        }
        None
    }

    fn on_deadline(&mut self, _now: Instant) -> Option<T> {
        self.until = None;
        self.held.take()
    }

    fn on_end(&mut self, _now: Instant) -> Option<T> {
        self.held.take()
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.until.filter(|_| self.held.is_some())
    }

    fn size_hint(&self, (low, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        let held = usize::from(self.held.is_some());
        // Of a burst under way no further item need go out.
        let low = if self.until.is_some() { held } else { low.min(1) };
        (low, high.and_then(|high| high.checked_add(held)))
    }
}

impl<T> Reports for DebounceEdge<T> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

holds!([T] DebounceEdge<T>, this => usize::from(this.held.is_some()));

snapshot_fields!([T: Serialize + DeserializeOwned] DebounceEdge<T>, "debounce_edge", {
    deadline until,
    value held,
});

impl<T> fmt::Debug for DebounceEdge<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebounceEdge")
            .field("quiet", &self.quiet)
            .field("edge", &self.edge)
            .field("until", &self.until)
            .field("has_held", &self.held.is_some())
            .field("losses", &self.losses)
            .finish()
    }
}
