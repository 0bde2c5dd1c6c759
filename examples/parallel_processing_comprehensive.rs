//! Everything about doing several things at once: what it gains, what it costs, what happens to the
//! order, to errors and to memory, and a shop that needs all of it.
//!
//! Times are printed, for they depend on the machine; answers are asserted.

use rs2_stream::op::parallel::KeyedConcurrency;
use rs2_stream::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Stands for a call of another service.
async fn call(number: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(5)).await;
    number * 2
}

/// Stands for a computation of about a tenth of a millisecond.
fn compute(number: u64) -> u64 {
    (0..100_000).fold(number, |value, step| value.wrapping_mul(31).wrapping_add(step))
}

fn millis(since: Instant) -> String {
    format!("{:.1} ms", since.elapsed().as_secs_f64() * 1e3)
}

#[tokio::main]
async fn main() {
    sequential_and_parallel().await;
    ordered_and_unordered().await;
    mixed_work().await;
    several_stages().await;
    levels_of_concurrency().await;
    errors().await;
    resources().await;
    shop().await;
}

/// The same answers, sooner: waiting in parallel gains as much as there are calls at once,
/// computing in parallel as much as there are processors.
async fn sequential_and_parallel() {
    println!("sequential and parallel");
    let begun = Instant::now();
    let one_by_one: Vec<u64> = from_iter(0..40).eval_map_rs2(call).collect_rs2().await;
    println!("  40 calls, one by one: {}", millis(begun));
    let begun = Instant::now();
    let at_once: Vec<u64> = from_iter(0..40).par_eval_map_rs2(20, call).collect_rs2().await;
    println!("  40 calls, 20 at once: {}", millis(begun));
    assert_eq!(at_once, one_by_one);

    let begun = Instant::now();
    let alone: Vec<u64> = from_iter(0..200).map_rs2(compute).collect_rs2().await;
    println!("  200 computations on one processor: {}", millis(begun));
    let begun = Instant::now();
    let together: Vec<u64> = from_iter(0..200).map_parallel_rs2(compute).collect_rs2().await;
    println!("  200 computations on all processors: {}", millis(begun));
    assert_eq!(together, alone);
}

/// In order an answer may wait for a slower one before it; without order the first to finish is the
/// first out.
async fn ordered_and_unordered() {
    println!("ordered and unordered");
    let slow_first = |number: u64| async move {
        tokio::time::sleep(Duration::from_millis(if number == 0 { 60 } else { 1 })).await;
        number
    };
    let begun = Instant::now();
    let ordered = from_iter(0..20).par_eval_map_rs2(4, slow_first);
    let first: Vec<u64> = ordered.take_rs2(1).collect_rs2().await;
    println!("  ordered, the first answer is {first:?} after {}", millis(begun));
    assert_eq!(first, [0]);

    let begun = Instant::now();
    let unordered = from_iter(0..20).par_eval_map_unordered_rs2(4, slow_first);
    let first = Arc::new(Mutex::new(None));
    let noted = first.clone();
    let unordered = unordered.inspect_rs2(move |number| {
        let mut first = noted.lock().expect("nobody panics here");
        first.get_or_insert((*number, millis(begun)));
    });
    let mut all: Vec<u64> = unordered.collect_rs2().await;
    println!("  unordered, the first answer is {:?}", first.lock().expect("nobody panics here"));
    all.sort_unstable();
    assert_eq!(all, (0..20).collect::<Vec<_>>());
}

/// Calls wait as tasks, computations run on threads of their own: neither blocks the other.
async fn mixed_work() {
    println!("mixed work");
    let begun = Instant::now();
    let mixed: Vec<u64> = from_iter(0..100)
        .par_eval_map_rs2(25, call)
        .map_parallel_rs2(compute)
        .par_eval_map_rs2(25, async |number| call(number % 1_000).await)
        .collect_rs2()
        .await;
    println!("  100 items called, computed and called again: {}", millis(begun));
    let expected: Vec<u64> = (0..100).map(|number| compute(number * 2) % 1_000 * 2).collect();
    assert_eq!(mixed, expected);
}

/// Every stage works on items of its own at the same time, and each has its own limit.
async fn several_stages() {
    println!("several stages");
    let parse = |line: String| line.trim().parse::<u64>().unwrap_or_default();
    let read = |line: u64| {
        std::thread::sleep(Duration::from_millis(1));
        format!(" {line} ")
    };
    let begun = Instant::now();
    let sum = from_iter(0..60)
        .map_parallel_with_concurrency_rs2(8, read)
        .map_rs2(parse)
        .par_eval_map_unordered_rs2(16, call)
        .filter_rs2(|number| number % 3 == 0)
        .fold_sync_rs2(0, |sum, number| sum + number);
    let sum = sum.await;
    println!("  read, parsed, called, filtered: {sum} after {}", millis(begun));
    assert_eq!(sum, (0..60).map(|number| number * 2).filter(|number| number % 3 == 0).sum::<u64>());
}

/// More at once is faster until what is called has no more to give; here it serves ten at a time.
async fn levels_of_concurrency() {
    println!("levels of concurrency");
    let service = Arc::new(tokio::sync::Semaphore::new(10));
    let mut answers: Vec<Vec<u64>> = Vec::new();
    for concurrency in [1, 5, 10, 40] {
        let service = service.clone();
        let ask = move |number| {
            let service = service.clone();
            async move {
                let _served = service.acquire().await;
                call(number).await
            }
        };
        let begun = Instant::now();
        answers.push(from_iter(0..40).par_eval_map_rs2(concurrency, ask).collect_rs2().await);
        println!("  {concurrency:>2} at once: {}", millis(begun));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

/// An error is an answer like any other and stands in its place; who wants to stop at the first
/// stops there.
async fn errors() {
    println!("errors");
    let risky = async |number: u64| {
        let answer = call(number).await;
        if number % 7 == 3 { Err(format!("number {number} is refused")) } else { Ok(answer) }
    };
    let answers: Vec<Result<u64, String>> =
        from_iter(0..20).par_eval_map_rs2(5, risky).collect_rs2().await;
    let failed: Vec<usize> = (0..20).filter(|place| answers[*place].is_err()).collect();
    assert_eq!(failed, [3, 10, 17]);
    println!("  of 20 the ones at {failed:?} failed, 17 succeeded");

    let until_error: Vec<u64> = from_iter(0..20)
        .par_eval_map_rs2(5, risky)
        .take_while_rs2(Result::is_ok)
        .filter_map_rs2(Result::ok)
        .collect_rs2()
        .await;
    assert_eq!(until_error, [0, 2, 4]);
    println!("  before the first failure: {until_error:?}");
}

/// A slow consumer stops the source: never is more underway than the limits say.
async fn resources() {
    println!("resources");
    let (taken, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (takes, gives, highest) = (taken.clone(), taken, most.clone());
    let answers = from_iter(0..60)
        .inspect_rs2(move |_| {
            highest.fetch_max(takes.fetch_add(1, SeqCst) + 1, SeqCst);
        })
        .par_eval_map_rs2(4, call)
        .eval_map_rs2(move |answer| {
            gives.fetch_sub(1, SeqCst);
            async move {
                tokio::time::sleep(Duration::from_millis(2)).await;
                answer
            }
        });
    let sum = answers.fold_sync_rs2(0, |sum, answer| sum + answer).await;
    let most = most.load(SeqCst);
    println!("  4 at once, a slow consumer: at most {most} of 60 items in memory");
    assert_eq!(sum, (0..60).map(|number| number * 2).sum::<u64>());
    // Four run, four have finished out of turn or wait to be yielded, one is with the consumer.
    assert!(most <= 2 * 4 + 1);
}

#[derive(Clone, Debug)]
struct Order {
    number: u32,
    customer: &'static str,
    cents: u64,
}

/// The accounts of a bank that must never see two payments of one customer at once.
#[derive(Default)]
struct Bank {
    accounts: Mutex<BTreeMap<&'static str, u64>>,
    at_work: Mutex<BTreeMap<&'static str, u32>>,
}

impl Bank {
    fn enter(&self, customer: &'static str, by: i32) -> u32 {
        let mut at_work = self.at_work.lock().expect("nobody panics here");
        let count = at_work.entry(customer).or_default();
        *count = count.saturating_add_signed(by);
        *count
    }

    async fn charge(&self, order: Order) -> Result<Order, u32> {
        assert_eq!(self.enter(order.customer, 1), 1, "one payment of a customer at a time");
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.enter(order.customer, -1);
        let mut accounts = self.accounts.lock().expect("nobody panics here");
        let account = accounts.get_mut(order.customer).ok_or(order.number)?;
        *account = account.checked_sub(order.cents).ok_or(order.number)?;
        Ok(order)
    }
}

/// Orders are priced on all processors, paid in the order of each customer, and shipped as soon as
/// they are paid.
async fn shop() {
    println!("a shop");
    let customers = ["ann", "bob", "eve"];
    let bank = Arc::new(Bank::default());
    let balances = customers.map(|customer| (customer, 5_000));
    *bank.accounts.lock().expect("nobody panics here") = BTreeMap::from(balances);
    let orders = (0..30_u32).map(|number| {
        let customer = customers[number as usize % customers.len()];
        Order { number, customer, cents: 0 }
    });

    let payments = bank.clone();
    let pay = move |order: Order| {
        let bank = payments.clone();
        async move { bank.charge(order).await }
    };
    let ship = async |paid: Result<Order, u32>| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        paid.map(|order| order.number)
    };
    let begun = Instant::now();
    let limits = KeyedConcurrency::of(8).max_waiting_per_key(16);
    let shipped: Vec<Result<u32, u32>> = from_iter(orders)
        .map_parallel_rs2(|order| Order { cents: 100 + 50 * u64::from(order.number), ..order })
        .par_eval_map_keyed_rs2(limits, |order| order.customer, pay)
        .par_eval_map_unordered_rs2(8, ship)
        .collect_rs2()
        .await;
    let took = millis(begun);
    let (paid, unpaid): (Vec<_>, Vec<_>) = shipped.into_iter().partition(Result::is_ok);
    println!("  {} orders shipped, {} not paid, after {took}", paid.len(), unpaid.len());

    // Each customer can pay for the first orders, until the money is spent. A later order is never
    // paid before an earlier one, so it is always the same ones.
    let mut expected = Vec::new();
    let mut accounts = BTreeMap::from(balances);
    for number in 0..30_u32 {
        let account = accounts.get_mut(customers[number as usize % 3]).expect("a customer");
        if let Some(rest) = account.checked_sub(100 + 50 * u64::from(number)) {
            *account = rest;
            expected.push(number);
        }
    }
    let mut paid: Vec<u32> = paid.into_iter().filter_map(Result::ok).collect();
    paid.sort_unstable();
    assert_eq!(paid, expected);
    assert_eq!(*bank.accounts.lock().expect("nobody panics here"), accounts);
    assert_eq!(paid.len() + unpaid.len(), 30);
}
