//! Operators that decide by the clock.

use rs2_stream::prelude::*;
use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Keys as somebody types them: three in a burst, a pause, and one more.
fn typed() -> impl Progress<Item = char> {
    from_iter("abc".chars()).concat_rs2(emit_after('d', ms(120)))
}

// On a runtime whose clock is paused the example takes no time, and the same on every machine.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let searches: String = typed().debounce_rs2(ms(50)).collect_rs2().await;
    println!("debounce, once the typing pauses: {searches}");
    assert_eq!(searches, "cd");

    let first: String = typed().throttle_rs2(ms(50)).collect_rs2().await;
    println!("throttle, at most one each 50 ms: {first}");
    assert_eq!(first, "ad");

    let samples: Vec<u32> = tick(ms(10), ())
        .scan_rs2(0, |count, ()| count + 1)
        .take_rs2(10)
        .sample_rs2(ms(35))
        .collect_rs2()
        .await;
    println!("sample, the latest each 35 ms: {samples:?}");
    assert_eq!(samples, [3, 7, 10]);

    // Too long a silence is an error, and the end.
    let answers: Vec<_> = typed().timeout_rs2(ms(100)).collect_rs2().await;
    let (last, before) = answers.split_last().expect("four answers");
    println!("timeout: {before:?}, then {last:?}");
    assert_eq!(before, [Ok('a'), Ok('b'), Ok('c')]);
    let elapsed = last.expect_err("nothing came within 100 ms");
    assert_eq!(elapsed.to_string(), "no item within 100ms");

    let delayed: Vec<&str> = emit_after("tea is ready", ms(200)).collect_rs2().await;
    println!("emit_after: {delayed:?}");
    assert_eq!(delayed, ["tea is ready"]);

    let heartbeats = tick_rs(ms(1_000), "alive").take_rs2(3).collect_rs2::<Vec<_>>().await;
    println!("tick_rs: {heartbeats:?}");
    assert_eq!(heartbeats, ["alive"; 3]);
}
