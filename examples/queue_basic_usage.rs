//! A queue of users to welcome: put in from one side, read as a stream on the other.

use rs2_stream::prelude::*;
use rs2_stream::queue::QueueError;

#[derive(Clone, Debug, PartialEq)]
struct User {
    id: u32,
    name: &'static str,
}

fn users() -> Vec<User> {
    let names = ["Ann", "Bob", "Cid", "Dora", "Eve"];
    (1..).zip(names).map(|(id, name)| User { id, name }).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    a_bounded_queue().await;
    a_full_queue_gives_the_item_back().await;
    a_closed_queue_delivers_what_is_pending().await;
    an_unbounded_queue().await;
}

/// Items leave in the order in which they came, as a stream with all the operators of one.
async fn a_bounded_queue() {
    let queue = Queue::bounded(5);
    for user in users() {
        queue.enqueue(user).await.expect("nobody closes it");
    }
    assert_eq!((queue.len(), queue.capacity()), (5, Some(5)));

    let first: Vec<User> = queue.dequeue().take_rs2(3).collect_rs2().await;
    println!("the first three: {:?}", first.iter().map(|user| user.name).collect::<Vec<_>>());
    assert_eq!(first, users()[..3]);

    // Another stream of the same queue goes on where that one stopped.
    let next: Vec<u32> = queue.dequeue().map_rs2(|user| user.id).take_rs2(2).collect_rs2().await;
    println!("then the numbers {next:?}, and nothing is left");
    assert_eq!(next, [4, 5]);
    assert!(queue.is_empty());
}

/// Who cannot wait for room asks, and keeps what does not fit.
async fn a_full_queue_gives_the_item_back() {
    let queue = Queue::bounded(2);
    let mut kept = Vec::new();
    for user in users() {
        if let Err(QueueError::Full(user)) = queue.try_enqueue(user) {
            kept.push(user);
        }
    }
    println!("{} of 5 found room, and {} came back", queue.len(), kept.len());
    assert_eq!(kept, users()[2..]);
}

/// After the close nothing gets in, and everything gets out.
async fn a_closed_queue_delivers_what_is_pending() {
    let queue = Queue::bounded(5);
    queue.enqueue("already here").await.expect("it is open");
    queue.close();
    assert_eq!(queue.enqueue("too late").await, Err(QueueError::Closed("too late")));
    let items: Vec<&str> = queue.dequeue().collect_rs2().await;
    println!("after the close: {items:?}, and the stream ends");
    assert_eq!(items, ["already here"]);
}

/// Always has room. What its consumers do not keep up with stays in memory.
async fn an_unbounded_queue() {
    let queue = Queue::unbounded();
    for n in 1..=1_000_u32 {
        queue.try_enqueue(n).expect("it is never full");
    }
    queue.close();
    assert_eq!((queue.len(), queue.capacity()), (1_000, None));
    let sum = queue.dequeue().fold_sync_rs2(0, |sum, n| sum + n).await;
    println!("1,000 numbers without a limit, their sum is {sum}");
    assert_eq!(sum, 500_500);
}
