//! The logs to read, as one stream of numbered lines.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use futures_core::Stream;
use rs2_stream::lines::{Line, LinesExt};
use rs2_stream::prelude::*;
use rs2_stream::read::read_blocks;
use rs2_stream::tokio::TokioSpawner;

use super::args::{Input, Options};
use super::display::visible;
use super::generate::Generator;

/// The longest line that is read: 1 MiB.
const LONGEST_LINE: usize = 1 << 20;

/// How much of a path an error repeats.
const MAX_SHOWN: usize = 500;

/// A log, open to be read.
pub struct Source {
    name: Arc<str>,
    reader: Box<dyn Read + Send>,
}

/// A line and where it stands.
#[derive(Debug)]
pub struct Numbered {
    pub input: Arc<str>,
    pub line: Line,
}

/// Opens every input before any is read. An error is one line for the user.
pub fn open_all(options: &Options) -> Result<Vec<Source>, String> {
    if options.inputs.is_empty() {
        let log = Generated::new(Generator::new(options.generate, options.seed));
        return Ok(vec![Source { name: "generated".into(), reader: Box::new(log) }]);
    }
    options.inputs.iter().map(open).collect()
}

fn open(input: &Input) -> Result<Source, String> {
    let path = match input {
        Input::Stdin => return Ok(Source { name: "-".into(), reader: Box::new(io::stdin()) }),
        Input::Path(path) => path,
    };
    let name = path.to_string_lossy();
    let opened = File::open(path).and_then(|file| match file.metadata()?.is_dir() {
        true => Err(io::ErrorKind::IsADirectory.into()),
        false => Ok(file),
    });
    match opened {
        Ok(file) => Ok(Source { name: name.into(), reader: Box::new(file) }),
        Err(error) => Err(unreadable(&name, &error)),
    }
}

fn unreadable(name: &str, error: &io::Error) -> String {
    format!("cannot read {}: {error}", visible(name, MAX_SHOWN))
}

impl Source {
    /// The lines of this log. An error is one line for the user, and the end.
    pub fn lines(self) -> impl Stream<Item = Result<Numbered, String>> {
        let name = self.name;
        read_blocks(self.reader, TokioSpawner).try_lines_rs2(LONGEST_LINE).map_rs2(move |line| {
            match line {
                Ok(line) => Ok(Numbered { input: name.clone(), line }),
                Err(error) => Err(unreadable(&name, &error)),
            }
        })
    }
}

/// A generator as a reader.
struct Generated {
    blocks: Generator,
    block: Vec<u8>,
    at: usize,
}

impl Generated {
    fn new(blocks: Generator) -> Self {
        Self { blocks, block: Vec::new(), at: 0 }
    }
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() {
            self.block = self.blocks.next().unwrap_or_default();
            self.at = 0;
        }
        let size = (&self.block[self.at..]).read(out)?;
        self.at += size;
        Ok(size)
    }
}
