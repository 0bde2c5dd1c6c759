//! Windows of event time with statistics, and a join of two streams by time and key.

use rs2_stream::event_time::{TimeWindow, TimeWindowConfig};
use rs2_stream::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Clone, Debug)]
struct UserEvent {
    user_id: u64,
    event_type: &'static str,
    timestamp: SystemTime,
}

#[derive(Clone, Debug)]
struct UserProfile {
    user_id: u64,
    name: &'static str,
    timestamp: SystemTime,
}

#[derive(Clone, Debug)]
struct SystemMetric {
    cpu_percent: f64,
    timestamp: SystemTime,
}

#[derive(Debug, PartialEq)]
struct WindowStats {
    events: usize,
    unique_users: usize,
    event_types: BTreeMap<&'static str, usize>,
}

/// So many seconds after the beginning of the day that this example looks at.
fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_040 + seconds)
}

fn user_events() -> Vec<UserEvent> {
    let event =
        |seconds, user_id, event_type| UserEvent { user_id, event_type, timestamp: at(seconds) };
    vec![
        event(0, 1, "login"),
        event(12, 2, "login"),
        event(31, 1, "purchase"),
        event(75, 3, "login"),
        // It comes after the one of a quarter of a minute later, and still counts.
        event(58, 2, "view"),
        event(118, 1, "logout"),
        event(130, 3, "purchase"),
    ]
}

fn user_profiles() -> Vec<UserProfile> {
    let profile = |seconds, user_id, name| UserProfile { user_id, name, timestamp: at(seconds) };
    vec![profile(5, 1, "Ann"), profile(10, 2, "Bob"), profile(125, 3, "Cem")]
}

fn stats(window: &TimeWindow<UserEvent>) -> WindowStats {
    let users: BTreeSet<u64> = window.events.iter().map(|event| event.user_id).collect();
    let mut event_types = BTreeMap::new();
    for event in &window.events {
        *event_types.entry(event.event_type).or_insert(0) += 1;
    }
    WindowStats { events: window.events.len(), unique_users: users.len(), event_types }
}

/// Tumbling windows of a minute, with events up to 20 seconds out of order.
async fn windowed_aggregations() {
    println!("events in each minute:");
    let config = TimeWindowConfig::tumbling(Duration::from_secs(60), Duration::from_secs(20))
        .expect("a window of some length");
    let windows: Vec<WindowStats> = from_iter(user_events())
        .window_by_time_rs2(config, |event| event.timestamp)
        .map_rs2(|window| stats(&window))
        .inspect_rs2(|stats| println!("  {stats:?}"))
        .collect_rs2()
        .await;
    assert_eq!(windows.len(), 3);
    assert_eq!((windows[0].events, windows[0].unique_users), (4, 2));
    assert_eq!(windows[0].event_types, [("login", 2), ("purchase", 1), ("view", 1)].into());
    assert_eq!((windows[1].events, windows[1].unique_users), (2, 2));
    assert_eq!((windows[2].events, windows[2].unique_users), (1, 1));
}

/// Windows of a minute, one every half minute, over numbers.
async fn system_metrics() {
    println!("load of the last minute, every half minute:");
    let metrics = (0..6_u32)
        .map(|n| SystemMetric { cpu_percent: f64::from(n * 10), timestamp: at(u64::from(n) * 20) });
    let minute = Duration::from_secs(60);
    let config =
        TimeWindowConfig::new(minute, minute / 2, Duration::ZERO).expect("a window of some length");
    let averages: Vec<(usize, f64)> = from_iter(metrics)
        .window_by_time_rs2(config, |metric| metric.timestamp)
        .map_rs2(|window| {
            let sum: f64 = window.events.iter().map(|metric| metric.cpu_percent).sum();
            (window.events.len(), sum / window.events.len() as f64)
        })
        .inspect_rs2(|(count, average)| println!("  {count} readings, {average:.1} %"))
        .collect_rs2()
        .await;
    assert_eq!(averages[0], (2, 5.0));
    assert_eq!(averages[1], (3, 10.0));
}

/// Each event with the profile of its user, if that came at most a minute before or after it.
async fn events_with_profiles() {
    println!("events with their profiles:");
    let config = TimeJoinConfig {
        window_size: Duration::from_secs(60),
        watermark_delay: Duration::from_secs(20),
        ..TimeJoinConfig::default()
    };
    let mut enriched: Vec<(&str, &str)> = from_iter(user_events())
        .join_with_time_window_rs2(
            from_iter(user_profiles()),
            config,
            |event| event.timestamp,
            |profile| profile.timestamp,
            |event, profile| (profile.name, event.event_type),
            Some((|event: &UserEvent| event.user_id, |profile: &UserProfile| profile.user_id)),
        )
        .inspect_rs2(|(name, event_type)| println!("  {name}: {event_type}"))
        .collect_rs2()
        .await;
    // Ann's logout was more than a minute after her profile.
    enriched.sort_unstable();
    let expected = [
        ("Ann", "login"),
        ("Ann", "purchase"),
        ("Bob", "login"),
        ("Bob", "view"),
        ("Cem", "login"),
        ("Cem", "purchase"),
    ];
    assert_eq!(enriched, expected);
}

/// Without a key, events meet everything that happened near them.
async fn by_time_alone() {
    let config =
        TimeJoinConfig { window_size: Duration::from_secs(2), ..TimeJoinConfig::default() };
    let near: Vec<(u64, u64)> = from_iter(user_events())
        .join_with_time_window_rs2(
            from_iter(user_profiles()),
            config,
            |event| event.timestamp,
            |profile| profile.timestamp,
            |event, profile| (event.user_id, profile.user_id),
            no_key(),
        )
        .collect_rs2()
        .await;
    println!("within two seconds of each other: {near:?}");
    assert_eq!(near, [(2, 2)]);
}

#[tokio::main]
async fn main() {
    windowed_aggregations().await;
    system_metrics().await;
    events_with_profiles().await;
    by_time_alone().await;
}
