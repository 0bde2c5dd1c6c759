//! Pages, alerts and scans as tables.

use std::io::{self, Write};

use super::super::answer::{Alert, Page, Scan};
use super::super::display::{duration, grouped, percent, utc_minute, utc_second, visible};
use super::html::Html;

/// A page with more rows than this would be no pleasure to open.
const MAX_ROWS: usize = 200;
const MAX_TEXT: usize = 160;

pub fn write_pages(out: &mut dyn Write, pages: &[Page]) -> io::Result<()> {
    let most = pages.iter().map(|page| page.hits).max().unwrap_or(0).max(1);
    write!(
        out,
        "<section class=\"card\"><h2>Most requested</h2><table><thead><tr><th>Path</th>\
         <th class=\"figure\">Requests</th><td></td></tr></thead><tbody>"
    )?;
    for Page { path, hits } in pages {
        write!(
            out,
            "<tr><th scope=\"row\" class=\"text\">{}</th><td class=\"figure\">{}</td>\
             <td class=\"bar\"><span style=\"width:{:.1}%\"></span></td></tr>",
            Html(&visible(path, MAX_TEXT)),
            grouped(*hits),
            *hits as f64 * 100.0 / most as f64
        )?;
    }
    writeln!(out, "</tbody></table></section>")
}

pub fn write_alerts(out: &mut dyn Write, alerts: &[Alert]) -> io::Result<()> {
    let none = "In no 15 minutes of 20 requests or more did over a fifth fail.";
    if !begin(out, "Alerts", alerts.len(), none)? {
        return Ok(());
    }
    write!(
        out,
        "<thead><tr><th>15 minutes from</th><th class=\"figure\">Requests</th>\
         <th class=\"figure\">Errors</th><th class=\"figure\">Share</th></tr></thead><tbody>"
    )?;
    for Alert { window_start_ms, events, errors } in alerts.iter().take(MAX_ROWS) {
        write!(
            out,
            "<tr><th scope=\"row\" class=\"time\">{}</th><td class=\"figure\">{}</td>\
             <td class=\"figure\">{}</td><td class=\"figure\">{}</td></tr>",
            utc_minute(*window_start_ms),
            grouped(*events),
            grouped(*errors),
            percent(*errors, *events)
        )?;
    }
    end(out, alerts.len())
}

pub fn write_scans(out: &mut dyn Write, scans: &[Scan]) -> io::Result<()> {
    let none = "No host met five 404 responses in a row within a minute.";
    if !begin(out, "Scans", scans.len(), none)? {
        return Ok(());
    }
    write!(
        out,
        "<thead><tr><th>Host</th><th>From</th><th class=\"figure\">Took</th></tr></thead><tbody>"
    )?;
    for Scan { host, first_ms, last_ms } in scans.iter().take(MAX_ROWS) {
        write!(
            out,
            "<tr><th scope=\"row\" class=\"text\">{}</th><td class=\"time\">{}</td>\
             <td class=\"figure\">{}</td></tr>",
            Html(&visible(host, MAX_TEXT)),
            utc_second(*first_ms),
            duration(last_ms - first_ms)
        )?;
    }
    end(out, scans.len())
}

/// Opens a card and its table, or says in it that there are `none` and returns false.
fn begin(out: &mut dyn Write, title: &str, count: usize, none: &str) -> io::Result<bool> {
    write!(out, "<section class=\"card half\"><h2>{title}: {}</h2>", grouped(count as u64))?;
    if count == 0 {
        writeln!(out, "<p>{none}</p></section>")?;
        return Ok(false);
    }
    // What scrolls must be reachable without a pointer.
    write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table>"
    )?;
    Ok(true)
}

fn end(out: &mut dyn Write, count: usize) -> io::Result<()> {
    write!(out, "</tbody></table></div>")?;
    match count.saturating_sub(MAX_ROWS) {
        0 => {}
        rest => {
            write!(out, "<p>And {} more, which the JSON answer lists.</p>", grouped(rest as u64))?
        }
    }
    writeln!(out, "</section>")
}
