//! What windows of event time did wrong in the crate that had these names before: peer defect 25.
#![cfg(feature = "std")]

use futures_executor::block_on;
use rs2_core::metrics::{Loss, Reports};
use rs2_core::op::event_time::{TimeWindow, TimeWindowConfig};
use rs2_core::prelude::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Start and end in milliseconds, items.
type Window = (i64, i64, Vec<u64>);

/// The windows over items at these milliseconds, by the clock that the product's users have.
fn windows(config: TimeWindowConfig, items: &[u64]) -> (Vec<Window>, u64) {
    let stream =
        from_iter(items.to_vec()).window_by_time_rs2(config, |item| UNIX_EPOCH + ms(*item));
    let losses = stream.losses().clone();
    let window = |window: TimeWindow<u64>| {
        (window.start_time.as_millis(), window.end_time.as_millis(), window.events)
    };
    let windows = block_on(stream.map_rs2(window).collect_rs2());
    (windows, losses.of(Loss::Late))
}

#[test]
fn windows_may_be_shorter_than_a_second() {
    let config = TimeWindowConfig::tumbling(ms(250), ms(0)).unwrap();
    let (found, _) = windows(config, &[0, 249, 250, 900]);
    assert_eq!(found, [(0, 250, vec![0, 249]), (250, 500, vec![250]), (750, 1_000, vec![900])]);
}

#[test]
fn the_slide_is_honoured() {
    let config = TimeWindowConfig::new(ms(20_000), ms(10_000), ms(0)).unwrap();
    let (found, _) = windows(config, &[1_000, 12_000, 25_000]);
    assert_eq!(
        found,
        [
            (-10_000, 10_000, vec![1_000]),
            (0, 20_000, vec![1_000, 12_000]),
            (10_000, 30_000, vec![12_000, 25_000]),
            (20_000, 40_000, vec![25_000]),
        ]
    );
}

#[test]
fn a_late_event_opens_no_window_again_without_lateness() {
    let config = TimeWindowConfig::tumbling(ms(10_000), ms(0)).unwrap();
    let (found, late) = windows(config, &[1_000, 11_000, 2_000, 3_000, 12_000]);
    assert_eq!(found, [(0, 10_000, vec![1_000]), (10_000, 20_000, vec![11_000, 12_000])]);
    assert_eq!(late, 2);
}

#[test]
fn the_allowed_lateness_is_honoured() {
    let config = TimeWindowConfig {
        allowed_lateness: ms(5_000),
        ..TimeWindowConfig::tumbling(ms(10_000), ms(0)).unwrap()
    };
    let (found, late) = windows(config, &[1_000, 11_000, 2_000, 15_000, 3_000]);
    assert_eq!(found[..2], [(0, 10_000, vec![1_000]), (0, 10_000, vec![1_000, 2_000])]);
    assert_eq!((found.len(), late), (3, 1));
}

#[test]
fn windows_go_out_in_the_order_of_their_time() {
    let config = TimeWindowConfig::tumbling(ms(1_000), ms(60_000)).unwrap();
    let items: Vec<u64> = (0..50).rev().map(|n| n * 1_000).collect();
    let (found, _) = windows(config, &items);
    let starts: Vec<i64> = found.iter().map(|window| window.0).collect();
    assert_eq!(starts, (0..50).map(|n| n * 1_000).collect::<Vec<i64>>());
}

#[test]
fn windows_of_a_second_and_a_half_lie_one_after_the_other() {
    let config = TimeWindowConfig::tumbling(ms(1_500), ms(0)).unwrap();
    let (found, _) = windows(config, &[0, 1_499, 1_500, 2_999, 3_000]);
    assert_eq!(
        found,
        [
            (0, 1_500, vec![0, 1_499]),
            (1_500, 3_000, vec![1_500, 2_999]),
            (3_000, 4_500, vec![3_000]),
        ]
    );
}

#[test]
fn a_window_has_the_methods_that_users_know() {
    let start = UNIX_EPOCH + ms(1_000);
    let mut window = TimeWindow::new(start, start + ms(500));
    window.add_event("visit");
    assert_eq!(window.events, ["visit"]);
    assert!(!window.is_complete(start + ms(499)));
    assert!(window.is_complete(start + ms(500)));
    assert_eq!(SystemTime::try_from(window.start_time), Ok(start));
    assert_eq!(SystemTime::try_from(window.end_time), Ok(start + ms(500)));
}

#[test]
fn a_system_time_that_is_too_far_away_saturates() {
    let Some(far) = UNIX_EPOCH.checked_add(Duration::from_secs(u64::MAX / 4)) else {
        println!("skipped: this system has no time beyond those of EventTime");
        return;
    };
    assert_eq!(EventTime::from(far), EventTime::MAX);
}
