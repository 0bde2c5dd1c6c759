//! Operators in place do what they do on a heap of the same capacity, whatever comes.
#![cfg(all(feature = "std", feature = "heapless"))]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/timed.rs"]
mod timed;

use by_time::{Event, cases, counts, disorder, events, run, time_of, us};
use proptest::prelude::*;
use rs2_core::aggregate::{Aggregator, Collect, CollectIn, Count, Max, Mean};
use rs2_core::machine::{ByTime, Machine};
use rs2_core::metrics::{Footprint, Loss, Losses, Reports};
use rs2_core::op::event_time::{
    DedupByTime, KeyedWindows, Panes, SessionByTime, SessionConfig, SessionRules, SortByTime,
    TimeWindowConfig, WindowByTime, WindowValue,
};
use rs2_core::op::group::{Chunk, ChunkWithin, GroupBy, SlidingWindow, SlidingWindowWith};
use rs2_core::op::keyed::{
    CountWindow, KeyedDeduplicate, KeyedGroupBy, KeyedGroupWithin, KeyedMap, KeyedPattern,
    KeyedRule, KeyedSessionFold, KeyedThrottle, KeyedWindow,
};
use rs2_core::prelude::{GroupExt, KeyedExt, from_iter};
use rs2_core::state::{Keys, Limits, OnFull, TtlFrom};
use rs2_core::store::{Batch, Heap, Inline, KeyStorage, Storage};
use rs2_core::time::{EventTime, NoTimer};
use std::fmt::Debug;
use std::time::Duration;
use timed::{Item, items, run_at};

const END: u64 = 100_000;

fn key(item: &Item) -> u8 {
    item.1
}

fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

fn full(answer: u8) -> OnFull {
    [OnFull::Evict, OnFull::Reject, OnFull::Stop][usize::from(answer % 3)]
}

/// Outputs and losses as text, so that a `Vec` and its twin in place compare.
fn at<M>(machine: M, items: &[Item]) -> String
where
    M: Machine<In = Item, Out: Debug>,
{
    format!("{:?}", run_at(machine, items, END))
}

fn counted<M>(machine: M, items: &[Item]) -> String
where
    M: Machine<In = Item, Out: Debug> + Reports,
{
    let losses = machine.losses().clone();
    format!("{} {:?}", at(machine, items), counts(&losses))
}

fn by_events<M>(mut machine: M, events: &[Event]) -> String
where
    M: Machine<In = Event, Out: Debug> + Reports,
{
    let losses = machine.losses().clone();
    let outs = run(&mut machine, events.iter().copied(), |_| ());
    format!("{outs:?} {:?}", counts(&losses))
}

/// Every operator that works on items in processing time, in one memory.
fn in_time<St, M>(keys: St, memory: M, items: &[Item], answer: u8, span: u64) -> Vec<String>
where
    St: KeyStorage + Clone,
    M: Storage + Clone,
    M::Batch<Item>: Batch<Item, Done: Debug>,
{
    let n = memory.capacity();
    let limits = || Limits::of(keys.clone()).on_full(full(answer));
    let living = || Keys::of(limits()).ttl_on(NoTimer, ns(span)).ttl_from(TtlFrom::Creation);
    let seen = |item: Item, seen: &mut Vec<usize>| {
        seen.push(item.0);
        seen.clone()
    };
    let find = |run: &[Item]| (run.len() > 2).then(|| run.to_vec());
    let shape = CountWindow::sliding(n.div_ceil(2), 1 + span as usize % 4).partial_last();
    let copy = <[Item]>::to_vec;
    let pattern = KeyedPattern::new(memory.clone(), find);
    let throttle = KeyedThrottle::new(memory.clone(), ns(span));
    let window = KeyedWindow::new(limits().into(), memory.clone(), shape, key, copy);
    let short = KeyedWindow::new(living(), memory.clone(), shape, key, copy);
    let number = |key: u8, items: <M::Batch<Item> as Batch<Item>>::Done, groups: &mut u32| {
        *groups += 1;
        (key, items, *groups)
    };
    let fold = |item: Item, seen: &mut Vec<usize>| seen.push(item.0);
    vec![
        counted(KeyedRule::new(living(), key, KeyedMap::new(seen)), items),
        counted(KeyedRule::new(Keys::of(limits()), key, KeyedMap::new(seen)), items),
        counted(KeyedRule::new(living(), key, KeyedDeduplicate), items),
        counted(KeyedRule::new(Keys::of(limits()), key, pattern), items),
        counted(KeyedRule::new(living(), key, throttle), items),
        counted(window, items),
        counted(short, items),
        counted(KeyedGroupBy::new(limits(), memory.clone(), key, number), items),
        counted(KeyedGroupWithin::new(limits(), memory.clone(), ns(span), key, number), items),
        counted(GroupBy::new(limits(), memory.clone(), key), items),
        counted(KeyedSessionFold::new(limits(), ns(span), key, fold), items),
        at(Chunk::new(memory.clone()), items),
        at(ChunkWithin::new(memory.clone(), ns(span)), items),
        at(SlidingWindow::new(memory.clone()), items),
        at(SlidingWindowWith::new(memory, n.div_ceil(2), copy), items),
    ]
}

/// Every operator of event time, in one memory.
fn in_event_time<St>(keys: St, events: &[Event], answer: u8, span: u64, delay: u64) -> Vec<String>
where
    St: KeyStorage + Clone,
{
    let limits = || Limits::of(keys.clone()).on_full(full(answer));
    let key = |event: &Event| event.1;
    let by_key = |one: &Event, other: &Event| one.1.cmp(&other.1);
    let (span, delay) = (us(span), us(delay));
    let config = TimeWindowConfig::new(span, us(1 + span.as_micros() as u64 / 3), delay);
    let mut config = config.expect("the slide is not longer than the window");
    config.allowed_lateness = us(u64::from(answer) % 5);
    let mean = rs2_core::aggregate::of(|event: &Event| event.2 as f64, Mean);
    let rules = SessionRules::from(SessionConfig { gap: span, watermark_delay: delay });
    let rules = rules.allowed_lateness(config.allowed_lateness);
    let laid = config.offset(us(u64::from(answer / 3)));
    let window = WindowByTime::<_, _, _, WindowValue<_>>::new(limits(), laid, mean);
    let session = SessionByTime::new(limits(), rules, key, mean);
    let most = rs2_core::aggregate::of(|event: &Event| event.2, Max);
    let windows = || Panes::of(laid);
    let each = windows().each_items(2).retracting();
    let keyed = KeyedWindows::new(limits(), windows(), key, Count);
    let highest = KeyedWindows::new(limits(), windows(), key, most);
    let early = KeyedWindows::new(limits(), each, key, most);
    let batches = KeyedWindows::new(limits(), Panes::global().each_items(3), key, most);
    // Which of several items at the same time is forgotten first depends on the table.
    let firm = limits().on_full(full(1 + answer % 2));
    vec![
        by_events(ByTime::new(window, delay, time_of), events),
        by_events(ByTime::new(session, delay, time_of), events),
        by_events(ByTime::new(keyed, delay, time_of), events),
        by_events(ByTime::new(highest, delay, time_of), events),
        by_events(ByTime::new(early, delay, time_of), events),
        by_events(ByTime::new(batches, delay, time_of), events),
        by_events(ByTime::new(DedupByTime::new(firm, span, key), delay, time_of), events),
        by_events(ByTime::new(SortByTime::new(limits()), delay, time_of), events),
        by_events(ByTime::new(SortByTime::new(limits()).ties_by(by_key), delay, time_of), events),
    ]
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn items_are_collected_in_place_as_on_a_heap(
        times in disorder(3), size in 2_u64..20, delay in 0_u64..15, late in 0_u64..9,
    ) {
        let events = events(&times);
        let config = TimeWindowConfig::new(us(size), us(size / 2), us(delay));
        let mut config = config.expect("the slide is not longer than the window");
        config.allowed_lateness = us(late);
        let windows = Inline::<6>::new();
        let lost = Losses::new();
        let place = CollectIn::new(Inline::<40>::new(), lost.clone());
        let placed = WindowByTime::<_, _, _, WindowValue<_>>::new(windows.into(), config, place);
        let heap = Limits::of(Heap::bounded(6));
        let collected =
            WindowByTime::<_, _, _, WindowValue<_>>::new(heap, config, Collect::default());
        let mut placed = ByTime::new(placed, us(delay), time_of);
        let mut collected = ByTime::new(collected, us(delay), time_of);
        let placed = run(&mut placed, events.iter().copied(), |_| ());
        let collected = run(&mut collected, events.iter().copied(), |_| ());
        prop_assert_eq!(placed.len(), collected.len());
        for (placed, collected) in placed.iter().zip(&collected) {
            let items: Vec<Event> = placed.value.iter().map(|(_, event)| *event).collect();
            prop_assert_eq!(&items, &collected.value);
            prop_assert!(placed.value.iter().all(|(ts, event)| *ts == time_of(event)));
            prop_assert_eq!(placed.start_time, collected.start_time);
        }
        prop_assert_eq!(lost.of(Loss::Full), 0);
    }
}

#[test]
fn items_that_find_no_room_when_parts_are_joined_are_counted() {
    let place = CollectIn::new(Inline::<2>::new(), Losses::new());
    let at = |micros| EventTime::from_micros(micros);
    let mut left = place.lift(at(3), 'a');
    let mut right = place.lift(at(1), 'b');
    place.add(&mut right, at(2), 'c').expect("there is room");
    place.combine(&mut left, &right);
    assert_eq!(place.losses().of(Loss::Full), 1);
    assert_eq!(place.lower(left), [(at(1), 'b'), (at(3), 'a')]);
}

#[test]
fn a_pipeline_says_how_many_bytes_it_takes() {
    fn bytes<S: Footprint>(_: &S) -> usize {
        S::BYTES
    }
    let source = from_iter(Vec::<u64>::new());
    let small = source.clone().chunk_in_rs2(Inline::<8>::new());
    let large = source.clone().chunk_in_rs2(Inline::<64>::new());
    assert_eq!(bytes(&small), size_of_val(&small));
    assert_eq!(bytes(&large) - bytes(&small), 56 * size_of::<u64>());
    // A table has an entry and two cells of three bytes for each key.
    let few = source.clone().keyed_map_in_rs2(Inline::<16>::new().seeded(7), key_of, count);
    let many = source.keyed_map_in_rs2(Inline::<32>::new().seeded(7), key_of, count);
    let entry = size_of::<(u64, u64, u64)>();
    assert_eq!(bytes(&many) - bytes(&few), 16 * (entry + 2 * 3));
}

fn key_of(n: &u64) -> u64 {
    *n
}

fn count(n: u64, count: &mut u64) -> u64 {
    *count += n;
    *count
}

macro_rules! each_capacity {
    ($($n:literal),*) => {
        proptest! {
            #![proptest_config(cases(600))]

            #[test]
            fn in_processing_time(items in items(6, 60), answer in 0_u8..3, span in 1_u64..9) {
                $({
                    let heap = in_time(
                        Heap::bounded($n).seeded(7), Heap::bounded($n), &items, answer, span,
                    );
                    let inline = in_time(
                        Inline::<$n>.seeded(7), Inline::<$n>, &items, answer, span,
                    );
                    for (place, (heap, inline)) in heap.iter().zip(&inline).enumerate() {
                        prop_assert_eq!(heap, inline, "operator {} of capacity {}", place, $n);
                    }
                })*
            }

            #[test]
            fn in_the_time_of_events(
                times in disorder(5), answer in 0_u8..15, span in 1_u64..20, delay in 0_u64..15,
            ) {
                let events = events(&times);
                $({
                    let heap = Heap::bounded($n).seeded(7);
                    let heap = in_event_time(heap, &events, answer, span, delay);
                    let inline = Inline::<$n>.seeded(7);
                    let inline = in_event_time(inline, &events, answer, span, delay);
                    for (place, (heap, inline)) in heap.iter().zip(&inline).enumerate() {
                        prop_assert_eq!(heap, inline, "operator {} of capacity {}", place, $n);
                    }
                })*
            }
        }
    };
}

each_capacity!(1, 2, 3, 5, 16);
