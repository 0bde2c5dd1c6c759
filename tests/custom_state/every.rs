//! Every operator on a storage beside the same in memory, with a storage that works and with one
//! that fails now and then.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::state::{
    Abilities, Custom, InMemory, InMemoryStorage, OnFull, StateAccess, StateBackend, StateConfig,
    StateStorage, StorageError, StorageErrorKind,
};
use rs2_test::ManualTimer;

use super::arriving::{Item, SECOND, arriving, config, items, key};
use super::cases::cases;

/// A memory that fails at the calls that it was told.
struct Flaky {
    inner: InMemoryStorage<ManualTimer>,
    fails: Vec<bool>,
    calls: AtomicUsize,
}

impl Flaky {
    fn on(timer: &ManualTimer, fails: &[bool]) -> Arc<Self> {
        let inner = InMemoryStorage::bounded(timer.clone(), 1_000);
        Arc::new(Self { inner, fails: fails.to_vec(), calls: AtomicUsize::new(0) })
    }

    fn call(&self) -> Result<(), StorageError> {
        if fails_at(&self.fails, self.calls.fetch_add(1, Relaxed)) {
            return Err(StorageError::new(StorageErrorKind::Unavailable, "told to fail"));
        }
        Ok(())
    }
}

fn fails_at(fails: &[bool], call: usize) -> bool {
    !fails.is_empty() && fails[call % fails.len()]
}

#[async_trait]
impl StateStorage for Flaky {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.call()?;
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.call()?;
        self.inner.set(key, value).await
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        self.call()?;
        self.inner.delete(key).await
    }

    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    async fn set_with_ttl(
        &self,
        key: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<(), StorageError> {
        self.call()?;
        self.inner.set_with_ttl(key, value, ttl).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, StorageError> {
        self.call()?;
        self.inner.touch(key, ttl).await
    }
}

/// What a step found, and whether it could write.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    key: u8,
    before: Option<u32>,
    written: bool,
}

/// The steps of one operator.
type Log = Arc<Mutex<Vec<Step>>>;

/// Each step counts in the state of its key.
trait Counts: StateBackend<u8> + Sized + 'static {
    fn before(state: &StateAccess<Self>) -> impl Future<Output = Option<u32>> + Send;
    fn write(state: &StateAccess<Self>, count: u32) -> impl Future<Output = bool> + Send;

    async fn count(state: StateAccess<Self>, key: u8, log: Log) {
        let before = Self::before(&state).await;
        let written = Self::write(&state, before.unwrap_or_default() + 1).await;
        log.lock().expect("no panic").push(Step { key, before, written });
    }
}

impl Counts for InMemory {
    async fn before(state: &StateAccess<Self>) -> Option<u32> {
        state.get().await
    }
    async fn write(state: &StateAccess<Self>, count: u32) -> bool {
        state.set(&count).await.is_ok()
    }
}

impl Counts for Custom {
    async fn before(state: &StateAccess<Self>) -> Option<u32> {
        state.get().await
    }
    async fn write(state: &StateAccess<Self>, count: u32) -> bool {
        state.set(&count).await.is_ok()
    }
}

/// What came of one operator.
struct Run {
    name: &'static str,
    outputs: Vec<String>,
    steps: Vec<Step>,
    losses: Losses,
}

/// All operators over the same items, each with a time, a log and counts of its own.
struct Runs<'a, M> {
    items: &'a [Item],
    make: M,
    all: Vec<Run>,
}

macro_rules! run {
    ($runs:ident, $name:literal, |$timer:ident, $config:ident, $log:ident| $stream:expr) => {{
        let ($timer, losses, $log) = (ManualTimer::new(), Losses::new(), Log::default());
        let $config = ($runs.make)(&$timer, &losses);
        let stream = $stream.map_rs2(|output| format!("{output:?}"));
        let outputs = $timer.run(stream.collect_rs2());
        let steps = $log.lock().expect("no panic").clone();
        $runs.all.push(Run { name: $name, outputs, steps, losses });
    }};
}

/// An operator and its twin.
macro_rules! both {
    (
        $runs:ident, $plain:ident, $tries:ident, $name:literal,
        |$log:ident| ($($before:expr),*), $step:expr
    ) => {
        run!($runs, $name, |timer, config, $log| arriving(&timer, $runs.items)
            .$plain(timer.clone(), config, key, $($before,)* $step));
        run!($runs, $name, |timer, config, $log| arriving(&timer, $runs.items)
            .$tries(timer.clone(), config, key, $($before,)* $step));
    };
}

fn runs<B: Counts>(
    items: &[Item],
    timeout: Duration,
    make: impl Fn(&ManualTimer, &Losses) -> StateConfig<B>,
) -> Vec<Run> {
    let mut runs = Runs { items, make, all: Vec::new() };
    runs.each(timeout);
    runs.folds();
    runs.collected();
    runs.limits();
    runs.joins();
    runs.all
}

impl<B: Counts, M: Fn(&ManualTimer, &Losses) -> StateConfig<B>> Runs<'_, M> {
    fn each(&mut self, timeout: Duration) {
        both!(
            self,
            stateful_map_on_rs2,
            try_stateful_map_on_rs2,
            "map",
            |log| (),
            async |item, state| {
                B::count(state, key(&item), log.clone()).await;
                item
            }
        );
        both!(
            self,
            stateful_session_on_rs2,
            try_stateful_session_on_rs2,
            "session",
            |log| (timeout),
            async |item, state| {
                B::count(state, key(&item), log.clone()).await;
                item
            }
        );
        both!(
            self,
            stateful_filter_on_rs2,
            try_stateful_filter_on_rs2,
            "filter",
            |log| (),
            |item: &Item, state| {
                let counted = B::count(state, key(item), log.clone());
                let passes = item.2 > 3;
                async move {
                    counted.await;
                    passes
                }
            }
        );
    }

    fn folds(&mut self) {
        both!(
            self,
            stateful_fold_on_rs2,
            try_stateful_fold_on_rs2,
            "fold",
            |log| (0),
            async |sum: u32, item: Item, state| {
                B::count(state, key(&item), log.clone()).await;
                sum + item.2
            }
        );
        both!(
            self,
            stateful_reduce_on_rs2,
            try_stateful_reduce_on_rs2,
            "reduce",
            |log| (0),
            async |most: u32, item: Item, state| {
                B::count(state, key(&item), log.clone()).await;
                most.max(item.2)
            }
        );
    }

    fn collected(&mut self) {
        both!(
            self,
            stateful_window_on_rs2,
            try_stateful_window_on_rs2,
            "window",
            |log| (2),
            async |window: Vec<Item>, state| {
                B::count(state, key(&window[0]), log.clone()).await;
                window
            }
        );
        let windowing = Windowing::of(2).slide(3).with_tail();
        both!(
            self,
            stateful_window_with_on_rs2,
            try_stateful_window_with_on_rs2,
            "window_with",
            |log| (windowing),
            async |window: Vec<Item>, state| {
                B::count(state, key(&window[0]), log.clone()).await;
                window
            }
        );
        both!(
            self,
            stateful_group_by_on_rs2,
            try_stateful_group_by_on_rs2,
            "group_by",
            |log| (),
            async |key, items: Vec<Item>, state| {
                B::count(state, key, log.clone()).await;
                items
            }
        );
        both!(
            self,
            stateful_pattern_on_rs2,
            try_stateful_pattern_on_rs2,
            "pattern",
            |log| (),
            async |seen: Vec<Item>, state| {
                B::count(state, key(&seen[0]), log.clone()).await;
                (seen.iter().map(|item| item.2).sum::<u32>() > 10).then_some(seen)
            }
        );
    }

    /// They have no steps, and keep what they need in memory wherever the states are.
    fn limits(&mut self) {
        let minute = 60 * SECOND;
        run!(self, "deduplicate", |timer, config, log| arriving(&timer, self.items)
            .stateful_deduplicate_on_rs2(timer.clone(), config, key, minute));
        run!(self, "deduplicate", |timer, config, log| arriving(&timer, self.items)
            .try_stateful_deduplicate_on_rs2(timer.clone(), config, key, minute));
        run!(self, "throttle", |timer, config, log| arriving(&timer, self.items)
            .stateful_throttle_on_rs2(timer.clone(), config, key, 2, minute));
        run!(self, "throttle", |timer, config, log| arriving(&timer, self.items)
            .try_stateful_throttle_on_rs2(timer.clone(), config, key, 2, minute));
    }

    fn joins(&mut self) {
        let later = |&(at, key, n): &Item| (at + 1, (key + 1) % 4, n);
        let right: Vec<Item> = self.items.iter().map(later).collect();
        run!(self, "join", |timer, config, log| {
            let (left, right) = (arriving(&timer, self.items), arriving(&timer, &right));
            let pair = async |left: Item, right: Item, state| {
                B::count(state, key(&left), log.clone()).await;
                (left, right)
            };
            left.stateful_join_on_rs2(timer.clone(), right, config, key, key, pair)
        });
        run!(self, "join", |timer, config, log| {
            let (left, right) = (arriving(&timer, self.items), arriving(&timer, &right));
            let pair = async |left: Item, right: Item, state| {
                B::count(state, key(&left), log.clone()).await;
                (left, right)
            };
            left.try_stateful_join_on_rs2(timer.clone(), right, config, key, key, pair)
        });
    }
}

/// Room for all keys, so that memory and storage keep the same.
const BOUND: (usize, OnFull) = (99, OnFull::Evict);

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_storage_keeps_what_a_memory_does(items in items()) {
        let timeout = 2 * SECOND;
        let memory = runs::<InMemory>(&items, timeout, |_, losses| config(BOUND, losses));
        let storage = runs::<Custom>(&items, timeout, |timer, losses| {
            config(BOUND, losses).with_custom_storage(Flaky::on(timer, &[]))
        });
        prop_assert_eq!((memory.len(), storage.len()), (24, 24));
        for (memory, storage) in memory.iter().zip(&storage) {
            prop_assert_eq!(&memory.outputs, &storage.outputs, "{}", memory.name);
            prop_assert_eq!(&memory.steps, &storage.steps, "{}", memory.name);
            prop_assert_eq!(losses(memory), losses(storage), "{}", memory.name);
        }
    }

    /// A storage that fails changes nothing but what steps find there, and each failure is counted.
    /// What could not be read is not written over.
    #[test]
    fn failures_are_told_and_counted_and_nothing_else_is_lost(
        items in items(), fails in prop::collection::vec(prop::bool::weighted(0.2), 1..20),
    ) {
        let for_ever = |losses: &Losses| config(BOUND, losses).ttl(Duration::MAX);
        let timeout = 1_000 * SECOND;
        let memory = runs::<InMemory>(&items, timeout, |_, losses| for_ever(losses));
        let storage = runs::<Custom>(&items, timeout, |timer, losses| {
            for_ever(losses).with_custom_storage(Flaky::on(timer, &fails))
        });
        for (memory, storage) in memory.iter().zip(&storage) {
            prop_assert_eq!(&memory.outputs, &storage.outputs, "{}", memory.name);
            let keys = memory.steps.iter().map(|step| step.key);
            let (steps, failed) = replay(keys, &fails, memory.name == "session");
            prop_assert_eq!(&storage.steps, &steps, "{}", memory.name);
            let mut expected = losses(memory);
            expected.insert("Failed".to_owned(), failed);
            expected.retain(|_, count| *count > 0);
            prop_assert_eq!(losses(storage), expected, "{}", memory.name);
        }
    }
}

/// What was counted, by reason.
fn losses(run: &Run) -> BTreeMap<String, u64> {
    let reasons = [Loss::Failed, Loss::Evicted, Loss::Full, Loss::Duplicate, Loss::Suppressed];
    let counts = reasons.map(|reason| (format!("{reason:?}"), run.losses.of(reason)));
    let counts: BTreeMap<String, u64> =
        counts.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(counts.values().sum::<u64>(), run.losses.total());
    counts
}

/// The steps on these keys, and how many answers were errors, where a read `touches` or does not.
fn replay(keys: impl Iterator<Item = u8>, fails: &[bool], touches: bool) -> (Vec<Step>, u64) {
    let (mut stored, mut failed, mut calls) = (BTreeMap::new(), 0, 0);
    let mut works = || {
        calls += 1;
        !fails_at(fails, calls - 1)
    };
    let step = |key| {
        let kept: Option<u32> = stored.get(&key).copied();
        let is_read = works() && (!touches || kept.is_none() || works());
        let before = kept.filter(|_| is_read);
        let written = is_read && works();
        failed += u64::from(!is_read) + u64::from(!written);
        if written {
            stored.insert(key, before.unwrap_or_default() + 1);
        }
        Step { key, before, written }
    };
    let steps = keys.map(step).collect();
    (steps, failed)
}
