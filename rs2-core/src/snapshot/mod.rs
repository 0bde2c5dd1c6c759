//! State to bytes, and back.
//!
//! An operator whose state can be serialised implements [`Snapshot`], and so does a stream made of
//! such operators over a source that knows its position. [`save`] writes the whole chain between
//! two polls; [`restore`] brings a new chain, built in the same way, to the same point: from there
//! on both yield the same.
//!
//! The format is postcard behind a header with a version. Every operator writes its kind and the
//! version of its own state, so bytes of another pipeline or of another release are told apart
//! before anything is changed by them. Deadlines are written as the time that is left until them,
//! since the clock that reads them has another origin.
//!
//! # What cannot be written
//! - A future of the user's that runs. As long as one does, and until what it came to has gone out,
//!   [`save`] answers [`SnapshotError::Busy`]: `eval_map_rs2` and its kin, the steps of
//!   `stateful_*`, `timeout_each_rs2`, `circuit_breaker_rs2`, the `par_*` operators and
//!   `group_by_with_rs2`. They can be saved when nothing is in flight: before the first item, after
//!   the last, and while the source has nothing. A lookup join is never busy: what waits for an
//!   answer is saved, and asked for again.
//! - A stream that a closure of the user's made of an item or an error that is gone: `flat_map_rs2`
//!   is busy until that stream tells by its `size_hint` that nothing more comes,
//!   `switch_on_error_rs2` as long as the other stream runs, `retry_from_rs2` from the first
//!   failure on. `retry_rs2` and `retry_with_policy_rs2` make theirs again, and are busy only in
//!   the pause after a failure.
//! - A source in the hands of a task (`prefetch_rs2`, `auto_backpressure_rs2`), one that several
//!   streams share (`broadcast_rs2`, `split_rs2`, `partition_rs2`), and a resource (`bracket`)
//!   have no snapshots. Neither has a queue, whose items nobody gives a second time.
//!
//! What others share (a rate limit, a circuit breaker) is saved by each stream with it. Handles
//! (losses, metrics, signals, sinks) are given to the new stream when it is made.
//!
//! ```
//! use futures_util::StreamExt;
//! use rs2_core::{prelude::*, snapshot, store::Heap};
//!
//! let pipeline = || {
//!     from_iter(1..=4).replayable_rs2().keyed_map_in_rs2(
//!         Heap::bounded(10).seeded(7),
//!         |n| n % 2,
//!         |n, sum: &mut u32| {
//!             *sum += n;
//!             *sum
//!         },
//!     )
//! };
//! # futures_executor::block_on(async {
//! let mut first = pipeline();
//! assert_eq!((first.next().await, first.next().await), (Some(1), Some(2)));
//! let bytes = snapshot::save(&first)?;
//!
//! let mut second = pipeline();
//! snapshot::restore(&mut second, &bytes)?;
//! assert_eq!((second.next().await, second.next().await), (Some(4), Some(6)));
//! # Ok::<(), snapshot::SnapshotError>(()) }).unwrap();
//! ```

mod error;
mod reader;
mod writer;

pub use error::SnapshotError;
pub use reader::Reader;
pub use writer::Writer;

use alloc::vec::Vec;

/// What stands before everything else.
const MAGIC: [u8; 4] = *b"RS2S";
/// The version of the layout; that of each operator's state stands with it.
const VERSION: u16 = 1;

/// What can be written to bytes in the middle of its work, and go on from them elsewhere.
///
/// `restore` is for a value that was just made, with the settings of the one that was saved: what
/// is set when it is made (bounds, lengths of time, closures) is not in the bytes. After an error
/// it is in no particular state and is to be dropped.
pub trait Snapshot {
    /// Writes everything it remembers.
    ///
    /// # Errors
    /// [`SnapshotError::Busy`] while a step of the user's runs, which cannot be written;
    /// [`SnapshotError::Refused`] when a value does not let itself be serialised.
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError>;

    /// Reads what [`save`](Self::save) has written.
    ///
    /// # Errors
    /// When the bytes are those of something else, are cut short or do not fit.
    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError>;
}

/// A part that is dropped when it has ended. One that had when it was saved is dropped.
impl<S: Snapshot> Snapshot for Option<S> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&self.is_some())?;
        self.as_ref().map_or(Ok(()), |part| part.save(to))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        if from.take()? {
            return self.as_mut().map_or(Err(from.corrupt()), |part| part.restore(from));
        }
        *self = None;
        Ok(())
    }
}

/// The state of a whole chain of operators, as bytes.
///
/// # Errors
/// See [`Snapshot::save`].
pub fn save<S: Snapshot + ?Sized>(stream: &S) -> Result<Vec<u8>, SnapshotError> {
    let mut to = Writer::new();
    to.bytes(&MAGIC);
    to.put(&VERSION)?;
    stream.save(&mut to)?;
    Ok(to.into_bytes())
}

/// Brings a chain that was just made to where the saved one was.
///
/// # Errors
/// When the bytes are no snapshot, or one of another chain, or do not fit.
pub fn restore<S: Snapshot + ?Sized>(stream: &mut S, bytes: &[u8]) -> Result<(), SnapshotError> {
    let body = bytes.strip_prefix(&MAGIC).ok_or(SnapshotError::NotASnapshot)?;
    let mut from = Reader::new(body);
    let found = from.take::<u16>()?;
    if found != VERSION {
        return Err(SnapshotError::Version { of: "snapshot", found, known: VERSION });
    }
    stream.restore(&mut from)?;
    from.finish()
}
