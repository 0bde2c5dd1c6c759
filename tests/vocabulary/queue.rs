//! Queues.

use super::all;
use crate::{rs2::prelude::*, run};
use rs2_stream::queue::QueueError;

#[test]
fn queues() {
    run(async {
        let queue = Queue::bounded(2);
        assert_eq!((queue.capacity(), queue.is_empty()), (Some(2), true));
        queue.enqueue(1).await.unwrap();
        queue.try_enqueue(2).unwrap();
        assert_eq!(queue.try_enqueue(3), Err(QueueError::Full(3)));
        assert_eq!(queue.len(), 2);
        queue.close();
        assert_eq!(queue.enqueue(4).await, Err(QueueError::Closed(4)));
        assert_eq!(all(queue.dequeue()).await, [1, 2]);
    });
}

#[test]
fn an_unbounded_queue_has_no_capacity_and_clones_share_it() {
    run(async {
        let queue = Queue::unbounded();
        assert_eq!(queue.capacity(), None);
        let producer = queue.clone();
        (0..100).for_each(|n| producer.try_enqueue(n).unwrap());
        producer.close();
        assert_eq!(all(queue.dequeue()).await.len(), 100);
    });
}
