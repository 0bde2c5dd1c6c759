//! Instants at a fixed rate.

use super::Instant;
use core::time::Duration;

/// The earliest of `start + period`, `start + 2 * period` and so on that is not before
/// `not_before`. The period is not zero.
pub(crate) fn first_tick(start: Instant, period: Duration, not_before: Instant) -> Instant {
    let period = period.as_nanos();
    let elapsed = not_before.saturating_since(start).as_nanos();
    let since_start = period * elapsed.div_ceil(period).max(1);
    let nanos = u64::try_from(since_start).unwrap_or(u64::MAX);
    start.saturating_add(Duration::from_nanos(nanos))
}

/// The earliest tick later than `now`.
pub(crate) fn next_tick(start: Instant, period: Duration, now: Instant) -> Instant {
    first_tick(start, period, now.saturating_add(Duration::from_nanos(1)))
}

/// The earliest tick that is not before `not_before`, where one tick of the grid is known; else the
/// first, a period from `now`.
pub(crate) fn grid_tick(
    known: Option<Instant>,
    period: Duration,
    now: Instant,
    not_before: Instant,
) -> Instant {
    match known {
        None => first_tick(now, period, not_before),
        Some(tick) if tick >= not_before => tick,
        Some(tick) => first_tick(tick, period, not_before),
    }
}
