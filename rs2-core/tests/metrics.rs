//! Metrics against naive counters, and what an observed stream measures.

#[path = "common/patchy.rs"]
mod patchy;
#[path = "common/ticking.rs"]
mod ticking;

use futures_executor::block_on;
use futures_util::StreamExt;
use patchy::Patchy;
use proptest::prelude::*;
use rs2_core::error::Rejected;
use rs2_core::metrics::{Contribute, HealthThresholds, Loss, Losses, Metrics, MetricsConfig};
use rs2_core::metrics::{MetricsHandle, StreamMetrics};
use rs2_core::prelude::*;
use rs2_core::task::Spawner;
use rs2_core::time::{Instant, NoTimer};
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;
use ticking::Ticking;

#[derive(Clone, Copy, Debug)]
enum Event {
    Item(u32),
    Error,
    Retry,
    Time(u32),
    Backpressure,
    Depth(u32),
    Drops(u32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<u32>().prop_map(Event::Item),
        Just(Event::Error),
        Just(Event::Retry),
        any::<u32>().prop_map(Event::Time),
        Just(Event::Backpressure),
        any::<u32>().prop_map(Event::Depth),
        any::<u32>().prop_map(Event::Drops),
    ]
}

fn by_hand(metrics: &mut StreamMetrics, event: Event) {
    match event {
        Event::Item(size) => metrics.record_item(size.into()),
        Event::Error => metrics.record_error(),
        Event::Retry => metrics.record_retry(),
        Event::Time(nanos) => metrics.record_processing_time(Duration::from_nanos(nanos.into())),
        Event::Backpressure => metrics.record_backpressure(),
        Event::Depth(depth) => metrics.update_queue_depth(depth.into()),
        Event::Drops(items) => metrics.record_drops(items.into()),
    }
}

fn by_handle(metrics: &Metrics, event: Event) {
    match event {
        Event::Item(size) => metrics.record_item(size.into()),
        Event::Error => metrics.record_error(),
        Event::Retry => metrics.record_retry(),
        Event::Time(nanos) => metrics.record_processing_time(Duration::from_nanos(nanos.into())),
        Event::Backpressure => metrics.record_backpressure(),
        Event::Depth(depth) => metrics.update_queue_depth(depth.into()),
        Event::Drops(items) => metrics.record_drops(items.into()),
    }
}

fn sum(events: &[Event], pick: impl Fn(Event) -> Option<u32>) -> u64 {
    events.iter().filter_map(|&event| pick(event)).map(u64::from).sum()
}

fn count(events: &[Event], pick: impl Fn(Event) -> bool) -> u64 {
    events.iter().filter(|&&event| pick(event)).count() as u64
}

proptest! {
    #[test]
    fn the_numbers_are_those_of_a_naive_count(
        events in prop::collection::vec(event(), 0..60),
        elapsed in 1u64..10_000_000_000,
    ) {
        let (mut metrics, handle) = (StreamMetrics::new().with_name("a".into()), Metrics::new("a"));
        handle.begin(Instant::ORIGIN);
        for &event in &events {
            by_hand(&mut metrics, event);
            by_handle(&handle, event);
        }
        let elapsed = Duration::from_nanos(elapsed);
        metrics.set_elapsed(elapsed);
        prop_assert_eq!(&metrics, &handle.snapshot_at(Instant::from_origin(elapsed)));

        let items = count(&events, |event| matches!(event, Event::Item(_)));
        let errors = count(&events, |event| matches!(event, Event::Error));
        let bytes = sum(&events, |event| if let Event::Item(n) = event { Some(n) } else { None });
        let time = |event| if let Event::Time(n) = event { Some(n) } else { None };
        let peak = events.iter().filter_map(|&event| time(event)).max().unwrap_or_default();
        prop_assert_eq!((metrics.items_processed, metrics.bytes_processed), (items, bytes));
        prop_assert_eq!(metrics.processing_time, Duration::from_nanos(sum(&events, time)));
        prop_assert_eq!(metrics.peak_processing_time, Duration::from_nanos(peak.into()));
        prop_assert_eq!(metrics.errors, errors);
        prop_assert_eq!(metrics.retries, count(&events, |event| matches!(event, Event::Retry)));
        let full = count(&events, |event| matches!(event, Event::Backpressure));
        prop_assert_eq!(metrics.backpressure_events, full);
        let drops = |event| if let Event::Drops(n) = event { Some(n) } else { None };
        prop_assert_eq!(metrics.drops(), sum(&events, drops));
        let depth = events.iter().rev().find_map(|&event| {
            if let Event::Depth(n) = event { Some(u64::from(n)) } else { None }
        });
        prop_assert_eq!(metrics.queue_depth, depth.unwrap_or_default());
        let since_item = events.iter().rev().take_while(|event| !matches!(event, Event::Item(_)));
        let in_a_row = since_item.filter(|event| matches!(event, Event::Error)).count();
        prop_assert_eq!(metrics.consecutive_errors, in_a_row as u64);
        let rate = if errors == 0 { 0.0 } else { errors as f64 / (items + errors) as f64 };
        prop_assert_eq!(metrics.error_rate, rate);
        prop_assert_eq!(metrics.items_per_second, items as f64 / elapsed.as_secs_f64());
        prop_assert_eq!(metrics.throughput_bytes_per_sec(), bytes as f64 / elapsed.as_secs_f64());
    }

    #[test]
    fn a_share_of_the_operations_is_measured_and_stands_for_all(
        items in 0u32..200,
        permille in 0u32..=1_000,
    ) {
        let (clock, sample_rate) = (Ticking::default(), f64::from(permille) / 1_000.0);
        let config = MetricsConfig { sample_rate, ..MetricsConfig::default() };
        let (source, spent) = (clock.clone(), 1_000);
        let work = move |_: &u32| source.now.set(source.now.get() + spent);
        let work = from_iter(0..items).inspect_rs2(work);
        let (stream, handle) = work.with_metrics_on_rs2(clock.clone(), "sampled", config);
        block_on(stream.for_each_rs2(async |_| ()));

        let metrics = handle.snapshot();
        prop_assert_eq!(metrics.items_processed, items.into());
        let worked = f64::from(items) * spent as f64 / 1e9;
        let off_by = (metrics.processing_time.as_secs_f64() - worked).abs();
        // The choice is even, so the estimate is off by less than what one operation stands for.
        let one = if permille == 0 { worked } else { spent as f64 / 1e9 / sample_rate };
        prop_assert!(off_by <= one + 1e-9, "{off_by} of {worked} with {sample_rate}");
        // Twice for each that is measured, the end among them, and at the begin and at the end.
        let measured = (f64::from(items + 1) * sample_rate + 1.0) as usize;
        prop_assert!(clock.readings.get() <= 2 * measured + 4, "{} readings", clock.readings.get());
    }

    #[test]
    fn an_observed_stream_is_the_same_stream(
        steps in prop::collection::vec((0u8..3, 0u8..4), 0..40),
    ) {
        let result = |n| if n == 0 { Err(n) } else { Ok(n) };
        let results = || Patchy::new(steps.clone()).map_rs2(result);
        let (stream, handle) =
            results().try_with_metrics_on_rs2(NoTimer, "same", MetricsConfig::default());
        let seen: Vec<_> = block_on(stream.collect_rs2());
        prop_assert_eq!(&seen, &block_on(results().collect_rs2::<Vec<_>>()));
        let metrics = handle.snapshot();
        let good = seen.iter().filter(|result| result.is_ok()).count();
        prop_assert_eq!(metrics.items_processed, good as u64);
        prop_assert_eq!(metrics.errors, (seen.len() - good) as u64);
    }
}

/// Peer defect 30: two of four failed, and the stream was healthy without an error.
#[test]
fn errors_of_results_are_counted() {
    let results = from_iter([Ok(1), Err("a"), Ok(2), Err("b")]);
    let (stream, handle) =
        results.try_with_metrics_on_rs2(NoTimer, "results", MetricsConfig::default());
    block_on(stream.for_each_rs2(async |_| ()));
    let metrics = handle.snapshot();
    assert_eq!((metrics.items_processed, metrics.errors, metrics.error_rate), (2, 2, 0.5));
    assert!(!metrics.is_healthy());
}

/// Peer defect 30: three megabytes counted as 72 bytes.
#[test]
fn three_vectors_of_a_megabyte_are_three_megabytes() {
    let frames = from_iter((0..3).map(|_| vec![0u8; 1_000_000]));
    let config = MetricsConfig::default();
    let (stream, handle) =
        frames.with_metrics_by_on_rs2(NoTimer, "frames", config, |frame| frame.len());
    block_on(stream.for_each_rs2(async |_| ()));
    assert_eq!(handle.snapshot().bytes_processed, 3_000_000);
    assert_eq!(handle.snapshot().average_item_size, 1_000_000.0);
}

/// Peer defect 30: a stream that was left early had no processing time and no rate.
#[test]
fn a_stream_that_was_dropped_has_its_times() {
    let clock = Ticking::default();
    let source = clock.clone();
    let numbers = from_iter(0..).inspect_rs2(move |_| source.now.set(source.now.get() + 1_000_000));
    let (stream, handle) =
        numbers.with_metrics_on_rs2(clock.clone(), "numbers", MetricsConfig::default());
    assert_eq!(block_on(stream.take_rs2(10).collect_rs2::<Vec<u32>>()).len(), 10);
    clock.now.set(1_000_000_000);

    let metrics = handle.snapshot();
    assert_eq!(metrics.processing_time, Duration::from_millis(10));
    assert_eq!(metrics.peak_processing_time, Duration::from_millis(1));
    assert_eq!(metrics.elapsed(), Duration::from_millis(10));
    assert_eq!(metrics.throughput_summary(), "1000.00 items/sec, 3.91 KB/sec");
}

/// Peer defect 30: "maximum acceptable 10 %" and "0 %" were not acceptable.
#[test]
fn a_limit_is_an_allowed_value() {
    let mut metrics = StreamMetrics::new().with_health_thresholds(HealthThresholds::custom(0.0, 3));
    assert!(metrics.is_healthy(), "nothing has happened");
    (0..9).for_each(|_| metrics.record_item(1));
    assert!(metrics.is_healthy(), "nothing has failed");
    metrics.record_error();
    assert!(!metrics.is_healthy());

    metrics.set_health_thresholds(HealthThresholds::default());
    assert_eq!(metrics.error_rate, 0.1);
    assert!(metrics.is_healthy(), "exactly 10 %");
    metrics.set_health_thresholds(HealthThresholds::custom(1.0, 1));
    assert!(metrics.is_healthy(), "exactly one in a row");
    metrics.record_error();
    assert!(!metrics.is_healthy());
}

#[test]
fn the_rate_of_a_stream_that_waits_goes_down_until_it_ends() {
    let clock = Ticking::default();
    let steps = Patchy::new([(0, 1), (1, 2)]);
    let (mut stream, handle) =
        steps.with_metrics_on_rs2(clock.clone(), "waits", MetricsConfig::default());
    assert_eq!(handle.snapshot().elapsed(), Duration::ZERO);
    assert_eq!(block_on(stream.next()), Some(1));
    clock.now.set(1_000_000_000);
    assert_eq!(handle.snapshot().items_per_second, 1.0);
    clock.now.set(2_000_000_000);
    assert_eq!(handle.snapshot().items_per_second, 0.5);
    // Nobody asked in between: what the consumer did meanwhile is not processing time.
    assert_eq!(block_on(stream.next()), Some(2));
    assert_eq!(handle.snapshot().processing_time, Duration::ZERO);
    assert_eq!(block_on(stream.next()), None);
    clock.now.set(4_000_000_000);
    assert_eq!(handle.snapshot().items_per_second, 1.0);
}

#[test]
fn streams_that_share_a_handle_are_counted_together() {
    let clock = Ticking::default();
    let handle = MetricsHandle::new(clock.clone(), Metrics::new("both"));
    let mut first = from_iter([1, 2]).observe_rs2(&handle);
    assert_eq!(block_on(first.next()), Some(1));
    clock.now.set(3_000_000_000);
    let second = from_iter([3]).observe_rs2(&handle);
    block_on(second.for_each_rs2(async |_| ()));
    drop(first);
    clock.now.set(9_000_000_000);
    let metrics = handle.snapshot();
    assert_eq!((metrics.items_processed, metrics.elapsed()), (2, Duration::from_secs(3)));
}

#[test]
fn what_is_not_enabled_counts_nothing_and_reads_no_clock() {
    let clock = Ticking::default();
    let config = MetricsConfig { enabled: false, ..MetricsConfig::default() };
    let (stream, handle) = from_iter(0..5).with_metrics_on_rs2(clock.clone(), "off", config);
    assert_eq!(block_on(stream.collect_rs2::<Vec<u32>>()), [0, 1, 2, 3, 4]);
    handle.metrics().record_error();
    assert_eq!((clock.readings.get(), handle.metrics().snapshot().items_processed), (0, 0));
    assert_eq!(handle.snapshot().errors, 0);
}

#[test]
fn labels_and_thresholds_reach_the_snapshot() {
    let labels = vec![("shard".to_string(), "3".to_string())];
    let config = MetricsConfig { labels: labels.clone(), ..MetricsConfig::default() };
    let handle = MetricsHandle::new(NoTimer, Metrics::with_config("orders", config));
    let strict = handle.clone().with_health_thresholds(HealthThresholds::strict());
    assert_eq!(strict.snapshot().health_thresholds, HealthThresholds::strict());
    assert_eq!(handle.snapshot().health_thresholds, HealthThresholds::default());
    assert_eq!(handle.snapshot().labels(), labels);
    assert_eq!(handle.snapshot().name.as_deref(), Some("orders"));
}

#[test]
fn what_an_operator_counts_anyway_is_added_when_it_is_read() {
    struct Depth;
    impl Contribute for Depth {
        fn contribute(&self, totals: &mut StreamMetrics) {
            totals.queue_depth += 7;
        }
    }
    let (metrics, losses) = (Metrics::new("all"), Losses::new());
    metrics.include(losses.clone());
    metrics.include(Depth);
    metrics.record_drops(1);
    losses.count_many(Loss::Full, 4);
    assert_eq!((metrics.snapshot().drops(), metrics.snapshot().queue_depth), (5, 7));
}

/// Takes no task, so that what is read ahead is read within the stream.
struct Busy;

impl<F> Spawner<F> for Busy {
    fn spawn(&self, future: F) -> Result<(), Rejected<F>> {
        Err(Rejected(future))
    }
}

/// Includes something else in the first snapshot that it is asked for.
struct Late(Metrics, Losses);

impl Contribute for Late {
    fn contribute(&self, totals: &mut StreamMetrics) {
        totals.record_retry();
        if totals.retries == 1 {
            self.0.include(self.1.clone());
        }
    }
}

#[test]
fn a_handle_may_use_the_metrics_when_it_is_asked() {
    let (metrics, losses) = (Metrics::new("numbers"), Losses::new());
    losses.count(Loss::Late);
    metrics.include(Late(metrics.clone(), losses));
    assert_eq!(metrics.snapshot().drops(), 0);
    assert_eq!(metrics.snapshot().drops(), 1);
}

#[test]
fn the_pressure_of_a_buffer_is_a_queue_depth() {
    let metrics = Metrics::new("buffered");
    let mut buffer = from_iter(0..100).auto_backpressure_on_rs2(Busy, Default::default());
    metrics.include(buffer.pressure());
    assert_eq!(block_on(buffer.next()), Some(0));
    let mut cx = Context::from_waker(Waker::noop());
    let _ = Pin::new(&mut buffer).poll_progress(&mut cx);
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.queue_depth, snapshot.backpressure_events), (75, 1));
    drop(buffer);
    assert_eq!(metrics.snapshot().queue_depth, 0);
}

#[test]
#[should_panic(expected = "sample_rate is out of range")]
fn a_sample_rate_that_is_no_share_is_refused() {
    let config = MetricsConfig { sample_rate: f64::NAN, ..MetricsConfig::default() };
    let _ = Metrics::with_config("none", config);
}
