//! Where the marks of an axis stand and what they say.

use super::super::calendar::Date;
use super::super::display::{bytes, date, grouped};
use super::super::timeline::HOUR_MS;

/// A mark on the axis of time.
#[derive(Debug, PartialEq, Eq)]
pub struct Tick {
    pub ms: i64,
    pub label: String,
    /// Below hours the day, below days and months the year, where it is not the one before.
    pub below: Option<String>,
}

const DAY_MS: i64 = 24 * HOUR_MS;

/// At most `max` marks from `start_ms` to `end_ms`, as close as that allows.
pub fn time_ticks(start_ms: i64, end_ms: i64, max: usize) -> Vec<Tick> {
    let hours = [1, 2, 3, 6, 12].map(|hours| hours * HOUR_MS);
    let days = [1, 2, 4, 8, 16].map(|days| days * DAY_MS);
    for step in hours.into_iter().chain(days) {
        let (first, last) = (ceil_div(start_ms, step), end_ms.div_euclid(step));
        if last - first < max as i64 {
            let clock = if step < DAY_MS { hour_tick } else { day_tick };
            return write_changes((first..=last).map(|at| clock(at * step)));
        }
    }
    let years = (1..).map(|at| 12 * round_number(at));
    for step in [1, 2, 3, 6, 12].into_iter().chain(years) {
        let first = ceil_div(month(start_ms - 1) + 1, step);
        let last = month(end_ms).div_euclid(step);
        if last - first < max as i64 {
            let calendar = if step < 12 { month_tick } else { year_tick };
            return write_changes((first..=last).map(|at| calendar(at * step)));
        }
    }
    Vec::new()
}

/// Leaves the lower line out where it is the same as before.
fn write_changes(ticks: impl Iterator<Item = Tick>) -> Vec<Tick> {
    let mut before = None;
    let written = |tick: Tick| {
        let changed = tick.below != before;
        before.clone_from(&tick.below);
        Tick { below: tick.below.filter(|_| changed), ..tick }
    };
    ticks.map(written).collect()
}

fn hour_tick(ms: i64) -> Tick {
    let label = format!("{:02}:00", ms.rem_euclid(DAY_MS) / HOUR_MS);
    Tick { ms, label, below: Some(day_tick(ms).label) }
}

fn day_tick(ms: i64) -> Tick {
    let Date { year, day, .. } = date(ms);
    Tick { ms, label: format!("{day} {}", date(ms).month_name()), below: Some(year.to_string()) }
}

fn month_tick(months: i64) -> Tick {
    let first = first_of_month(months);
    let label = first.month_name().to_owned();
    Tick { ms: first.to_days() * DAY_MS, label, below: Some(first.year.to_string()) }
}

fn year_tick(months: i64) -> Tick {
    let first = first_of_month(months);
    Tick { ms: first.to_days() * DAY_MS, label: first.year.to_string(), below: None }
}

/// The day on which the month begins that is `months` after the first of the year 0.
fn first_of_month(months: i64) -> Date {
    Date { year: months.div_euclid(12), month: months.rem_euclid(12) as u32 + 1, day: 1 }
}

/// Months since the year 0.
fn month(ms: i64) -> i64 {
    let Date { year, month, .. } = date(ms);
    year * 12 + i64::from(month) - 1
}

fn ceil_div(number: i64, step: i64) -> i64 {
    -(-number).div_euclid(step)
}

/// 1, 2, 5, 10, 20, 50 and so on.
fn round_number(at: u32) -> i64 {
    [1, 2, 5][at as usize % 3] * 10_i64.pow(at / 3)
}

/// The marks of an axis that begins at zero.
#[derive(Debug)]
pub struct Scale {
    pub step: f64,
    /// The last mark, at or above everything shown.
    pub top: f64,
}

impl Scale {
    /// Some four marks at round numbers, whole ones if they are counts.
    pub fn up_to(peak: f64, smallest_step: f64) -> Self {
        let rough = (peak / 4.0).max(smallest_step);
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|round| round * power)
            .into_iter()
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(10.0 * power);
        Scale { step, top: (peak / step).ceil().max(1.0) * step }
    }

    /// Marks at round numbers of the largest unit that `peak` fills.
    pub fn of_bytes(peak: f64) -> Self {
        let unit = 1024_f64.powf(peak.max(1.0).log(1024.0).floor());
        let scale = Scale::up_to(peak / unit, if unit == 1.0 { 1.0 } else { 0.25 });
        Scale { step: scale.step * unit, top: scale.top * unit }
    }

    pub fn marks(&self) -> impl Iterator<Item = f64> {
        let count = (self.top / self.step).round() as u32;
        (0..=count).map(|at| f64::from(at) * self.step)
    }
}

/// A count on an axis, in few characters.
pub fn short_count(count: f64) -> String {
    match count {
        1e9.. => format!("{}G", count / 1e9),
        1e6.. => format!("{}M", count / 1e6),
        1e4.. => format!("{}k", count / 1e3),
        _ => grouped(count as u64),
    }
}

pub fn short_bytes(count: f64) -> String {
    let text = bytes(count as u128);
    text.replace(".0 ", " ")
}

pub fn short_percent(share: f64) -> String {
    format!("{share} %")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(year: i64, month: u32, day: u32, hour: i64) -> i64 {
        Date { year, month, day }.to_days() * DAY_MS + hour * HOUR_MS
    }

    fn labels(start_ms: i64, end_ms: i64) -> Vec<String> {
        let text =
            |tick: Tick| tick.below.map_or(tick.label.clone(), |below| tick.label + "/" + &below);
        time_ticks(start_ms, end_ms, 5).into_iter().map(text).collect()
    }

    proptest! {
        #[test]
        fn time_ticks_are_few_in_order_and_inside(
            start_hour in -17_000_000_i64..70_000_000,
            length in prop_oneof![1..100_i64, 1..100_000_i64, 1..80_000_000_i64],
            max in 2..12_usize,
        ) {
            let (start, end) = (start_hour * HOUR_MS, (start_hour + length) * HOUR_MS);
            let ticks = time_ticks(start, end, max);
            prop_assert!(ticks.len() <= max);
            prop_assert!(ticks.is_sorted_by(|a, b| a.ms < b.ms));
            prop_assert!(ticks.iter().all(|tick| (start..=end).contains(&tick.ms)));
            prop_assert!(max < 4 || !ticks.is_empty());
        }

        #[test]
        fn a_scale_holds_its_peak_with_few_marks(
            peak in prop_oneof![0.0..1.0, 0.0..1e3, 0.0..1e12],
        ) {
            for scale in [Scale::up_to(peak, 1.0), Scale::of_bytes(peak)] {
                let marks: Vec<f64> = scale.marks().collect();
                prop_assert!((2..=6).contains(&marks.len()), "{:?}", scale);
                prop_assert!(scale.top >= peak);
                prop_assert!(peak < 4.0 || scale.top <= 2.0 * peak, "{:?}", scale);
            }
            prop_assert!(Scale::up_to(peak, 1.0).marks().all(|mark| mark.fract() == 0.0));
        }
    }

    #[test]
    fn days_and_years_are_written_where_they_begin() {
        let day = at(2015, 5, 17, 10);
        assert_eq!(labels(day, day + 2 * HOUR_MS), ["10:00/17 May", "11:00", "12:00"]);
        assert_eq!(labels(day, day + DAY_MS), ["12:00/17 May", "18:00", "00:00/18 May", "06:00"]);
        assert_eq!(
            labels(at(2015, 12, 29, 1), at(2016, 1, 2, 0)),
            ["30 Dec/2015", "31 Dec", "1 Jan/2016", "2 Jan"]
        );
        assert_eq!(
            labels(at(2015, 11, 2, 0), at(2016, 3, 5, 0)),
            ["Dec/2015", "Jan/2016", "Feb", "Mar"]
        );
        assert_eq!(labels(at(2011, 2, 1, 0), at(2015, 1, 1, 0)), ["2012", "2013", "2014", "2015"]);
    }

    #[test]
    fn marks_are_short() {
        assert_eq!(short_count(0.0), "0");
        assert_eq!(short_count(2_500.0), "2,500");
        assert_eq!(short_count(20_000.0), "20k");
        assert_eq!(short_count(1_500_000.0), "1.5M");
        assert_eq!(short_bytes(1.5 * 1024.0 * 1024.0), "1.5 MiB");
        assert_eq!(short_bytes(2.0 * 1024.0), "2 KiB");
        assert_eq!(short_percent(20.0), "20 %");
        let quarters: Vec<f64> = Scale::up_to(0.9, 0.25).marks().collect();
        assert_eq!(quarters, [0.0, 0.5, 1.0]);
    }
}
