//! Snapshots of streams and rules that do not go by time.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;
#[path = "common/snapshots.rs"]
mod snapshots;

use cases::cases;
use futures_core::Stream;
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Snapshot, SnapshotError};
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Heap;
use snapshots::{goes_on_from_anywhere, keeps_nothing_at_the_end};

fn source(items: &[u8]) -> impl Stream<Item = u8> + Snapshot + use<> {
    from_iter(items.to_vec()).replayable_rs2()
}

fn items() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0_u8..6, 0..14)
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn grouping_goes_on_from_anywhere(items in items(), size in 1_usize..5) {
        let groups = || Heap::bounded(size);
        goes_on_from_anywhere(|| source(&items).chunk_rs2(size));
        keeps_nothing_at_the_end(source(&items).chunk_rs2(size));
        let weighed = || source(&items).chunk_by_weight_rs2(2 * size, |n| usize::from(*n));
        goes_on_from_anywhere(weighed);
        keeps_nothing_at_the_end(weighed());
        goes_on_from_anywhere(|| source(&items).sliding_window_rs2(size));
        keeps_nothing_at_the_end(source(&items).sliding_window_rs2(size));
        let sums = || source(&items).sliding_window_with_rs2(size, |window: &[u8]| window.to_vec());
        goes_on_from_anywhere(sums);
        keeps_nothing_at_the_end(sums());
        let adjacent = || source(&items).group_adjacent_by_in_rs2(groups(), |n| n / 2);
        goes_on_from_anywhere(adjacent);
        keeps_nothing_at_the_end(adjacent());
    }

    #[test]
    fn tables_go_on_from_anywhere(
        items in items(), capacity in 1_usize..5, stops in any::<bool>(),
    ) {
        let on_full = if stops { OnFull::Stop } else { OnFull::Evict };
        let keys = || Limits::of(Heap::bounded(capacity).seeded(7)).on_full(on_full);
        let groups = || source(&items).group_by_in_rs2(keys(), Heap::bounded(3), |n| *n);
        goes_on_from_anywhere(groups);
        goes_on_from_anywhere(|| source(&items).distinct_in_rs2(keys()));
        goes_on_from_anywhere(|| source(&items).distinct_by_in_rs2(keys(), |n| n / 2));
        if !stops {
            keeps_nothing_at_the_end(groups());
            keeps_nothing_at_the_end(source(&items).distinct_in_rs2(keys()));
            keeps_nothing_at_the_end(source(&items).distinct_by_in_rs2(keys(), |n| n / 2));
        }
    }

    #[test]
    fn selecting_goes_on_from_anywhere(items in items(), count in 0_usize..9, bound in 0_u8..6) {
        goes_on_from_anywhere(|| source(&items).take_rs2(count));
        goes_on_from_anywhere(|| source(&items).skip_rs2(count));
        goes_on_from_anywhere(|| source(&items).take_while_rs2(move |n| *n != bound));
        goes_on_from_anywhere(|| source(&items).skip_while_rs2(move |n| *n != bound));
        goes_on_from_anywhere(|| source(&items).distinct_until_changed_rs2());
        goes_on_from_anywhere(|| source(&items).distinct_until_changed_by_rs2(|n| n / 2));
        goes_on_from_anywhere(|| source(&items).scan_rs2(0_u32, |sum, n| sum + u32::from(n)));
        goes_on_from_anywhere(|| source(&items).yield_every_rs2(count + 1));
    }

    #[test]
    fn combining_goes_on_from_anywhere(left in items(), right in items()) {
        goes_on_from_anywhere(|| source(&left).concat_rs2(source(&right)));
        goes_on_from_anywhere(|| source(&left).merge_rs2(source(&right)));
        goes_on_from_anywhere(|| source(&left).zip_rs2(source(&right)));
    }
}

#[test]
fn more_than_fits_is_an_error() {
    use futures_util::StreamExt;
    let windows = |size| Box::pin(source(&[1, 2, 3, 4, 5, 6, 7]).sliding_window_rs2(size));
    let mut large = windows(6);
    assert!(futures_executor::block_on(large.next()).is_some());
    let bytes = snapshot::save(&*large).expect("nothing runs");
    let restored = snapshot::restore(&mut *windows(2), &bytes);
    assert_eq!(restored, Err(SnapshotError::Full("sliding_window")));
}
