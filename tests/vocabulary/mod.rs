//! One module for each section of the product's document. All import the prelude of the runtime
//! alone, and the modules that the document names.

mod accumulation;
mod backpressure;
mod beside;
mod creation;
mod errors;
mod globs;
mod metrics;
mod parallel;
mod pipe;
mod queue;
mod resources;
mod state;
mod time;
mod transformations;
mod tuning;

use crate::rs2::prelude::*;
use std::time::Duration;

/// Long enough for a timer to be later than what is ready.
const MOMENT: Duration = Duration::from_millis(20);
/// So long that only what is ready can be earlier.
const LONG: Duration = Duration::from_secs(600);

/// What a stream yields.
async fn all<S: ConsumeExt>(stream: S) -> Vec<S::Item> {
    stream.collect_rs2().await
}
