//! How long a state lives.

use super::TtlFrom;
use crate::time::{Instant, Span};
use core::fmt;
use core::time::Duration;

/// How long the states of an operator live, and what must be noted of each for that.
///
/// There are three: [`Permanent`] and [`Unlimited`], which know no time, and [`TimeToLive`].
pub trait Lifetime: fmt::Debug {
    /// What is noted of each state.
    type Mark: Copy;
    /// Whether states expire at all.
    const EXPIRES: bool;
    /// Whether the number of the last use is noted, which no two states share.
    const NUMBERED: bool;

    /// The mark of a state that begins now, with the use of this number.
    fn begin(&self, now: Instant, number: u64) -> Self::Mark;
    /// Whether a further use prolongs it.
    fn is_renewed(&self) -> bool;
    /// Notes that a use prolongs it, where it does.
    fn renew(&self, mark: &mut Self::Mark, now: Instant);
    /// Notes the number of a further use.
    fn note_use(mark: &mut Self::Mark, number: u64);
    /// When the state expires.
    fn expiry(mark: &Self::Mark) -> Instant;
    /// The number of the last use that was noted.
    fn last_use(mark: &Self::Mark) -> u64;
    /// The mark that [`expiry`](Self::expiry) and [`last_use`](Self::last_use) were read from.
    fn mark(expiry: Instant, last_use: u64) -> Self::Mark;
    /// When a state expires that begins now.
    fn expiry_from(&self, now: Instant) -> Instant;
}

/// States live until there is no room for them. No clock is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlimited;

impl Lifetime for Unlimited {
    type Mark = u64;
    const EXPIRES: bool = false;
    const NUMBERED: bool = true;

    #[inline]
    fn is_renewed(&self) -> bool {
        false
    }
    #[inline]
    fn begin(&self, _now: Instant, number: u64) -> u64 {
        number
    }
    #[inline]
    fn renew(&self, _mark: &mut u64, _now: Instant) {}
    #[inline]
    fn note_use(mark: &mut u64, number: u64) {
        *mark = number;
    }
    #[inline]
    fn expiry(_mark: &u64) -> Instant {
        Instant::FAR_FUTURE
    }
    #[inline]
    fn last_use(mark: &u64) -> u64 {
        *mark
    }
    fn mark(_expiry: Instant, last_use: u64) -> u64 {
        last_use
    }
    #[inline]
    fn expiry_from(&self, _now: Instant) -> Instant {
        Instant::FAR_FUTURE
    }
}

/// States stay for good. No clock is read, and nothing is noted of a use, which saves eight bytes a
/// key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permanent;

impl Lifetime for Permanent {
    type Mark = ();
    const EXPIRES: bool = false;
    const NUMBERED: bool = false;

    #[inline]
    fn begin(&self, _now: Instant, _number: u64) {}
    #[inline]
    fn is_renewed(&self) -> bool {
        false
    }
    #[inline]
    fn renew(&self, _mark: &mut (), _now: Instant) {}
    #[inline]
    fn note_use(_mark: &mut (), _number: u64) {}
    #[inline]
    fn expiry(_mark: &()) -> Instant {
        Instant::FAR_FUTURE
    }
    #[inline]
    fn last_use(_mark: &()) -> u64 {
        0
    }
    fn mark(_expiry: Instant, _last_use: u64) {}
    #[inline]
    fn expiry_from(&self, _now: Instant) -> Instant {
        Instant::FAR_FUTURE
    }
}

/// States live for a time, from what `F` says. At exactly its end a state is gone, and the next
/// item of its key begins another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeToLive<F = TtlFrom> {
    ttl: Span,
    from: F,
}

/// States live for a time after their last use. That each use prolongs a life is known to the
/// compiler, and only the time of the last one is noted: of states that were last used at one time,
/// any may have to make room.
pub type IdleTime = TimeToLive<LastUse>;

/// What a life is counted from: [`TtlFrom`], or always the last use.
pub trait Origin: Copy + fmt::Debug {
    /// What is noted of the order of uses beside the time.
    type Number: Copy;
    /// Whether that is a number.
    const NUMBERED: bool;
    /// Whether a further use is a new origin.
    fn is_renewed(self) -> bool;
    /// What is noted of a number.
    fn number(number: u64) -> Self::Number;
    /// The number that was noted.
    fn noted(number: Self::Number) -> u64;
}

impl Origin for TtlFrom {
    type Number = u64;
    const NUMBERED: bool = true;
    #[inline]
    fn is_renewed(self) -> bool {
        self != Self::Creation
    }
    #[inline]
    fn number(number: u64) -> u64 {
        number
    }
    #[inline]
    fn noted(number: u64) -> u64 {
        number
    }
}

/// The last use of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastUse;

impl Origin for LastUse {
    type Number = ();
    const NUMBERED: bool = false;
    #[inline]
    fn is_renewed(self) -> bool {
        true
    }
    #[inline]
    fn number(_number: u64) {}
    #[inline]
    fn noted(_number: ()) -> u64 {
        0
    }
}

impl IdleTime {
    /// # Panics
    /// When `ttl` is zero: no state would ever be seen again.
    #[track_caller]
    pub(super) fn new(ttl: Duration) -> Self {
        assert!(!ttl.is_zero(), "a time to live must be greater than zero");
        Self { ttl: Span::of(ttl), from: LastUse }
    }

    /// The same time, counted from something else.
    pub(super) fn counted_from(self, from: TtlFrom) -> TimeToLive {
        TimeToLive { ttl: self.ttl, from }
    }
}

/// What [`TimeToLive`] notes of each state.
#[derive(Clone, Copy, Debug)]
pub struct Expiry<N> {
    at: Instant,
    last_use: N,
}

impl<F: Origin> Lifetime for TimeToLive<F> {
    type Mark = Expiry<F::Number>;
    const EXPIRES: bool = true;
    const NUMBERED: bool = F::NUMBERED;

    #[inline]
    fn is_renewed(&self) -> bool {
        self.from.is_renewed()
    }
    #[inline]
    fn begin(&self, now: Instant, number: u64) -> Expiry<F::Number> {
        Expiry { at: self.expiry_from(now), last_use: F::number(number) }
    }
    #[inline]
    fn renew(&self, mark: &mut Expiry<F::Number>, now: Instant) {
        mark.at = self.expiry_from(now);
    }
    #[inline]
    fn note_use(mark: &mut Expiry<F::Number>, number: u64) {
        mark.last_use = F::number(number);
    }
    #[inline]
    fn expiry(mark: &Expiry<F::Number>) -> Instant {
        mark.at
    }
    #[inline]
    fn last_use(mark: &Expiry<F::Number>) -> u64 {
        F::noted(mark.last_use)
    }
    fn mark(at: Instant, last_use: u64) -> Expiry<F::Number> {
        Expiry { at, last_use: F::number(last_use) }
    }
    #[inline]
    fn expiry_from(&self, now: Instant) -> Instant {
        now + self.ttl
    }
}
