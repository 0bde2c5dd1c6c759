//! Snapshots of what stateful operators hold themselves: from any step on, a restored stream goes
//! on as the saved one does.
#![cfg(feature = "snapshot")]

#[path = "../rs2-core/tests/common/cases.rs"]
mod cases;
#[path = "../rs2-core/tests/common/snapshots.rs"]
mod snapshots;

use cases::cases;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::state::{OnStateFull, StateAccess, StateConfig, TtlFrom};
use rs2_core::time::{Clock, NoTimer};
use rs2_test::ManualTimer;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
use std::future::{Ready, pending, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

type Item = (u8, u32);

const MINUTE: Duration = Duration::from_secs(60);

fn source(items: &[Item]) -> impl Stream<Item = Item> + Snapshot + Unpin + use<> {
    from_iter(items.to_vec()).replayable_rs2()
}

fn key(item: &Item) -> u8 {
    item.0
}

fn config(keys: usize) -> StateConfig {
    StateConfig::new().max_size(keys).max_per_key(3)
}

fn same(items: Vec<Item>, _: StateAccess) -> Ready<Vec<Item>> {
    ready(items)
}

fn anywhere<S>(build: impl Fn() -> S)
where
    S: Stream<Item: std::fmt::Debug + PartialEq> + Snapshot + Holds,
{
    goes_on_from_anywhere(&build);
    keeps_nothing_at_the_end(build());
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn each_goes_on_from_anywhere(
        items in prop::collection::vec((0_u8..4, 0_u32..9), 0..12),
        keys in 1_usize..5,
        (size, slide) in (1_usize..4, 1_usize..5),
    ) {
        let config = || config(keys);
        anywhere(|| {
            let add = |sum: u32, item: Item, _: StateAccess| ready(sum + item.1);
            source(&items).stateful_fold_on_rs2(NoTimer, config(), key, 0, add)
        });
        anywhere(|| {
            let windows = Windowing::of(size).slide(slide).with_tail();
            source(&items).stateful_window_with_on_rs2(NoTimer, config(), key, windows, same)
        });
        anywhere(|| {
            let group = |_, items: Vec<Item>, _: StateAccess| ready(items);
            source(&items).stateful_group_by_on_rs2(NoTimer, config(), key, group)
        });
        anywhere(|| {
            let find = |seen: Vec<Item>, _: StateAccess| {
                ready((seen.len() == size).then_some(seen))
            };
            source(&items).stateful_pattern_on_rs2(NoTimer, config(), key, find)
        });
        anywhere(|| source(&items).stateful_deduplicate_on_rs2(NoTimer, config(), key, MINUTE));
        anywhere(|| source(&items).stateful_throttle_on_rs2(NoTimer, config(), key, 2, MINUTE));
        anywhere(|| {
            let both = |left: Item, right: Item, _: StateAccess| ready((left, right));
            let right = source(&items[items.len() / 3..]);
            source(&items).stateful_join_on_rs2(NoTimer, right, config(), key, key, both)
        });
        let (source, step) = (|| source(&items), |item: Item, _: StateAccess| ready(item));
        let odd = |item: &Item, _: StateAccess| ready(item.1 % 2 == 1);
        anywhere(|| source().stateful_map_on_rs2(NoTimer, config(), key, step));
        anywhere(|| source().stateful_session_on_rs2(NoTimer, config(), key, MINUTE, step));
        anywhere(|| source().stateful_filter_on_rs2(NoTimer, config(), key, odd));
        anywhere(|| source().stateful_window_on_rs2(NoTimer, config(), key, size, same));
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn each_that_gives_back_goes_on_from_anywhere(
        items in prop::collection::vec((0_u8..4, 0_u32..9), 0..12), keys in 1_usize..4,
    ) {
        let config = || config(keys).on_full(OnStateFull::Reject);
        let source = || source(&items);
        let step = |item: Item, _: StateAccess| ready(item);
        let yes = |_: &Item, _: StateAccess| ready(true);
        let add = |sum: u32, item: Item, _: StateAccess| ready(sum + item.1);
        let find = |seen: Vec<Item>, _: StateAccess| ready((seen.len() == 2).then_some(seen));
        let group = |_, items: Vec<Item>, _: StateAccess| ready(items);
        let both = |left: Item, right: Item, _: StateAccess| ready((left, right));
        let timer = NoTimer;
        anywhere(|| source().try_stateful_map_on_rs2(timer, config(), key, step));
        anywhere(|| source().try_stateful_session_on_rs2(timer, config(), key, MINUTE, step));
        anywhere(|| source().try_stateful_filter_on_rs2(timer, config(), key, yes));
        anywhere(|| source().try_stateful_fold_on_rs2(timer, config(), key, 0, add));
        anywhere(|| source().try_stateful_reduce_on_rs2(timer, config(), key, 0, add));
        anywhere(|| source().try_stateful_window_on_rs2(timer, config(), key, 2, same));
        let tails = Windowing::of(2).slide(2).with_tail();
        anywhere(|| source().try_stateful_window_with_on_rs2(timer, config(), key, tails, same));
        anywhere(|| source().try_stateful_group_by_on_rs2(timer, config(), key, group));
        anywhere(|| source().try_stateful_pattern_on_rs2(timer, config(), key, find));
        anywhere(|| source().try_stateful_deduplicate_on_rs2(timer, config(), key, MINUTE));
        anywhere(|| source().try_stateful_throttle_on_rs2(timer, config(), key, 2, MINUTE));
        anywhere(|| source().try_stateful_join_on_rs2(timer, source(), config(), key, key, both));
    }

    /// Who is used and who expires need not be the same, and both decide who makes room.
    #[test]
    fn who_was_not_used_for_longest_still_goes_first(
        items in prop::collection::vec((0_u8..5, 0_u32..9), 0..16), keys in 1_usize..4,
    ) {
        anywhere(|| {
            let config = config(keys).ttl_from(TtlFrom::Creation);
            let config = config.on_full(OnStateFull::EvictUnused);
            let add = |sum: u32, item: Item, _: StateAccess| ready(sum + item.1 + 1);
            source(&items).stateful_fold_on_rs2(NoTimer, config, key, 0, add)
        });
    }
}

#[test]
fn a_group_goes_out_when_it_would_have_on_a_clock_of_another_origin() {
    let build = |timer: &ManualTimer| {
        let config = StateConfig::new().ttl(MINUTE).cleanup_interval(MINUTE);
        let group = |_, items: Vec<Item>, _: StateAccess| ready(items);
        Silent(source(&[(1, 1)])).stateful_group_by_on_rs2(timer.clone(), config, key, group)
    };
    let first_timer = ManualTimer::new();
    first_timer.advance(100 * MINUTE);
    let mut first = Box::pin(build(&first_timer));
    assert_eq!(first.next().now_or_never(), None);
    first_timer.advance(MINUTE / 3);
    let bytes = snapshot::save(&*first).expect("no step is running");

    let second_timer = ManualTimer::new();
    let mut second = build(&second_timer);
    snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
    let mut second = Box::pin(second);
    assert_eq!(second_timer.run(second.next()), Some(vec![(1, 1)]));
    assert_eq!(second_timer.now().since_origin(), MINUTE - MINUTE / 3);
}

/// A source that is silent after its last item.
struct Silent<S>(S);

impl<S: Stream + Unpin> Stream for Silent<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        match self.0.poll_next_unpin(cx) {
            Poll::Ready(None) => Poll::Pending,
            polled => polled,
        }
    }
}

impl<S: Snapshot> Snapshot for Silent<S> {
    fn save(&self, to: &mut snapshot::Writer) -> Result<(), SnapshotError> {
        self.0.save(to)
    }

    fn restore(&mut self, from: &mut snapshot::Reader<'_>) -> Result<(), SnapshotError> {
        self.0.restore(from)
    }
}

#[test]
fn a_running_step_cannot_be_saved() {
    let step = |_: Item, _: StateAccess| pending::<()>();
    let stream = source(&[(1, 1)]).stateful_map_on_rs2(NoTimer, config(9), key, step);
    let mut stream = Box::pin(stream);
    assert!(snapshot::save(&*stream).is_ok());
    assert_eq!(stream.next().now_or_never(), None);
    assert_eq!(snapshot::save(&*stream), Err(SnapshotError::Busy));
}

#[test]
fn what_a_handle_keeps_in_memory_is_refused_and_not_forgotten() {
    let step = async |item: Item, state: StateAccess| state.set(&item).await;
    let stream = source(&[(1, 1)]).stateful_map_on_rs2(NoTimer, config(9), key, step);
    let mut stream = Box::pin(stream);
    assert_eq!(stream.next().now_or_never(), Some(Some(Ok(()))));
    assert!(matches!(snapshot::save(&*stream), Err(SnapshotError::Refused(_))));
}
