//! The classic starvation of buffered streams, and a loop that does not suffer it.
//!
//! Futures in flight share a permit with the body of the loop over their outputs. While the body
//! waits for the permit nobody polls the futures, and one of them may have it. futures-util cannot
//! do otherwise, because `Stream` has no way to ask for anything but an item; RS2 moves what is in
//! flight along while the body waits.
//!
//! Time is virtual, so that a program that can never go on is an error and not a hanging test.

use futures_util::StreamExt;
use futures_util::lock::Mutex;
use rs2_core::time::{Clock, Timer};
use rs2_stream::op::parallel::KeyedConcurrency;
use rs2_stream::prelude::*;
use rs2_test::{LostWakeup, ManualTimer, ms};
use std::future::Future;

const ITEMS: u64 = 6;
const IN_FLIGHT: usize = 2;

/// A connection that one task at a time may use.
struct Shop {
    timer: ManualTimer,
    connection: Mutex<Vec<u64>>,
}

impl Shop {
    fn new() -> Self {
        Self { timer: ManualTimer::new(), connection: Mutex::default() }
    }

    fn wait(&self, millis: u64) -> impl Future<Output = ()> {
        self.timer.sleep_until(self.timer.now().saturating_add(ms(millis)))
    }

    /// What is in flight: every second order is looked up over the connection, which takes longer
    /// than the others.
    async fn look_up(&self, order: u64) -> u64 {
        if order.is_multiple_of(2) {
            self.wait(1).await;
        } else {
            let used = self.connection.lock().await;
            self.wait(5).await;
            drop(used);
        }
        order
    }

    /// The body of the loop, which uses the same connection.
    async fn save(&self, order: u64) {
        self.connection.lock().await.push(order);
    }

    fn saved(self) -> Vec<u64> {
        self.connection.into_inner()
    }
}

fn all() -> Vec<u64> {
    (0..ITEMS).collect()
}

/// The body waits for the connection, and who has it is never polled again.
fn is_starved(outcome: Result<(), LostWakeup>) -> bool {
    outcome.is_err()
}

#[test]
fn a_while_let_loop_over_buffered_starves() {
    let shop = Shop::new();
    let program = async {
        let orders = futures_util::stream::iter(all()).map(|order| shop.look_up(order));
        let mut orders = std::pin::pin!(orders.buffered(IN_FLIGHT));
        while let Some(order) = orders.next().await {
            shop.save(order).await;
        }
    };
    assert!(is_starved(shop.timer.try_run(program)));
}

#[test]
fn for_each_over_buffered_and_over_buffer_unordered_starves() {
    let shop = Shop::new();
    let orders = futures_util::stream::iter(all()).map(|order| shop.look_up(order));
    let program = orders.buffered(IN_FLIGHT).for_each(|order| shop.save(order));
    assert!(is_starved(shop.timer.try_run(program)));

    let shop = Shop::new();
    let orders = futures_util::stream::iter(all()).map(|order| shop.look_up(order));
    let program = orders.buffer_unordered(IN_FLIGHT).for_each(|order| shop.save(order));
    assert!(is_starved(shop.timer.try_run(program)));
}

#[test]
fn drive_each_runs_the_same_program_to_its_end() {
    let shop = Shop::new();
    let program = from_iter(all())
        .par_eval_map_inline_rs2(IN_FLIGHT, |order| shop.look_up(order))
        .drive_each_rs2(|order| shop.save(order));
    assert_eq!(shop.timer.try_run(program), Ok(()));
    assert_eq!(shop.saved(), all());
}

#[test]
fn drive_each_also_moves_unordered_and_keyed_futures_and_those_within_joined_streams() {
    let shop = Shop::new();
    let program = from_iter(all())
        .par_eval_map_unordered_inline_rs2(IN_FLIGHT, |order| shop.look_up(order))
        .drive_each_rs2(|order| shop.save(order));
    assert_eq!(shop.timer.try_run(program), Ok(()));
    assert_eq!(sorted(shop.saved()), all());

    let shop = Shop::new();
    let limits = KeyedConcurrency::of(IN_FLIGHT);
    let program = from_iter(all())
        .par_eval_map_keyed_inline_rs2(limits, |order| order % 3, |order| shop.look_up(order))
        .drive_each_rs2(|order| shop.save(order));
    assert_eq!(shop.timer.try_run(program), Ok(()));
    assert_eq!(sorted(shop.saved()), all());

    let shop = Shop::new();
    let halves = [all()[..3].to_vec(), all()[3..].to_vec()];
    let program = from_iter(halves)
        .map_rs2(|half| {
            from_iter(half).par_eval_map_inline_rs2(IN_FLIGHT, |order| shop.look_up(order))
        })
        .par_join_rs2(2)
        .drive_each_rs2(|order| shop.save(order));
    assert_eq!(shop.timer.try_run(program), Ok(()));
    assert_eq!(sorted(shop.saved()), all());
}

#[test]
fn drive_fold_runs_the_same_program_through_further_operators() {
    let own = Shop::new();
    let shop = &own;
    let program = async {
        let sum = from_iter(all())
            .par_eval_map_inline_rs2(IN_FLIGHT, |order| shop.look_up(order))
            .filter_rs2(|order| *order != 4)
            .chunk_rs2(2)
            .drive_fold_rs2(0, |sum, orders: Vec<u64>| async move {
                let sum = sum + orders.iter().sum::<u64>();
                for order in orders {
                    shop.save(order).await;
                }
                sum
            });
        assert_eq!(sum.await, 1 + 2 + 3 + 5);
    };
    assert_eq!(shop.timer.try_run(program), Ok(()));
    assert_eq!(own.saved(), [0, 1, 2, 3, 5]);
}

fn sorted(mut orders: Vec<u64>) -> Vec<u64> {
    orders.sort_unstable();
    orders
}
