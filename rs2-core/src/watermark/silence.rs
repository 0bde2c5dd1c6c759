//! What becomes of the watermark while a source has nothing.

use core::time::Duration;

/// What a source does that is silent: it is told to be idle, or its watermark follows the clock, or
/// both, the one after the other.
///
/// A source is silent only while it is waited for. The time that a consumer takes over an item, or
/// over a signal, does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    pub(super) idle_after: Option<Duration>,
    // How long it is waited for first, and how far apart the steps are.
    pub(super) follow: Option<(Duration, Duration)>,
}

impl Silence {
    /// Waits for ever.
    pub const fn wait() -> Self {
        Self { idle_after: None, follow: None }
    }

    /// Idle after so much silence, until the next item.
    #[must_use]
    pub const fn idle_after(self, silence: Duration) -> Self {
        Self { idle_after: Some(silence), ..self }
    }

    /// After `grace` the watermark goes on as the clock does, from where it stands, a step each
    /// `every`. Before the first watermark there is nothing to go on from.
    ///
    /// # Panics
    /// When `every` is zero.
    #[must_use]
    #[track_caller]
    pub const fn follow_clock(self, grace: Duration, every: Duration) -> Self {
        assert!(!every.is_zero(), "`every` must not be zero");
        Self { follow: Some((grace, every)), ..self }
    }
}
