//! A pipeline on a device without an allocator: `--no-default-features --features heapless`.
#![cfg(all(feature = "heapless", not(feature = "alloc")))]

use core::cell::Cell;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use futures_core::Stream;
use rs2_core::aggregate::{CollectIn, Count, Max, Mean, of};
use rs2_core::metrics::{Counters, Loss, Losses, Reports};
use rs2_core::op::event_time::{DedupConfig, KeyedWindow, SessionConfig, TimeWindowConfig, Timing};
use rs2_core::op::keyed::CountWindow;
use rs2_core::op::resilience::{Circuit, CircuitBreakerConfig, Divert, KeyedLimit};
use rs2_core::prelude::*;
use rs2_core::queue::{QueueError, QueueIn};
use rs2_core::state::OnFull;
use rs2_core::store::Inline;
use rs2_core::time::{Clock, Instant, NoTimer, Sleep, Timer};
use std::collections::BTreeMap;

const MS: Duration = Duration::from_millis(1);

/// A reading: the sensor, its time in milliseconds, its value.
type Reading = (u8, u64, i32);

fn time(reading: &Reading) -> EventTime {
    EventTime::from_millis(reading.1 as i64)
}

/// All items of a stream that has each of them at once.
fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    let mut items = Vec::new();
    loop {
        match stream.as_mut().poll_next(&mut cx) {
            Poll::Ready(Some(item)) => items.push(item),
            Poll::Ready(None) => return items,
            Poll::Pending => panic!("nothing here waits"),
        }
    }
}

/// Readings of two sensors, every ten milliseconds each; some come twice.
fn readings() -> impl Iterator<Item = Reading> + Clone {
    (0..100_u64).flat_map(|n| {
        let reading = ((n % 2) as u8, 10 * n, (n * n % 17) as i32);
        core::iter::repeat_n(reading, if n % 10 == 0 { 2 } else { 1 })
    })
}

#[test]
fn duplicates_are_left_out_in_place() {
    let config = DedupConfig { within: MS, watermark_delay: MS };
    let keys = Inline::<16>::new().seeded(7);
    let unique =
        from_iter(readings()).deduplicate_by_time_in_rs2(keys, config, |reading| reading.0, time);
    assert_eq!(all(unique).len(), 100);
}

#[test]
fn windows_of_time_are_aggregated_in_place() {
    let config = TimeWindowConfig::new(200 * MS, 100 * MS, 10 * MS).expect("lengths that work");
    let mean = of(|reading: &Reading| f64::from(reading.2), Mean);
    let windows =
        from_iter(readings()).aggregate_by_time_in_rs2(Inline::<8>::new(), config, time, mean);
    let means: Vec<f64> = all(windows).into_iter().map(|window| window.value).collect();
    let naive = |start: i64| {
        let within = |reading: &Reading| (start..start + 200).contains(&(reading.1 as i64));
        let values: Vec<f64> =
            readings().filter(within).map(|reading| f64::from(reading.2)).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let expected: Vec<f64> = (-1..10).map(|n| naive(100 * n)).collect();
    assert_eq!(means.len(), expected.len());
    assert!(means.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9), "{means:?}");
}

#[test]
fn windows_of_time_have_their_items_in_place() {
    let config = TimeWindowConfig::tumbling(200 * MS, 10 * MS).expect("a length that works");
    let items = CollectIn::new(Inline::<24>::new(), Losses::new());
    let windows =
        from_iter(readings()).aggregate_by_time_in_rs2(Inline::<4>::new(), config, time, items);
    let windows: Vec<Vec<Reading>> = all(windows)
        .into_iter()
        .map(|window| window.value.into_iter().map(|(_, reading)| reading).collect())
        .collect();
    let all: Vec<Reading> = readings().collect();
    let naive = all.chunk_by(|a, b| a.1 / 200 == b.1 / 200);
    assert_eq!(windows, naive.map(<[Reading]>::to_vec).collect::<Vec<_>>());
}

#[test]
fn windows_of_each_sensor_are_counted_in_place() {
    let mut config = TimeWindowConfig::new(200 * MS, 50 * MS, 10 * MS).expect("lengths that work");
    config.allowed_lateness = 200 * MS;
    // Some come late, and some of those when their first windows have gone out.
    let disordered = || {
        let mut readings: Vec<Reading> = readings().collect();
        (0..readings.len() - 8).step_by(7).for_each(|at| readings.swap(at, at + 8));
        readings
    };
    let count = |readings: &mut dyn Iterator<Item = Reading>| {
        let mut counts = BTreeMap::new();
        for (sensor, at, _) in readings {
            let last = at as i64 / 50 * 50;
            for start in (last - 150..=last).step_by(50) {
                *counts.entry((start, sensor)).or_insert(0) += 1;
            }
        }
        counts
    };
    fn windows<const N: usize>(
        readings: Vec<Reading>,
        config: TimeWindowConfig,
    ) -> impl Stream<Item = KeyedWindow<u8, u64>> + Reports {
        let parts = Inline::<N>::new().seeded(7);
        from_iter(readings).aggregate_keyed_by_time_in_rs2(parts, config, |r| r.0, time, Count)
    }
    let mut last = BTreeMap::new();
    let mut late = 0;
    let windows_of_all = windows::<48>(disordered(), config);
    let lost = windows_of_all.losses().clone();
    for window in all(windows_of_all) {
        late += u32::from(window.timing == Timing::Late);
        last.insert((window.start_time.as_millis(), window.key), window.value);
    }
    assert!(late > 0);
    assert_eq!(lost.total(), 0, "{lost:?}");
    assert_eq!(last, count(&mut readings()), "what went out last has all items");

    // With room for few parts what had to go out early and what followed have them all together.
    let small = windows::<4>(readings().collect(), config);
    let losses = small.losses().clone();
    let mut together = BTreeMap::new();
    let mut forced = 0;
    for window in all(small) {
        forced += u32::from(window.timing == Timing::Forced);
        *together.entry((window.start_time.as_millis(), window.key)).or_insert(0) += window.value;
    }
    assert!(forced > 0 && losses.of(Loss::Full) == 0);
    assert_eq!(together, count(&mut readings()));
}

#[test]
fn sessions_are_counted_in_place() {
    let bursts = [0, 5, 9, 100, 104, 300].map(|at| (1_u8, at, 0));
    let rules = SessionConfig { gap: 20 * MS, watermark_delay: MS };
    let keys = Inline::<4>::new().seeded(7);
    let sessions = from_iter(bursts).aggregate_sessions_by_time_in_rs2(
        keys,
        rules,
        |reading| reading.0,
        time,
        Count,
    );
    let counts: Vec<u64> = all(sessions).into_iter().map(|session| session.value).collect();
    assert_eq!(counts, [3, 2, 1]);
}

#[test]
fn windows_patterns_and_states_of_keys_are_kept_in_place() {
    let keys = || Inline::<4>::new().seeded(7);
    let peaks = from_iter(readings()).keyed_window_in_rs2(
        keys(),
        Inline::<8>::new(),
        CountWindow::tumbling(8).partial_last(),
        |reading| reading.0,
        |window: &[Reading]| (window[0].0, window.iter().map(|reading| reading.2).max()),
    );
    let peaks = all(peaks);
    let naive = |sensor: u8| {
        let own: Vec<Reading> = readings().filter(|reading| reading.0 == sensor).collect();
        own.chunks(8).map(|window| window.iter().map(|r| r.2).max()).collect::<Vec<_>>()
    };
    for sensor in 0..2 {
        let own = peaks.iter().filter(|peak| peak.0 == sensor);
        assert_eq!(own.map(|peak| peak.1).collect::<Vec<_>>(), naive(sensor));
    }

    let falling = from_iter(readings()).keyed_pattern_in_rs2(
        keys(),
        Inline::<3>::new(),
        |reading| reading.0,
        |run: &[Reading]| {
            let falls = run.len() == 3 && run.windows(2).all(|two| two[0].2 > two[1].2);
            falls.then(|| run[0].1)
        },
    );
    assert!(!all(falling).is_empty());

    let numbers = [0, 1, 2, 3, 0, 4, 1];
    let counts = from_iter(numbers).keyed_map_in_rs2(
        keys(),
        |n| *n,
        |n, count: &mut u32| {
            *count += 1;
            (n, *count)
        },
    );
    let mut counts = pin!(counts);
    // With the fifth key the one goes that was not used for longest.
    let counted = all(counts.as_mut());
    assert_eq!(counted, [(0, 1), (1, 1), (2, 1), (3, 1), (0, 2), (4, 1), (1, 1)]);
    assert_eq!(counts.losses().of(Loss::Evicted), 2);
}

#[test]
fn the_highest_of_each_second_goes_on_in_futures_in_place() {
    let seconds = TimeWindowConfig::tumbling(500 * MS, 10 * MS).expect("a length that works");
    let highest = of(|reading: &Reading| reading.2, Max);
    let sent = from_iter(readings())
        .filter_rs2(|reading| reading.0 == 0)
        .aggregate_by_time_in_rs2(Inline::<4>::new(), seconds, time, highest)
        .par_eval_map_inline_in_rs2(Inline::<2>::new(), async |window| window.value);
    assert_eq!(all(sent), [16, 16]);
}

/// A clock that a test moves.
#[derive(Clone, Copy)]
struct ByHand<'a>(&'a Cell<u64>);

struct Until<'a>(&'a Cell<u64>, Instant);

impl Clock for ByHand<'_> {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.0.get())
    }
}

impl<'a> Timer for ByHand<'a> {
    type Sleep = Until<'a>;
    fn sleep_until(&self, deadline: Instant) -> Until<'a> {
        Until(self.0, deadline)
    }
}

impl Sleep for Until<'_> {
    fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.1 = deadline;
    }
}

impl Future for Until<'_> {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        if self.1 <= Instant::from_nanos(self.0.get()) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Yields what lies in a cell.
struct Level<'a>(&'a Cell<Option<u32>>);

impl Stream for Level<'_> {
    type Item = u32;
    fn poll_next(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.0.take().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
    }
}

#[test]
fn a_button_is_debounced_and_its_sessions_end_in_place() {
    let (now, level) = (Cell::new(0), Cell::new(None));
    let keys = Inline::<2>::new().seeded(7);
    let presses = Level(&level)
        .debounce_on_rs2(ByHand(&now), Duration::from_nanos(5))
        .keyed_session_fold_on_rs2(
            ByHand(&now),
            keys,
            Duration::from_nanos(50),
            |_| (),
            |level, sum: &mut u32| *sum += level,
        );
    let mut presses = pin!(presses);
    let mut cx = Context::from_waker(Waker::noop());
    let mut ended = Vec::new();
    for tick in 0..200 {
        now.set(tick);
        // It bounces twice, and is pressed again.
        let changes = [(10, 1), (12, 2), (13, 4), (40, 8)];
        level.set(changes.into_iter().find(|change| change.0 == tick).map(|change| change.1));
        if let Poll::Ready(Some(session)) = presses.as_mut().poll_next(&mut cx) {
            ended.push((tick, session));
        }
    }
    assert_eq!(ended, [(95, ((), 4 + 8))]);
}

#[test]
fn calls_are_protected_and_errors_left_out_in_place() {
    let call = async |n: u32| if n < 2 { Err(n) } else { Ok(n) };
    let config = CircuitBreakerConfig::new().window(2).min_calls(2);
    let stored = Divert(|n, _| Ok(n + 100));
    let breaker = Circuit::new(config, &Inline::<2>::new()).expect("the window fits");
    let answers = from_iter(0..4).circuit_breaker_with_on_rs2(NoTimer, breaker, stored, call);
    assert_eq!(all(answers), [Err(0), Err(1), Ok(102), Ok(103)]);

    let quota = Quota::new(1, Duration::from_secs(9)).expect("a rate that works");
    let limit = KeyedLimit::new(&Inline::<2>::new().seeded(7), quota);
    let first = from_iter([0, 1, 0, 1]).rate_limit_by_key_on_rs2(NoTimer, limit, |n| *n);
    assert_eq!(all(first), [0, 1]);

    let readings = from_iter([Ok(1), Err("noise"), Ok(3)]);
    assert_eq!(all(readings.clone().skip_errors_rs2()), [1, 3]);
    let policy = RetryPolicy::Immediate { max_retries: 1 };
    let again = || from_iter([Ok(7), Ok(8), Ok(9)]);
    let retried = readings.retry_with_policy_on_rs2(NoTimer, 7, policy, again);
    assert_eq!(all(retried), [Ok(1), Ok(7), Ok(8), Ok(9)]);
}

#[test]
fn items_are_grouped_and_let_out_in_place() {
    let pair = |n: &u32| n / 2;
    let runs = from_iter(0..5).group_adjacent_by_in_rs2(Inline::<8>::new(), pair);
    let runs: Vec<(u32, Vec<u32>)> =
        all(runs).into_iter().map(|(key, run)| (key, run.into_iter().collect())).collect();
    assert_eq!(runs, [(0, vec![0, 1]), (1, vec![2, 3]), (2, vec![4])]);
    let light = from_iter(0..5).chunk_by_weight_in_rs2(Inline::<8>::new(), 4, |n| *n as usize);
    let light: Vec<Vec<u32>> =
        all(light).into_iter().map(|chunk| chunk.into_iter().collect()).collect();
    assert_eq!(light, [vec![0, 1, 2], vec![3], vec![4]]);
    let sent = from_iter(0..5).spaced_in_on_rs2(Inline::<2>::new(), NoTimer, Duration::ZERO);
    assert_eq!(all(sent), [0, 1, 2, 3, 4]);
}

static LOST: Counters = Counters::new();
static SENT: QueueIn<Reading, Inline<3>, Inline<1>> = QueueIn::in_static(OnFull::Evict, &LOST);

#[test]
fn a_queue_in_a_static_drops_its_oldest_items() {
    let mut sent = SENT.dequeue();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut sent).poll_next(&mut cx).is_pending());
    for reading in readings() {
        SENT.offer(reading).expect("it is open");
    }
    assert_eq!(SENT.try_enqueue((0, 0, 0)), Err(QueueError::Full((0, 0, 0))));
    let mut waits = pin!(SENT.enqueue((7, 0, 0)));
    assert!(waits.as_mut().poll(&mut cx).is_pending());
    let second = pin!(SENT.enqueue((8, 0, 0))).poll(&mut cx);
    assert_eq!(second, Poll::Ready(Err(QueueError::Full((8, 0, 0)))), "one task waits already");
    let newest: Vec<Reading> = readings().skip(readings().count() - 3).collect();
    assert_eq!(Pin::new(&mut sent).poll_next(&mut cx), Poll::Ready(Some(newest[0])));
    assert_eq!(waits.poll(&mut cx), Poll::Ready(Ok(())));
    SENT.close();
    assert_eq!(all(sent), [newest[1], newest[2], (7, 0, 0)]);
    assert_eq!(Losses::in_static(&LOST).of(Loss::Evicted), readings().count() as u64 - 3);
}
