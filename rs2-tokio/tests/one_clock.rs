//! Rules that keep instants, shared by several calls: all plain names read one clock.

use rs2_core::op::resilience::Quota;
use rs2_tokio::prelude::*;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test(start_paused = true)]
async fn a_limiter_that_is_asked_again_and_again_keeps_its_rate() {
    let limiter = RateLimiter::new(Quota::per_second(20).unwrap().with_burst(1).unwrap());
    let begun = Instant::now();
    let mut passed = Vec::new();
    for _ in 0..5 {
        until_ready(&limiter).await;
        passed.push(begun.elapsed().as_millis());
    }
    // tokio rounds each wait up to its next millisecond.
    let due = [0, 50, 100, 150, 200];
    assert!(passed.iter().zip(due).all(|(at, due)| (due..due + 6).contains(at)), "{passed:?}");
}

#[tokio::test(start_paused = true)]
async fn streams_begun_at_different_times_share_the_rate_of_their_limiter() {
    let limiter = RateLimiter::new(Quota::per_second(20).unwrap().with_burst(1).unwrap());
    let begun = Instant::now();
    let mut ends = Vec::new();
    for _ in 0..3 {
        let stream = from_iter(0..4).rate_limit_rs2(limiter.clone());
        assert_eq!(stream.collect_rs2::<Vec<_>>().await.len(), 4);
        ends.push(begun.elapsed().as_millis());
        sleep(ms(500)).await;
    }
    let due = [150, 800, 1450];
    assert!(ends.iter().zip(due).all(|(at, due)| (due..due + 20).contains(at)), "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_lets_a_later_call_through_again() {
    let config = CircuitBreakerConfig::new().window(1).min_calls(1);
    let config = config.open_wait(ms(200)).half_open_calls(1);
    let breaker = CircuitBreaker::new(config).unwrap();
    assert!(call_through(&breaker, async { Err::<(), _>("down") }).await.is_err());
    sleep(ms(150)).await;
    assert!(call_through(&breaker, async { Ok::<_, &str>(()) }).await.is_err(), "still open");
    sleep(ms(60)).await;
    assert!(call_through(&breaker, async { Ok::<_, &str>(()) }).await.is_ok());
}
