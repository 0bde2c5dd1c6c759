//! Every name of the product, with the arguments that its document gives, on tokio.
#![cfg(feature = "tokio")]

/// All that a user changes to change the runtime.
use rs2_stream as rs2;

#[path = "vocabulary/mod.rs"]
mod names;

/// Runs `body`; time passes at once.
fn run<F: Future>(body: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(body)
}
