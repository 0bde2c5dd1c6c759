//! Buckets of the calendar: they tile time, and are what the clock on the wall says.
#![cfg(feature = "calendar")]

#[path = "../../rs2-core/tests/common/cases.rs"]
mod cases;

use cases::cases;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rs2_core::aggregate::Count;
use rs2_core::op::analytics::{BucketConfig, Buckets};
use rs2_core::prelude::*;
use rs2_std::calendar::{CalendarBuckets, CalendarUnit, UnknownZone};
use std::collections::BTreeMap;
use std::time::Duration;

/// Both hemispheres, half and quarter hours, a clock changed by half an hour, one that was changed
/// just after midnight, at midnight, and a day that was left out.
const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Cairo",
];

const UNITS: [CalendarUnit; 5] = [
    CalendarUnit::Hour,
    CalendarUnit::Day,
    CalendarUnit::Week,
    CalendarUnit::Month,
    CalendarUnit::Year,
];

fn at(text: &str) -> EventTime {
    let timestamp: Timestamp = text.parse().expect("a time");
    EventTime::from_micros(timestamp.as_microsecond())
}

fn buckets(zone: &str, unit: CalendarUnit) -> CalendarBuckets {
    CalendarBuckets::new(zone, unit).expect("the zone is bundled")
}

fn hours(zone: &str, unit: CalendarUnit, text: &str) -> f64 {
    let (start, end) = buckets(zone, unit).bucket_of(at(text));
    end.saturating_since(start).as_secs_f64() / 3_600.0
}

#[test]
fn days_are_as_long_as_the_clock_makes_them() {
    let day = CalendarUnit::Day;
    assert_eq!(hours("Europe/Berlin", day, "2024-03-31T12:00:00Z"), 23.0);
    assert_eq!(hours("Europe/Berlin", day, "2024-10-27T12:00:00Z"), 25.0);
    assert_eq!(hours("Europe/Berlin", day, "2024-10-28T12:00:00Z"), 24.0);
    assert_eq!(hours("America/New_York", day, "2024-03-10T12:00:00Z"), 23.0);
    assert_eq!(hours("America/New_York", day, "2024-11-03T12:00:00Z"), 25.0);
    assert_eq!(hours("Australia/Lord_Howe", day, "2024-04-06T15:00:00Z"), 24.5);
    assert_eq!(hours("Australia/Lord_Howe", day, "2024-10-05T15:00:00Z"), 23.5);
}

#[test]
fn months_and_years_know_leap_years_also_before_1970() {
    for (text, days) in [
        ("2023-02-14T00:00:00Z", 28.0),
        ("2024-02-14T00:00:00Z", 29.0),
        ("1900-02-14T00:00:00Z", 28.0),
        ("1968-02-29T23:59:59Z", 29.0),
        ("1969-12-31T23:59:59Z", 31.0),
    ] {
        assert_eq!(hours("UTC", CalendarUnit::Month, text) / 24.0, days, "{text}");
    }
    assert_eq!(hours("UTC", CalendarUnit::Year, "2024-07-01T00:00:00Z") / 24.0, 366.0);
    let weeks = buckets("UTC", CalendarUnit::Week);
    assert_eq!(weeks.bucket_of(EventTime::EPOCH).0, at("1969-12-29T00:00:00Z"));
}

#[test]
fn hours_begin_where_the_local_clock_says() {
    let kolkata = buckets("Asia/Kolkata", CalendarUnit::Hour);
    assert_eq!(kolkata.bucket_of(at("2024-01-01T12:45:00Z")).0, at("2024-01-01T12:30:00Z"));
    let kathmandu = buckets("Asia/Kathmandu", CalendarUnit::Hour);
    assert_eq!(kathmandu.bucket_of(at("2024-01-01T12:14:59Z")).0, at("2024-01-01T11:15:00Z"));
    // The hour from two to three comes twice, and is two.
    let berlin = buckets("Europe/Berlin", CalendarUnit::Hour);
    let (first, again) = (at("2024-10-27T00:30:00Z"), at("2024-10-27T01:30:00Z"));
    assert_eq!(berlin.bucket_of(first).1, berlin.bucket_of(again).0);
}

#[test]
fn a_day_that_was_left_out_is_no_bucket() {
    let apia = buckets("Pacific/Apia", CalendarUnit::Day);
    let (_, end) = apia.bucket_of(at("2011-12-30T09:00:00Z"));
    // The 29th ends where the 31st begins.
    assert_eq!(end, at("2011-12-30T10:00:00Z"));
    let (_, end) = apia.bucket_of(end);
    assert_eq!(end, at("2011-12-31T10:00:00Z"));
}

#[test]
fn an_unknown_zone_is_an_error() {
    let error = CalendarBuckets::new("Europe/Atlantis", CalendarUnit::Day).unwrap_err();
    assert_eq!(error, UnknownZone("Europe/Atlantis".to_owned()));
}

/// The year, the month or the date on the wall.
fn shown(zone: &TimeZone, unit: CalendarUnit, ts: EventTime) -> String {
    let timestamp = Timestamp::from_microsecond(ts.as_micros()).expect("in the years it knows");
    let format = match unit {
        CalendarUnit::Year => "%Y",
        CalendarUnit::Month => "%Y-%m",
        CalendarUnit::Week => "%G-W%V",
        CalendarUnit::Hour | CalendarUnit::Day => "%Y-%m-%d",
    };
    timestamp.to_zoned_datetime(zone.clone()).strftime(format).to_string()
}

/// From 1900 to 2100, and the extremes.
fn time() -> impl Strategy<Value = i64> {
    let micros = -2_208_988_800_000_000_i64..4_102_444_800_000_000;
    prop_oneof![20 => micros, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn they_tile_time(micros in time(), zone in 0..ZONES.len(), unit in 0..UNITS.len()) {
        let (ts, buckets) = (EventTime::from_micros(micros), buckets(ZONES[zone], UNITS[unit]));
        let (start, end) = buckets.bucket_of(ts);
        prop_assert!(start <= ts && (ts < end || ts == EventTime::MAX), "{start:?} {ts:?} {end:?}");
        prop_assert_eq!(buckets.bucket_of(start), (start, end));
        let last = EventTime::from_micros(end.as_micros().saturating_sub(1));
        prop_assert_eq!(buckets.bucket_of(last), (start, end));
        if end < EventTime::MAX {
            prop_assert_eq!(buckets.bucket_of(end).0, end);
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// A zone whose clock is not put back over midnight, so that each date is one run of time.
    #[test]
    fn items_are_counted_by_what_the_clock_shows(
        days in prop::collection::vec((-40_000_i64..40_000, 0_i64..86_400), 1..40),
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kolkata"]),
        unit in 1..UNITS.len(),
    ) {
        let unit = UNITS[unit];
        let mut times: Vec<EventTime> =
            days.iter().map(|(day, second)| EventTime::from_secs(day * 86_400 + second)).collect();
        times.sort();
        let wall = jiff::tz::db().get(zone).expect("the zone is bundled");
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for ts in &times {
            *expected.entry(shown(&wall, unit, *ts)).or_default() += 1;
        }
        let config = BucketConfig { watermark_delay: Duration::ZERO, most_empty: 0 };
        let found = from_iter(times.clone())
            .buckets_by_time_rs2(buckets(zone, unit), config, |ts| *ts, Count)
            .map_rs2(|bucket| {
                let count = bucket.value.expect("no empty ones were asked for");
                (shown(&wall, unit, bucket.start_time), count)
            });
        let found: Vec<(String, u64)> = futures_executor::block_on(found.collect_rs2());
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), expected);
    }
}
