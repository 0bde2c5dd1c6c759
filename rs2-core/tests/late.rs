//! Late items: exactly those that are left out come the second way, and nobody waits in vain.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;

use by_time::*;
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::{FutureExt, StreamExt};
use proptest::prelude::*;
use rs2_core::late::{Late, LateItem, LateTo};
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

fn keys() -> SeededHeap {
    Heap::bounded(1_000).seeded(7)
}

/// What comes each way.
fn both<S>(stream: S) -> (Vec<S::Item>, Vec<LateItem<Event>>)
where
    S: Stream + LateTo<Left = Event>,
{
    let (late, late_items) = Late::bounded(1_000);
    let mut stream = Box::pin(stream.late_to(late));
    let items = block_on(stream.by_ref().collect());
    // The second way ends with the stream, and not only once that is dropped.
    (items, late_items.collect().now_or_never().expect("both have ended"))
}

fn late(item: Event) -> LateItem<Event> {
    LateItem { item, time: time_of(&item), why: Loss::Late }
}

/// Those that the definition calls late.
fn expected(events: &[Event], delay: u64) -> Vec<LateItem<Event>> {
    let kept: BTreeSet<usize> =
        without_late(events, delay as i64).0.iter().map(|event| event.0).collect();
    events.iter().filter(|event| !kept.contains(&event.0)).map(|event| late(*event)).collect()
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_is_before_the_watermark_comes_the_second_way(
        times in disorder(3), delay in 0_u64..12, span in 1_u64..12,
    ) {
        let (events, expected) = (events(&times), expected(&events(&times), delay));
        let source = || from_iter(events.clone());

        let (sorted, late) = both(source().sort_by_time_rs2(time_of, us(delay)));
        prop_assert_eq!(sorted.len() + late.len(), events.len());
        prop_assert_eq!(&late, &expected);

        let config = DedupConfig { within: us(span), watermark_delay: us(delay) };
        let (_, late) =
            both(source().deduplicate_by_time_in_rs2(keys(), config, |event| event.1, time_of));
        prop_assert_eq!(&late, &expected);

        let config = SessionConfig { gap: us(span), watermark_delay: us(delay) };
        let (sessions, late) =
            both(source().session_by_time_in_rs2(keys(), config, |event| event.1, time_of));
        let in_sessions: usize = sessions.iter().map(|session| session.value.len()).sum();
        prop_assert_eq!(in_sessions + late.len(), events.len());
        prop_assert_eq!(&late, &expected);
    }

    #[test]
    fn what_no_window_takes_comes_the_second_way(
        times in disorder(1), delay in 0_u64..12, size in 1_u64..12, parts in 1_u64..4,
        lateness in 0_u64..12,
    ) {
        let events = events(&times);
        let config = TimeWindowConfig {
            window_size: us(size),
            slide_interval: us((size / parts).max(1)),
            watermark_delay: us(delay),
            allowed_lateness: us(lateness),
        };
        let (windows, late) = both(from_iter(events.clone()).window_by_time_rs2(config, time_of));
        let seen: BTreeSet<Event> = windows.into_iter().flat_map(|window| window.events).collect();
        let unseen = events.iter().filter(|event| !seen.contains(event));
        prop_assert_eq!(late, unseen.map(|event| self::late(*event)).collect::<Vec<_>>());
    }

    #[test]
    fn what_finds_no_room_comes_the_second_way(
        times in disorder(2), delay in 0_u64..12, capacity in 1_usize..4, items in 1_usize..3,
    ) {
        let events = events(&times);
        let limits = || Limits::of(Heap::bounded(capacity).seeded(7)).on_full(OnFull::Reject);
        let (sorted, late) =
            both(from_iter(events.clone()).sort_by_time_in_rs2(limits(), time_of, us(delay)));
        let back: BTreeSet<Event> =
            sorted.into_iter().chain(late.iter().map(|late| late.item)).collect();
        prop_assert_eq!(back.len(), events.len());

        let config = TimeWindowConfig::tumbling(us(5), us(delay)).unwrap();
        let stream = from_iter(events.clone()).aggregate_by_time_in_rs2(
            limits(), config, time_of, Collect::bounded(items),
        );
        let losses = stream.losses().clone();
        let (windows, late) = both(stream);
        let back: BTreeSet<Event> = windows
            .into_iter()
            .flat_map(|window| window.value)
            .chain(late.iter().map(|late| late.item))
            .collect();
        prop_assert_eq!(back.len(), events.len());
        let full = late.iter().filter(|late| late.why == Loss::Full).count();
        prop_assert_eq!(full as u64, losses.of(Loss::Full));
    }

    #[test]
    fn a_full_outlet_answers_as_it_was_told(capacity in 1_usize..6, numbers in 0_i64..10) {
        for on_full in [OnFull::Reject, OnFull::Evict, OnFull::Stop] {
            let (late, late_items) = Late::bounded_with(capacity, on_full);
            // The first item raises the watermark over all others.
            let source = from_iter([100].into_iter().chain(0..numbers));
            let time = |n: &i64| EventTime::from_micros(*n);
            let passed = collected(source.sort_by_time_rs2(time, us(0)).late_to(late));
            prop_assert_eq!(passed, [100]);
            let losses = late_items.losses().clone();
            let read: Vec<i64> = collected(late_items).iter().map(|late| late.item).collect();
            let all: Vec<i64> = (0..numbers).collect();
            let lost = all.len().saturating_sub(capacity);
            let (kept, full, evicted) = match on_full {
                OnFull::Reject => (&all[..all.len() - lost], lost, 0),
                OnFull::Evict => (&all[lost..], 0, lost),
                OnFull::Stop => (&all[..all.len() - lost], 0, 0),
            };
            prop_assert_eq!(read, kept);
            prop_assert_eq!(losses.of(Loss::Full), full as u64);
            prop_assert_eq!(losses.of(Loss::Evicted), evicted as u64);
            prop_assert_eq!(losses.is_stopped(), on_full == OnFull::Stop && lost > 0);
        }
    }
}

fn late_numbers() -> impl Stream<Item = i64> + LateTo<Left = i64> {
    from_iter([5, 1, 2]).sort_by_time_rs2(|n| EventTime::from_micros(*n), us(0))
}

#[test]
fn the_late_items_end_with_the_stream_and_not_only_when_it_is_dropped() {
    let (late, mut late_items) = Late::bounded(9);
    let mut sorted = Box::pin(late_numbers().late_to(late));
    block_on(async {
        while sorted.next().await.is_some() {}
        assert_eq!(late_items.size_hint(), (2, Some(2)));
        assert_eq!(late_items.next().await.map(|late| late.item), Some(1));
        assert_eq!(late_items.next().await.map(|late| late.item), Some(2));
        assert_eq!(late_items.next().await, None);
    });
    drop(sorted);
}

#[test]
fn several_operators_share_an_outlet() {
    let (late, late_items) = Late::bounded(9);
    let (one, two) = (late_numbers().late_to(late.clone()), late_numbers().late_to(late));
    assert_eq!((collected(one), collected(two)), (vec![5], vec![5]));
    let read: Vec<i64> = collected(late_items).iter().map(|late| late.item).collect();
    assert_eq!(read, [1, 2, 1, 2]);
}

#[test]
fn items_for_a_reader_that_left_are_counted() {
    let (late, late_items) = Late::bounded(9);
    let losses = late_items.losses().clone();
    let (other, unread) = Late::bounded(9);
    drop(late_items);
    assert_eq!(collected(late_numbers().late_to(late)), [5]);
    assert_eq!(losses.of(Loss::Abandoned), 2);
    let losses = unread.losses().clone();
    assert_eq!(collected(late_numbers().late_to(other)), [5]);
    drop(unread);
    assert_eq!(losses.of(Loss::Abandoned), 2);
}

struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_reader_that_waits_is_woken_by_an_item_and_by_the_end() {
    let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
    let waker = Waker::from(wakes.clone());
    let mut cx = Context::from_waker(&waker);
    let (late, mut late_items) = Late::bounded(9);
    let mut sorted = Box::pin(late_numbers().late_to(late));
    assert!(late_items.poll_next_unpin(&mut cx).is_pending());
    assert_eq!(sorted.next().now_or_never(), Some(Some(5)));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 0, "nothing was late yet");
    assert_eq!(sorted.next().now_or_never(), Some(None));
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    while late_items.poll_next_unpin(&mut cx).is_ready() {
        if late_items.size_hint() == (0, Some(0)) {
            break;
        }
    }
    let (late, mut late_items) = Late::<i64>::bounded(9);
    assert!(late_items.poll_next_unpin(&mut cx).is_pending());
    drop(late);
    assert_eq!(wakes.0.load(Ordering::Relaxed), 2);
    assert!(late_items.poll_next_unpin(&mut cx).is_ready());
}

#[test]
#[should_panic(expected = "room for at least one item")]
fn an_outlet_without_room_is_a_mistake() {
    let _ = Late::<i64>::bounded(0);
}

#[cfg(feature = "snapshot")]
#[test]
fn unread_late_items_can_be_saved_too() {
    let (late, late_items) = Late::bounded(9);
    assert_eq!(collected(late_numbers().late_to(late)), [5]);
    let bytes = rs2_core::snapshot::save(&late_items).unwrap();
    let (other, mut restored) = Late::<i64>::bounded(9);
    rs2_core::snapshot::restore(&mut restored, &bytes).unwrap();
    drop(other);
    assert_eq!(collected(restored), collected(late_items));
    let (_small, mut small) = Late::<i64>::bounded(1);
    assert!(rs2_core::snapshot::restore(&mut small, &bytes).is_err());
}
