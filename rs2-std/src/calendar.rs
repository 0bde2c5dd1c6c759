//! Hours, days, weeks, months and years of a time zone.
//!
//! The zones are those of the IANA database, which is bundled, so that the same bytes give the same
//! buckets on every machine.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rs2_core::op::analytics::Buckets;
use rs2_core::time::EventTime;
use std::error::Error;
use std::fmt;

/// What a bucket is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalendarUnit {
    /// Sixty minutes, counted from the beginning of the day; where the clock is changed by half an
    /// hour, the last one of that day is shorter.
    Hour,
    /// From one midnight to the next: 23 or 25 hours where the clock is changed.
    Day,
    /// From one Monday to the next.
    Week,
    /// From the first to the last.
    Month,
    /// From the first of January on.
    Year,
}

/// Buckets of the calendar in a time zone.
///
/// ```
/// use rs2_core::op::analytics::Buckets;
/// use rs2_core::time::EventTime;
/// use rs2_std::calendar::{CalendarBuckets, CalendarUnit};
///
/// let days = CalendarBuckets::new("Europe/Berlin", CalendarUnit::Day)?;
/// // Noon on the day on which the clock was put forward.
/// let (start, end) = days.bucket_of(EventTime::from_secs(1_711_879_200));
/// assert_eq!(end.saturating_since(start).as_secs(), 23 * 3_600);
/// # Ok::<(), rs2_std::calendar::UnknownZone>(())
/// ```
#[derive(Clone, Debug)]
pub struct CalendarBuckets {
    zone: TimeZone,
    unit: CalendarUnit,
    /// The years that the calendar knows whole; before and after them there is one bucket each.
    known: (EventTime, EventTime),
}

/// No time zone has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(
    /// The name.
    pub String,
);

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no time zone is called `{}`", self.0)
    }
}

impl Error for UnknownZone {}

const HOUR: i64 = 3_600_000_000;

impl CalendarBuckets {
    /// Buckets of one unit in the zone of this name, as `Europe/Berlin`.
    ///
    /// # Errors
    /// When no zone has the name.
    pub fn new(zone: &str, unit: CalendarUnit) -> Result<Self, UnknownZone> {
        let zone = jiff::tz::db().get(zone).map_err(|_| UnknownZone(zone.to_owned()))?;
        let known = [-9998, 9999].map(|year| beginning(&zone, date(year, 1, 1)));
        Ok(Self { zone, unit, known: known.into() })
    }

    /// The first day of the bucket that `day` lies in.
    fn first_day(&self, day: Date) -> Date {
        match self.unit {
            CalendarUnit::Hour | CalendarUnit::Day => day,
            CalendarUnit::Week => {
                let since_monday = day.weekday().since(Weekday::Monday);
                day.checked_sub(i32::from(since_monday).days()).unwrap_or(Date::MIN)
            }
            CalendarUnit::Month => day.first_of_month(),
            CalendarUnit::Year => day.first_of_year(),
        }
    }

    /// The first day of the next bucket.
    fn next_day(&self, first: Date) -> Date {
        let length = match self.unit {
            CalendarUnit::Hour | CalendarUnit::Day => 1.day(),
            CalendarUnit::Week => 1.week(),
            CalendarUnit::Month => 1.month(),
            CalendarUnit::Year => 1.year(),
        };
        first.checked_add(length).unwrap_or(Date::MAX)
    }

    /// The days around `ts`, as the boundaries between them say. What the clock shows may be a day
    /// off: where it is put back just after midnight, some of the old day comes again.
    fn days_around(&self, ts: EventTime, shown: Date) -> (EventTime, EventTime) {
        let mut first = self.first_day(shown);
        let mut start = beginning(&self.zone, first);
        while ts < start && first > Date::MIN {
            first = self.first_day(first.yesterday().unwrap_or(Date::MIN));
            start = beginning(&self.zone, first);
        }
        loop {
            let next = self.next_day(first);
            let end = beginning(&self.zone, next);
            if ts < end || next == Date::MAX {
                return (start, end);
            }
            (first, start) = (next, end);
        }
    }
}

/// When `day` begins. Where midnight is skipped that is the first moment after, where it comes
/// twice the first of both.
fn beginning(zone: &TimeZone, day: Date) -> EventTime {
    match day.to_zoned_datetime(zone.clone()) {
        Ok(zoned) => event_time(zoned.timestamp()),
        Err(_) if day.year() < 0 => EventTime::MIN,
        Err(_) => EventTime::MAX,
    }
}

fn event_time(timestamp: Timestamp) -> EventTime {
    EventTime::from_micros(timestamp.as_microsecond())
}

impl Buckets for CalendarBuckets {
    fn bucket_of(&self, ts: EventTime) -> (EventTime, EventTime) {
        let (first, last) = self.known;
        if ts < first {
            return (EventTime::MIN, first);
        }
        let timestamp = Timestamp::from_microsecond(ts.as_micros());
        let Some(timestamp) = timestamp.ok().filter(|_| ts < last) else {
            return (last, EventTime::MAX);
        };
        let shown = timestamp.to_zoned_datetime(self.zone.clone()).date();
        let (start, end) = self.days_around(ts, shown);
        let (start, end) = (start.max(first), end.min(last));
        if self.unit != CalendarUnit::Hour {
            return (start, end);
        }
        let hours = ts.as_micros().saturating_sub(start.as_micros()) / HOUR;
        let begins = start.as_micros().saturating_add(hours.saturating_mul(HOUR));
        let ends = begins.saturating_add(HOUR).min(end.as_micros());
        (EventTime::from_micros(begins), EventTime::from_micros(ends))
    }
}
