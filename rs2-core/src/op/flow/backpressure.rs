//! What a buffer does when it is full.

use crate::error::ConfigError;

/// What a buffer does with an item for which it has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BackpressureStrategy {
    /// Drops the oldest item that waits, and counts it.
    DropOldest,
    /// Drops the item that comes, and counts it.
    DropNewest,
    /// Does not ask the source for another item: nothing is lost.
    #[default]
    Block,
    /// Ends the stream behind the items that wait.
    Error,
}

/// How a buffer between a source and its consumer is bounded.
///
/// The depth of a buffer is the number of items taken from the source and not yet yielded. It is
/// *high* from when it reaches the high watermark until it has come down to the low one. With
/// [`Block`](BackpressureStrategy::Block) the source is asked for nothing while it is high; with
/// the other strategies that is a signal only, and `buffer_size` is the bound.
///
/// ```
/// use rs2_core::op::flow::{BackpressureConfig, BackpressureStrategy};
/// let config = BackpressureConfig {
///     strategy: BackpressureStrategy::DropOldest,
///     buffer_size: 10,
///     low_watermark: Some(3),
///     high_watermark: Some(8),
/// };
/// assert_eq!(config.validate(), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackpressureConfig {
    /// What happens when the buffer is full.
    pub strategy: BackpressureStrategy,
    /// The most items that wait.
    pub buffer_size: usize,
    /// The depth at which a paused source goes on. Without it, as soon as there is room again.
    pub low_watermark: Option<usize>,
    /// The depth at which the source pauses. Without it, when the buffer is full.
    pub high_watermark: Option<usize>,
}

impl BackpressureConfig {
    /// `strategy` with a buffer of `buffer_size` and without watermarks: the source pauses when the
    /// buffer is full, and goes on as soon as there is room.
    pub const fn new(strategy: BackpressureStrategy, buffer_size: usize) -> Self {
        Self { strategy, buffer_size, low_watermark: None, high_watermark: None }
    }

    /// Whether a buffer can work like this: room for an item, and low below high within it.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting that cannot work.
    pub fn validate(&self) -> Result<(), ConfigError> {
        const HIGH: &str = "high_watermark";
        let high = self.high();
        if self.buffer_size == 0 {
            return Err(ConfigError::Zero("buffer_size"));
        }
        if high == 0 {
            return Err(ConfigError::Zero(HIGH));
        }
        if high > self.buffer_size {
            return Err(ConfigError::Exceeds(HIGH, "buffer_size"));
        }
        if self.low() >= high {
            let high = if self.high_watermark.is_some() { HIGH } else { "buffer_size" };
            return Err(ConfigError::NotBelow("low_watermark", high));
        }
        Ok(())
    }

    pub(super) fn high(&self) -> usize {
        self.high_watermark.unwrap_or(self.buffer_size)
    }

    pub(super) fn low(&self) -> usize {
        self.low_watermark.unwrap_or(self.high().saturating_sub(1))
    }
}

/// `Block`, room for 100 items, pausing at 75 and going on at 25.
impl Default for BackpressureConfig {
    fn default() -> Self {
        Self {
            strategy: BackpressureStrategy::Block,
            buffer_size: 100,
            low_watermark: Some(25),
            high_watermark: Some(75),
        }
    }
}
