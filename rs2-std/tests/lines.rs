//! Lines against a split of the whole input at once, whatever the blocks.

use futures_executor::block_on;
use proptest::prelude::*;
use rs2_core::error::Rejected;
use rs2_core::prelude::*;
use rs2_core::task::SpawnBlocking;
use rs2_std::lines::{CUT_AT, Line, LinesExt};
use rs2_std::read::{BLOCK, Work, read_blocks};
use std::io;

type Seen = (u64, Vec<u8>, u64, bool);

/// Number, bytes, length and blankness of each line, by splitting the whole input.
fn naive(input: &[u8], longest: usize) -> Vec<Seen> {
    let mut pieces: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let last = pieces.pop().unwrap_or_default();
    let mut lines: Vec<&[u8]> =
        pieces.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    if !last.is_empty() {
        lines.push(last);
    }
    let seen = lines.iter().enumerate().map(|(index, line)| {
        let kept = if line.len() > longest { CUT_AT.min(longest) } else { line.len() };
        let blank = line.iter().all(|byte| b" \t".contains(byte));
        (index as u64 + 1, line[..kept].to_vec(), line.len() as u64, blank)
    });
    seen.collect()
}

fn split(input: &[u8], cuts: &[usize], longest: usize) -> Vec<Seen> {
    let mut blocks = Vec::new();
    let mut rest = input;
    for cut in cuts {
        let (block, after) = rest.split_at((*cut).min(rest.len()));
        blocks.push(Ok::<_, ()>(block.to_vec()));
        rest = after;
    }
    blocks.push(Ok(rest.to_vec()));
    let lines: Vec<Result<Line, ()>> =
        block_on(from_iter(blocks).try_lines_rs2(longest).collect_rs2());
    let seen = |line: Result<Line, ()>| {
        let line = line.unwrap();
        assert_eq!(line.is_cut(), line.length > longest as u64);
        (line.number, line.bytes.clone(), line.length, line.is_blank())
    };
    lines.into_iter().map(seen).collect()
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        prop::sample::select(vec![b'\n', b'\r', b' ', b'\t', b'x', 0xff, b'\n', b'\r']),
        0..60,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn blocks_do_not_matter(
        input in bytes(),
        cuts in prop::collection::vec(0..9_usize, 0..12),
        longest in 1..8_usize,
    ) {
        prop_assert_eq!(split(&input, &cuts, longest), naive(&input, longest));
    }
}

#[test]
fn lines_around_the_limit_are_cut_exactly_above_it() {
    let longest = 3_000;
    for size in longest - 2..longest + 4 {
        for end in ["", "\n", "\r\n", "\r", " \r\n", "\r\r\n"] {
            for fill in [b'x', b' '] {
                let mut input = vec![fill; size];
                input.extend_from_slice(end.as_bytes());
                let cuts = [size / 2, 1, size / 2, 1, 1];
                assert_eq!(split(&input, &cuts, longest), naive(&input, longest), "{size} {end:?}");
            }
        }
    }
}

#[test]
fn an_error_ends_the_lines_and_the_line_it_cut_is_not_yielded() {
    let blocks = from_iter([Ok(b"a\nb".to_vec()), Err("broken"), Ok(b"c\n".to_vec())]);
    let lines: Vec<Result<Vec<u8>, &str>> =
        block_on(blocks.try_lines_rs2(9).map_rs2(|line| line.map(|line| line.bytes)).collect_rs2());
    assert_eq!(lines, [Ok(b"a".to_vec()), Err("broken")]);
}

struct Threads;

impl SpawnBlocking<Work> for Threads {
    fn spawn_blocking(&self, work: Work) -> Result<(), Rejected<Work>> {
        std::thread::spawn(work);
        Ok(())
    }
}

struct NoRoom;

impl SpawnBlocking<Work> for NoRoom {
    fn spawn_blocking(&self, work: Work) -> Result<(), Rejected<Work>> {
        Err(Rejected(work))
    }
}

/// Gives its bytes in small reads, is interrupted now and then, and fails at the end.
struct Rough(Vec<u8>, usize);

impl io::Read for Rough {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.0.is_empty() {
            return Err(io::Error::other("gone"));
        }
        let size = self.0.len().min(out.len()).min(1_000);
        out[..size].copy_from_slice(&self.0[..size]);
        self.0.drain(..size);
        Ok(size)
    }
}

#[test]
fn blocks_are_the_bytes_of_the_reader_and_then_its_error() {
    let bytes: Vec<u8> = (0..3 * BLOCK + 7).map(|n| n as u8).collect();
    let read: Vec<io::Result<Vec<u8>>> =
        block_on(read_blocks(Rough(bytes.clone(), 0), Threads).collect_rs2());
    let (last, before) = read.split_last().unwrap();
    assert_eq!(last.as_ref().unwrap_err().to_string(), "gone");
    let joined: Vec<u8> = before.iter().flat_map(|block| block.as_ref().unwrap().clone()).collect();
    assert_eq!(joined, bytes);
}

#[test]
fn a_spawner_without_room_is_an_error_and_not_an_empty_file() {
    let read: Vec<_> = block_on(read_blocks(io::empty(), NoRoom).collect_rs2());
    assert_eq!(read.len(), 1);
    assert!(read[0].is_err());
}

#[test]
fn a_reader_nobody_listens_to_stops() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    struct Endless(Arc<AtomicUsize>);
    impl io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0.fetch_add(1, SeqCst);
            Ok(out.len())
        }
    }
    let reads = Arc::new(AtomicUsize::new(0));
    let taken: Vec<_> =
        block_on(read_blocks(Endless(reads.clone()), Threads).take_rs2(2).collect_rs2());
    assert_eq!(taken.len(), 2);
    // The reader's clone goes when its thread ends.
    while Arc::strong_count(&reads) > 1 {
        std::thread::yield_now();
    }
    assert!(reads.load(SeqCst) <= 2 + 3);
}

#[test]
fn a_reader_that_panics_is_an_error_and_not_the_end() {
    struct Panics;
    impl io::Read for Panics {
        fn read(&mut self, _out: &mut [u8]) -> io::Result<usize> {
            panic!("as the test wants it")
        }
    }
    let read: Vec<_> = block_on(read_blocks(Panics, Threads).collect_rs2());
    assert_eq!(read.len(), 1);
    assert!(read[0].is_err());
}
