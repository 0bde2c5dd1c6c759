//! The laws, one function each.

use super::progress;
use crate::row::Row;
use crate::sim::{Ending, Hint, Record, Swarm, run};

type Law = fn(&Row) -> Result<(), String>;

pub(super) const LAWS: &[(&str, Law)] = &[
    ("building it starts nothing", lazy),
    ("it yields what is due, ends once and wakes, whatever pauses its sources make", pauses),
    ("size_hint never lies", size_hint),
    ("a source that lies about its length does no harm", lying_source),
    ("dropped at any poll it leaves nothing behind", dropped),
    ("with a source silent for ever it delivers what is due", silent),
    ("a panic comes through, and no garbage after it", panics),
    ("one poll takes at most 1,024 items, and then wakes its task", budget),
    ("poll_progress moves what is in flight and reaches the source", progress::moves),
];

/// How many items the sources have where the number does not matter.
const FEW: usize = 5;

/// Two bits for each of the first polls of sources: none, a wake at once, 10 ms, 30 ms.
const SOME_PAUSES: [u16; 5] = [0, 0x5555, 0xaaaa, 0x1b1b, 0xe4e4];

fn judge(row: &Row, swarm: Swarm) -> Result<Record, String> {
    let record = run(row, 0, Some(swarm.clone()), false);
    match &record.violation {
        None => Ok(record),
        Some(what) => Err(format!("{what}\n    in {swarm}")),
    }
}

fn calm(row: &Row, items: usize, pattern: u16) -> Swarm {
    Swarm { pattern, ..Swarm::calm(row.sources(), items) }
}

fn lazy(row: &Row) -> Result<(), String> {
    judge(row, Swarm { drop_at: Some(1), ..calm(row, FEW, 0) }).map(drop)
}

fn pauses(row: &Row) -> Result<(), String> {
    for items in [0, 1, 2, FEW, 12] {
        // All kinds of pauses of the first four polls, then of the four after those.
        for pattern in (0..256).chain((1..256).map(|late| late << 8)) {
            judge(row, Swarm { hint: Hint::Unknown, ..calm(row, items, pattern) })?;
        }
    }
    Ok(())
}

fn size_hint(row: &Row) -> Result<(), String> {
    for hint in [Hint::Exact, Hint::Unknown, Hint::Wide] {
        for items in 0..=12 {
            for pattern in SOME_PAUSES {
                judge(row, Swarm { hint, ..calm(row, items, pattern) })?;
            }
        }
    }
    Ok(())
}

fn lying_source(row: &Row) -> Result<(), String> {
    for items in 0..=FEW {
        judge(row, Swarm { hint: Hint::Lying, ..calm(row, items, 0) })?;
    }
    Ok(())
}

fn dropped(row: &Row) -> Result<(), String> {
    for pattern in SOME_PAUSES {
        let polls = judge(row, calm(row, FEW, pattern))?.polls;
        for poll in 1..=polls {
            judge(row, Swarm { drop_at: Some(poll), ..calm(row, FEW, pattern) })?;
        }
    }
    Ok(())
}

fn silent(row: &Row) -> Result<(), String> {
    for source in 0..row.sources() {
        for item in 0..=FEW {
            for pattern in SOME_PAUSES {
                judge(row, Swarm { silent: Some((source, item)), ..calm(row, FEW, pattern) })?;
            }
        }
    }
    Ok(())
}

fn panics(row: &Row) -> Result<(), String> {
    for pattern in SOME_PAUSES {
        let calls = judge(row, calm(row, FEW, pattern))?.calls;
        for call in 0..calls {
            let swarm = Swarm { call_panics: Some(call), ..calm(row, FEW, pattern) };
            let ending = judge(row, swarm)?.ending;
            if ending != Some(Ending::Panicked) {
                return Err(format!("call {call} of a closure panicked, it answered {ending:?}"));
            }
        }
        for source in 0..row.sources() {
            for item in 0..=FEW {
                let swarm =
                    Swarm { source_panics: Some((source, item)), ..calm(row, FEW, pattern) };
                judge(row, swarm)?;
            }
        }
    }
    Ok(())
}

fn budget(row: &Row) -> Result<(), String> {
    if row.sources() == 0 {
        return Ok(());
    }
    let many = Swarm { hint: Hint::Unknown, ..calm(row, 5_000, 0) };
    judge(row, many.clone())?;
    judge(row, Swarm { refuse_all_items: true, ..many }).map(drop)
}
