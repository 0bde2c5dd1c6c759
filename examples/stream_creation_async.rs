//! Streams of what takes time: the output of a future, and an item after a while.

use rs2_stream::prelude::*;
use std::time::{Duration, Instant};

/// Stands for a request to another service.
async fn user_name(id: u32) -> String {
    tokio::time::sleep(Duration::from_millis(10)).await;
    format!("user {id}")
}

#[tokio::main]
async fn main() {
    // Nothing is asked before the stream is polled.
    let names = eval(user_name(7)).concat_rs2(eval(user_name(8)));
    let names: Vec<String> = names.collect_rs2().await;
    println!("eval: {names:?}");
    assert_eq!(names, ["user 7", "user 8"]);

    let begun = Instant::now();
    let wait = Duration::from_millis(50);
    let late: Vec<&str> = emit_after("ready", wait).collect_rs2().await;
    println!("emit_after: {late:?} after {:?}", begun.elapsed());
    assert_eq!(late, ["ready"]);
    assert!(begun.elapsed() >= wait);
}
