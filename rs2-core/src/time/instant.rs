//! Monotonic time of one clock.

use core::time::Duration;

/// Nanoseconds since the origin of one clock; arithmetic saturates.
///
/// Two clocks have two origins: compare instants only with those of one [`Clock`](super::Clock).
///
/// ```
/// use core::time::Duration;
/// use rs2_core::time::Instant;
/// let t = Instant::ORIGIN.saturating_add(Duration::from_millis(5));
/// assert_eq!(t.saturating_since(Instant::ORIGIN), Duration::from_millis(5));
/// assert_eq!(Instant::ORIGIN.saturating_since(t), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    nanos: u64,
}

impl Instant {
    /// The moment the clock began to count.
    pub const ORIGIN: Self = Self { nanos: 0 };
    /// Later than any deadline that can fire: 584 years after the origin.
    pub const FAR_FUTURE: Self = Self { nanos: u64::MAX };

    /// The instant `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self { nanos }
    }

    /// The instant `elapsed` after the origin.
    pub const fn from_origin(elapsed: Duration) -> Self {
        Self { nanos: saturating_nanos(elapsed) }
    }

    /// The time since the origin.
    pub const fn since_origin(self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.nanos
    }

    /// This instant and `duration` later, at most [`FAR_FUTURE`](Self::FAR_FUTURE).
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self { nanos: self.nanos.saturating_add(saturating_nanos(duration)) }
    }

    /// The time from `earlier` to this instant, zero when it is not earlier.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos.saturating_sub(earlier.nanos))
    }
}

/// A length of time in nanoseconds, to add it often: to do so to a [`Duration`] is a multiplication
/// each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    nanos: u64,
}

impl Span {
    pub(crate) const fn of(duration: Duration) -> Self {
        Self { nanos: saturating_nanos(duration) }
    }
}

impl core::ops::Add<Span> for Instant {
    type Output = Self;

    /// This instant and so much later, at most [`FAR_FUTURE`](Self::FAR_FUTURE).
    #[inline]
    fn add(self, span: Span) -> Self {
        Self { nanos: self.nanos.saturating_add(span.nanos) }
    }
}

/// In 64 bits throughout: with 128 it would be several times as much code on a microcontroller.
pub(super) const fn saturating_nanos(duration: Duration) -> u64 {
    let seconds = duration.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(duration.subsec_nanos() as u64)
}
