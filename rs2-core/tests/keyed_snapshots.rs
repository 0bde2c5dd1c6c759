//! The operators that lend the state of a key: saved at any step, each goes on elsewhere as it
//! would have, timers included, and holds nothing at the end.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/timed.rs"]
mod timed;

use by_time::cases;
use proptest::prelude::*;
use rs2_core::metrics::Holds;
use rs2_core::op::keyed::*;
use rs2_core::snapshot;
use rs2_core::state::{IdleTime, Keys, TimeToLive, TtlFrom};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::NoTimer;
use std::time::Duration;
use timed::{ByHand, Item, goes_on, items};

const END: u64 = 10_000;

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key(item: &Item) -> u8 {
    item.1
}

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn living(capacity: usize, ttl: u64, from: TtlFrom) -> Keys<SeededHeap, TimeToLive> {
    Keys::of(heap(capacity)).ttl_on(NoTimer, ns(ttl)).ttl_from(from)
}

/// As the throttle and the session have them.
fn idle(capacity: usize, ttl: u64) -> Keys<SeededHeap, IdleTime> {
    Keys::of(heap(capacity)).ttl_on(NoTimer, ns(ttl))
}

fn last_of(sum: &mut Vec<usize>, item: Item) -> Vec<usize> {
    sum.push(item.0);
    sum.clone()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn each_step(
        items in items(5, 16), room in 1_usize..6, ttl in 1_u64..9, n in 1_usize..4,
    ) {
        let seen = |item: Item, seen: &mut Vec<usize>| last_of(seen, item);
        let odd = |_: &Item, odd: &mut bool| { *odd = !*odd; *odd };
        let add = |item: Item, sum: &mut Item| sum.0 = sum.0 * 2 + item.0;
        let find = |run: &[Item]| (run.len() > 2).then(|| run.to_vec());
        let used = TtlFrom::LastUse;
        let keys = || Keys::of(heap(room));
        goes_on(|| KeyedRule::new(keys(), key, KeyedMap::new(seen)), &items, END);
        goes_on(|| KeyedRule::new(living(room, ttl, used), key, KeyedMap::new(seen)), &items, END);
        goes_on(|| KeyedRule::new(keys(), key, KeyedFilter::new(odd)), &items, END);
        goes_on(|| KeyedRule::new(keys(), key, KeyedReduce::new(add)), &items, END);
        let pattern = || KeyedPattern::new(Heap::bounded(n), find);
        goes_on(|| KeyedRule::new(keys(), key, pattern()), &items, END);
        for from in [used, TtlFrom::Creation] {
            goes_on(|| KeyedRule::new(living(room, ttl, from), key, KeyedDeduplicate), &items, END);
        }
        let throttle = || KeyedThrottle::new(Heap::bounded(n), ns(ttl));
        goes_on(|| KeyedRule::new(idle(room, ttl), key, throttle()), &items, END);
    }

    #[test]
    fn states_of_which_many_were_last_used_at_one_time(
        items in items(30, 60), room in 1_usize..20, ttl in 1_u64..40,
    ) {
        let seen = |item: Item, seen: &mut Vec<usize>| last_of(seen, item);
        goes_on(|| KeyedRule::new(idle(room, ttl), key, KeyedMap::new(seen)), &items, END);
    }

    #[test]
    fn windows_and_groups(
        items in items(5, 16), room in 1_usize..6, size in 1_usize..4, step in 1_usize..5,
    ) {
        let shape = CountWindow::sliding(size, step).partial_last();
        let windows = Heap::bounded(size);
        let copy = <[Item]>::to_vec;
        let window = || KeyedWindow::new(heap(room).into(), windows, shape, key, copy);
        goes_on(window, &items, END);
        let group = |key: u8, items: Vec<Item>, groups: &mut u32| {
            *groups += 1;
            (key, items, *groups)
        };
        let build = || KeyedGroupBy::new(heap(room).into(), Heap::bounded(size), key, group);
        goes_on(build, &items, END);
    }

    /// A new place knows what has expired, though no item ever came there.
    #[test]
    fn restored_states_expire_without_an_item(items in items(5, 16), ttl in 1_u64..9) {
        let build = || {
            let fold = KeyedFold::new((), |_: Item, _: &mut ()| ());
            ByHand::new(KeyedRule::new(living(9, ttl, TtlFrom::LastUse), key, fold))
        };
        let (mut first, mut second) = (build(), build());
        first.feed_all(&items);
        let bytes = snapshot::save(&first.machine).expect("nothing runs");
        snapshot::restore(&mut second.machine, &bytes).expect("the bytes are whole");
        prop_assert_eq!(second.machine.held(), first.machine.held());
        second.until(END);
        prop_assert_eq!(second.machine.held(), 0);
    }

    #[test]
    fn sessions(items in items(5, 24), room in 1_usize..6, gap in 1_u64..9) {
        let add = |item: Item, seen: &mut Vec<usize>| seen.push(item.0);
        let build = || KeyedSessionFold::new(heap(room).into(), ns(gap), key, add);
        goes_on(build, &items, END);
    }
}
