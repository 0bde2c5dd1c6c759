//! A circuit breaker for whoever shares it.

use super::breaker::{Breaker, by_result, poll_ready};
use super::circuit::{Circuit, CircuitState, Open, Outcome, Pass};
use super::circuit_config::CircuitBreakerConfig;
use super::guarded::Guarded;
use crate::error::ConfigError;
use crate::machine::Alarm;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::Heap;
use crate::sync::{Arc, Lock};
use crate::time::{Instant, Timer};
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use pin_project_lite::pin_project;

/// A circuit breaker shared by its clones: streams, futures and plain calls.
///
/// It keeps instants, so all who use it pass clones of one timer; the plain names of a runtime do.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::resilience::{BreakerError, CircuitBreaker, CircuitBreakerConfig};
/// use rs2_core::time::NoTimer;
/// # futures_executor::block_on(async {
/// let config = CircuitBreakerConfig::new().window(2).min_calls(2);
/// let breaker = CircuitBreaker::new(config)?;
/// for _ in 0..2 {
///     let call = breaker.call_on(&NoTimer, async { Err::<(), _>("refused") });
///     assert_eq!(call.await, Err(BreakerError::Failed("refused")));
/// }
/// let call = breaker.call_on(&NoTimer, async { Ok::<_, &str>(()) });
/// assert!(matches!(call.await, Err(BreakerError::Open(_))));
/// assert_eq!(breaker.trips(), 1);
/// # Ok::<(), rs2_core::error::ConfigError>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct CircuitBreaker {
    shared: Arc<Lock<Shared>>,
}

struct Shared {
    circuit: Circuit<Heap>,
    // Who waits for a call to be let through; one entry for each that is waiting.
    waiting: Vec<(u64, Waker)>,
    next_id: u64,
}

impl CircuitBreaker {
    /// A closed breaker.
    ///
    /// # Errors
    /// The setting that cannot work.
    pub fn new(config: CircuitBreakerConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let circuit = Circuit::new(config, &Heap::bounded(config.window))?;
        let shared = Shared { circuit, waiting: Vec::new(), next_id: 0 };
        Ok(Self { shared: Arc::new(Lock::new(shared)) })
    }

    /// Runs `future` if the breaker lets a call through: an `Err` counts as a failure, and so does
    /// a panic. Dropping it half-way counts as nothing.
    ///
    /// # Errors
    /// What `future` failed with; or [`Open`], and `future` was not polled.
    pub async fn call_on<T, F, O, E>(&self, timer: &T, future: F) -> Result<O, BreakerError<E>>
    where
        T: Timer,
        F: Future<Output = Result<O, E>>,
    {
        self.call_with_on(timer, by_result, future).await
    }

    /// [`call_on`](Self::call_on) with a judgement of the caller's own on what came out.
    ///
    /// # Errors
    /// What `future` failed with; or [`Open`], and `future` was not polled.
    pub async fn call_with_on<T, C, F, O, E>(
        &self,
        timer: &T,
        classify: C,
        future: F,
    ) -> Result<O, BreakerError<E>>
    where
        T: Timer,
        C: FnMut(&Result<O, E>) -> Outcome,
        F: Future<Output = Result<O, E>>,
    {
        let permit = self.acquire(timer.now())?;
        let guarded = Guarded::new(self.clone(), permit, timer.clone(), classify, future);
        guarded.await.map_err(BreakerError::Failed)
    }

    /// Lets a call through that begins at `now`.
    ///
    /// # Errors
    /// [`Open`] when it must not be made.
    pub fn acquire(&self, now: Instant) -> Result<CallPermit, Open> {
        let pass = self.step(|circuit| circuit.acquire(now))?;
        Ok(CallPermit { breaker: self.clone(), pass: Some(pass) })
    }

    /// Waits until a call would be let through. It takes no permit: somebody else may be quicker.
    pub fn ready_on<T: Timer>(&self, timer: &T) -> Ready<T> {
        let (breaker, place) = (self.clone(), self.place());
        Ready { timer: timer.clone(), breaker, place, alarm: Alarm::new() }
    }

    /// Whether calls are let through.
    pub fn state(&self) -> CircuitState {
        self.shared.with(|shared| shared.circuit.state())
    }

    /// How often it has opened.
    pub fn trips(&self) -> u64 {
        self.shared.with(|shared| shared.circuit.trips())
    }

    /// One step of the rule. Those who wait are woken when it came into another phase; outside the
    /// lock, because a waker is code of others.
    fn step<R>(&self, step: impl FnOnce(&mut Circuit<Heap>) -> R) -> R {
        let (result, woken) = self.shared.with(|shared| {
            let before = shared.circuit.generation();
            let result = step(&mut shared.circuit);
            let moved = shared.circuit.generation() != before;
            (result, if moved { mem::take(&mut shared.waiting) } else { Vec::new() })
        });
        woken.into_iter().for_each(|(_, waker)| waker.wake());
        result
    }

    /// Gives a pass back. A trial call is then free for somebody who waits.
    fn release(&self, pass: Pass) {
        let woken = self.shared.with(|shared| {
            shared.circuit.release(pass);
            mem::take(&mut shared.waiting)
        });
        woken.into_iter().for_each(|(_, waker)| waker.wake());
    }
}

/// Its phase and the calls that it judged. Who shares the breaker saves it with each stream.
#[cfg(feature = "snapshot")]
impl Snapshot for CircuitBreaker {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.shared.with(|shared| shared.circuit.save(to))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.step(|circuit| circuit.restore(from))
    }
}

/// A call that a breaker let through. Dropping it counts as nothing, as for a call that was
/// cancelled.
#[must_use = "a permit that is dropped counts as a cancelled call"]
pub struct CallPermit {
    breaker: CircuitBreaker,
    pass: Option<Pass>,
}

impl CallPermit {
    /// Tells what the call came to at `now`.
    pub fn record(mut self, outcome: Outcome, now: Instant) {
        match self.pass.take() {
            // A trial call that counts as nothing is free for another.
            Some(pass) if outcome == Outcome::Ignore => self.breaker.release(pass),
            Some(pass) => self.breaker.step(|circuit| circuit.record(pass, outcome, now)),
            None => {}
        }
    }
}

impl Drop for CallPermit {
    fn drop(&mut self) {
        if let Some(pass) = self.pass.take() {
            self.breaker.release(pass);
        }
    }
}

/// Why a call through a breaker brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerError<E> {
    /// It was not made.
    Open(Open),
    /// It was made, and failed.
    Failed(E),
}

impl<E> From<Open> for BreakerError<E> {
    fn from(open: Open) -> Self {
        Self::Open(open)
    }
}

impl<E: fmt::Display> fmt::Display for BreakerError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(open) => open.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for BreakerError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Open(_) => None,
            // It speaks for that error, which is not named as a cause again.
            Self::Failed(error) => error.source(),
        }
    }
}

pin_project! {
    /// The future of [`CircuitBreaker::ready_on`]. It can be polled again after it was ready.
    #[must_use = "futures do nothing unless polled"]
    pub struct Ready<T>
    where
        T: Timer,
    {
        timer: T,
        breaker: CircuitBreaker,
        place: Place,
        #[pin]
        alarm: Alarm<T>,
    }
}

/// A place among those who wait for a breaker.
pub struct Place {
    breaker: CircuitBreaker,
    id: Option<u64>,
}

impl Place {
    /// Looks and, unless a call would be let through, takes a place: under one lock, so that no
    /// wake falls in between.
    fn poll(&mut self, now: Instant, cx: &Context<'_>) -> Result<(), Open> {
        let mut waker = Some(cx.waker().clone());
        let id = &mut self.id;
        let (looked, _left) = self.breaker.shared.with(|shared| {
            let open = match shared.circuit.ready(now) {
                Ok(()) => return (Ok(()), None),
                Err(open) => open,
            };
            let own = *id.get_or_insert_with(|| {
                shared.next_id += 1;
                shared.next_id
            });
            let left = match shared.waiting.iter_mut().find(|(other, _)| *other == own) {
                Some((_, old)) => waker.take().map(|waker| mem::replace(old, waker)),
                None => {
                    shared.waiting.extend(waker.take().map(|waker| (own, waker)));
                    None
                }
            };
            (Err(open), left)
        });
        looked
    }

    fn leave(&mut self) {
        let Some(id) = self.id.take() else { return };
        let _left = self.breaker.shared.with(|shared| {
            let at = shared.waiting.iter().position(|(other, _)| *other == id)?;
            Some(shared.waiting.swap_remove(at))
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Breaker for CircuitBreaker {
    type Permit = CallPermit;
    type Place = Place;

    #[inline]
    fn acquire(&mut self, now: Instant) -> Result<CallPermit, Open> {
        Self::acquire(self, now)
    }
    #[inline]
    fn record(&mut self, permit: CallPermit, outcome: Outcome, now: Instant) {
        permit.record(outcome, now);
    }
    fn place(&self) -> Place {
        Place { breaker: self.clone(), id: None }
    }
    #[inline]
    fn look(&mut self, place: &mut Place, now: Instant, cx: &Context<'_>) -> Result<(), Open> {
        place.poll(now, cx)
    }
    fn leave(&mut self, place: &mut Place) {
        place.leave();
    }
}

impl<T: Timer> Future for Ready<T> {
    type Output = ();
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        poll_ready(this.breaker, this.place, this.timer, this.alarm, cx).map(drop)
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.with(|shared| {
            f.debug_struct("CircuitBreaker")
                .field("circuit", &shared.circuit)
                .field("waiting", &shared.waiting.len())
                .finish()
        })
    }
}

impl fmt::Debug for CallPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallPermit(..)")
    }
}

impl<T: Timer> fmt::Debug for Ready<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("breaker", &self.breaker).finish_non_exhaustive()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("id", &self.id).finish_non_exhaustive()
    }
}
