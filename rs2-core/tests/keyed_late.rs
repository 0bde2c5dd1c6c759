//! Late items of windows of keys: each comes the second way exactly once, and none that a window
//! took.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/layouts.rs"]
mod layouts;

use by_time::*;
use futures_util::{FutureExt, StreamExt};
use layouts::{Layout, often_strict_layouts};
use proptest::prelude::*;
use rs2_core::late::{Late, LateItem, LateItems, LateTo};
use rs2_core::machine::ByTime;
use rs2_core::metrics::{Loss, Losses, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::state::OnFull;
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::NoTimer;
use std::collections::{BTreeSet, VecDeque};

const KEYS: u8 = 3;

/// Panes of every kind.
fn panes() -> impl Strategy<Value = Panes> {
    let each = prop_oneof![Just(None), (1_u64..4).prop_map(Some)];
    (often_strict_layouts(), each, 0..3).prop_map(|(layout, each, kind)| {
        let panes = Panes::of(layout.windows());
        let panes = each.map_or(panes, |items| panes.each_items(items));
        match kind {
            0 => panes,
            1 => panes.discarding(),
            _ => panes.retracting(),
        }
    })
}

/// The definition: an item is late when the last window over it is past its end and the allowed
/// lateness.
fn late_by_definition(events: &[Event], layout: Layout) -> Vec<Event> {
    let mut watermark = i64::MIN;
    let mut late = events.to_vec();
    late.retain(|event| {
        let last = layout.windows_over(event.2).pop();
        let is_late = last.is_none_or(|start| layout.closes(start) <= watermark);
        watermark = watermark.max(layout.watermark(event.2));
        is_late
    });
    late
}

fn key_of(event: &Event) -> u8 {
    event.1
}

fn heap(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn left_out(item: Event, why: Loss) -> LateItem<Event> {
    LateItem { item, time: time_of(&item), why }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn what_no_window_of_its_key_takes_comes_the_second_way(
        times in disorder(KEYS), layout in often_strict_layouts(),
    ) {
        let events = events(&times);
        let (outlet, late_items) = Late::bounded(1_000);
        let windows = from_iter(events.clone())
            .window_keyed_by_time_in_rs2(heap(1_000), layout.windows(), key_of, time_of)
            .late_to(outlet);
        let losses = windows.losses().clone();
        let taken: BTreeSet<Event> =
            collected(windows).into_iter().flat_map(|window| window.value).collect();
        let expected = late_by_definition(&events, layout);
        let late: Vec<_> = expected.iter().map(|event| left_out(*event, Loss::Late)).collect();
        prop_assert_eq!(collected(late_items), late);
        prop_assert_eq!(counts(&losses), [expected.len() as u64, 0, 0, 0, 0]);
        let missing: Vec<Event> =
            events.into_iter().filter(|event| !taken.contains(event)).collect();
        prop_assert_eq!(missing, expected);
    }

    #[test]
    fn an_item_is_in_a_pane_or_comes_the_second_way_however_little_room_there_is(
        times in disorder(KEYS), panes in panes(), capacity in 1_usize..5, items in 1_usize..4,
        evict in any::<bool>(),
    ) {
        let events = events(&times);
        let (limits, losses) =
            limits(heap(capacity), if evict { OnFull::Evict } else { OnFull::Reject });
        let (outlet, late_items) = Late::bounded(1_000);
        let aggregator = Collect::bounded(items);
        let stream = from_iter(events.clone())
            .panes_by_time_on_rs2(NoTimer, limits, panes, key_of, time_of, aggregator)
            .late_to(outlet);
        let taken: BTreeSet<Event> =
            collected(stream).into_iter().flat_map(|pane| pane.value).collect();
        let late = collected(late_items);
        for why in [Loss::Late, Loss::Full] {
            let handed = late.iter().filter(|late| late.why == why).count();
            prop_assert_eq!(handed as u64, losses.of(why));
        }
        let handed: BTreeSet<Event> = late.iter().map(|late| late.item).collect();
        prop_assert_eq!(handed.len(), late.len(), "an item came twice");
        prop_assert!(handed.is_disjoint(&taken), "an item went both ways");
        prop_assert_eq!(handed.len() + taken.len(), events.len());
    }

    #[test]
    fn a_tiny_outlet_keeps_what_it_was_told_to_while_somebody_reads(
        times in disorder(KEYS), layout in often_strict_layouts(),
        capacity in 1_usize..4, each in 1_usize..6,
        answer in 0..3,
    ) {
        let on_full = [OnFull::Reject, OnFull::Evict, OnFull::Stop][answer as usize];
        let events = events(&times);
        let late: BTreeSet<Event> = late_by_definition(&events, layout).into_iter().collect();
        let (outlet, mut late_items) = Late::bounded_with(capacity, on_full);
        let (limits, losses) = limits(heap(1_000), OnFull::Evict);
        let panes = Panes::of(layout.windows());
        let rule = KeyedWindows::new(limits, panes, key_of, Count).late_to(outlet);
        let mut machine = ByTime::new(rule, us(layout.delay), time_of);
        let mut model = Model { capacity, on_full, ..Model::default() };
        for (n, event) in events.iter().enumerate() {
            feed(&mut machine, *event);
            if late.contains(event) {
                model.hand(*event);
            }
            if n % each == 0 {
                prop_assert_eq!(next_of(&mut late_items), model.waiting.pop_front());
            }
        }
        finish(&mut machine);
        while let Some(event) = next_of(&mut late_items) {
            prop_assert_eq!(Some(event), model.waiting.pop_front());
        }
        prop_assert!(model.waiting.is_empty());
        let lost: &Losses = late_items.losses();
        prop_assert_eq!((lost.of(Loss::Full), lost.of(Loss::Evicted)), model.lost);
        prop_assert_eq!(lost.of(Loss::Abandoned), model.abandoned);
        prop_assert_eq!(lost.is_stopped(), model.is_stopped);
        // What the operator itself counts does not depend on who reads.
        prop_assert_eq!(counts(&losses), [late.len() as u64, 0, 0, 0, 0]);
    }
}

fn next_of(late_items: &mut LateItems<Event>) -> Option<Event> {
    late_items.next().now_or_never().flatten().map(|late| late.item)
}

/// What waits in an outlet, and what it has lost.
#[derive(Default)]
struct Model {
    capacity: usize,
    on_full: OnFull,
    waiting: VecDeque<Event>,
    lost: (u64, u64),
    abandoned: u64,
    is_stopped: bool,
}

impl Model {
    fn hand(&mut self, event: Event) {
        let is_full = self.waiting.len() == self.capacity;
        match self.on_full {
            _ if self.is_stopped => self.abandoned += 1,
            OnFull::Reject if is_full => self.lost.0 += 1,
            OnFull::Stop if is_full => self.is_stopped = true,
            _ => self.waiting.push_back(event),
        }
        if self.waiting.len() > self.capacity {
            self.waiting.pop_front();
            self.lost.1 += 1;
        }
    }
}

#[test]
fn what_belongs_to_a_window_that_made_room_is_left_out_as_full() {
    let stream = from_iter([0_i64, 10, 20, 5]).panes_by_time_on_rs2(
        NoTimer,
        Heap::bounded(2).seeded(7),
        Panes::of(Layout::new(10, 10, 0, 100).windows()),
        |_| (),
        |ts| EventTime::from_micros(*ts),
        Count,
    );
    let losses = stream.losses().clone();
    assert_eq!(collected(stream).len(), 3);
    // It would have been taken as late, had there been room.
    assert_eq!(counts(&losses), [0, 0, 0, 1, 1]);
}
