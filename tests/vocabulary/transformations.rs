//! Transformations: one stream to one, several to one, groups.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};
use std::future::pending;

#[test]
fn transformations() {
    run(async {
        let numbers = || from_iter([1, 1, 2, 1, 3]);
        assert_eq!(all(numbers().map_rs2(|n| n * 10)).await, [10, 10, 20, 10, 30]);
        assert_eq!(all(numbers().filter_rs2(|n| *n > 1)).await, [2, 3]);
        assert_eq!(all(from_iter([1, 2]).flat_map_rs2(|n| from_iter(0..n))).await, [0, 0, 1]);
        assert_eq!(all(numbers().eval_map_rs2(|n| async move { n + 1 })).await, [2, 2, 3, 2, 4]);
        let odd = |n: &i32| {
            let n = *n;
            async move { n % 2 == 1 }
        };
        assert_eq!(all(numbers().eval_filter_rs2(odd)).await, [1, 1, 1, 3]);
        assert_eq!(all(numbers().chunk_rs2(2)).await, [vec![1, 1], vec![2, 1], vec![3]]);
        assert_eq!(all(numbers().chunks_rs2(3)).await, [vec![1, 1, 2], vec![1, 3]]);
        assert_eq!(all(numbers().take_rs2(2)).await, [1, 1]);
        assert_eq!(all(numbers().skip_rs2(3)).await, [1, 3]);
        assert_eq!(all(numbers().distinct_rs2()).await, [1, 2, 3]);
        assert_eq!(all(numbers().distinct_until_changed_rs2()).await, [1, 2, 1, 3]);
        assert_eq!(all(numbers().distinct_by_rs2(|n| n % 2)).await, [1, 2]);
        let by_parity = numbers().distinct_until_changed_by_rs2(|n| n % 2);
        assert_eq!(all(by_parity).await, [1, 2, 1]);
    });
}

#[test]
fn transformations_of_the_published_crate() {
    run(async {
        let numbers = || from_iter([1, 2, 9, 3]);
        assert_eq!(all(numbers().drop_rs2(3)).await, [3]);
        assert_eq!(all(numbers().take_while_rs2(|n| *n < 5)).await, [1, 2]);
        assert_eq!(all(numbers().drop_while_rs2(|n| *n < 5)).await, [9, 3]);
        let halves = numbers().filter_map_rs2(|n| (n % 2 == 0).then_some(n / 2));
        assert_eq!(all(halves).await, [1]);
        let stopped = numbers().concat_rs2(eval(pending())).interrupt_when_rs2(async {
            all(emit_after((), 10 * MOMENT)).await;
        });
        assert_eq!(all(stopped).await, [1, 2, 9, 3]);
    });
}

#[test]
fn combining_streams() {
    run(async {
        let (left, right) = (|| from_iter([1, 2]), || from_iter([10, 20]));
        assert_eq!(all(left().concat_rs2(right())).await, [1, 2, 10, 20]);
        let late = emit_after(0, 10 * MOMENT);
        assert_eq!(all(late.merge_rs2(right())).await, [10, 20, 0]);
        assert_eq!(all(left().zip_rs2(right())).await, [(1, 10), (2, 20)]);
        assert_eq!(all(left().zip_with_rs2(right(), |l, r| l + r)).await, [11, 22]);
        let others = vec![right(), from_iter([100, 200])];
        assert_eq!(all(left().interleave_rs2(others)).await, [1, 10, 100, 2, 20, 200]);
        assert_eq!(all(emit_after(0, MOMENT).either_rs2(right())).await, [10, 20]);
    });
}

#[test]
fn grouping_elements() {
    run(async {
        let words = || from_iter(["ant", "ape", "bee", "asp"]);
        let first = |word: &&str| word.chars().next();
        let groups = all(words().group_by_rs2(first)).await;
        let a = (Some('a'), vec!["ant", "ape", "asp"]);
        assert!(
            groups.len() == 2 && groups.contains(&a) && groups.contains(&(Some('b'), vec!["bee"]))
        );
        let runs = all(words().group_adjacent_by_rs2(first)).await;
        let lengths: Vec<usize> = runs.iter().map(|(_, run)| run.len()).collect();
        assert_eq!(lengths, [2, 1, 1]);
        let windows = from_iter(1..=4).sliding_window_rs2(3);
        assert_eq!(all(windows).await, [[1, 2, 3], [2, 3, 4]]);
        let sums = from_iter(1..=5).batch_process_rs2(2, |batch| vec![batch.iter().sum::<i32>()]);
        assert_eq!(all(sums).await, [3, 7, 5]);
    });
}
