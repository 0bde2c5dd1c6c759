//! The page is well formed, needs nothing from elsewhere, and holds whatever the log said.

use proptest::prelude::*;

use super::super::answer::{Alert, Hour, Page, Scan, Sessions};
use super::*;

fn page(answer: &Answer, title: &str) -> String {
    let mut out = Vec::new();
    write_report(&mut out, answer, title).expect("a vector takes all");
    String::from_utf8(out).expect("the page is UTF-8")
}

fn hours(count: i64) -> Vec<Hour> {
    let hour = |at: i64| Hour {
        start_ms: (at - 50) * HOUR_MS,
        events: at as u64 * 7 % 100 + 1,
        users: 3,
        errors: u64::from(at % 5 == 0),
        bytes: 1 << (at % 80),
    };
    (0..count).map(hour).collect()
}

fn answer_of(hours: Vec<Hour>) -> Answer {
    Answer {
        lines: 12_345_678_901,
        events: hours.iter().map(|hour| hour.events).sum(),
        sessions: Sessions { count: 9, bounces: 3, longest_ms: 59_000, users: 4 },
        alerts: vec![Alert { window_start_ms: -3_000_000, events: 100, errors: 21 }],
        top_pages: vec![Page { path: "/a".to_owned(), hits: 2 }],
        scans: vec![Scan { host: "h".to_owned(), first_ms: 0, last_ms: 59_000 }],
        hourly: hours,
        ..Answer::default()
    }
}

/// The text between tags. Every tag that is opened is closed, in the right order.
fn text_of(page: &str) -> String {
    let mut open = Vec::new();
    let mut text = String::new();
    for piece in page.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').expect("a tag ends");
        assert!(!rest.contains('>') || open.last() == Some(&"style"), "stray > after {tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        text.push_str(rest);
        if tag.starts_with('!') || tag.starts_with("meta ") || tag.ends_with('/') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "closes {name}"),
            None => open.push(tag.split(' ').next().expect("a tag has a name")),
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    text
}

#[test]
fn no_hour_one_hour_and_many_hours_make_a_well_formed_page_of_bounded_size() {
    for count in [0, 1, 2, 24, 599, 600, 601, 10_000, 200_000] {
        let page = page(&answer_of(hours(count)), "access.log");
        text_of(&page);
        assert!(!page.contains("NaN") && !page.contains("inf\""), "{count} hours");
        assert!(page.len() < 400_000, "{count} hours: {} bytes", page.len());
        assert_eq!(page.matches("<svg").count(), if count == 0 { 0 } else { 4 });
        assert_eq!(page.contains("here is one per"), count > 600, "{count} hours");
    }
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere_and_runs_no_script() {
    let page = page(&answer_of(hours(30)), "access.log");
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn hostile_text_is_shown_as_text_wherever_it_stands() {
    let hostile = "\"'></title></style><script>alert(1)</script>&lt;\u{202e}\u{0}";
    let answer = Answer {
        top_pages: vec![Page { path: hostile.to_owned(), hits: 1 }],
        scans: vec![Scan { host: hostile.to_owned(), first_ms: 0, last_ms: 0 }],
        ..answer_of(hours(3))
    };
    let page = page(&answer, hostile);
    let shown = "&quot;&#39;&gt;&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;\
                 &amp;lt;\\u{202e}\\0";
    assert_eq!(text_of(&page).matches(shown).count(), 4, "title, heading, path and host");
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\0'));
}

#[test]
fn long_text_and_long_tables_are_cut() {
    let scan = Scan { host: "h".repeat(1_000_000), first_ms: 0, last_ms: 0 };
    let answer = Answer {
        top_pages: vec![Page { path: "<".repeat(1_000_000), hits: 1 }],
        scans: vec![scan; 1_000],
        ..answer_of(hours(3))
    };
    let page = page(&answer, &"t".repeat(1_000_000));
    assert!(page.len() < 200_000, "{}", page.len());
    assert!(text_of(&page).contains("And 800 more"));
}

#[test]
fn the_numbers_on_the_tiles_are_those_of_the_answer() {
    let text = text_of(&page(&answer_of(hours(50)), "access.log"));
    let expected = ["12,345,678,901 lines read", "in 50 hours", "longest 59 s", "33.3 %", "21.0 %"];
    for number in expected {
        assert!(text.contains(number), "{number}");
    }
    assert!(text.contains("1969-12-29 22:00 to 1970-01-01 00:00 UTC"));
}

#[test]
fn the_widest_numbers_do_not_break_the_page() {
    let most =
        Hour { start_ms: 0, events: 1 << 62, users: u64::MAX, errors: 1 << 62, bytes: u128::MAX };
    let hourly = vec![most.clone(), Hour { start_ms: HOUR_MS, ..most }];
    let page = page(&Answer { hourly, events: u64::MAX, ..Answer::default() }, "");
    text_of(&page);
    assert!(!page.contains("NaN") && !page.contains("inf\""));
}

proptest! {
    #[test]
    fn bars_are_as_high_as_the_numbers_they_show(
        counts in prop::collection::vec(0..100_000_u64, 1..200),
    ) {
        let mut hourly = hours(counts.len() as i64);
        for (hour, count) in hourly.iter_mut().zip(&counts) {
            hour.events = *count;
        }
        let page = page(&Answer { hourly, ..Answer::default() }, "");
        let (_, path) = page.split_once("class=\"requests\" d=\"").expect("the chart has bars");
        let (path, _) = path.split_once('"').expect("the path ends");

        // A bar is `M x base V top h width V base Z`.
        let number = |text: &str| text.parse::<f64>().expect("a coordinate");
        let heights: Vec<f64> = path
            .split_terminator('Z')
            .map(|bar| {
                let (_, vertical) = bar.split_once('V').expect("a bar goes up");
                let (top, rest) = vertical.split_once('h').expect("and across");
                let (_, base) = rest.split_once('V').expect("and down");
                number(base) - number(top)
            })
            .collect();
        let shown = counts.iter().map(|count| *count as f64).filter(|count| *count > 0.0);
        let shown: Vec<f64> = shown.collect();
        prop_assert_eq!(heights.len(), shown.len());
        let highest = heights.iter().copied().fold(0.0, f64::max);
        let most = shown.iter().copied().fold(1.0, f64::max);
        for (height, count) in heights.iter().zip(shown) {
            prop_assert!((height / highest - count / most).abs() < 0.01, "{} of {}", height, count);
        }
    }
}
