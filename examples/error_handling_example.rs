//! What becomes of errors: recovered, set aside, tried again.
//!
//! `cargo run --example error_handling_example`

use rs2_stream::metrics::{Loss, Metrics};
use rs2_stream::prelude::*;
use std::cell::Cell;
use std::time::Duration;

/// What a shop may answer.
#[derive(Clone, Debug, PartialEq)]
enum Failure {
    /// It cannot be read.
    Malformed(&'static str),
    /// It is there, and has too much to do.
    Busy { retry_after: Duration },
    /// The connection broke.
    Broken,
}

fn price(text: &'static str) -> Result<u32, Failure> {
    text.parse().map_err(|_| Failure::Malformed(text))
}

/// Errors in place, each with its own answer.
async fn recovered() {
    let prices = || from_iter(["12", "n/a", "7"]).map_rs2(price);
    let from_catalogue = async |_: Failure| 10;
    let all: Vec<u32> = prices().recover_rs2(from_catalogue).collect_rs2().await;
    assert_eq!(all, [12, 10, 7]);
    println!("recovered from a catalogue: {all:?}");

    let skipping = prices().on_error_resume_next_rs2();
    let losses = skipping.losses();
    let good: Vec<u32> = skipping.collect_rs2().await;
    assert_eq!((good, losses.of(Loss::Failed)), (vec![12, 7], 1));
    println!("left out: {}, and it was counted", losses.total());

    let live = from_iter([Ok(12), Err(Failure::Broken), Ok(13)]);
    let yesterday = from_iter([Ok::<u32, Failure>(11)]);
    let prices = live.switch_on_error_rs2(|_| yesterday);
    let prices: Vec<u32> = prices.collect_ok_rs2().await;
    assert_eq!(prices, [12, 11]);
    println!("a broken feed, and yesterday's prices behind it: {prices:?}");
}

/// Errors on a way of their own, none of them lost.
async fn dead_letters() {
    let mut letters = Vec::new();
    let lines = from_iter(["12", "n/a", "7", "-"]).map_rs2(price);
    let total =
        lines.dead_letters_rs2(&mut letters).fold_sync_rs2(0, |total, price| total + price).await;
    assert_eq!(total, 19);
    assert_eq!(letters, [Failure::Malformed("n/a"), Failure::Malformed("-")]);
    println!("total {total}, and {} dead letters to look into", letters.len());
}

/// One call at a time tried again, as long as the error is worth it.
async fn calls_tried_again() {
    let (initial_delay, multiplier) = (Duration::from_millis(20), 2.0);
    let growing = RetryPolicy::Exponential { max_retries: 4, initial_delay, multiplier };
    let metrics = Metrics::new("shop");
    let budget = RetryBudget::new(10, 20);
    let config = RetryConfig::new(growing)
        .jitter(Jitter::Full)
        .max_elapsed(Duration::from_secs(5))
        .budget(&budget)
        .with_metrics(&metrics)
        .retry_if(|failure: &Failure| !matches!(failure, Failure::Malformed(_)))
        .retry_after(|failure: &Failure| match failure {
            Failure::Busy { retry_after } => Some(*retry_after),
            _ => None,
        });

    let calls = Cell::new(0);
    let ask = |article: &'static str| {
        calls.set(calls.get() + 1);
        let busy = Failure::Busy { retry_after: Duration::from_millis(50) };
        let answer = match (article, calls.get()) {
            ("tea", 1..=2) => Err(busy),
            ("tea", _) => Ok(12),
            _ => Err(Failure::Malformed(article)),
        };
        async move { answer }
    };
    let answers: Vec<_> = from_iter(["tea", "???"])
        .eval_map_rs2(|article| retry(config.clone(), move || ask(article)))
        .collect_rs2()
        .await;
    assert_eq!(answers[0], Ok(12));
    let gave_up = answers[1].as_ref().expect_err("nobody sells it");
    assert_eq!((gave_up.attempts, &gave_up.last), (1, &Failure::Malformed("???")));
    assert_eq!((calls.get(), metrics.snapshot().retries, budget.left()), (4, 2, 8));
    println!("tea after {} calls; {:?} is not asked for twice", calls.get() - 1, gave_up.last);
}

/// A feed that breaks after every three prices, and goes on where it broke.
fn feed(offset: u64) -> impl Progress<Item = Result<u64, Failure>> {
    let end = (offset + 3).min(8);
    let breaks = (end < 8).then_some(Err(Failure::Broken));
    from_iter((offset..end).map(Ok).chain(breaks))
}

/// A stream tried again, without a price twice.
async fn feed_tried_again() {
    let policy = RetryPolicy::Fixed { max_retries: 5, delay: Duration::from_millis(10) };
    let began = tokio::time::Instant::now();
    let prices = feed(0).retry_from_rs2(policy, |attempt| {
        println!("connection {} goes on at {}", attempt.number, attempt.yielded);
        feed(attempt.yielded)
    });
    let prices: Vec<u64> = prices.collect_ok_rs2().await;
    assert_eq!(prices, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(began.elapsed(), Duration::from_millis(20));

    // From the beginning each time, and never with success.
    let broken = || feed(0).take_rs2(2).concat_rs2(from_iter([Err(Failure::Broken)]));
    let all: Vec<_> = broken().retry_rs2(1, broken).collect_rs2().await;
    assert_eq!(all[..4], [Ok(0), Ok(1), Ok(0), Ok(1)]);
    let gave_up = all[4].as_ref().expect_err("the last item tells why it ended");
    assert_eq!((gave_up.attempts, all.len()), (2, 5));
    println!("a feed that stays broken: {:?} after {} attempts", gave_up.last, gave_up.attempts);
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    recovered().await;
    dead_letters().await;
    calls_tried_again().await;
    feed_tried_again().await;
}
