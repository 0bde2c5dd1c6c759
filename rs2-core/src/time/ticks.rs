//! Instants at a fixed rate.

use super::Instant;
use super::instant::saturating_nanos;
use core::time::Duration;

/// The earliest of `start + period`, `start + 2 * period` and so on that is not before
/// `not_before`. The period is not zero.
pub(crate) fn first_tick(start: Instant, period: Duration, not_before: Instant) -> Instant {
    let period = saturating_nanos(period);
    let elapsed = not_before.nanos().saturating_sub(start.nanos());
    let since_start = period.saturating_mul(elapsed.div_ceil(period).max(1));
    Instant::from_nanos(start.nanos().saturating_add(since_start))
}

/// The earliest tick later than `now`.
pub(crate) fn next_tick(start: Instant, period: Duration, now: Instant) -> Instant {
    first_tick(start, period, Instant::from_nanos(now.nanos().saturating_add(1)))
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
