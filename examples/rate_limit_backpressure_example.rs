//! Letters go to a mail server that takes 200 a second and counts whoever sends faster as spam.

use rs2_stream::prelude::*;
use std::time::{Duration, Instant};

#[derive(Debug, PartialEq)]
struct Letter {
    number: u32,
}

#[derive(Debug, PartialEq)]
struct BadAddress(u32);

/// A list of addresses, some of them wrong. Reading the list is fast.
fn letters() -> impl Progress<Item = Result<Letter, BadAddress>> + Send + 'static {
    from_iter(1..=40)
        .map_rs2(|number| if number % 10 == 0 { Err(BadAddress(number)) } else { Ok(number) })
        .map_rs2(|address| address.map(|number| Letter { number }))
}

#[tokio::main]
async fn main() {
    no_faster_than_the_server_takes_them().await;
    no_more_at_once_than_there_is_room_for().await;
}

/// A rate in time: at most 200 a second, without bursts. The list is read no faster either.
async fn no_faster_than_the_server_takes_them() {
    const RATE: u32 = 200;
    let begun = Instant::now();
    let good = letters().filter_map_rs2(Result::ok);
    let times: Vec<Duration> =
        good.rate_limit_backpressure_rs2(RATE).map_rs2(|_| begun.elapsed()).collect_rs2().await;

    let least = Duration::from_secs(1) / RATE * (times.len() as u32 - 1);
    assert_eq!(times.len(), 36);
    assert!(begun.elapsed() >= least, "36 letters have 35 gaps between them");
    println!("sent {} letters in {:?}, at least {least:?}", times.len(), begun.elapsed());
}

/// A rate by room: at most 8 letters wait while the server is busy. Wrong addresses between them
/// are reported in their place and take no room of the letters.
async fn no_more_at_once_than_there_is_room_for() {
    let waiting = letters().rate_limit_backpressure(8);
    let pressure = waiting.pressure();
    let (mut sent, mut wrong) = (Vec::new(), Vec::new());
    waiting
        .for_each_rs2(|letter| {
            assert!(pressure.depth() <= 8);
            match letter {
                Ok(letter) => sent.push(letter.number),
                Err(BadAddress(number)) => wrong.push(number),
            }
            tokio::time::sleep(Duration::from_millis(1))
        })
        .await;

    assert_eq!(wrong, [10, 20, 30, 40]);
    assert_eq!(sent.len(), 36);
    assert!(sent.is_sorted());
    println!("sent {} letters, {} addresses were wrong", sent.len(), wrong.len());
}
