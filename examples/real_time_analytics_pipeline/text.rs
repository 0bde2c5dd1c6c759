//! The answer as text for a terminal: at most some sixty lines, however long the log.

use std::io::{self, Write};

use super::answer::{Alert, Answer, Hour, Page, Scan};
use super::display::{bytes, counted, duration, grouped, percent, utc_minute, utc_second, visible};
use super::timeline::Timeline;

const MAX_BARS: usize = 14;
const BAR_WIDTH: usize = 32;
const MAX_ALERTS: usize = 8;
const MAX_SCANS: usize = 20;
const MAX_PATH: usize = 64;
const MAX_HOST: usize = 40;

pub fn write_text(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    totals(out, answer)?;
    traffic(out, &answer.hourly)?;
    alerts(out, &answer.alerts)?;
    top_pages(out, &answer.top_pages)?;
    scans(out, &answer.scans)
}

fn totals(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    let sessions = &answer.sessions;
    let errors: u64 = answer.hourly.iter().map(|hour| hour.errors).sum();
    let sent = answer.hourly.iter().fold(0_u128, |sum, hour| sum.saturating_add(hour.bytes));
    let rows = [
        ("requests", answer.events, format!("{} sent", bytes(sent))),
        ("errors", errors, format!("{} of the requests", percent(errors, answer.events))),
        ("users", sessions.users, String::new()),
        ("sessions", sessions.count, format!("longest {}", duration(sessions.longest_ms))),
        (
            "bounces",
            sessions.bounces,
            format!("{} of the sessions", percent(sessions.bounces, sessions.count)),
        ),
        (
            "lines",
            answer.lines,
            format!(
                "{} malformed, {} late, {} seen before",
                grouped(answer.malformed),
                grouped(answer.late),
                grouped(answer.duplicates)
            ),
        ),
    ];
    for (name, number, remark) in rows {
        let line = format!("{name:<9} {:>15}   {remark}", grouped(number));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn traffic(out: &mut dyn Write, hours: &[Hour]) -> io::Result<()> {
    // Backwards, because of equals the last one seen is taken.
    let Some(busiest) = hours.iter().rev().max_by_key(|hour| hour.events) else {
        return Ok(());
    };
    let timeline = Timeline::new(hours, MAX_BARS);
    let most = timeline.spans.iter().map(|span| span.events).max().unwrap_or(0);
    writeln!(
        out,
        "\nRequests per {} (UTC); the busiest hour began {} with {}",
        timeline.span_name(),
        utc_minute(busiest.start_ms),
        grouped(busiest.events)
    )?;
    for span in &timeline.spans {
        let errors = if span.errors > 0 { counted(span.errors, "error") } else { String::new() };
        let line = format!(
            "  {} {:<BAR_WIDTH$} {:>11}  {errors}",
            utc_minute(span.start_ms),
            bar(span.events, most),
            grouped(span.events)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A bar as long as `part` is of `most`, to an eighth of a character.
fn bar(part: u64, most: u64) -> String {
    let eighths = part as f64 / most.max(1) as f64 * (BAR_WIDTH * 8) as f64;
    // What is not nothing should not look like it.
    let eighths = (eighths as usize).max(usize::from(part > 0));
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + rest
}

fn alerts(out: &mut dyn Write, alerts: &[Alert]) -> io::Result<()> {
    if alerts.is_empty() {
        return writeln!(
            out,
            "\nNo alert: in no 15 minutes of 20 requests or more did over a fifth fail"
        );
    }
    writeln!(out, "\nAlerts: over a fifth of the requests failed in the 15 minutes from (UTC)")?;
    for alert in alerts.iter().take(MAX_ALERTS) {
        writeln!(
            out,
            "  {}   {} of {} requests, {}",
            utc_minute(alert.window_start_ms),
            grouped(alert.errors),
            grouped(alert.events),
            percent(alert.errors, alert.events)
        )?;
    }
    more(out, alerts.len(), MAX_ALERTS)
}

fn top_pages(out: &mut dyn Write, pages: &[Page]) -> io::Result<()> {
    if pages.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nMost requested")?;
    for page in pages {
        writeln!(out, "  {:>11}  {}", grouped(page.hits), visible(&page.path, MAX_PATH))?;
    }
    Ok(())
}

fn scans(out: &mut dyn Write, scans: &[Scan]) -> io::Result<()> {
    if scans.is_empty() {
        return writeln!(out, "\nNo scan: no host met five 404s in a row within a minute");
    }
    writeln!(out, "\nScans: five 404s in a row within a minute, from (UTC)")?;
    for scan in scans.iter().take(MAX_SCANS) {
        writeln!(
            out,
            "  {}  {:>4}  {}",
            utc_second(scan.first_ms),
            duration(scan.last_ms - scan.first_ms),
            visible(&scan.host, MAX_HOST)
        )?;
    }
    more(out, scans.len(), MAX_SCANS)
}

fn more(out: &mut dyn Write, count: usize, shown: usize) -> io::Result<()> {
    match count.saturating_sub(shown) {
        0 => Ok(()),
        rest => writeln!(out, "  and {} more", grouped(rest as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Sessions;
    use super::*;

    fn text(answer: &Answer) -> String {
        let mut out = Vec::new();
        write_text(&mut out, answer).expect("a vector takes all");
        String::from_utf8(out).expect("text is UTF-8")
    }

    fn hours(count: i64) -> Vec<Hour> {
        let hour = |at: i64| Hour {
            start_ms: at * 3_600_000,
            events: 5,
            users: 2,
            errors: 1,
            bytes: 1 << 20,
        };
        (0..count).map(hour).collect()
    }

    #[test]
    fn an_empty_answer_is_zeros_without_a_chart() {
        let text = text(&Answer::default());
        assert!(text.starts_with("requests                0   0 B sent\n"), "{text}");
        assert!(text.contains("\nNo alert") && text.contains("\nNo scan"));
        assert!(!text.contains("per hour") && !text.contains("Most requested"));
    }

    #[test]
    fn totals_are_grouped_and_shares_are_of_the_right_whole() {
        let sessions =
            Sessions { count: 3_223, bounces: 1_775, longest_ms: 3_725_000, users: 1_861 };
        let answer =
            Answer { lines: 10_000, events: 50, sessions, hourly: hours(10), ..Answer::default() };
        let text = text(&answer);
        for expected in [
            "requests               50   10.0 MiB sent\n",
            "errors                 10   20.0 % of the requests\n",
            "users               1,861\n",
            "sessions            3,223   longest 1 h 02 min 05 s\n",
            "bounces             1,775   55.1 % of the sessions\n",
            "lines              10,000   0 malformed, 0 late, 0 seen before\n",
        ] {
            assert!(text.contains(expected), "{expected}{text}");
        }
    }

    #[test]
    fn the_text_is_short_however_long_the_log() {
        let alert = Alert { window_start_ms: -300_000, events: 20, errors: 5 };
        let scan = Scan { host: "h".repeat(1_000_000), first_ms: 0, last_ms: 59_000 };
        let page = Page { path: "/\u{1b}[2J".repeat(1_000_000), hits: 1 };
        let answer = Answer {
            hourly: hours(100_000),
            alerts: vec![alert; 1_000],
            scans: vec![scan; 25],
            top_pages: vec![page; 10],
            ..Answer::default()
        };
        let text = text(&answer);
        assert!(text.lines().count() <= 70);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.contains("  1969-12-31 23:55   5 of 20 requests, 25.0 %\n  "));
        assert!(text.contains("  and 992 more\n") && text.contains("  and 5 more\n"));
    }

    #[test]
    fn nothing_from_the_log_reaches_the_terminal_as_a_command() {
        let hostile = "\u{1b}]0;x\u{7}\u{9b}2J\r\n\u{202e}\u{0}";
        let answer = Answer {
            top_pages: vec![Page { path: hostile.to_owned(), hits: 1 }],
            scans: vec![Scan { host: hostile.to_owned(), first_ms: 0, last_ms: 0 }],
            ..Answer::default()
        };
        let shown = r"\u{1b}]0;x\u{7}\u{9b}2J\r\n\u{202e}\0";
        let text = text(&answer);
        assert!(!text.contains(|sign: char| sign.is_control() && sign != '\n'), "{text:?}");
        assert_eq!(text.matches(shown).count(), 2, "{text}");
    }

    #[test]
    fn bars_grow_with_the_number_and_show_the_smallest() {
        assert_eq!(bar(0, 100), "");
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(7, 7), "█".repeat(BAR_WIDTH));
        assert_eq!(bar(1, 2), "█".repeat(BAR_WIDTH / 2));
    }
}
