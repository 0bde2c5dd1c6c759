//! Plain functions in parallel: on every processor where the function computes, on threads of
//! their own where it waits.

use rs2_stream::prelude::*;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How many steps a number takes to come down to 1, by halving and by tripling and adding one.
fn steps_to_one(number: u64) -> u32 {
    let (mut value, mut steps) = (number, 0);
    while value > 1 {
        value = if value.is_multiple_of(2) { value / 2 } else { 3 * value + 1 };
        steps += 1;
    }
    steps
}

/// Stands for a library that reads a file and blocks its thread meanwhile.
fn read(file: &str) -> String {
    thread::sleep(Duration::from_millis(20));
    format!("contents of {file}")
}

/// Even with a runtime of one thread the functions run on several.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    on_every_processor().await;
    on_threads_that_wait().await;
    with_a_limit().await;
}

/// For work that computes. The items go to the processors in chunks, and come back in order.
async fn on_every_processor() {
    const NUMBERS: u64 = 100_000;
    let begun = Instant::now();
    let alone: Vec<u32> = from_iter(1..=NUMBERS).map_rs2(steps_to_one).collect_rs2().await;
    let time_alone = begun.elapsed();

    let threads = Arc::new(Mutex::new(HashSet::new()));
    let used = threads.clone();
    let begun = Instant::now();
    let together: Vec<u32> = from_iter(1..=NUMBERS)
        .map_parallel_rs2(move |number| {
            if number % 1_000 == 0 {
                used.lock().expect("nobody panics here").insert(thread::current().id());
            }
            steps_to_one(number)
        })
        .collect_rs2()
        .await;
    assert_eq!(together, alone);
    let took = begun.elapsed();
    let threads = threads.lock().expect("nobody panics here");
    assert!(!threads.contains(&thread::current().id()), "this one is left to the runtime");
    println!("one thread: {time_alone:?}; a thread for each processor: {took:?}");
}

/// For work that waits: at most so many calls at once, away from the thread of the runtime.
async fn on_threads_that_wait() {
    let files = ["orders.csv", "customers.csv", "prices.csv", "stock.csv"];
    let begun = Instant::now();
    let contents: Vec<String> =
        from_iter(files).map_parallel_with_concurrency_rs2(4, read).collect_rs2().await;
    let expected = files.map(|file| format!("contents of {file}"));
    assert_eq!(contents, expected);
    println!("{} files, 20 ms each, after {:?}", files.len(), begun.elapsed());
}

/// The limit holds however many items there are.
async fn with_a_limit() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (entered, highest) = (now.clone(), most.clone());
    let query = move |row: u32| {
        highest.fetch_max(entered.fetch_add(1, SeqCst) + 1, SeqCst);
        thread::sleep(Duration::from_millis(2));
        entered.fetch_sub(1, SeqCst);
        row * 10
    };
    let rows = from_iter(0..30).map_parallel_with_concurrency_rs2(3, query);
    let rows: Vec<u32> = rows.collect_rs2().await;
    assert_eq!(rows, (0..30).map(|row| row * 10).collect::<Vec<_>>());
    assert!(most.load(SeqCst) <= 3);
    println!("30 queries, at most {} at once", most.load(SeqCst));
}
