//! The last items of each key, handed to a step each time that so many have come.

use super::answer::{Answer, no_key, refuse};
use super::reports::reports;
use super::steps::Steps;
use super::windowing::Windowing;
use crate::machine::{Next, StepMachine};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Kept, KeyExtractor, StateAccess, StateBackend, StateConfig};
use crate::time::Instant;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::future::Future;
use core::marker::PhantomData;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`stateful_window_rs2`](super::StatefulExt::stateful_window_on_rs2).
pub struct StatefulWindow<T, X: KeyExtractor<T>, B, F, Fut, A> {
    key: X,
    windowing: Windowing,
    f: F,
    kept: Kept<X::Key, Buffer<T>>,
    steps: Steps<X::Key, B>,
    // When the source ended.
    ended: Option<Instant>,
    shape: PhantomData<fn() -> (Fut, A)>,
}

/// The items of a key that a window to come needs.
struct Buffer<T> {
    items: VecDeque<T>,
    // How many of them no window has had.
    fresh: usize,
    // How many items to leave out before the next window begins.
    gap: usize,
}

impl<T: Clone> Buffer<T> {
    const fn new() -> Self {
        Self { items: VecDeque::new(), fresh: 0, gap: 0 }
    }

    /// Adds an item; the window that it completes.
    fn push(&mut self, item: T, windowing: Windowing) -> Option<Vec<T>> {
        if self.gap > 0 {
            self.gap -= 1;
            return None;
        }
        self.items.push_back(item);
        self.fresh += 1;
        if self.items.len() < windowing.size {
            return None;
        }
        self.fresh = 0;
        self.gap = windowing.slide.saturating_sub(windowing.size);
        let leaving = windowing.slide.min(windowing.size);
        let mut window = Vec::with_capacity(windowing.size);
        window.extend(self.items.drain(..leaving));
        window.extend(self.items.iter().cloned());
        Some(window)
    }

    /// Whether it says no more than that there is nothing.
    fn is_blank(&self) -> bool {
        self.items.is_empty() && self.gap == 0
    }
}

impl<T, X: KeyExtractor<T>, B, F, Fut, A> StatefulWindow<T, X, B, F, Fut, A> {
    /// What the steps of `f` make of the windows.
    ///
    /// # Panics
    /// When the settings cannot work.
    #[track_caller]
    pub fn new(config: &StateConfig<B>, key: X, windowing: Windowing, f: F) -> Self
    where
        B: StateBackend<X::Key>,
    {
        let steps = Steps::new(config);
        let kept = Kept::like_states(config);
        Self { key, windowing, f, kept, steps, ended: None, shape: PhantomData }
    }
}

impl<T, X, B, F, Fut, A> StepMachine for StatefulWindow<T, X, B, F, Fut, A>
where
    T: Clone,
    X: KeyExtractor<T>,
    F: FnMut(Vec<T>, StateAccess<B>) -> Fut,
    Fut: Future,
    A: Answer<T, Fut::Output>,
{
    type In = T;
    type Out = A::Out;
    type Step = Fut;

    fn on_item(&mut self, now: Instant, item: T) -> Next<Fut, A::Out> {
        let key = match self.key.try_key(&item) {
            Ok(key) => key,
            Err(error) => return Next::out(no_key::<A, _, _>(item, error, self.kept.losses())),
        };
        let lost = |buffer: &Buffer<T>| buffer.fresh.max(1) as u64;
        let Some(place) = self.kept.place_for(&key, now, Buffer::new, lost) else {
            return Next::out(refuse::<A, _, _, _, _>(&mut self.kept, item));
        };
        let Some(buffer) = self.kept.at_mut(place) else { return Next::Nothing };
        let window = buffer.push(item, self.windowing);
        if buffer.is_blank() {
            self.kept.remove(place);
        }
        self.steps.keep_clean(now, self.kept.len());
        let Some(window) = window else { return Next::Nothing };
        let access = self.steps.begin(key, now);
        Next::Step((self.f)(window, access))
    }

    fn on_step(&mut self, now: Instant, output: Fut::Output) -> Option<A::Out> {
        self.steps.end(now, self.kept.len());
        Some(A::output(output))
    }

    fn on_end(&mut self, now: Instant) -> Next<Fut, A::Out> {
        self.kept.expire(now);
        self.ended = Some(now);
        self.more()
    }

    fn more(&mut self) -> Next<Fut, A::Out> {
        let Some(now) = self.ended.filter(|_| self.windowing.tail) else { return Next::Nothing };
        while let Some((key, buffer)) = self.kept.pop_oldest() {
            if buffer.fresh > 0 {
                let access = self.steps.begin(key, now);
                return Next::Step((self.f)(buffer.items.into(), access));
            }
        }
        Next::Nothing
    }

    fn on_deadline(&mut self, now: Instant) -> Next<Fut, A::Out> {
        self.kept.expire(now);
        self.steps.clean(now, self.kept.len());
        Next::Nothing
    }

    fn close(&mut self) {
        self.kept.clear();
        self.steps.clear();
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.steps.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.kept.stopped() || self.steps.stopped()
    }

    fn size_hint(
        &self,
        (_, high): (usize, Option<usize>),
        in_step: bool,
    ) -> (usize, Option<usize>) {
        let running = usize::from(in_step);
        let tails = if self.windowing.tail { self.kept.len() } else { 0 };
        (running, high.and_then(|high| high.checked_add(running + tails)))
    }
}

reports!(
    StatefulWindow<T, X, B, F, Fut, A>,
    |this| this.kept.losses(),
    |this| this.kept.len() + this.steps.len(),
);

#[cfg(feature = "snapshot")]
impl<T, X, B, F, Fut, A> Snapshot for StatefulWindow<T, X, B, F, Fut, A>
where
    T: Serialize + DeserializeOwned,
    X: KeyExtractor<T, Key: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("stateful_window", 2)?;
        to.put_deadline(self.ended)?;
        let put = |to: &mut Writer, buffer: &Buffer<T>| {
            to.put(&(&buffer.items, buffer.fresh as u64, buffer.gap as u64))
        };
        self.kept.save(to, put)?;
        self.steps.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("stateful_window", 2)?;
        self.ended = from.take_deadline()?;
        self.kept.restore(from, |from| {
            let (items, fresh, gap): (_, u64, u64) = from.take()?;
            Ok(Buffer { items, fresh: fresh as usize, gap: gap as usize })
        })?;
        self.steps.restore(from)
    }
}
