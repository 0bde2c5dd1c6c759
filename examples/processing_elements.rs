//! Asynchronous work on several items at once: in order, as it finishes, by key, and whole streams
//! side by side.

use rs2_stream::op::parallel::{KeyedConcurrency, KeyedOrder};
use rs2_stream::prelude::*;
use std::cell::RefCell;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
struct Request {
    user: &'static str,
    number: u64,
    millis: u64,
}

fn requests() -> Vec<Request> {
    let request = |(number, (user, millis))| Request { user, number, millis };
    let users = [("ann", 30), ("bob", 10), ("ann", 5), ("eve", 20), ("bob", 5), ("ann", 1)];
    (0..).zip(users).map(request).collect()
}

/// Stands for a call of another service.
async fn serve(request: Request) -> u64 {
    tokio::time::sleep(Duration::from_millis(request.millis)).await;
    request.number
}

#[tokio::main]
async fn main() {
    in_order().await;
    as_they_finish().await;
    by_user().await;
    several_streams().await;
    within_this_task().await;
}

/// Four at once; an answer waits for those before it.
async fn in_order() {
    let answers: Vec<u64> = from_iter(requests()).par_eval_map_rs2(4, serve).collect_rs2().await;
    assert_eq!(answers, [0, 1, 2, 3, 4, 5]);
    println!("in order: {answers:?}");
}

/// Four at once; nobody waits for anybody.
async fn as_they_finish() {
    let mut answers: Vec<u64> =
        from_iter(requests()).par_eval_map_unordered_rs2(4, serve).collect_rs2().await;
    println!("as they finish: {answers:?}");
    answers.sort_unstable();
    assert_eq!(answers, [0, 1, 2, 3, 4, 5]);
}

/// Four at once, and never two of one user: each user's answers come in the order of the requests.
async fn by_user() {
    let answer = async |request: Request| (request.user, serve(request).await);
    let answers: Vec<(&str, u64)> = from_iter(requests())
        .par_eval_map_keyed_rs2(4, |request| request.user, answer)
        .collect_rs2()
        .await;
    println!("by user: {answers:?}");
    for (user, numbers) in [("ann", vec![0, 2, 5]), ("bob", vec![1, 4]), ("eve", vec![3])] {
        let own = answers.iter().filter(|answer| answer.0 == user).map(|answer| answer.1);
        assert_eq!(own.collect::<Vec<u64>>(), numbers);
    }

    // Who confirms positions in a log needs all answers in the order of the requests.
    let limits = KeyedConcurrency::of(4).max_waiting(100).order(KeyedOrder::Global);
    let answers =
        from_iter(requests()).par_eval_map_keyed_rs2(limits, |request| request.user, serve);
    assert_eq!(answers.collect_rs2::<Vec<u64>>().await, [0, 1, 2, 3, 4, 5]);
}

/// Two streams at a time, each item as soon as it is there.
async fn several_streams() {
    let sensor = |name: &'static str, millis| {
        let beats = tick(Duration::from_millis(millis), ()).take_rs2(3);
        beats.scan_rs2(0, |count, ()| count + 1).map_rs2(move |count| format!("{name}{count}"))
    };
    let sensors = from_iter([sensor("a", 4), sensor("b", 6), sensor("c", 1)]);
    let readings: Vec<String> = sensors.par_join_rs2(2).collect_rs2().await;
    println!("joined: {readings:?}");
    for name in ["a", "b", "c"] {
        let own: Vec<&String> = readings.iter().filter(|text| text.starts_with(name)).collect();
        assert_eq!(own, [&format!("{name}1"), &format!("{name}2"), &format!("{name}3")]);
    }
}

/// Without tasks the futures may borrow. `drive_each_rs2` keeps them going while the loop waits.
async fn within_this_task() {
    let (prefix, log) = (String::from("answer "), RefCell::new(Vec::new()));
    from_iter(requests())
        .par_eval_map_inline_rs2(4, async |request| format!("{prefix}{}", serve(request).await))
        .drive_each_rs2(async |line| {
            tokio::time::sleep(Duration::from_millis(2)).await;
            log.borrow_mut().push(line);
        })
        .await;
    let log = log.into_inner();
    assert_eq!((log.len(), log[5].as_str()), (6, "answer 5"));
    println!("within one task: {log:?}");
}
