//! All items in a `Vec` that grows as it is told to, up to a bound.

use crate::error::ConfigError;
use crate::machine::Budget;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedFuture, Stream};
use pin_project_lite::pin_project;

/// How a `Vec` of items grows, and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BufferConfig {
    /// Room for how many items is made when the first one comes.
    pub initial_capacity: usize,
    /// The most items; without it there is no bound but memory.
    pub max_capacity: Option<usize>,
    /// How much room is made when there is none left.
    pub growth_strategy: GrowthStrategy,
}

/// How much room is made when there is none left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GrowthStrategy {
    /// For so many items more.
    Linear(usize),
    /// For so many times as many items; more than 1.
    Exponential(f64),
    /// None: the initial capacity is the bound.
    Fixed,
}

/// 1,024 items to begin with, twice as many each time, at most 1,048,576.
impl Default for BufferConfig {
    fn default() -> Self {
        Self {
            initial_capacity: 1_024,
            max_capacity: Some(1_048_576),
            growth_strategy: GrowthStrategy::Exponential(2.0),
        }
    }
}

impl BufferConfig {
    /// For many items: 8,192 to begin with, half as many more each time, at most 1,048,576.
    pub const fn performance() -> Self {
        Self {
            initial_capacity: 8_192,
            max_capacity: Some(1_048_576),
            growth_strategy: GrowthStrategy::Exponential(1.5),
        }
    }

    /// Whether a `Vec` can grow like this.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting that cannot work.
    pub fn validate(&self) -> Result<(), ConfigError> {
        const GROWTH: &str = "growth_strategy";
        match self.growth_strategy {
            GrowthStrategy::Linear(0) => return Err(ConfigError::Zero(GROWTH)),
            GrowthStrategy::Exponential(factor) if !(factor.is_finite() && factor > 1.0) => {
                return Err(ConfigError::OutOfRange(GROWTH));
            }
            GrowthStrategy::Fixed if self.initial_capacity == 0 => {
                return Err(ConfigError::Zero("initial_capacity"));
            }
            _ => {}
        }
        match self.max_capacity {
            Some(0) => Err(ConfigError::Zero("max_capacity")),
            Some(most) if self.initial_capacity > most => {
                Err(ConfigError::Exceeds("initial_capacity", "max_capacity"))
            }
            _ => Ok(()),
        }
    }

    fn most(&self) -> usize {
        match self.growth_strategy {
            GrowthStrategy::Fixed => self.initial_capacity,
            _ => self.max_capacity.unwrap_or(usize::MAX),
        }
    }

    /// Room for how many items there is to be when `len` items fill what there is.
    fn grown(&self, len: usize) -> usize {
        let grown = match self.growth_strategy {
            _ if len == 0 => self.initial_capacity,
            GrowthStrategy::Linear(more) => len.saturating_add(more),
            // The conversion saturates.
            GrowthStrategy::Exponential(factor) => (len as f64 * factor) as usize,
            GrowthStrategy::Fixed => len,
        };
        grown.clamp(len.saturating_add(1), self.most().max(len.saturating_add(1)))
    }
}

/// More items came than were to be collected.
#[derive(Clone, PartialEq, Eq)]
pub struct TooMany<T> {
    /// As many as were to be collected.
    pub collected: Vec<T>,
    /// The one that came after them.
    pub next: T,
}

impl<T> fmt::Debug for TooMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TooMany").field("collected", &self.collected.len()).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for TooMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} items came", self.collected.len())
    }
}

impl<T> Error for TooMany<T> {}

pin_project! {
    /// The future of [`collect_with_config_rs2`](super::ConsumeExt::collect_with_config_rs2).
    #[must_use = "futures do nothing unless polled"]
    pub struct CollectWithConfig<S>
    where
        S: Stream,
    {
        #[pin]
        source: S,
        config: BufferConfig,
        // Gone when finished, and during a poll, so that nothing goes on after a panic.
        items: Option<Vec<S::Item>>,
    }
}

impl<S: Stream> CollectWithConfig<S> {
    #[track_caller]
    pub(super) fn new(source: S, config: BufferConfig) -> Self {
        if let Err(error) = config.validate() {
            panic!("a buffer cannot grow like this: {error}");
        }
        Self { source, config, items: Some(Vec::new()) }
    }
}

impl<S: Stream> Future for CollectWithConfig<S> {
    type Output = Result<Vec<S::Item>, TooMany<S::Item>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let mut items = this.items.take().expect("a collect was polled after it had finished");
        let mut budget = Budget::new();
        loop {
            match this.source.as_mut().poll_next(cx) {
                Poll::Ready(Some(next)) if items.len() >= this.config.most() => {
                    return Poll::Ready(Err(TooMany { collected: items, next }));
                }
                Poll::Ready(Some(item)) => {
                    make_room(&mut items, this.config);
                    items.push(item);
                }
                Poll::Ready(None) => return Poll::Ready(Ok(items)),
                Poll::Pending => break,
            }
            if budget.spend(cx).is_pending() {
                break;
            }
        }
        *this.items = Some(items);
        Poll::Pending
    }
}

#[inline]
fn make_room<T>(items: &mut Vec<T>, config: &BufferConfig) {
    let len = items.len();
    if len < items.capacity() {
        return;
    }
    // Where there is no memory for so much, the push may still find enough for one.
    let _ = items.try_reserve_exact(config.grown(len) - len);
}

impl<S: Stream> FusedFuture for CollectWithConfig<S> {
    fn is_terminated(&self) -> bool {
        self.items.is_none()
    }
}

impl<S: Stream + fmt::Debug> fmt::Debug for CollectWithConfig<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CollectWithConfig")
            .field("source", &self.source)
            .field("config", &self.config)
            .field("collected", &self.items.as_ref().map(Vec::len))
            .finish()
    }
}
