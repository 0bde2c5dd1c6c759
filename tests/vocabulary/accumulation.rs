//! Accumulation.

use super::all;
use crate::{rs2::prelude::*, run};
use std::cell::Cell;
use std::collections::BTreeSet;

#[test]
fn accumulation() {
    run(async {
        let numbers = || from_iter([3, 1, 2, 1]);
        assert_eq!(numbers().fold_rs2(0, |sum, n| async move { sum + n }).await, 7);
        assert_eq!(all(numbers().scan_rs2(0, |sum, n| sum + n)).await, [3, 4, 6, 7]);
        let total = Cell::new(0);
        numbers()
            .for_each_rs2(|n| {
                total.set(total.get() + n);
                async {}
            })
            .await;
        assert_eq!(total.get(), 7);
        assert_eq!(numbers().collect_rs2::<Vec<_>>().await, [3, 1, 2, 1]);
        assert_eq!(numbers().collect_rs2::<BTreeSet<_>>().await, BTreeSet::from([1, 2, 3]));
    });
}

#[test]
fn accumulation_of_the_published_crate() {
    run(async {
        let largest = from_iter([3, 1, 2]).reduce_rs2(|a, b| async move { a.max(b) });
        assert_eq!(largest.await, Some(3));
        let all = from_iter(0..3).collect_with_config_rs2(BufferConfig::default()).await;
        assert_eq!(all.unwrap(), [0, 1, 2]);
    });
}
