//! What may move to another thread, be shared with one, and be moved at all.
//!
//! A stream is `Send`, `Sync` and `Unpin` when its parts are: nobody says so in its source, and a
//! box or a pointer within would change it without a word. Every operator is built here out of
//! parts that have all three. That the file compiles is the proof; it runs only to show that
//! building a stream needs no runtime. `cargo xtask tidy` misses an operator that is not named.

mod items;
mod states;
mod tasks;
mod times;

use rs2_stream::prelude::*;
use std::future::{Ready, ready};
use std::ops::RangeFrom;

/// It has all that its parts have.
fn all(_: impl Send + Sync + Unpin) {}

/// It moves between threads and is not shared: it holds what is polled by one task at a time.
fn sends(_: impl Send + Unpin) {}

/// It moves between threads and can be shared, but must stay where it is once it was polled.
fn shares(_: impl Send + Sync) {}

/// A source with all three.
fn numbers() -> impl Progress<Item = u32> + Clone + Send + Sync + Unpin + 'static {
    from_iter::<RangeFrom<u32>>(0..)
}

/// The same, with errors among the items.
fn results() -> impl Progress<Item = Result<u32, u32>> + Clone + Send + Sync + Unpin + 'static {
    numbers().map_rs2(|n| if n % 2 == 0 { Ok(n) } else { Err(n) })
}

/// A future with all three.
fn now<T>(value: T) -> Ready<T> {
    ready(value)
}
