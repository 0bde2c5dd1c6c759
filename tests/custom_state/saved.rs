//! Snapshots of operators whose states are in a storage: the states stay there, and what the
//! operator itself holds goes with the snapshot.

use std::sync::Arc;

use futures_util::StreamExt;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::state::{Custom, StateAccess, StateConfig};
use rs2_test::ManualTimer;

use super::map::{Map, count};

const ITEMS: [(char, u32); 7] =
    [('a', 1), ('b', 2), ('a', 3), ('a', 4), ('b', 5), ('c', 6), ('a', 7)];

fn config(map: &Arc<Map>) -> StateConfig<Custom> {
    StateConfig::new().with_custom_storage(map.clone()).named("sums")
}

/// The sum of a key, held by the operator, beside the number of its steps, held by the storage.
fn sums(
    timer: &ManualTimer,
    config: StateConfig<Custom>,
) -> impl Stream<Item = (u32, u32)> + Snapshot + use<> {
    let add = async |(sum, _): (u32, u32), (_, n), state: StateAccess<Custom>| {
        (sum + n, count(state).await)
    };
    let source = from_iter(ITEMS).replayable_rs2();
    source.stateful_fold_on_rs2(timer.clone(), config, |item: &(char, u32)| item.0, (0, 0), add)
}

#[test]
fn what_is_held_goes_on_and_what_is_stored_is_found() {
    let timer = ManualTimer::new();
    let whole: Vec<_> = timer.run(sums(&timer, config(&Arc::new(Map::on(&timer)))).collect_rs2());
    for taken in 0..=whole.len() {
        let map = Arc::new(Map::on(&timer));
        let mut first = Box::pin(sums(&timer, config(&map)));
        let begun: Vec<_> = timer.run(first.by_ref().take(taken).collect());
        let bytes = snapshot::save(&*first).expect("no step is running");
        // Its name is free again when it is gone.
        drop(first);
        let mut second = sums(&timer, config(&map));
        snapshot::restore(&mut second, &bytes).expect("the bytes are whole");
        let rest: Vec<_> = timer.run(second.collect());
        assert_eq!([begun, rest].concat(), whole, "saved after {taken}");
    }
}

#[test]
fn a_memory_over_a_storage_is_refused_while_something_is_in_it() {
    let timer = ManualTimer::new();
    let spilled = StateConfig::new().spill_to(Arc::new(Map::on(&timer))).max_size(9);
    let mut stream = Box::pin(sums(&timer, spilled));
    assert!(snapshot::save(&*stream).is_ok());
    assert_eq!(timer.run(stream.next()), Some((1, 1)));
    assert!(matches!(snapshot::save(&*stream), Err(SnapshotError::Refused(_))));
}
