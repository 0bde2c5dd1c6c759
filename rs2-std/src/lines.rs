//! Lines of bytes out of blocks of bytes.

use futures_core::Stream;
use memchr::memchr;
use rs2_core::machine::{Drive, Machine};
use rs2_core::time::{Instant, NoTimer};
use std::fmt;
use std::marker::PhantomData;
use std::mem;

/// How much of a line that is too long is kept, to tell which one it was.
pub const CUT_AT: usize = 1_024;

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, the first is 1.
    pub number: u64,
    /// Its bytes, without the LF and one CR before the LF. Of a line that is too long, the
    /// beginning.
    pub bytes: Vec<u8>,
    /// How many bytes the whole line has.
    pub length: u64,
    blank: bool,
}

impl Line {
    /// Whether the whole line, also the part that was not kept, is spaces and tabs or nothing.
    pub fn is_blank(&self) -> bool {
        self.blank
    }

    /// Whether the line is longer than allowed, so that only its beginning was kept.
    pub fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

/// The rule of [`try_lines_rs2`](LinesExt::try_lines_rs2).
pub struct SplitLines<E> {
    longest: usize,
    number: u64,
    block: Vec<u8>,
    at: usize,
    open: Open,
    failed: bool,
    errors: PhantomData<fn() -> E>,
}

/// The line that a block ended in.
#[derive(Debug, Default)]
struct Open {
    bytes: Vec<u8>,
    length: u64,
    // Only kept up to date once the line is too long; before, the bytes themselves tell.
    blank: bool,
    ends_in_cr: bool,
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

impl Open {
    /// Adds bytes that hold no LF. Never keeps more than `longest` and a CR.
    fn extend(&mut self, bytes: &[u8], longest: usize) {
        let was_cut = self.is_cut();
        self.length += bytes.len() as u64;
        if was_cut {
            self.note(bytes);
            return;
        }
        if self.length <= longest as u64 + 1 {
            self.bytes.extend_from_slice(bytes);
            return;
        }
        self.blank = true;
        let held = mem::take(&mut self.bytes);
        self.note(&held);
        self.note(bytes);
        self.bytes = held.into_iter().chain(bytes.iter().copied()).take(CUT_AT).collect();
        self.bytes.truncate(longest);
    }

    fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }

    /// Keeps `blank` true to what was seen, apart from a CR that may turn out to be the end.
    fn note(&mut self, bytes: &[u8]) {
        let Some((last, before)) = bytes.split_last() else { return };
        let content = if *last == b'\r' { before } else { bytes };
        self.blank &= !self.ends_in_cr && is_blank(content);
        self.ends_in_cr = *last == b'\r';
    }

    /// Ends the line, with an LF or with the input.
    fn finish(&mut self, number: u64, by_lf: bool, longest: usize) -> Line {
        let mut open = mem::take(self);
        if open.is_cut() {
            let cr = open.ends_in_cr;
            let length = open.length - u64::from(cr && by_lf);
            let blank = open.blank && (by_lf || !cr);
            return Line { number, bytes: open.bytes, length, blank };
        }
        if by_lf && open.bytes.last() == Some(&b'\r') {
            open.bytes.pop();
        }
        let (length, blank) = (open.bytes.len(), is_blank(&open.bytes));
        if length > longest {
            open.bytes.truncate(CUT_AT.min(longest));
        }
        Line { number, bytes: open.bytes, length: length as u64, blank }
    }
}

impl<E> SplitLines<E> {
    /// Lines of at most `longest` bytes.
    ///
    /// # Panics
    /// When `longest` is zero.
    #[track_caller]
    pub fn new(longest: usize) -> Self {
        assert!(longest > 0, "a line may not be limited to nothing");
        Self {
            longest,
            number: 0,
            block: Vec::new(),
            at: 0,
            open: Open::default(),
            failed: false,
            errors: PhantomData,
        }
    }

    /// The next line that ends in the block; the beginning of another is put aside.
    fn next_line(&mut self) -> Option<Line> {
        let rest = &self.block[self.at..];
        let Some(size) = memchr(b'\n', rest) else {
            self.open.extend(rest, self.longest);
            self.at = self.block.len();
            return None;
        };
        self.open.extend(&rest[..size], self.longest);
        self.at += size + 1;
        self.number += 1;
        Some(self.open.finish(self.number, true, self.longest))
    }
}

impl<E> Machine for SplitLines<E> {
    type In = Result<Vec<u8>, E>;
    type Out = Result<Line, E>;

    #[inline]
    fn on_item(&mut self, _now: Instant, block: Self::In) -> Option<Self::Out> {
        match block {
            Ok(block) => {
                self.block = block;
                self.at = 0;
                self.next_line().map(Ok)
            }
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }

    fn on_end(&mut self, _now: Instant) -> Option<Self::Out> {
        if self.open.length == 0 {
            return None;
        }
        self.number += 1;
        Some(Ok(self.open.finish(self.number, false, self.longest)))
    }

    #[inline]
    fn more(&mut self) -> Option<Self::Out> {
        if self.at == self.block.len() { None } else { self.next_line().map(Ok) }
    }

    fn is_finished(&self) -> bool {
        self.failed
    }
}

impl<E> fmt::Debug for SplitLines<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitLines")
            .field("longest", &self.longest)
            .field("number", &self.number)
            .field("open", &self.open.length)
            .finish_non_exhaustive()
    }
}

/// Operators that make lines of bytes.
pub trait LinesExt: Stream {
    /// Yields the lines in a stream of blocks, such as [`read_blocks`](crate::read::read_blocks).
    ///
    /// LF ends a line and nothing else does; one CR before it belongs to the end. Bytes after the
    /// last LF are a line too.
    ///
    /// # Shape
    /// Any number of lines for each block, in order, numbered from 1.
    /// # End and errors
    /// The first `Err` is passed on and ends the stream; the line it cut short is not yielded,
    /// since nobody knows its end. A line longer than `longest` bytes is yielded with its beginning
    /// only: see [`Line::is_cut`].
    /// # Cancel safety
    /// Dropping the stream loses the block in hand and the line begun in it.
    /// # Backpressure and memory
    /// Holds one block, and at most `longest` bytes of an open line.
    /// # Cost
    /// One pass over the bytes, one allocation and copy for each line. No clock.
    /// # Panics
    /// When `longest` is zero.
    /// # Examples
    /// ```
    /// # use rs2_core::prelude::*;
    /// # use rs2_std::lines::LinesExt;
    /// # futures_executor::block_on(async {
    /// let blocks = from_iter([Ok::<_, ()>(b"a\r\nb".to_vec()), Ok(b"c".to_vec())]);
    /// let lines: Vec<Vec<u8>> = blocks
    ///     .try_lines_rs2(1024)
    ///     .map_rs2(|line| line.unwrap().bytes)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(lines, [b"a".to_vec(), b"bc".to_vec()]);
    /// # })
    /// ```
    #[track_caller]
    fn try_lines_rs2<E>(self, longest: usize) -> Drive<Self, SplitLines<E>, NoTimer>
    where
        Self: Sized + Stream<Item = Result<Vec<u8>, E>>,
    {
        Drive::new(self, SplitLines::new(longest), NoTimer)
    }
}

impl<S: Stream + ?Sized> LinesExt for S {}
