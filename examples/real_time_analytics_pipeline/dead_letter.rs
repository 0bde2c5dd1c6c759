//! Lines that are no request, as JSON Lines.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::args::Options;
use super::display::visible;
use super::input::Numbered;
use super::request::Malformed;

/// A line, where it stands, and why it is no request.
pub struct BadLine {
    pub at: Numbered,
    pub why: Malformed,
}

#[derive(Serialize)]
struct Record<'a> {
    input: &'a str,
    line: u64,
    reason: &'a str,
    text: &'a str,
}

/// Where malformed lines go; nowhere when no file was named.
pub struct DeadLetters {
    file: Option<BufWriter<File>>,
}

impl DeadLetters {
    /// Creates the file. An error is one line for the user.
    pub fn open(options: &Options) -> Result<Self, String> {
        let Some(path) = &options.dead_letter else { return Ok(Self { file: None }) };
        let name = visible(&path.to_string_lossy(), 500);
        match File::create(path) {
            Ok(file) => Ok(Self { file: Some(BufWriter::new(file)) }),
            Err(error) => Err(format!("cannot write {name}: {error}")),
        }
    }

    pub fn write(&mut self, bad: &BadLine) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let record = Record {
            input: &bad.at.input,
            line: bad.at.line.number,
            reason: bad.why.reason,
            text: &String::from_utf8_lossy(&bad.at.line.bytes),
        };
        serde_json::to_writer(&mut *file, &record)?;
        file.write_all(b"\n")
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}
