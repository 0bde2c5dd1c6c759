//! What goes through the gateway. Times are milliseconds since it began.

use core::fmt::{self, Write};

/// What a sensor measured, in tenths of a degree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub sensor: u8,
    pub at: u32,
    pub value: i16,
}

/// What the contact of the door says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contact {
    Open,
    Closed,
}

/// A reading that is unlike those before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm(pub Reading);

/// The last readings of one sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    pub sensor: u8,
    pub at: u32,
    pub min: i16,
    pub mean: i16,
    pub max: i16,
    pub readings: u16,
}

/// What the gateway sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Message {
    Alarm(Alarm),
    Contact(Contact),
    Report(Report),
}

/// A message, and when it went out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    pub at: u32,
    pub message: Message,
}

/// Lines of text. They do without the formatting of `core`, which costs three kilobytes.
impl Sent {
    /// Writes a line.
    pub fn write(&self, out: &mut impl Write) -> fmt::Result {
        number(out, self.at)?;
        self.message.write(out)?;
        out.write_str("\n")
    }
}

impl Message {
    fn write(&self, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Alarm(Alarm(reading)) => {
                out.write_str(" alarm: sensor ")?;
                number(out, reading.sensor.into())?;
                out.write_str(" read ")?;
                signed(out, reading.value)?;
                out.write_str(" at ")?;
                number(out, reading.at)
            }
            Self::Contact(Contact::Open) => out.write_str(" door opened"),
            Self::Contact(Contact::Closed) => out.write_str(" door closed"),
            Self::Report(report) => {
                out.write_str(" sensor ")?;
                number(out, report.sensor.into())?;
                out.write_str(" until ")?;
                number(out, report.at)?;
                for (name, value) in [(": ", report.min), (" ", report.mean), (" ", report.max)] {
                    out.write_str(name)?;
                    signed(out, value)?;
                }
                out.write_str(" of ")?;
                number(out, report.readings.into())
            }
        }
    }
}

/// Writes a number in decimal.
pub fn number(out: &mut impl Write, mut rest: u32) -> fmt::Result {
    const DIGITS: &str = "0123456789";
    let mut power = 1;
    while rest / power >= 10 {
        power *= 10;
    }
    while power > 0 {
        let digit = (rest / power) as usize;
        out.write_str(DIGITS.get(digit..=digit).unwrap_or_default())?;
        rest %= power;
        power /= 10;
    }
    Ok(())
}

fn signed(out: &mut impl Write, value: i16) -> fmt::Result {
    if value < 0 {
        out.write_str("-")?;
    }
    number(out, value.unsigned_abs().into())
}
