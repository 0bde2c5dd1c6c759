//! An item at a fixed rate.

use super::{Empty, empty};
use crate::machine::{Drive, Machine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::{Instant, Timer, next_tick};
use core::convert::Infallible;
use core::fmt;
use core::time::Duration;

/// The stream of [`tick_on`].
pub type Ticks<T, Ti> = Drive<Empty<Infallible>, Tick<T>, Ti>;

/// What becomes of the ticks that were due while nobody asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissedTick {
    /// One item at once, and then those whose time is still to come.
    #[default]
    Skip,
    /// All of them, one after the other.
    Burst,
    /// One item at once, and the next a whole period later.
    Delay,
}

/// The rule of [`tick_on`].
pub struct Tick<T> {
    item: T,
    period: Duration,
    missed: MissedTick,
    // The first poll.
    start: Option<Instant>,
    next: Instant,
}

/// Yields clones of an item without end, one each `period`, the first a period after the first
/// poll.
///
/// ```text
/// out  - - x - x - x        period = 2 columns
/// ```
/// The rate is fixed: what a consumer does with an item takes nothing from the next. When it takes
/// longer than the period, it finds one item at once, and then goes on in step;
/// [`tick_with_on`] has the other answers.
///
/// # Shape
/// As many items as are asked for, at multiples of `period` after the first poll.
/// # Cancel safety
/// A dropped `next()` loses nothing. Dropping the stream drops the item.
/// # Cost
/// One clone per item, one timer. Reads the clock once per poll.
/// # Panics
/// When `period` is zero.
/// # Examples
/// ```
/// # use core::future::{Ready, Future};
/// # use rs2_core::time::{Clock, Instant, Sleep, Timer};
/// # use std::{cell::Cell, pin::Pin, rc::Rc, task::{Context, Poll}};
/// # /// Jumps to whatever is waited for.
/// # #[derive(Clone, Default)]
/// # struct Jump(Rc<Cell<Instant>>);
/// # struct Leap(Jump, Instant);
/// # impl Clock for Jump {
/// #     fn now(&self) -> Instant { self.0.get() }
/// # }
/// # impl Timer for Jump {
/// #     type Sleep = Leap;
/// #     fn sleep_until(&self, deadline: Instant) -> Leap { Leap(self.clone(), deadline) }
/// # }
/// # impl Future for Leap {
/// #     type Output = ();
/// #     fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
/// #         self.0.0.set(self.1.max(self.0.now()));
/// #         Poll::Ready(())
/// #     }
/// # }
/// # impl Sleep for Leap {
/// #     fn reset(mut self: Pin<&mut Self>, deadline: Instant) { self.1 = deadline; }
/// # }
/// # let timer = Jump::default();
/// use rs2_core::prelude::*;
/// use std::time::Duration;
/// # futures_executor::block_on(async {
/// let beats: String =
///     tick_on(timer.clone(), Duration::from_secs(1), '.').take_rs2(3).collect_rs2().await;
/// assert_eq!(beats, "...");
/// assert_eq!(timer.now().since_origin(), Duration::from_secs(3));
/// # })
/// ```
#[doc(alias = "interval")]
#[doc(alias = "awake_every")]
#[doc(alias = "tick_rs")]
#[track_caller]
pub fn tick_on<T: Clone, Ti: Timer>(timer: Ti, period: Duration, item: T) -> Ticks<T, Ti> {
    tick_with_on(timer, period, MissedTick::default(), item)
}

/// [`tick_on`] with an answer of the caller's choice to the ticks that nobody asked for in time.
///
/// # Shape
/// As many items as are asked for. With [`MissedTick::Burst`] the nth never before n periods after
/// the first poll, however late those before it were.
/// # Cancel safety
/// A dropped `next()` loses nothing. Dropping the stream drops the item.
/// # Cost
/// That of [`tick_on`].
/// # Panics
/// When `period` is zero.
/// # Examples
/// ```
/// # use rs2_core::{prelude::*, time::NoTimer};
/// # use futures_core::Stream;
/// # use std::time::Duration;
/// let beats = tick_with_on(NoTimer, Duration::from_secs(1), MissedTick::Burst, '.');
/// assert_eq!(beats.take_rs2(3).size_hint(), (3, Some(3)));
/// ```
#[track_caller]
pub fn tick_with_on<T: Clone, Ti: Timer>(
    timer: Ti,
    period: Duration,
    missed: MissedTick,
    item: T,
) -> Ticks<T, Ti> {
    assert!(!period.is_zero(), "a period of zero has no ticks");
    let rule = Tick { item, period, missed, start: None, next: Instant::ORIGIN };
    Drive::new(empty(), rule, timer)
}

impl<T: Clone> Machine for Tick<T> {
    type In = Infallible;
    type Out = T;

    fn on_item(&mut self, _now: Instant, item: Infallible) -> Option<T> {
        match item {}
    }

    fn on_deadline(&mut self, now: Instant) -> Option<T> {
        let is_start = self.start.is_none();
        let start = *self.start.get_or_insert(now);
        let last = match self.missed {
            MissedTick::Skip | MissedTick::Burst if !is_start => self.next,
            _ => now,
        };
        self.next = last.saturating_add(self.period);
        // Only a tick that was missed is worth a division, which some devices have to do by hand.
        if self.missed == MissedTick::Skip && self.next <= now {
            self.next = next_tick(start, self.period, now);
        }
        (!is_start).then(|| self.item.clone())
    }

    /// Before the start a deadline that has always passed: it is met at the first poll.
    #[inline]
    fn deadline(&self) -> Option<Instant> {
        Some(self.next)
    }

    /// There is nothing in the source, and its end is not that of the ticks.
    #[inline]
    fn wants_item(&self) -> bool {
        false
    }

    fn size_hint(&self, _source: (usize, Option<usize>)) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

#[cfg(feature = "snapshot")]
impl<T> Snapshot for Tick<T> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("tick", 1)?;
        to.put_deadline(self.start.map(|_| self.next))
    }

    /// Every tick is as good a start as the first: what counts is that it goes on in step.
    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("tick", 1)?;
        self.start = from.take_deadline()?;
        self.next = self.start.unwrap_or(Instant::ORIGIN);
        Ok(())
    }
}

impl<T> fmt::Debug for Tick<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tick")
            .field("period", &self.period)
            .field("missed", &self.missed)
            .field("start", &self.start)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
