//! Blocks of bytes from a blocking reader.

use async_channel::{Receiver, Sender, bounded};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use rs2_core::error::Rejected;
use rs2_core::machine::Progress;
use rs2_core::task::SpawnBlocking;
use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The size of a block, at most.
pub const BLOCK: usize = 64 * 1024;

/// Blocks that may lie ready between the reader and the stream.
const AHEAD: usize = 2;

/// Blocking work, as [`read_blocks`] hands it to a spawner.
pub type Work = Box<dyn FnOnce() + Send>;

pin_project! {
    /// The stream of [`read_blocks`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Blocks<R, Sp> {
        // Not started: what to start, and where.
        idle: Option<(R, Sp)>,
        #[pin]
        blocks: Option<Receiver<io::Result<Vec<u8>>>>,
    }
}

/// Yields what a blocking reader gives, in blocks of at most 64 KiB, none of them empty.
///
/// # Shape
/// The bytes in order; how they are cut into blocks depends on the reader.
/// # End and errors
/// Ends with the reader. The first error is yielded and ends the stream; reads that were
/// interrupted are tried again. When the spawner takes no work, or the reader panics, that is the
/// error.
/// # Cancel safety
/// Dropping the stream stops the reader after the read it is in; what it had read ahead is lost.
/// # Backpressure and memory
/// Reads at most three blocks ahead of the consumer, then waits.
/// # Cost
/// One allocation for each block. One blocking task for as long as the reader runs.
/// # Examples
/// ```
/// use rs2_core::{error::Rejected, prelude::*, task::SpawnBlocking};
/// use rs2_std::read::{Work, read_blocks};
///
/// struct Threads;
/// impl SpawnBlocking<Work> for Threads {
///     fn spawn_blocking(&self, work: Work) -> Result<(), Rejected<Work>> {
///         std::thread::spawn(work);
///         Ok(())
///     }
/// }
/// # futures_executor::block_on(async {
/// let file = std::io::Cursor::new("some bytes");
/// let read: Vec<_> = read_blocks(file, Threads).collect_rs2().await;
/// assert_eq!(read[0].as_ref().unwrap(), b"some bytes");
/// # })
/// ```
pub fn read_blocks<R, Sp>(reader: R, spawner: Sp) -> Blocks<R, Sp>
where
    R: Read + Send + 'static,
    Sp: SpawnBlocking<Work>,
{
    Blocks { idle: Some((reader, spawner)), blocks: None }
}

/// Reads until the end, an error, or until nobody wants more. An empty block is the end: a reader
/// that panics sends none, and is not taken for one that has ended.
fn read_all(mut reader: impl Read, blocks: &Sender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = vec![0; BLOCK];
        let read = match reader.read(&mut block) {
            Ok(0) => Ok(Vec::new()),
            Ok(size) => {
                block.truncate(size);
                Ok(block)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = read.as_ref().map_or(true, Vec::is_empty);
        if blocks.send_blocking(read).is_err() || is_last {
            return;
        }
    }
}

impl<R, Sp> Stream for Blocks<R, Sp>
where
    R: Read + Send + 'static,
    Sp: SpawnBlocking<Work>,
{
    type Item = io::Result<Vec<u8>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if let Some((reader, spawner)) = this.idle.take() {
            let (sender, receiver) = bounded(AHEAD);
            let work: Work = Box::new(move || read_all(reader, &sender));
            if let Err(Rejected(_)) = spawner.spawn_blocking(work) {
                let why = "no room for a blocking reader";
                return Poll::Ready(Some(Err(io::Error::other(why))));
            }
            this.blocks.set(Some(receiver));
        }
        let Some(blocks) = this.blocks.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let block = match ready!(blocks.poll_next(cx)) {
            Some(Ok(block)) if block.is_empty() => None,
            Some(block) => Some(block),
            None => Some(Err(io::Error::other("the reader did not come to its end"))),
        };
        if !matches!(block, Some(Ok(_))) {
            this.blocks.set(None);
        }
        Poll::Ready(block)
    }
}

impl<R, Sp> FusedStream for Blocks<R, Sp>
where
    Self: Stream,
{
    fn is_terminated(&self) -> bool {
        self.idle.is_none() && self.blocks.is_none()
    }
}

/// The reader runs by itself.
impl<R, Sp> Progress for Blocks<R, Sp>
where
    Self: Stream,
{
    fn poll_progress(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

impl<R, Sp> fmt::Debug for Blocks<R, Sp> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocks").field("started", &self.idle.is_none()).finish_non_exhaustive()
    }
}
