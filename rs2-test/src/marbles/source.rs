//! Sources drawn as diagrams.

use super::diagram::{Diagram, Event};
use super::{COLUMN, parse};
use crate::timer::{ManualSleep, ManualTimer};
use futures_core::{FusedStream, Stream};
use rs2_core::machine::Progress;
use rs2_core::time::{Clock, Instant, Timer};
use std::array;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A stream that yields each item from its column on.
///
/// An item is never lost: who asks late gets it late.
pub struct MarbleSource<T = char> {
    timer: ManualTimer,
    sleep: Pin<Box<ManualSleep>>,
    // In the order of their instants; `None` is the end. Empty: silent for ever, or ended.
    script: VecDeque<(Instant, Option<T>)>,
    ended: bool,
}

impl<T> MarbleSource<T> {
    fn new(timer: &ManualTimer, row: Diagram, item: impl Fn(&str) -> T) -> Self {
        let script = row
            .events()
            .map(|(column, event)| {
                let at = Instant::from_origin(COLUMN * column as u32);
                match event {
                    Event::Yield(text) => (at, Some(item(text))),
                    Event::End => (at, None),
                }
            })
            .collect();
        let sleep = Box::pin(timer.sleep_until(Instant::ORIGIN));
        Self { timer: timer.clone(), sleep, script, ended: false }
    }

    /// How many items are still to come.
    pub fn len(&self) -> usize {
        self.script.iter().filter(|(_, item)| item.is_some()).count()
    }

    /// Whether no item is to come.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Unpin> Stream for MarbleSource<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        assert!(!self.ended, "a source was polled after its end");
        let Some(&(at, _)) = self.script.front() else { return Poll::Pending };
        // The item counts from its instant on, even when this sleep has not been woken yet: so an
        // item at a deadline comes before it.
        if self.timer.now() < at {
            let sleep = self.timer.sleep_until(at);
            self.sleep.set(sleep);
            ready!(self.sleep.as_mut().poll(cx));
        }
        let item = self.script.pop_front().and_then(|(_, item)| item);
        self.ended = item.is_none();
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<T: Unpin> FusedStream for MarbleSource<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T: Unpin> Progress for MarbleSource<T> {
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<T> fmt::Debug for MarbleSource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarbleSource").field("left", &self.len()).finish_non_exhaustive()
    }
}

/// The error that `#` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed as the diagram says")
    }
}

impl Error for Failed {}

/// One row, or an array of rows for as many sources.
pub trait Inputs {
    /// The sources of characters.
    type Sources;
    /// The sources of results.
    type TrySources;
    /// The sources of these rows.
    fn sources(&self, timer: &ManualTimer) -> Self::Sources;
    /// The sources of these rows, in which `#` is an `Err`.
    fn try_sources(&self, timer: &ManualTimer) -> Self::TrySources;
    /// The rows as written.
    fn rows(&self) -> &[&str];
}

impl Inputs for &str {
    type Sources = MarbleSource;
    type TrySources = MarbleSource<Result<char, Failed>>;

    #[track_caller]
    fn sources(&self, timer: &ManualTimer) -> Self::Sources {
        MarbleSource::new(timer, parse(self), |text| character(text, self))
    }

    #[track_caller]
    fn try_sources(&self, timer: &ManualTimer) -> Self::TrySources {
        let item = |text: &str| if text == "#" { Err(Failed) } else { Ok(character(text, self)) };
        MarbleSource::new(timer, parse(self), item)
    }

    fn rows(&self) -> &[&str] {
        std::slice::from_ref(self)
    }
}

impl<const N: usize> Inputs for [&str; N] {
    type Sources = [MarbleSource; N];
    type TrySources = [MarbleSource<Result<char, Failed>>; N];

    #[track_caller]
    fn sources(&self, timer: &ManualTimer) -> Self::Sources {
        array::from_fn(|n| self[n].sources(timer))
    }

    #[track_caller]
    fn try_sources(&self, timer: &ManualTimer) -> Self::TrySources {
        array::from_fn(|n| self[n].try_sources(timer))
    }

    fn rows(&self) -> &[&str] {
        self
    }
}

#[track_caller]
fn character(text: &str, row: &str) -> char {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('#'), None) => panic!("`#` in {row:?} needs a stream of results: use try_check"),
        (Some(c), None) => c,
        _ => panic!("{{{text}}} in {row:?}: a source yields single characters"),
    }
}
