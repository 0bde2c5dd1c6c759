//! Stream creation.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};

#[test]
fn stream_creation() {
    run(async {
        assert_eq!(all(emit(7)).await, [7]);
        assert_eq!(all(empty::<u32>()).await, []);
        assert_eq!(all(from_iter(vec![1, 2])).await, [1, 2]);
        assert_eq!(all(eval(async { 7 })).await, [7]);
        assert_eq!(all(repeat("a").take_rs2(3)).await, ["a", "a", "a"]);
        assert_eq!(all(emit_after(7, MOMENT)).await, [7]);
        let down = unfold(3, |n| async move { (n > 0).then_some((n, n - 1)) });
        assert_eq!(all(down).await, [3, 2, 1]);
        assert_eq!(all(tick(MOMENT, 't').take_rs2(2)).await, ['t', 't']);
        assert_eq!(all(tick_rs(MOMENT, 't').take_rs2(2)).await, ['t', 't']);
    });
}

#[test]
fn a_stream_has_a_type_to_be_named_by() {
    run(async {
        let stream: RS2Stream<u32> = from_iter([1, 2]).boxed_rs2();
        assert_eq!(all(stream.map_rs2(|n| n + 1)).await, [2, 3]);
    });
}
