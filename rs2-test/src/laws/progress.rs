//! Moving what is in flight while nobody asks for an item.

use crate::row::Row;
use crate::sim::{Swarm, probe_progress, run};

/// How many runs a slow consumer makes that moves the stream along meanwhile.
const RUNS: u64 = 100;

pub(super) fn moves(row: &Row) -> Result<(), String> {
    if !row.has_progress() {
        return Ok(());
    }
    probe_progress(row)?;
    for seed in 0..RUNS {
        let swarm = Swarm {
            slow: 600,
            progress: 1_000,
            delay: 300,
            ..Swarm::calm(row.sources(), (seed % 12) as usize)
        };
        if let Some(what) = run(row, seed, Some(swarm), false).violation {
            return Err(format!("{what}\n    with a slow consumer, seed {seed}"));
        }
    }
    Ok(())
}
