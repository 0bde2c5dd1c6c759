//! Event time saved anywhere: sorting, throttling, deduplication, and chains between signals.
#![cfg(feature = "snapshot")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/snapshots.rs"]
mod snapshots;

use by_time::*;
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::{Holds, Reports};
use rs2_core::op::event_time::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::{Heap, SeededHeap};
use rs2_core::time::{Clock, Instant, Sleep, Timer};
use rs2_core::watermark::{AllIdle, BoundedDisorder, Punctuated, Signal, Silence};
use snapshots::{goes_on_counting, goes_on_from_anywhere, keeps_nothing_at_the_end};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

fn source(events: &[Event]) -> impl Stream<Item = Event> + Snapshot + Unpin + use<> {
    from_iter(events.to_vec()).replayable_rs2()
}

fn signals(
    events: &[Event],
    delay: u64,
) -> impl Stream<Item = Signal<Event>> + Snapshot + Unpin + use<> {
    source(events).with_watermarks_rs2(BoundedDisorder::new(us(delay)), time_of)
}

fn keys(capacity: usize) -> SeededHeap {
    Heap::bounded(capacity).seeded(7)
}

fn key(event: &Event) -> u8 {
    event.1
}

fn everywhere<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot + Holds,
{
    goes_on_from_anywhere(&build);
    keeps_nothing_at_the_end(build());
}

/// The same for what counts its losses.
fn counting<S>(build: impl Fn() -> S)
where
    S: Stream<Item: Debug + PartialEq> + Snapshot + Holds + Reports,
{
    goes_on_counting(&build);
    keeps_nothing_at_the_end(build());
}

fn answer() -> impl Strategy<Value = OnFull> {
    prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)]
}

/// A source of signals as a script says it.
fn scripted(script: &[(u8, i64)]) -> impl Stream<Item = Signal<i64>> + Snapshot + Unpin + use<> {
    let signal = |&(what, time): &(u8, i64)| match what {
        0 => Signal::Idle,
        1 => Signal::Active,
        2 | 3 => Signal::Watermark(EventTime::from_micros(time)),
        _ => Signal::Item(EventTime::from_micros(time), time),
    };
    from_iter(script.iter().map(signal).collect::<Vec<_>>()).replayable_rs2()
}

fn scripts() -> impl Strategy<Value = Vec<Vec<(u8, i64)>>> {
    prop::collection::vec(prop::collection::vec((0_u8..8, -20_i64..40), 0..8), 1..4)
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn sorting_goes_on_from_anywhere(
        times in disorder(1), delay in 0_u64..20, capacity in 1_usize..9, on_full in answer(),
    ) {
        let events = events(&times);
        let limits = || Limits::of(Heap::bounded(capacity)).on_full(on_full);
        counting(|| source(&events).sort_by_time_in_rs2(limits(), time_of, us(delay)));
        counting(|| signals(&events, delay).sort_events_in_rs2(limits()));
    }

    #[test]
    fn throttling_by_key_goes_on_from_anywhere(
        times in disorder(3), window in 0_u64..20, limit in 1_usize..4, delay in 0_u64..20,
        capacity in 1_usize..9, on_full in answer(),
    ) {
        let events = events(&times);
        let config = ThrottleConfig { limit, window: us(window), watermark_delay: us(delay) };
        let limits = || Limits::of(keys(capacity)).on_full(on_full);
        counting(|| {
            source(&events).throttle_keyed_by_time_in_rs2(limits(), config, key, time_of)
        });
        counting(|| signals(&events, delay).throttle_keyed_events_in_rs2(limits(), config, key));
    }

    #[test]
    fn throttling_goes_on_from_anywhere(times in disorder(1), period in 0_u64..20) {
        let events = events(&times);
        counting(|| source(&events).throttle_by_time_rs2(us(period), time_of));
        counting(|| signals(&events, 3).throttle_events_rs2(us(period)));
    }

    #[test]
    fn deduplication_goes_on_from_anywhere(
        times in disorder(3), within in prop_oneof![1_u64..20, Just(u64::MAX)],
        delay in 0_u64..20, capacity in 1_usize..9, on_full in answer(),
    ) {
        let events = events(&times);
        let config = DedupConfig { within: us(within), watermark_delay: us(delay) };
        let limits = || Limits::of(keys(capacity)).on_full(on_full);
        counting(|| source(&events).deduplicate_by_time_in_rs2(limits(), config, key, time_of));
        counting(|| signals(&events, delay).deduplicate_events_in_rs2(limits(), us(within), key));
        let sliding = DedupRules::from(us(within)).sliding();
        counting(|| signals(&events, delay).deduplicate_events_in_rs2(limits(), sliding, key));
    }

    #[test]
    fn what_evicts_goes_on_from_anywhere_also_with_many_at_one_time(
        steps in prop::collection::vec((0_u8..30, 0_i64..2), 0..60), within in 1_u64..40,
        capacity in 1_usize..20, limit in 1_usize..4,
    ) {
        let mut time = 0;
        let mut rise = |(key, step)| { time += step; (key, time) };
        let times: Vec<_> = steps.into_iter().map(&mut rise).collect();
        let events = events(&times);
        let (window, watermark_delay) = (us(within), us(9));
        let once = DedupConfig { within: window, watermark_delay };
        let few = ThrottleConfig { limit, window, watermark_delay };
        let memory = || keys(capacity);
        counting(|| source(&events).deduplicate_by_time_in_rs2(memory(), once, key, time_of));
        counting(|| source(&events).throttle_keyed_by_time_in_rs2(memory(), few, key, time_of));
    }

    #[test]
    fn a_merge_goes_on_from_anywhere(scripts in scripts(), advance in any::<bool>()) {
        let when_idle = if advance { AllIdle::Advance } else { AllIdle::Hold };
        everywhere(|| {
            let mut streams = scripts.iter().map(Vec::as_slice).map(scripted);
            let first = streams.next().expect("there is one at least");
            first.merge_events_with_rs2(streams.collect(), when_idle)
        });
    }

    #[test]
    fn a_chain_behind_a_merge_goes_on_from_anywhere(
        one in disorder(2), other in disorder(2), delay in 0_u64..20,
    ) {
        let (one, other) = (events(&one), events(&other));
        everywhere(|| {
            signals(&one, delay)
                .merge_events_rs2(vec![signals(&other, delay)])
                .sort_events_rs2()
                .filter_events_rs2(|event| event.2 % 7 != 0)
                .map_events_rs2(|event| (event.0, event.1 % 2, event.2))
                .throttle_events_rs2(us(2))
                .deduplicate_events_in_rs2(keys(100), us(5), key)
        });
    }

    #[test]
    fn windows_of_windows_go_on_from_anywhere(
        one in disorder(1), other in disorder(1), delay in 0_u64..20,
        short in 1_u64..9, long in 1_u64..20,
    ) {
        let (one, other) = (events(&one), events(&other));
        let config = |size, slide| {
            TimeWindowConfig::new(us(size), us(slide), us(0)).expect("the slide is shorter")
        };
        everywhere(|| {
            signals(&one, delay)
                .merge_events_rs2(vec![signals(&other, delay)])
                .window_events_rs2(config(short, short))
                .map_events_rs2(|window| window.events)
                .window_events_rs2(config(2 * long, long))
        });
    }

    #[test]
    fn what_is_found_between_signals_goes_on_from_anywhere(
        times in disorder(2), delay in 0_u64..20, size in 1_u64..9,
    ) {
        let events = events(&times);
        let windows = TimeWindowConfig::new(us(size), us(size), us(0)).expect("they are equal");
        everywhere(|| signals(&events, delay).aggregate_events_rs2(windows, Count));
        let gap = SessionConfig { gap: us(size), watermark_delay: us(0) };
        everywhere(|| {
            signals(&events, delay).aggregate_session_events_in_rs2(keys(99), gap, key, Count)
        });
        let rise = || {
            let later = |event: &Event, before: &Captured<'_, Event>| {
                before.iter().all(|other| other.0 < event.0)
            };
            let pattern = Pattern::begin(|_: &Event| true).followed_by(|_: &Event| true);
            pattern.given(later).within(us(3 * size))
        };
        everywhere(|| signals(&events, delay).pattern_events_in_rs2(keys(99), rise(), key));
        everywhere(|| {
            signals(&events, delay).pattern_or_timeout_events_in_rs2(keys(99), rise(), key)
        });
    }

    #[test]
    fn punctuated_watermarks_go_on_from_anywhere(times in disorder(1)) {
        let events = events(&times);
        everywhere(|| {
            let mark = |event: &Event| (event.2 % 3 == 0).then(|| time_of(event));
            source(&events).with_watermarks_rs2(Punctuated::new(mark), time_of)
        });
    }
}

/// A clock that moves only by its sleeps, which end at once.
#[derive(Clone, Debug, Default)]
struct Running(std::rc::Rc<std::cell::Cell<u64>>);

impl Clock for Running {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.get())
    }
}

impl Timer for Running {
    type Sleep = AtOnce;
    fn sleep_until(&self, deadline: Instant) -> AtOnce {
        AtOnce(self.clone(), deadline)
    }
}

#[derive(Clone, Debug)]
struct AtOnce(Running, Instant);

impl Sleep for AtOnce {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.1 = deadline;
    }
}

impl Future for AtOnce {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        let reached = self.1.since_origin().as_nanos() as u64;
        self.0.0.set(self.0.0.get().max(reached));
        Poll::Ready(())
    }
}

/// A source that has one item and then nothing for ever, and that can be saved.
struct OneThenSilent(bool);

impl Stream for OneThenSilent {
    type Item = i64;
    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<i64>> {
        if std::mem::take(&mut self.0) { Poll::Ready(Some(0)) } else { Poll::Pending }
    }
}

impl Snapshot for OneThenSilent {
    fn save(&self, to: &mut snapshot::Writer) -> Result<(), SnapshotError> {
        to.put(&self.0)
    }
    fn restore(&mut self, from: &mut snapshot::Reader<'_>) -> Result<(), SnapshotError> {
        self.0 = from.take()?;
        Ok(())
    }
}

fn live(clock: &Running) -> impl Stream<Item = Signal<i64>> + Snapshot + Unpin + use<> {
    let plan = Silence::wait().follow_clock(us(100), us(50)).idle_after(us(300));
    let time = |n: &i64| EventTime::from_micros(*n);
    let policy = BoundedDisorder::new(us(0));
    OneThenSilent(true).with_live_watermarks_on_rs2(clock.clone(), policy, plan, time)
}

fn first(stream: &mut (impl Stream<Item = Signal<i64>> + Unpin), n: usize) -> Vec<Signal<i64>> {
    block_on(stream.take(n).collect())
}

#[test]
fn a_silence_goes_on_where_it_was_on_another_clock() {
    // The item, its watermark, four steps of the clock, idle.
    let whole = first(&mut live(&Running::default()), 7);
    assert_eq!(whole[5], Signal::Watermark(EventTime::from_micros(200)));
    assert_eq!(whole[6], Signal::Idle);
    for taken in 0..whole.len() {
        let mut begun = live(&Running::default());
        assert_eq!(first(&mut begun, taken), whole[..taken]);
        let bytes = snapshot::save(&begun).expect("no step is running");
        let elsewhere = Running::default();
        elsewhere.0.set(77_000_000);
        let mut restored = live(&elsewhere);
        snapshot::restore(&mut restored, &bytes).expect("the bytes are whole");
        let rest = first(&mut restored, whole.len() - taken);
        assert_eq!(rest, whole[taken..], "saved after {taken}");
    }
}

#[test]
fn a_merge_of_other_sources_is_refused() {
    let build = |inputs: usize| {
        let script = [(4, 1)];
        let others = (1..inputs).map(|_| scripted(&script)).collect();
        scripted(&script).merge_events_rs2(others)
    };
    let bytes = snapshot::save(&build(3)).expect("nothing runs");
    assert_eq!(snapshot::restore(&mut build(2), &bytes), Err(SnapshotError::Full("inputs")));
}
