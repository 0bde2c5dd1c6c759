//! The four charts: requests, and below them errors, users and bytes.

use std::io::{self, Write};

use super::super::answer::Alert;
use super::super::display::{bytes, grouped, percent, utc_minute};
use super::super::timeline::{HOUR_MS, Span, Timeline};
use super::axis::{Scale, short_bytes, short_count, short_percent};
use super::chart::{Chart, Layer};
use super::html::Html;

/// Above this share of errors a window becomes an alert.
const ALERT_PERCENT: f64 = 20.0;

pub fn write_requests(
    out: &mut dyn Write,
    timeline: &Timeline,
    alerts: &[Alert],
) -> io::Result<()> {
    let layers = [
        Layer { class: "requests", value: |span| span.events as f64 },
        Layer { class: "errors", value: |span| span.errors as f64 },
    ];
    let title = format!("Requests per {}", timeline.span_name());
    let description = format!("{} Alerts: {}.", in_words(timeline, &layers[0], tip), alerts.len());
    let flags: Vec<_> = alerts.iter().map(|alert| (alert.window_start_ms, flag(alert))).collect();

    write!(out, "<section class=\"card wide\"><h2>{}</h2>", Html(&title))?;
    if timeline.span_ms > HOUR_MS {
        let span = timeline.span_name();
        write!(out, "<p>Columns per hour would be too thin to see: here is one per {span}.</p>")?;
    }
    write!(
        out,
        "<p class=\"legend\"><span class=\"requests\"><b>requests</b></span>\
         <span class=\"errors\"><b>of these, errors</b></span>\
         <span class=\"flag\"><b>alert</b></span></p>"
    )?;
    let chart = Chart {
        id: "requests",
        title: &title,
        description: &description,
        width: 1080.0,
        height: 300.0,
        timeline,
        layers: &layers,
        scale: Scale::up_to(layers[0].peak(timeline), 1.0),
        mark_text: short_count,
        tip,
        flags: &flags,
        limit: None,
    };
    chart.write(out)?;
    writeln!(out, "</section>")
}

fn tip(span: &Span) -> String {
    format!(
        "{}: {} requests, {} errors ({})",
        utc_minute(span.start_ms),
        grouped(span.events),
        grouped(span.errors),
        percent(span.errors, span.events)
    )
}

fn flag(alert: &Alert) -> String {
    format!(
        "Alert: in the 15 minutes from {}, {} of {} requests failed ({})",
        utc_minute(alert.window_start_ms),
        grouped(alert.errors),
        grouped(alert.events),
        percent(alert.errors, alert.events)
    )
}

/// What a glance at the chart would tell.
fn in_words(timeline: &Timeline, layer: &Layer, tip: fn(&Span) -> String) -> String {
    let (Some(first), Some(last)) = (timeline.spans.first(), timeline.spans.last()) else {
        return "No requests.".to_owned();
    };
    let height = |span: &&Span| (layer.value)(span);
    // Backwards, because of equals the last one seen is taken.
    let highest = timeline.spans.iter().rev().max_by(|a, b| height(a).total_cmp(&height(b)));
    format!(
        "From {} to {} UTC. Highest column: {}.",
        utc_minute(first.start_ms),
        utc_minute(last.start_ms + timeline.span_ms),
        highest.map(tip).unwrap_or_default()
    )
}

/// A chart of one number, in a third of the width.
struct Small {
    id: &'static str,
    title: String,
    value: fn(&Span) -> f64,
    tip: fn(&Span) -> String,
    scale: fn(f64) -> Scale,
    mark_text: fn(f64) -> String,
    limit: Option<f64>,
}

pub fn write_small(out: &mut dyn Write, timeline: &Timeline) -> io::Result<()> {
    for small in [errors(timeline), users(timeline), sent(timeline)] {
        let layer = Layer { class: small.id, value: small.value };
        let chart = Chart {
            id: small.id,
            title: &small.title,
            description: &in_words(timeline, &layer, small.tip),
            width: 350.0,
            height: 210.0,
            timeline,
            scale: (small.scale)(layer.peak(timeline)),
            layers: &[layer],
            mark_text: small.mark_text,
            tip: small.tip,
            flags: &[],
            limit: small.limit,
        };
        write!(out, "<section class=\"card third\"><h2>{}</h2>", Html(&small.title))?;
        chart.write(out)?;
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn errors(timeline: &Timeline) -> Small {
    Small {
        id: "errors",
        title: format!("Share of errors per {}", timeline.span_name()),
        value: |span| span.errors as f64 * 100.0 / span.events.max(1) as f64,
        tip: |span| {
            format!("{}: {} errors", utc_minute(span.start_ms), percent(span.errors, span.events))
        },
        scale: |peak| Scale::up_to(peak.max(ALERT_PERCENT), 5.0),
        mark_text: short_percent,
        limit: Some(ALERT_PERCENT),
    }
}

fn users(timeline: &Timeline) -> Small {
    Small {
        id: "users",
        title: match timeline.span_ms {
            HOUR_MS => "Users per hour".to_owned(),
            // The users of several hours cannot be added: they may be the same.
            _ => "Users in the peak hour".to_owned(),
        },
        value: |span| span.users as f64,
        tip: |span| {
            format!("{}: {} users in an hour", utc_minute(span.start_ms), grouped(span.users))
        },
        scale: |peak| Scale::up_to(peak, 1.0),
        mark_text: short_count,
        limit: None,
    }
}

fn sent(timeline: &Timeline) -> Small {
    Small {
        id: "bytes",
        title: format!("Bytes sent per {}", timeline.span_name()),
        value: |span| span.bytes as f64,
        tip: |span| format!("{}: {} sent", utc_minute(span.start_ms), bytes(span.bytes)),
        scale: Scale::of_bytes,
        mark_text: short_bytes,
        limit: None,
    }
}
