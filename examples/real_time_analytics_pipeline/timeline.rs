//! Hours merged into as many equal spans of time as there is room to show.

use super::answer::Hour;

pub const HOUR_MS: i64 = 3_600_000;

/// All spans from the first hour with events to the last, the empty ones among them.
#[derive(Debug)]
pub struct Timeline {
    /// A multiple of one hour. Spans start at its multiples since the epoch.
    pub span_ms: i64,
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start_ms: i64,
    pub events: u64,
    pub errors: u64,
    pub bytes: u128,
    /// The most users in one of its hours: users of several hours may be the same ones.
    pub users: u64,
}

impl Timeline {
    /// Spans of `hours`, which are in order, as short as a count of `max` or less lets them be.
    pub fn new(hours: &[Hour], max: usize) -> Self {
        let (Some(first), Some(last)) = (hours.first(), hours.last()) else {
            return Timeline { span_ms: HOUR_MS, spans: Vec::new() };
        };
        let index =
            |ms: i64, span_ms: i64| ms.div_euclid(span_ms) - first.start_ms.div_euclid(span_ms);
        let span_ms = lengths()
            .find(|span_ms| index(last.start_ms, *span_ms) < max as i64)
            .expect("lengths grow until all hours are in one or two spans");
        let start_ms = first.start_ms.div_euclid(span_ms) * span_ms;

        let mut spans: Vec<Span> = (0..=index(last.start_ms, span_ms))
            .map(|at| Span { start_ms: start_ms + at * span_ms, ..Span::default() })
            .collect();
        for hour in hours {
            let span = &mut spans[index(hour.start_ms, span_ms) as usize];
            span.events += hour.events;
            span.errors += hour.errors;
            span.bytes = span.bytes.saturating_add(hour.bytes);
            span.users = span.users.max(hour.users);
        }
        Timeline { span_ms, spans }
    }

    /// The length of a span in words, as in "requests per hour".
    pub fn span_name(&self) -> String {
        match (self.span_ms / HOUR_MS, self.span_ms / HOUR_MS / 24) {
            (1, _) => "hour".to_owned(),
            (24, _) => "day".to_owned(),
            (hours, 0) => format!("{hours} hours"),
            (_, days) => format!("{days} days"),
        }
    }
}

/// The lengths a span may have: parts of a day, then days, twice as many each time.
fn lengths() -> impl Iterator<Item = i64> {
    let parts_of_a_day = [1, 2, 3, 4, 6, 8, 12].map(|hours| hours * HOUR_MS);
    let days = std::iter::successors(Some(24 * HOUR_MS), |days| days.checked_mul(2));
    parts_of_a_day.into_iter().chain(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(at: i64, events: u64) -> Hour {
        Hour { start_ms: at * HOUR_MS, events, users: events / 2, errors: 1, bytes: 7 }
    }

    proptest! {
        #[test]
        fn every_hour_is_counted_in_the_span_it_lies_in(
            at in prop::collection::btree_map(-90_000_000_i64..90_000_000, 1..100_u64, 1..60),
            far in any::<bool>(),
            max in 2..700_usize,
        ) {
            let squeeze = if far { 1 } else { 1_000_000 };
            let hours: Vec<Hour> = at
                .into_iter()
                .map(|(at, events)| hour(at.div_euclid(squeeze), events))
                .collect();
            let timeline = Timeline::new(&hours, max);
            prop_assert!((1..=max).contains(&timeline.spans.len()));
            for (span, next) in timeline.spans.iter().zip(&timeline.spans[1..]) {
                prop_assert_eq!(next.start_ms - span.start_ms, timeline.span_ms);
            }
            for span in &timeline.spans {
                prop_assert_eq!(span.start_ms.rem_euclid(timeline.span_ms), 0);
                let inside = || hours.iter().filter(|hour| {
                    (0..timeline.span_ms).contains(&(hour.start_ms - span.start_ms))
                });
                prop_assert_eq!(span.events, inside().map(|hour| hour.events).sum::<u64>());
                prop_assert_eq!(span.errors, inside().count() as u64);
                prop_assert_eq!(span.bytes, 7 * inside().count() as u128);
                prop_assert_eq!(span.users, inside().map(|hour| hour.users).max().unwrap_or(0));
            }
            let ends = [&timeline.spans[0], &timeline.spans[timeline.spans.len() - 1]];
            prop_assert!(ends.iter().all(|span| span.events > 0));
        }
    }

    #[test]
    fn no_hours_are_no_spans() {
        assert!(Timeline::new(&[], 10).spans.is_empty());
    }

    #[test]
    fn spans_are_as_short_as_the_room_allows_and_have_names() {
        let name = |count: i64, max| {
            let hours: Vec<Hour> = (0..count).map(|at| hour(at, 1)).collect();
            Timeline::new(&hours, max).span_name()
        };
        assert_eq!(name(1, 12), "hour");
        assert_eq!(name(12, 12), "hour");
        assert_eq!(name(13, 12), "2 hours");
        assert_eq!(name(12 * 12 + 1, 12), "day");
        assert_eq!(name(10_000, 12), "64 days");
    }
}
