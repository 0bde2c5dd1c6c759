//! Small pipes put together, by the function and by the method, and chosen while the program runs.

use rs2_stream::pipe::{self, Pipe, compose};
use rs2_stream::prelude::*;

/// Lines as they come from a form, made fit for a search.
fn clean() -> Pipe<String, String> {
    let trim = pipe::map(|line: String| line.trim().to_lowercase());
    let without_blanks = pipe::filter(|line: &String| !line.is_empty());
    compose(trim, without_blanks)
}

/// A pipe that the caller may or may not want: both are of one type.
fn only_first(wanted: Option<usize>) -> Pipe<String, String> {
    match wanted {
        Some(count) => Pipe::new(move |lines: RS2Stream<String>| lines.take_rs2(count)),
        None => pipe::identity(),
    }
}

async fn lengths(wanted: Option<usize>) -> Vec<usize> {
    let lines = ["  Streams ", "", "and", "  ", "PIPES"].map(str::to_owned);
    let pipe = clean().compose(only_first(wanted)).compose(pipe::map(|line: String| line.len()));
    pipe.apply(from_iter(lines)).collect_rs2().await
}

#[tokio::main]
async fn main() {
    let add = pipe::map(|n: i32| n + 1);
    let square = pipe::map(|n: i32| n * n);

    // The order is that of reading: first one, then the other.
    let add_first = compose(add.clone(), square.clone());
    let square_first = square.compose(add);
    let first: Vec<i32> = add_first.apply(from_iter(1..=3)).collect_rs2().await;
    let second: Vec<i32> = square_first.apply(from_iter(1..=3)).collect_rs2().await;
    println!("add, then square: {first:?}; square, then add: {second:?}");
    assert_eq!(first, [4, 9, 16]);
    assert_eq!(second, [2, 5, 10]);

    let (all, two) = (lengths(None).await, lengths(Some(2)).await);
    println!("lengths of all clean lines: {all:?}, of the first two: {two:?}");
    assert_eq!(all, [7, 3, 5]);
    assert_eq!(two, [7, 3]);
}
