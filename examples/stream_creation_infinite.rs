//! Streams without an end, cut where the consumer has enough.

use rs2_stream::prelude::*;

#[tokio::main]
async fn main() {
    let pings: Vec<&str> = repeat("ping").take_rs2(3).collect_rs2().await;
    println!("repeat: {pings:?}");
    assert_eq!(pings, ["ping", "ping", "ping"]);

    // A state, and a step that makes an item and the next state of it.
    let fibonacci = unfold((0_u64, 1_u64), |(a, b)| async move { Some((a, (b, a + b))) });
    let small: Vec<u64> = fibonacci.take_while_rs2(|n| *n < 100).collect_rs2().await;
    println!("unfold, the Fibonacci numbers below 100: {small:?}");
    assert_eq!(small, [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]);

    // `None` is the end: Collatz sequences reach 1, as far as anybody knows.
    let collatz = unfold(Some(6_u64), |state| async move {
        let n = state?;
        let next = if n.is_multiple_of(2) { n / 2 } else { 3 * n + 1 };
        Some((n, (n != 1).then_some(next)))
    });
    let steps: Vec<u64> = collatz.collect_rs2().await;
    println!("unfold with an end, Collatz from 6: {steps:?}");
    assert_eq!(steps, [6, 3, 10, 5, 16, 8, 4, 2, 1]);
}
