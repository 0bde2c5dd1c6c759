//! Snapshots: from any step on, a restored stream goes on as the saved one does.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use proptest::prelude::*;
use rs2_core::metrics;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::store::Heap;
use rs2_core::time::NoTimer;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};
use std::time::Duration;

fn sums(items: Vec<(u8, u32)>) -> impl Stream<Item = (u8, u32)> + Snapshot + metrics::Holds {
    let keys = Heap::bounded(3).seeded(7);
    from_iter(items).replayable_rs2().filter_rs2(|item| item.1 != 3).keyed_map_in_rs2(
        keys,
        |item| item.0,
        |(key, n), sum: &mut u32| {
            *sum += n;
            (key, *sum)
        },
    )
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn keyed_map_goes_on_from_anywhere(items in prop::collection::vec((0_u8..5, 0_u32..9), 0..12)) {
        goes_on_from_anywhere(|| sums(items.clone()));
        keeps_nothing_at_the_end(sums(items.clone()));
        let source = || from_iter(items.clone()).replayable_rs2();
        let keys = || Heap::bounded(9).seeded(7);
        let key = |item: &(u8, u32)| item.0;
        let add = |item: (u8, u32), sum: &mut u32| *sum += item.1;
        goes_on_from_anywhere(|| source().keyed_fold_in_rs2(keys(), key, 1, add));
        let lent = || source().key_by_ref_on_rs2(NoTimer, keys(), |item| &item.0);
        goes_on_from_anywhere(|| lent().keyed_fold_rs2(1, add));
        let gap = Duration::from_secs(1);
        let count = |item: (u8, u32), sum: &mut u32| { *sum += item.1; *sum };
        goes_on_from_anywhere(|| source().keyed_session_on_rs2(NoTimer, keys(), gap, key, count));
    }
}

#[test]
fn what_is_no_snapshot_of_this_stream_is_told_apart() {
    let mut sums = sums(vec![(1, 1)]);
    let restored = snapshot::restore(&mut sums, b"hello");
    assert_eq!(restored, Err(SnapshotError::NotASnapshot));
    let other = snapshot::save(&from_iter([1]).replayable_rs2()).expect("nothing runs");
    let restored = snapshot::restore(&mut sums, &other);
    let found = "replayable".to_owned();
    assert_eq!(restored, Err(SnapshotError::Kind { found, expected: "drive" }));
}

#[test]
fn more_keys_than_fit_are_an_error() {
    let build = |keys| {
        let source = from_iter([1, 2]).replayable_rs2();
        source.keyed_map_in_rs2(Heap::bounded(keys).seeded(7), |n| *n, |_, sum: &mut u32| *sum)
    };
    let mut first = build(2);
    let mut outs = 0;
    futures_executor::block_on(async {
        use futures_util::StreamExt;
        while outs < 2 && first.next().await.is_some() {
            outs += 1;
        }
    });
    let bytes = snapshot::save(&first).expect("nothing runs");
    assert_eq!(snapshot::restore(&mut build(1), &bytes), Err(SnapshotError::Full("keyed_map")));
}
