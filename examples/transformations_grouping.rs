//! Items in groups: by key, by neighbourhood, by number.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let words = ["ant", "bee", "ape", "cat", "bat"];
    let initial = |word: &&str| word.chars().next().unwrap_or('?');

    // All items of a key, at the end of the stream.
    let groups: Vec<(char, Vec<&str>)> = from_iter(words).group_by_rs2(initial).collect_rs2().await;
    println!("group_by: {groups:?}");
    let expected = [('a', vec!["ant", "ape"]), ('b', vec!["bee", "bat"]), ('c', vec!["cat"])];
    assert_eq!(groups, expected);

    // Neighbours with the same key, each group as soon as it is complete.
    let runs: Vec<(bool, Vec<i32>)> =
        from_iter([1, 3, 4, 6, 7]).group_adjacent_by_rs2(|n| n % 2 == 0).collect_rs2().await;
    println!("group_adjacent_by: {runs:?}");
    assert_eq!(runs, [(false, vec![1, 3]), (true, vec![4, 6]), (false, vec![7])]);

    // So many at a time; `chunks_rs2` is another name for `chunk_rs2`.
    let chunks: Vec<Vec<u32>> = from_iter(1..=7).chunks_rs2(3).collect_rs2().await;
    println!("chunks: {chunks:?}");
    assert_eq!(chunks, [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);

    let readings = [20, 20, 21, 21, 21, 20];
    let changes: Vec<u32> = from_iter(readings).distinct_until_changed_rs2().collect_rs2().await;
    println!("distinct_until_changed: {changes:?}");
    assert_eq!(changes, [20, 21, 20]);
}
