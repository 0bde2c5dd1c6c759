//! The answer as one page of HTML that needs nothing else, not even a script.

use std::io::{self, Write};

use super::answer::Answer;
use super::display::{bytes, counted, duration, grouped, percent, utc_minute, visible};
use super::timeline::{HOUR_MS, Timeline};

#[path = "report/axis.rs"]
mod axis;
#[path = "report/chart.rs"]
mod chart;
#[path = "report/charts.rs"]
mod charts;
#[path = "report/html.rs"]
mod html;
#[path = "report/tables.rs"]
mod tables;

use html::Html;

/// More columns would be too thin to see.
const MAX_WIDE_SPANS: usize = 600;
const MAX_SMALL_SPANS: usize = 120;

const MAX_TITLE: usize = 160;

pub fn write_report(out: &mut dyn Write, answer: &Answer, title: &str) -> io::Result<()> {
    let title = visible(title, MAX_TITLE);
    write_head(out, &title)?;
    write!(out, "<header><h1>{}</h1><p>{}</p></header>", Html(&title), Html(&summary(answer)))?;
    write_tiles(out, answer)?;
    write!(out, "<div class=\"cards\">")?;
    if answer.hourly.is_empty() {
        write!(out, "<section class=\"card\"><h2>No requests</h2>")?;
        write!(out, "<p>No line of the log is a request that counts.</p></section>")?;
    } else {
        let (wide, small) = (MAX_WIDE_SPANS, MAX_SMALL_SPANS);
        charts::write_requests(out, &Timeline::new(&answer.hourly, wide), &answer.alerts)?;
        charts::write_small(out, &Timeline::new(&answer.hourly, small))?;
        tables::write_pages(out, &answer.top_pages)?;
    }
    tables::write_alerts(out, &answer.alerts)?;
    tables::write_scans(out, &answer.scans)?;
    writeln!(out, "</div>{FOOTER}</main></body></html>")
}

const FOOTER: &str = "<footer><p>All times are UTC. A user is a host with an agent. A session \
    ends when its user asks for nothing for 30 minutes. An error is a response with status 400 or \
    above. An alert is a window of 15 minutes in which more than a fifth of at least 20 requests \
    failed; at most one in half an hour is shown. A scan is five 404 responses in a row to one \
    host in less than a minute.</p></footer>";

fn write_head(out: &mut dyn Write, title: &str) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title>\n<style>\n{}</style></head><body><main>\n",
        Html(title),
        include_str!("report/style.css")
    )
}

/// What was read, and what of it is counted.
fn summary(answer: &Answer) -> String {
    let period = match (answer.hourly.first(), answer.hourly.last()) {
        (Some(first), Some(last)) => format!(
            "{} to {} UTC. ",
            utc_minute(first.start_ms),
            utc_minute(last.start_ms + HOUR_MS)
        ),
        _ => String::new(),
    };
    format!(
        "{period}{} lines read: {} requests, {} seen before, {} too late, {} malformed.",
        grouped(answer.lines),
        grouped(answer.events),
        grouped(answer.duplicates),
        grouped(answer.late),
        grouped(answer.malformed)
    )
}

fn write_tiles(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    let sessions = &answer.sessions;
    let errors = answer.hourly.iter().map(|hour| hour.errors).sum();
    let sent = answer.hourly.iter().fold(0_u128, |sum, hour| sum.saturating_add(hour.bytes));
    let hours = answer.hourly.len() as u64;
    let tiles = [
        ("Requests", grouped(answer.events), format!("in {}", counted(hours, "hour"))),
        ("Users", grouped(sessions.users), "hosts with an agent".to_owned()),
        ("Sessions", grouped(sessions.count), format!("longest {}", duration(sessions.longest_ms))),
        (
            "Bounces",
            percent(sessions.bounces, sessions.count),
            format!("{} of one request", counted(sessions.bounces, "session")),
        ),
        ("Errors", percent(errors, answer.events), counted(errors, "request")),
        (
            "Sent",
            bytes(sent),
            format!("{} a request", bytes(sent / u128::from(answer.events.max(1)))),
        ),
    ];
    write!(out, "<dl class=\"cards tiles\">")?;
    for (name, number, remark) in tiles {
        let class = if number.len() > 9 { "number long" } else { "number" };
        write!(
            out,
            "<div class=\"card\"><dt>{name}</dt><dd class=\"{class}\">{number}</dd>\
             <dd>{remark}</dd></div>"
        )?;
    }
    writeln!(out, "</dl>")
}

#[cfg(test)]
#[path = "report/tests.rs"]
mod tests;
