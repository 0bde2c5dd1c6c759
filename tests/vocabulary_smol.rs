//! Every name of the product, with the arguments that its document gives, on smol.
#![cfg(feature = "smol")]

/// All that a user changes to change the runtime.
use rs2_stream::smol as rs2;

#[path = "vocabulary/mod.rs"]
mod names;

/// Runs `body`; time passes as it does, so the bodies assert what comes and in which order.
fn run<F: Future>(body: F) -> F::Output {
    smol::block_on(body)
}
