//! The forms that give items back beside those that count them: the same outputs from the same
//! items, and what is counted there comes back here.

#[path = "common/arriving.rs"]
mod arriving;
#[path = "../rs2-core/tests/common/cases.rs"]
mod cases;

use cases::cases;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arriving::{Bound, Item, SECOND, TTL, Table, arriving, bounds, config, items};
use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses, Meter, ResourceError};
use rs2_core::op::stateful::{Side, Windowing};
use rs2_core::prelude::*;
use rs2_core::state::{KeyError, KeyExtractor, OnFull, StateAccess, StateConfig, StateError};
use rs2_test::ManualTimer;

/// The key of an item, but for those with a number of eight.
#[derive(Clone, Copy)]
struct Known;

impl KeyExtractor<Item> for Known {
    type Key = u8;

    fn try_key(&self, item: &Item) -> Result<u8, KeyError> {
        if item.2 == 8 { Err(missing()) } else { Ok(item.1) }
    }
}

fn missing() -> KeyError {
    KeyError::Missing("key".to_owned())
}

/// What the two forms came to: the outputs of both, and what came back.
struct Twins<R, T> {
    outputs: Vec<R>,
    back: Vec<StateError<T>>,
}

/// Runs both, and checks that they agree.
fn twins<R, T, P, Q>(
    bound: Bound,
    plain: impl Fn(&ManualTimer, StateConfig) -> P,
    tries: impl Fn(&ManualTimer, StateConfig) -> Q,
) -> Twins<R, T>
where
    R: Debug + PartialEq,
    P: Stream<Item = R>,
    Q: Stream<Item = Result<R, StateError<T>>>,
{
    let (timer, counted) = (ManualTimer::new(), Losses::new());
    let expected: Vec<R> = timer.run(plain(&timer, config(bound, &counted)).collect_rs2());
    let (timer, losses) = (ManualTimer::new(), Losses::new());
    let all: Vec<_> = timer.run(tries(&timer, config(bound, &losses)).collect_rs2());
    let (mut outputs, mut back) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            Ok(output) => outputs.push(output),
            Err(error) => back.push(error),
        }
    }
    assert_eq!(outputs, expected);
    let without = back.iter().filter(|error| matches!(error, StateError::NoKey { .. })).count();
    let full = (back.len() - without) as u64;
    assert_eq!(counted.of(Loss::NoKey), without as u64);
    assert_eq!(counted.of(Loss::Full) + u64::from(counted.is_stopped()), full);
    assert_eq!((losses.of(Loss::Full), losses.of(Loss::NoKey)), (0, 0));
    assert_eq!(losses.is_stopped(), counted.is_stopped());
    assert_eq!(losses.of(Loss::Evicted), counted.of(Loss::Evicted));
    Twins { outputs, back }
}

/// What comes back where a key is forgotten so long after its last item, or when `forgets` says so.
fn refused(
    items: &[Item],
    bound: Bound,
    ttl: u64,
    forgets: impl Fn(&[Item]) -> bool,
) -> Vec<StateError<Item>> {
    let mut table = Table::<Vec<Item>>::new(bound, ttl);
    let mut back = Vec::new();
    for &item in items {
        if item.2 == 8 {
            back.push(StateError::NoKey { item, error: missing() });
            continue;
        }
        match table.write(item.1, item.0) {
            Some(seen) => {
                seen.push(item);
                if forgets(seen) {
                    table.forget(item.1);
                }
            }
            None => back.push(StateError::Full(item)),
        }
        if table.stopped {
            break;
        }
    }
    back
}

fn exceeds(seen: &[Item]) -> bool {
    seen.iter().map(|item| item.2).sum::<u32>() > 10
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn folds(items in items(), bound in bounds()) {
        let add = async |sum: u32, item: Item, _: StateAccess| sum + item.2;
        let back = twins(
            bound,
            |timer, config| {
                let items = arriving(timer, &items);
                items.stateful_reduce_on_rs2(timer.clone(), config, Known, 0, add)
            },
            |timer, config| {
                let items = arriving(timer, &items);
                items.try_stateful_reduce_on_rs2(timer.clone(), config, Known, 0, add)
            },
        ).back;
        prop_assert_eq!(back, refused(&items, bound, TTL, |_| false));
    }

    #[test]
    fn windows(items in items(), bound in bounds(), size in 1_usize..4, slide in 1_usize..5) {
        let same = async |window: Vec<Item>, _: StateAccess| window;
        let by_one = twins(
            bound,
            |timer, config| {
                let items = arriving(timer, &items);
                items.stateful_window_on_rs2(timer.clone(), config, Known, size, same)
            },
            |timer, config| {
                let items = arriving(timer, &items);
                items.try_stateful_window_on_rs2(timer.clone(), config, Known, size, same)
            },
        );
        let nothing_is_left = |_: &[Item]| size == 1;
        prop_assert_eq!(by_one.back, refused(&items, bound, TTL, nothing_is_left));
        let windowing = Windowing::of(size).slide(slide).with_tail();
        let back = twins(
            bound,
            |timer, config| {
                let items = arriving(timer, &items);
                items.stateful_window_with_on_rs2(timer.clone(), config, Known, windowing, same)
            },
            |timer, config| {
                let items = arriving(timer, &items);
                items.try_stateful_window_with_on_rs2(timer.clone(), config, Known, windowing, same)
            },
        ).back;
        let nothing_is_left =
            |seen: &[Item]| slide >= size && seen.len().is_multiple_of(slide);
        prop_assert_eq!(back, refused(&items, bound, TTL, nothing_is_left));
    }

    #[test]
    fn patterns(items in items(), bound in bounds()) {
        let find = async |seen: Vec<Item>, _: StateAccess| exceeds(&seen).then_some(seen);
        let back = twins(
            bound,
            |timer, config| {
                let items = arriving(timer, &items);
                items.stateful_pattern_on_rs2(timer.clone(), config, Known, find)
            },
            |timer, config| {
                let items = arriving(timer, &items);
                items.try_stateful_pattern_on_rs2(timer.clone(), config, Known, find)
            },
        ).back;
        prop_assert_eq!(back, refused(&items, bound, TTL, exceeds));
    }

    /// An item is in a group, or it comes back.
    #[test]
    fn groups(items in items(), bound in bounds()) {
        let same = async |_, items: Vec<Item>, _: StateAccess| items;
        let Twins { outputs, back } = twins(
            bound,
            |timer, config| {
                let items = arriving(timer, &items);
                items.stateful_group_by_on_rs2(timer.clone(), config, Known, same)
            },
            |timer, config| {
                let items = arriving(timer, &items);
                items.try_stateful_group_by_on_rs2(timer.clone(), config, Known, same)
            },
        );
        if bound.1 != OnFull::Stop {
            let back = back.into_iter().map(StateError::into_item);
            let mut all: Vec<Item> = outputs.into_iter().flatten().chain(back).collect();
            let mut expected = items.clone();
            all.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(all, expected);
        }
    }

    #[test]
    fn joins(left in items(), right in items(), bound in bounds()) {
        let both = async |left: Item, right: Item, _: StateAccess| (left, right);
        let spread = |items: &[Item], by| -> Vec<Item> {
            items.iter().map(|(at, key, n)| (2 * at + by, *key, *n)).collect()
        };
        let (left, right) = (spread(&left, 0), spread(&right, 1));
        let back = twins(
            bound,
            |timer, config| {
                let (left, right) = (arriving(timer, &left), arriving(timer, &right));
                left.stateful_join_on_rs2(timer.clone(), right, config, Known, Known, both)
            },
            |timer, config| {
                let (left, right) = (arriving(timer, &left), arriving(timer, &right));
                left.try_stateful_join_on_rs2(timer.clone(), right, config, Known, Known, both)
            },
        ).back;
        let mut all: Vec<Item> = left.iter().chain(&right).copied().collect();
        all.sort_by_key(|item| item.0);
        let back: Vec<_> = back.into_iter().map(of_either).collect();
        prop_assert_eq!(back, refused(&all, bound, TTL, |_| false));
    }

    /// With a place for each key there is room for the state of each session, and without one a
    /// session that would begin comes back.
    #[test]
    fn sessions(items in items(), keys in 1_usize..6, timeout in 1_u64..6) {
        let count = async |_, state: StateAccess| {
            state.update(|count: &mut u32| { *count += 1; *count }).await.expect("it runs")
        };
        let bound = (keys, OnFull::Reject);
        let (timer, losses) = (ManualTimer::new(), Losses::new());
        let timeout_secs = timeout as u32 * SECOND;
        let counts = arriving(&timer, &items).try_stateful_session_on_rs2(
            timer.clone(), config(bound, &losses), Known, timeout_secs, count,
        );
        let counts: Vec<Result<u32, StateError<Item>>> = timer.run(counts.collect_rs2());
        let back: Vec<_> = counts.iter().filter_map(|one| one.clone().err()).collect();
        prop_assert_eq!(back, refused(&items, bound, timeout, |_| false));
        prop_assert_eq!(losses.total(), 0);
        let mut table = Table::<u32>::new(bound, timeout);
        let due: Vec<u32> = items.iter().filter(|item| item.2 != 8).filter_map(|item| {
            table.write(item.1, item.0).map(|count| { *count += 1; *count })
        }).collect();
        prop_assert_eq!(counts.into_iter().flatten().collect::<Vec<u32>>(), due);
    }
}

fn of_either(error: StateError<Side<Item, Item>>) -> StateError<Item> {
    let item = |side| match side {
        Side::Left(item) | Side::Right(item) => item,
    };
    match error {
        StateError::Full(side) => StateError::Full(item(side)),
        StateError::NoKey { item: side, error } => StateError::NoKey { item: item(side), error },
        other => panic!("nothing exceeds a limit here: {other}"),
    }
}

/// A meter that refuses keys as it was told, however much room there is.
#[derive(Debug)]
struct Fickle {
    refuses: Vec<bool>,
    asked: AtomicUsize,
}

impl Fickle {
    fn new(refuses: &[bool]) -> Self {
        Self { refuses: refuses.to_vec(), asked: AtomicUsize::new(0) }
    }
}

impl Meter for Fickle {
    fn allocate(&self, _bytes: u64) -> Result<(), ResourceError> {
        Ok(())
    }
    fn release(&self, _bytes: u64) {}
    fn key_created(&self) -> Result<(), ResourceError> {
        let asked = self.asked.fetch_add(1, Relaxed);
        let refuses = self.refuses.get(asked % self.refuses.len());
        if refuses == Some(&true) { Err(ResourceError::MaxKeysExceeded) } else { Ok(()) }
    }
    fn key_removed(&self) {}
    fn overflow(&self) -> Result<(), ResourceError> {
        Ok(())
    }
    fn is_open(&self) -> bool {
        false
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Also where room was made and somebody else took it.
    #[test]
    fn what_a_meter_refuses_comes_back(
        items in items(), bound in bounds(), refuses in prop::collection::vec(any::<bool>(), 1..9),
    ) {
        let meter = || Fickle::new(&refuses);
        let same = async |items: Vec<Item>, _: StateAccess| items;
        twins(
            bound,
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.stateful_window_on_rs2(timer.clone(), config, Known, 2, same)
            },
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.try_stateful_window_on_rs2(timer.clone(), config, Known, 2, same)
            },
        );
        let find = async |seen: Vec<Item>, _: StateAccess| exceeds(&seen).then_some(seen);
        twins(
            bound,
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.stateful_pattern_on_rs2(timer.clone(), config, Known, find)
            },
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.try_stateful_pattern_on_rs2(timer.clone(), config, Known, find)
            },
        );
        let group = async |_, items: Vec<Item>, _: StateAccess| items;
        let Twins { outputs, back } = twins(
            bound,
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.stateful_group_by_on_rs2(timer.clone(), config, Known, group)
            },
            |timer, config| {
                let (items, config) = (arriving(timer, &items), config.with_meter(meter()));
                items.try_stateful_group_by_on_rs2(timer.clone(), config, Known, group)
            },
        );
        if bound.1 != OnFull::Stop {
            let back = back.into_iter().map(StateError::into_item);
            let mut all: Vec<Item> = outputs.into_iter().flatten().chain(back).collect();
            let mut expected = items.clone();
            all.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(all, expected);
        }
    }
}
