//! How many bytes the operators for devices take, with or without an allocator beside them.
#![cfg(feature = "heapless")]

use rs2_core::aggregate::{CollectIn, Count, Mean};
use rs2_core::metrics::{Footprint, Losses};
use rs2_core::op::event_time::{DedupConfig, SessionConfig, TimeWindowConfig};
use rs2_core::op::keyed::{CountWindow, KeyedDeduplicate, KeyedThrottle};
use rs2_core::op::recover::{RetryConfig, RetryPolicy};
use rs2_core::op::resilience::{Circuit, CircuitBreakerConfig, Gcra, KeyedLimit, SlidingLog};
use rs2_core::prelude::*;
use rs2_core::state::ApproxKeys;
use rs2_core::statistics::{Cusum, Ewma, Hampel, Moments, P2Quantile};
use rs2_core::store::{Inline, SeededInline};
use rs2_core::time::{Instant, NoTimer};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// An item, of eight bytes.
type Item = u64;

fn source() -> impl Stream<Item = Item> + Clone {
    from_iter([0, 1, 2])
}

fn key(item: &Item) -> Item {
    *item
}

fn time(item: &Item) -> EventTime {
    EventTime::from_micros(*item as i64)
}

/// What a stream says, which is what it takes.
fn bytes<S: Footprint>(stream: &S) -> usize {
    assert_eq!(S::BYTES, size_of_val(stream));
    S::BYTES
}

/// Its name, what it takes, and the least that each item or key it has room for does.
type Row = (&'static str, usize, usize);

const ITEM: usize = size_of::<Item>();
const ITEM_AND_STATE: usize = 2 * ITEM;

/// Operators with room for `N` items.
fn of_items<const N: usize>(room: Inline<N>) -> Vec<Row> {
    let windows = TimeWindowConfig::tumbling(SECOND, SECOND).expect("a length that works");
    let mean = rs2_core::aggregate::of(|item: &Item| *item as f64, Mean);
    let items = CollectIn::new(Inline::<3>::new(), Losses::new());
    let means = source().aggregate_by_time_in_rs2(room, windows, time, mean);
    let whole = source().aggregate_by_time_in_rs2(room, windows, time, items);
    let later = source().delay_in_on_rs2(room, NoTimer, SECOND);
    let calls = source().par_eval_map_inline_in_rs2(room, std::future::ready);
    let config = CircuitBreakerConfig::new().window(N).min_calls(1);
    let circuit = Circuit::new(config, &room).expect("the window fits");
    vec![
        ("chunk", bytes(&source().chunk_in_rs2(room)), ITEM),
        ("chunk_within", bytes(&source().chunk_within_in_rs2(NoTimer, room, SECOND)), ITEM),
        ("chunk_by_weight", bytes(&source().chunk_by_weight_in_rs2(room, 9, |_| 1)), ITEM),
        ("group_adjacent_by", bytes(&source().group_adjacent_by_in_rs2(room, key)), ITEM),
        ("sliding_window", bytes(&source().sliding_window_in_rs2(room)), ITEM),
        ("delay", bytes(&later), size_of::<(Instant, Item)>()),
        ("spaced", bytes(&source().spaced_in_on_rs2(room, NoTimer, SECOND)), ITEM),
        ("par_eval_map", bytes(&calls), ITEM_AND_STATE),
        ("window by time", bytes(&means), ITEM_AND_STATE),
        ("items of a window by time", bytes(&whole), 3 * ITEM),
        ("circuit breaker", size_of_val(&circuit), 2),
        ("sliding log", size_of::<SlidingLog<Inline<N>>>(), size_of::<Instant>()),
    ]
}

/// Operators with room for `N` keys, and for two items of each where they keep those.
fn of_keys<const N: usize>(keys: SeededInline<N>) -> Vec<Row> {
    let two = Inline::<2>::new();
    let once = DedupConfig { within: SECOND, watermark_delay: SECOND };
    let map = |item: Item, _: &mut Item| item;
    let fold = |item: Item, sum: &mut Item| *sum += item;
    let filter = |_: &Item, _: &mut Item| true;
    let found = |items: &[Item]| (items.len() > 1).then_some(());
    let pairs = CountWindow::tumbling(2);
    let windows = source().keyed_window_in_rs2(keys, two, pairs, key, <[Item]>::len);
    let sessions = source().keyed_session_fold_on_rs2(NoTimer, keys, SECOND, key, fold);
    let rules = SessionConfig { gap: SECOND, watermark_delay: SECOND };
    let by_time = source().aggregate_sessions_by_time_in_rs2(keys, rules, key, time, Count);
    let minutes = TimeWindowConfig::tumbling(60 * SECOND, SECOND).expect("a length that works");
    let of_key = source().aggregate_keyed_by_time_in_rs2(keys, minutes, key, time, Count);
    let first = source().deduplicate_by_time_in_rs2(keys, once, key, time);
    let throttled = source().keyed_in_rs2(keys, key, KeyedThrottle::new(two, SECOND));
    let patterns = source().keyed_pattern_in_rs2(keys, two, key, found);
    let limit = size_of::<KeyedLimit<Item, SeededInline<N>>>();
    vec![
        ("distinct", bytes(&source().distinct_in_rs2(keys)), ITEM),
        ("group_by", bytes(&source().group_by_in_rs2(keys, two, key)), 2 * ITEM),
        ("keyed map", bytes(&source().keyed_map_in_rs2(keys, key, map)), ITEM_AND_STATE),
        ("keyed filter", bytes(&source().keyed_filter_in_rs2(keys, key, filter)), ITEM_AND_STATE),
        ("keyed fold", bytes(&source().keyed_fold_in_rs2(keys, key, 0, fold)), ITEM_AND_STATE),
        ("keyed reduce", bytes(&source().keyed_reduce_in_rs2(keys, key, fold)), ITEM_AND_STATE),
        ("keyed dedup", bytes(&source().keyed_in_rs2(keys, key, KeyedDeduplicate)), ITEM),
        ("keyed throttle", bytes(&throttled), ITEM + 2 * size_of::<Instant>()),
        ("keyed window", bytes(&windows), 3 * ITEM),
        ("keyed pattern", bytes(&patterns), 3 * ITEM),
        ("keyed session", bytes(&sessions), ITEM_AND_STATE),
        ("session by time", bytes(&by_time), ITEM_AND_STATE + size_of::<(EventTime, u64, u32)>()),
        // A part of a slice, one that goes out, and a key.
        ("window of a key by time", bytes(&of_key), 8 * ITEM),
        ("dedup by time", bytes(&first), ITEM),
        ("limit of keys", limit, ITEM),
    ]
}

fn with_room<const N: usize>() -> Vec<Row> {
    let room = Inline::<N>::new();
    [of_items(room), of_keys(room.seeded(7))].concat()
}

#[test]
fn what_has_room_takes_as_much_for_each_further_item() {
    let (few, more, most) = (with_room::<8>(), with_room::<16>(), with_room::<32>());
    for ((few, more), most) in few.iter().zip(&more).zip(&most) {
        let (name, few, least) = *few;
        let each = (more.1 - few) / 8;
        println!("{name}: {few} bytes with room for 8, {each} for each further one");
        assert!(each >= least, "{name}: {each}, and an entry alone takes {least}");
        assert_eq!(more.1 - few, 8 * each, "{name}");
        assert_eq!(most.1 - more.1, 16 * each, "{name}");
    }
}

#[test]
fn what_holds_an_item_or_a_number_is_small() {
    let held = size_of::<Option<Item>>();
    let own = |bytes: usize| bytes - size_of_val(&source());
    let policy = RetryConfig::new(RetryPolicy::Immediate { max_retries: 3 });
    let results = from_iter([Ok::<Item, ()>(0)]);
    let again = || from_iter([Ok(0)]);
    let retried = results.retry_with_policy_on_rs2(NoTimer, 7, policy, again);
    let seen = ApproxKeys::new(50, 0.01).and_then(|keys| keys.seeded_in([0; 144], 7));
    let seen = seen.expect("the memory is large enough");
    let approx = source().keyed_deduplicate_approx_on_rs2(NoTimer, seen, SECOND, key);
    let small = [
        ("scan", own(bytes(&source().scan_rs2(0, |sum, n| sum + n))), 32),
        ("merge", bytes(&source().merge_rs2(source())), 2 * size_of_val(&source()) + 16),
        ("zip", bytes(&source().zip_rs2(source())), 2 * size_of_val(&source()) + 2 * held + 16),
        ("debounce", own(bytes(&source().debounce_on_rs2(NoTimer, SECOND))), 192),
        ("throttle", own(bytes(&source().throttle_on_rs2(NoTimer, SECOND))), 192),
        ("sample", own(bytes(&source().sample_on_rs2(NoTimer, SECOND))), 256),
        ("timeout", own(bytes(&source().timeout_on_rs2(NoTimer, SECOND))), 128),
        ("pace", own(bytes(&source().pace_on_rs2(NoTimer, 10, 2))), 192),
        ("tick", bytes(&tick_on(NoTimer, SECOND, 0_u64)), 192),
        ("retry", bytes(&retried), 512),
        ("gcra", size_of::<Gcra>(), 64),
        ("moments", size_of::<Moments>(), 24),
        ("ewma", size_of::<Ewma>(), 40),
        ("cusum", size_of::<Cusum>(), 128),
        ("hampel of 8", size_of::<Hampel<8>>(), 2 * 8 * size_of::<f64>() + 40),
        ("p2 quantile", size_of::<P2Quantile>(), 160),
        ("dedup of 50, approximate", own(bytes(&approx)), 138 + 320),
    ];
    for (name, bytes, most) in small {
        println!("{name}: {bytes} bytes");
        assert!(bytes <= most, "{name}: {bytes} bytes, more than {most}");
    }
}
