//! A chart of numbers over time as SVG.

use std::io::{self, Write};

use super::super::timeline::{Span, Timeline};
use super::axis::{Scale, time_ticks};
use super::html::Html;

pub struct Chart<'a> {
    /// Distinguishes this chart from the others on the page.
    pub id: &'static str,
    pub title: &'a str,
    /// What can be seen in the chart, for those who cannot see it.
    pub description: &'a str,
    pub width: f64,
    pub height: f64,
    pub timeline: &'a Timeline,
    /// Drawn over each other from the same base line.
    pub layers: &'a [Layer],
    pub scale: Scale,
    /// How a mark of the scale is written.
    pub mark_text: fn(f64) -> String,
    /// What is shown when the pointer rests on a span.
    pub tip: fn(&Span) -> String,
    /// Moments to point at, in order, with what to say about them.
    pub flags: &'a [(i64, String)],
    /// Above this height things are alarming.
    pub limit: Option<f64>,
}

/// One number of each span, drawn in the colour of a class of the style sheet.
pub struct Layer {
    pub class: &'static str,
    pub value: fn(&Span) -> f64,
}

impl Layer {
    pub fn peak(&self, timeline: &Timeline) -> f64 {
        timeline.spans.iter().map(self.value).fold(0.0, f64::max)
    }
}

const LEFT: f64 = 62.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 40.0;

/// A tick label with the room around it.
const LABEL_WIDTH: f64 = 66.0;

/// The widest a bar becomes when there are few.
const WIDEST_BAR: f64 = 64.0;

/// Flags closer than this are one.
const FLAG_WIDTH: f64 = 6.0;

/// With more flags their poles would hide the bars.
const MAX_POLES: usize = 40;

impl Chart<'_> {
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Chart { id, width, height, .. } = self;
        write!(
            out,
            "<div class=\"plot\"><svg viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            Html(self.title),
            Html(self.description)
        )?;
        self.write_scale(out)?;
        self.write_time(out)?;
        for layer in self.layers {
            write!(out, "<path class=\"{}\" d=\"", layer.class)?;
            self.write_bars(out, layer.value)?;
            write!(out, "\"/>")?;
        }
        if let Some(limit) = self.limit {
            let (y, end) = (self.y(limit), self.width - RIGHT);
            write!(out, "<path class=\"limit\" d=\"M{LEFT} {y:.1}H{end}\"/>")?;
            let above = y - 5.0;
            write!(out, "<text class=\"end limit\" x=\"{end}\" y=\"{above:.1}\">alert</text>")?;
        }
        self.write_flags(out)?;
        self.write_tips(out)?;
        writeln!(out, "</svg></div>")
    }

    fn write_scale(&self, out: &mut dyn Write) -> io::Result<()> {
        let end = self.width - RIGHT;
        for mark in self.scale.marks() {
            let y = self.y(mark);
            write!(out, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/>")?;
            let text = (self.mark_text)(mark);
            let (x, y) = (LEFT - 8.0, y + 4.0);
            write!(out, "<text class=\"end\" x=\"{x}\" y=\"{y:.1}\">{}</text>", Html(&text))?;
        }
        Ok(())
    }

    fn write_time(&self, out: &mut dyn Write) -> io::Result<()> {
        let base = self.height - BOTTOM;
        let most = (self.plot_width() / LABEL_WIDTH) as usize;
        for tick in time_ticks(self.start_ms(), self.end_ms(), most.max(2)) {
            let x = self.x(tick.ms);
            write!(out, "<path class=\"tick\" d=\"M{x:.1} {base}v5\"/>")?;
            let lines = [(17.0, Some(tick.label)), (31.0, tick.below)];
            for (below, text) in lines.into_iter().filter_map(|(y, text)| Some((y, text?))) {
                let y = base + below;
                write!(out, "<text x=\"{x:.1}\" y=\"{y}\">{}</text>", Html(&text))?;
            }
        }
        Ok(())
    }

    /// Bars with gaps while there is room for gaps, then one outline without seams.
    fn write_bars(&self, out: &mut dyn Write, value: fn(&Span) -> f64) -> io::Result<()> {
        let base = self.height - BOTTOM;
        let slot = self.slot_width();
        let tops = || self.timeline.spans.iter().map(|span| self.y(value(span))).enumerate();
        if slot < 4.0 {
            write!(out, "M{LEFT} {base}")?;
            for (at, top) in tops() {
                write!(out, "V{top:.1}H{:.2}", self.slot_start(at + 1))?;
            }
            return write!(out, "V{base}Z");
        }
        let bar = (slot - (slot / 5.0).min(3.0)).min(WIDEST_BAR);
        for (at, top) in tops().filter(|(_, top)| *top < base) {
            let x = self.slot_start(at) + (slot - bar) / 2.0;
            write!(out, "M{x:.1} {base}V{top:.1}h{bar:.1}V{base}Z")?;
        }
        Ok(())
    }

    fn write_flags(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut last = f64::NEG_INFINITY;
        for (ms, text) in self.flags {
            let x = self.x(*ms);
            if x - last < FLAG_WIDTH {
                continue;
            }
            last = x;
            write!(out, "<g class=\"flag\"><title>{}</title>", Html(text))?;
            if self.flags.len() <= MAX_POLES {
                let base = self.height - BOTTOM;
                write!(out, "<path class=\"pole\" d=\"M{x:.1} {TOP}V{base}\"/>")?;
            }
            let (left, top) = (x - 6.0, TOP - 14.0);
            write!(out, "<path d=\"M{left:.1} {top}h12l-6 10z\"/></g>")?;
        }
        Ok(())
    }

    /// Columns that cannot be seen until the pointer rests on them.
    fn write_tips(&self, out: &mut dyn Write) -> io::Result<()> {
        let (slot, height) = (self.slot_width(), self.height - TOP - BOTTOM);
        write!(out, "<g class=\"tips\">")?;
        for (at, span) in self.timeline.spans.iter().enumerate() {
            let x = self.slot_start(at);
            write!(
                out,
                "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{slot:.1}\" height=\"{height}\">\
                 <title>{}</title></rect>",
                Html(&(self.tip)(span))
            )?;
        }
        write!(out, "</g>")
    }

    fn start_ms(&self) -> i64 {
        self.timeline.spans.first().map_or(0, |span| span.start_ms)
    }

    fn end_ms(&self) -> i64 {
        let last = self.timeline.spans.last();
        last.map_or(self.timeline.span_ms, |span| span.start_ms + self.timeline.span_ms)
    }

    fn plot_width(&self) -> f64 {
        self.width - LEFT - RIGHT
    }

    fn slot_width(&self) -> f64 {
        self.plot_width() / self.timeline.spans.len().max(1) as f64
    }

    fn slot_start(&self, at: usize) -> f64 {
        LEFT + at as f64 * self.slot_width()
    }

    fn x(&self, ms: i64) -> f64 {
        let (start, end) = (self.start_ms(), self.end_ms());
        let share = (ms - start) as f64 / (end - start) as f64;
        LEFT + share.clamp(0.0, 1.0) * self.plot_width()
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value / self.scale.top).clamp(0.0, 1.0);
        self.height - BOTTOM - share * (self.height - TOP - BOTTOM)
    }
}
