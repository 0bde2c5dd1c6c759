//! Windows over the items of each key, by their count.

#[cfg(feature = "snapshot")]
use super::key_states::SavedState;
use super::keyed_rule::KeyedRule;
use super::step::{Step, Visit};
use crate::machine::Machine;
use crate::metrics::{Holds, LocalLosses, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{KeyOf, Keys, Lifetime, Run, Unlimited};
use crate::store::{Batch, KeyStorage, Storage};
use crate::time::Instant;
#[cfg(feature = "alloc")]
use alloc::collections::VecDeque;
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// How many items a window has, and after how many the next one begins.
///
/// ```
/// use rs2_core::op::keyed::CountWindow;
/// let pairs = CountWindow::tumbling(2).partial_last();
/// let last_three = CountWindow::sliding(3, 1);
/// # let _ = (pairs, last_three);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct CountWindow {
    size: usize,
    step: usize,
    partial_last: bool,
}

impl CountWindow {
    /// Each item is in one window.
    ///
    /// # Panics
    /// When `size` is zero.
    #[track_caller]
    pub const fn tumbling(size: usize) -> Self {
        Self::sliding(size, size)
    }

    /// A window begins after every `step` items. With a `step` above `size`, items between two
    /// windows are in none.
    ///
    /// # Panics
    /// When `size` or `step` is zero.
    #[track_caller]
    pub const fn sliding(size: usize, step: usize) -> Self {
        assert!(size > 0 && step > 0, "a window must have items, and the next must be another");
        Self { size, step, partial_last: false }
    }

    /// How many items a window has.
    pub const fn size(self) -> usize {
        self.size
    }

    /// At the end, items that no window has shown make one with fewer.
    pub const fn partial_last(self) -> Self {
        Self { partial_last: true, ..self }
    }
}

/// The rule of [`keyed_window_rs2`](super::KeyedExt::keyed_window_in_rs2).
pub struct KeyedWindow<T, K, G, F, St, Ws, L = Unlimited>
where
    K: Hash + Eq,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    keyed: KeyedRule<T, K, G, Windows<F, Ws>, St, L>,
    // After the end: the last windows, in the order in which their keys came. Without an allocator
    // they stay where they are, and are searched for.
    #[cfg(feature = "alloc")]
    last: VecDeque<Window<T, Ws::Batch<T>>>,
    #[cfg(not(feature = "alloc"))]
    ends: bool,
}

/// What is made of a window: every closure `|items: &[T]| -> R`.
pub trait WindowFn<T> {
    /// What is made.
    type Out;
    /// Makes it.
    fn call(&mut self, items: &[T]) -> Self::Out;
}

impl<T, R, F: FnMut(&[T]) -> R> WindowFn<T> for F {
    type Out = R;
    #[inline]
    fn call(&mut self, items: &[T]) -> R {
        self(items)
    }
}

/// The step of [`KeyedWindow`].
pub struct Windows<F, Ws> {
    memory: Ws,
    shape: CountWindow,
    f: F,
    keys: u64,
}

/// The window that a key is at.
pub struct Window<T, B> {
    /// The number of the key: how many came before it.
    key: u64,
    run: Run<T, B>,
    /// Items that are in no window, still to come.
    skip: usize,
    /// Items of the run that no window has shown.
    unseen: usize,
}

impl<T, F: WindowFn<T>, Ws: Storage> Step<T> for Windows<F, Ws> {
    type State = Window<T, Ws::Batch<T>>;
    type Out = F::Out;
    const NAME: &'static str = "keyed_window";
    const ONE_EACH: bool = false;

    fn begin(&self) -> Self::State {
        let run = Run::of(self.memory.small_batch());
        Window { key: self.keys, run, skip: 0, unseen: 0 }
    }

    #[inline]
    fn step(
        &mut self,
        item: T,
        window: &mut Self::State,
        visit: Visit,
        _losses: &mut LocalLosses,
    ) -> Option<F::Out> {
        self.keys += u64::from(visit.is_new);
        if window.skip > 0 {
            window.skip -= 1;
            return None;
        }
        let pushed = window.run.push(item);
        debug_assert!(pushed.is_ok(), "there is room for a window");
        window.unseen += 1;
        if window.run.len() < self.shape.size {
            return None;
        }
        let out = self.f.call(window.run.items());
        window.run.drop_first(self.shape.step);
        window.skip = self.shape.step.saturating_sub(self.shape.size);
        window.unseen = 0;
        Some(out)
    }
}

impl<T, K, G, F, St, Ws, L> KeyedWindow<T, K, G, F, St, Ws, L>
where
    K: Hash + Eq,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    /// `f` of each window of such a `shape`, of each key that `keys` have room for. With room for
    /// twice the items of a window in `windows`, each is moved once; with less, more often.
    ///
    /// # Panics
    /// When `windows` have no room for the items of one.
    #[track_caller]
    pub fn new<C>(keys: Keys<St, L, C>, windows: Ws, shape: CountWindow, key_of: G, f: F) -> Self {
        assert!(windows.capacity() >= shape.size, "a window must find room");
        let step = Windows { memory: windows, shape, f, keys: 0 };
        Self {
            keyed: KeyedRule::new(keys, key_of, step),
            #[cfg(feature = "alloc")]
            last: VecDeque::new(),
            #[cfg(not(feature = "alloc"))]
            ends: false,
        }
    }

    /// How many windows go out although no further item comes, as far as they are known.
    fn last(&self) -> usize {
        #[cfg(feature = "alloc")]
        return self.last.len();
        #[cfg(not(feature = "alloc"))]
        return 0;
    }
}

impl<T, K, G, F, St, Ws, L> Machine for KeyedWindow<T, K, G, F, St, Ws, L>
where
    K: Hash + Eq,
    G: KeyOf<T, Key = K>,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    type In = T;
    type Out = F::Out;

    #[inline]
    fn on_item(&mut self, now: Instant, item: T) -> Option<F::Out> {
        self.keyed.on_item(now, item)
    }

    fn on_deadline(&mut self, now: Instant) -> Option<F::Out> {
        self.keyed.on_deadline(now)
    }

    fn on_end(&mut self, now: Instant) -> Option<F::Out> {
        self.keyed.expire(now);
        if self.keyed.step().shape.partial_last {
            #[cfg(feature = "alloc")]
            {
                let windows = self.keyed.take_states().filter(|window| window.unseen > 0);
                self.last = windows.collect();
                self.last.make_contiguous().sort_unstable_by_key(|window| window.key);
            }
            #[cfg(not(feature = "alloc"))]
            {
                self.ends = true;
                return self.more();
            }
        }
        self.keyed.close();
        self.more()
    }

    #[inline]
    fn more(&mut self) -> Option<F::Out> {
        #[cfg(feature = "alloc")]
        let window = self.last.pop_front()?;
        #[cfg(not(feature = "alloc"))]
        let window = if self.ends {
            self.keyed.take_first(|window| (window.unseen > 0).then_some(window.key))?
        } else {
            return None;
        };
        Some(self.keyed.step().f.call(window.run.items()))
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.keyed.deadline()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.keyed.is_finished()
    }

    fn close(&mut self) {
        self.keyed.close();
    }

    fn size_hint(&self, (_, high): (usize, Option<usize>)) -> (usize, Option<usize>) {
        // An item brings a window out, or a last one of its key. A key that has items may have a
        // last window without any more.
        let windows = self.keyed.held();
        let last = self.last();
        (last, high.and_then(|high| high.checked_add(windows + last)))
    }
}

impl<T, K, G, F, St, Ws, L> Reports for KeyedWindow<T, K, G, F, St, Ws, L>
where
    K: Hash + Eq,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    fn losses(&self) -> &Losses {
        self.keyed.losses()
    }
}

impl<T, K, G, F, St, Ws, L> Holds for KeyedWindow<T, K, G, F, St, Ws, L>
where
    K: Hash + Eq,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    fn held(&self) -> usize {
        self.keyed.held() + self.last()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, G, F, St, Ws, L> Snapshot for KeyedWindow<T, K, G, F, St, Ws, L>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Serialize + DeserializeOwned,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.keyed.save(to)?;
        to.put(&(self.keyed.look_at_step().keys, self.last.len() as u64))?;
        self.last.iter().try_for_each(|window| window.save(to))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.keyed.restore(from)?;
        let (keys, last): (u64, u64) = from.take()?;
        self.keyed.step().keys = keys;
        for _ in 0..last {
            let mut window = self.keyed.step().begin();
            window.restore(from)?;
            self.last.push_back(window);
        }
        Ok(())
    }
}

#[cfg(feature = "snapshot")]
impl<T: Serialize + DeserializeOwned, B: Batch<T>> SavedState for Window<T, B> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(self.key, self.skip as u64, self.unseen as u64))?;
        self.run.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let (key, skip, unseen): (u64, u64, u64) = from.take()?;
        (self.key, self.skip, self.unseen) = (key, skip as usize, unseen as usize);
        self.run.restore(from)
    }
}

impl<T, K, G, F, St, Ws, L> fmt::Debug for KeyedWindow<T, K, G, F, St, Ws, L>
where
    K: Hash + Eq,
    F: WindowFn<T>,
    St: KeyStorage,
    Ws: Storage,
    L: Lifetime,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedWindow").field("keyed", &self.keyed).finish_non_exhaustive()
    }
}

impl<F, Ws> fmt::Debug for Windows<F, Ws> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windows").field("shape", &self.shape).finish_non_exhaustive()
    }
}

impl<T, B: Batch<T>> fmt::Debug for Window<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("items", &self.run.len()).finish_non_exhaustive()
    }
}
