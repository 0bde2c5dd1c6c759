//! Error handling.

use super::{MOMENT, all};
use crate::{rs2::prelude::*, run};

#[test]
fn error_handling() {
    run(async {
        let flaky = || from_iter(vec![Ok(1), Err("noise"), Ok(3)]);
        let recovered = flaky().recover_rs2(|error| async move { error.len() });
        assert_eq!(all(recovered).await, [1, 5, 3]);
        assert_eq!(all(flaky().on_error_resume_next_rs2()).await, [1, 3]);
        let policy = RetryPolicy::Fixed { max_retries: 2, delay: MOMENT };
        let whole = flaky().retry_with_policy_rs2(policy, || from_iter(vec![Ok(2), Ok(3)]));
        assert_eq!(all(whole).await, [Ok(1), Ok(2), Ok(3)]);
    });
}

#[test]
fn every_retry_policy_gives_up_in_the_end() {
    run(async {
        let (max_retries, delay) = (2, MOMENT);
        let policies = [
            (RetryPolicy::None, 1),
            (RetryPolicy::Immediate { max_retries }, 3),
            (RetryPolicy::Fixed { max_retries, delay }, 3),
            (RetryPolicy::Exponential { max_retries, initial_delay: delay, multiplier: 2.0 }, 3),
            (RetryPolicy::default(), 4),
        ];
        for (policy, attempts) in policies {
            let failing = || emit(Err::<u32, _>("down"));
            let end = all(failing().retry_with_policy_rs2(policy, failing)).await;
            let gave_up = end.into_iter().next().unwrap().unwrap_err();
            assert_eq!((gave_up.attempts, gave_up.last), (attempts, "down"));
        }
    });
}

#[test]
fn error_handling_of_the_published_crate() {
    run(async {
        let flaky = || from_iter(vec![Ok(1), Err("noise"), Ok(3)]);
        assert_eq!(all(flaky().map_error_rs2(str::len)).await, [Ok(1), Err(5), Ok(3)]);
        assert_eq!(all(flaky().or_else_rs2(|error| error.len())).await, [1, 5, 3]);
        assert_eq!(flaky().collect_ok_rs2::<Vec<_>>().await, [1, 3]);
        assert_eq!(flaky().collect_err_rs2::<Vec<_>>().await, ["noise"]);
        let again = flaky().retry_rs2(1, || from_iter(vec![Ok(2)]));
        assert_eq!(all(again).await, [Ok(1), Ok(2)]);
    });
}
