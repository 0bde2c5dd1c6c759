//! A shop writes its orders into a database. Each call of the database costs, however many orders
//! it takes, so the orders go there in batches.

use rs2_stream::prelude::*;
use std::cell::RefCell;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
struct Order {
    number: u32,
    text: &'static str,
}

/// A database that notes how many rows each call brought.
#[derive(Default)]
struct Database {
    calls: RefCell<Vec<usize>>,
}

impl Database {
    /// Answers with the numbers of the rows.
    async fn insert(&self, orders: Vec<Order>) -> Vec<u32> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.calls.borrow_mut().push(orders.len());
        orders.into_iter().map(|order| order.number).collect()
    }
}

fn orders() -> impl Progress<Item = Order> + 'static {
    let texts = ["tea", "milk", "a very long list of groceries", "bread", "jam", "salt", "oil"];
    from_iter(texts.into_iter().zip(1..)).map_rs2(|(text, number)| Order { number, text })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    numbers_in_batches().await;
    sorted_within_each_batch().await;
    into_the_database().await;
    by_weight_and_time().await;
}

/// What a closure makes of each batch goes on as single items.
async fn numbers_in_batches() {
    let sums = from_iter(1..=10).batch_process_rs2(4, |batch| [batch.iter().sum::<u32>()]);
    let sums: Vec<u32> = sums.collect_rs2().await;
    assert_eq!(sums, [1 + 2 + 3 + 4, 5 + 6 + 7 + 8, 9 + 10]);
    println!("sums of four: {sums:?}");
}

/// A batch may be turned into as many items as one likes: here the same ones in another order.
async fn sorted_within_each_batch() {
    let sorted = orders().batch_process_rs2(3, |mut batch| {
        batch.sort_by_key(|order| order.text.len());
        batch
    });
    let sorted: Vec<u32> = sorted.map_rs2(|order| order.number).collect_rs2().await;
    assert_eq!(sorted, [1, 2, 3, 5, 6, 4, 7]);
    println!("the shortest of each three first: {sorted:?}");
}

/// A batch that has to be awaited is a chunk with an asynchronous step behind it.
async fn into_the_database() {
    let database = Database::default();
    let stored: Vec<u32> = orders()
        .chunk_rs2(3)
        .eval_map_rs2(|batch| database.insert(batch))
        .flat_map_rs2(from_iter)
        .collect_rs2()
        .await;
    assert_eq!(stored, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(*database.calls.borrow(), [3, 3, 1]);
    println!("{} rows in {} calls", stored.len(), database.calls.borrow().len());
}

/// At most 5 orders and 20 letters in a packet, and no order waits longer than 50 ms for company.
async fn by_weight_and_time() {
    let batching = Batching::of(5)
        .weighing(20, |order: &Order| order.text.len())
        .within(Duration::from_millis(50));
    let packets: Vec<Vec<u32>> = orders()
        .batch_process_with_rs2(batching, |batch| {
            [batch.iter().map(|order| order.number).collect()]
        })
        .collect_rs2()
        .await;
    assert_eq!(packets, [vec![1, 2], vec![3], vec![4, 5, 6, 7]], "the long one goes alone");
    println!("packets: {packets:?}");
}
