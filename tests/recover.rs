//! Errors and tries in virtual time: when things happen, and the diagrams of the documentation.

use futures_core::Stream;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::error::GaveUp;
use rs2_core::op::recover::{Decision, Retry};
use rs2_core::prelude::*;
use rs2_core::time::{Clock, Timer};
use rs2_test::marbles::{self, Failed, check, try_check};
use rs2_test::{ManualTimer, ms};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// So many columns of a diagram.
const fn columns(count: u32) -> Duration {
    ms(10 * count as u64)
}

const fn fixed(max_retries: u32, delay: Duration) -> RetryPolicy {
    RetryPolicy::Fixed { max_retries, delay }
}

#[test]
fn errors_replaced_or_left_out() {
    try_check(
        "a#-b|",
        |source, timer: ManualTimer| {
            source.recover_rs2(move |_| {
                let later = timer.now().saturating_add(columns(1));
                let sleep = timer.sleep_until(later);
                async move {
                    sleep.await;
                    'r'
                }
            })
        },
        "a-rb|",
    );
    try_check("a#b##c|", |source, _| source.skip_errors_rs2(), "a-b--c|");
    try_check("ab#c|", |source, _| source.stop_on_error_rs2(), "ab(#|)");
    try_check(
        ["ab#c|", "---xy#z|"],
        |[source, other], _| source.switch_on_error_rs2(|_| other),
        "ab-xy#z|",
    );
    try_check("a#b#|", |source, _| source.dead_letters_rs2(Vec::new()), "a-b-|");
}

#[test]
fn a_stream_made_again() {
    let policy = fixed(1, columns(2));
    try_check(
        ["a#b|", "----cd|"],
        |[first, second], timer| {
            let mut second = Some(second);
            first.retry_with_policy_on_rs2(timer, 0, policy, move || second.take().expect("one"))
        },
        "a---cd|",
    );
    try_check(
        ["a#b|", "-#"],
        |[first, second], timer| {
            let mut second = Some(second);
            first.retry_with_policy_on_rs2(timer, 0, policy, move || second.take().expect("one"))
        },
        "a--(#|)",
    );
    try_check(
        ["a#b|", "----bc|"],
        |[first, second], timer| {
            let mut second = Some(second);
            first.retry_from_on_rs2(timer, 0, policy, move |attempt: Attempt<Failed>| {
                assert_eq!((attempt.number, attempt.yielded), (2, 1));
                second.take().expect("one")
            })
        },
        "a---bc|",
    );
}

#[test]
fn a_stream_that_was_stable_has_all_its_retries_again() {
    // Each stream yields an item after a column and fails after two.
    let run = |config: RetryConfig| {
        marbles::run("", |_: marbles::MarbleSource, timer: ManualTimer| {
            let clock = timer.clone();
            let open = move || {
                let beats = tick_on(clock.clone(), columns(1), 'x').take_rs2(2);
                let ends = [false, true].into_iter();
                beats.zip_with_rs2(
                    from_iter(ends),
                    |beat, end| if end { Err(Failed) } else { Ok(beat) },
                )
            };
            open().retry_with_policy_on_rs2(timer, 0, config, open).take_rs2(4)
        })
    };
    let config = || RetryConfig::new(fixed(1, columns(1)));
    assert_eq!(run(config()), "-x--x(#|)");
    assert_eq!(run(config().reset_after(columns(2))), "-x--x--x--(x|)");
    assert_eq!(run(config().reset_after(columns(3))), "-x--x(#|)");
}

proptest! {
    #[test]
    fn the_waits_are_exactly_as_long_as_the_rule_says(
        max_retries in 0..12_u32,
        initial_delay in (0..2_000_u64).prop_map(Duration::from_micros),
        multiplier in 1.0..3.0_f64,
        jitter in prop_oneof![Just(Jitter::None), Just(Jitter::Full), Just(Jitter::Decorrelated)],
        each in (0..3_000_u64).prop_map(Duration::from_micros),
        seed: u64,
    ) {
        let policy = RetryPolicy::Exponential { max_retries, initial_delay, multiplier };
        let config = RetryConfig::new(policy).jitter(jitter);
        let mut rule = Retry::new(config.clone(), seed);
        let mut total = each;
        while let Decision::Again { after } = rule.on_failure(Default::default(), &()) {
            total += after + each;
        }
        let timer = ManualTimer::new();
        let gave_up = timer.run(retry_on(timer.clone(), seed, config.clone(), || async {
            timer.sleep_until(timer.now().saturating_add(each)).await;
            Err::<(), ()>(())
        }));
        let expected = GaveUp { attempts: max_retries + 1, last: (), elapsed: total };
        prop_assert_eq!(gave_up, Err(expected));
        prop_assert_eq!(timer.now().since_origin(), total);

        let timer = ManualTimer::new();
        let open = || emit_after_on(timer.clone(), Err::<(), ()>(()), each);
        let stream = open().retry_with_policy_on_rs2(timer.clone(), seed, config, open);
        let all = timer.run(stream.collect_rs2::<Vec<_>>());
        prop_assert_eq!(all, [Err(expected)]);
        prop_assert_eq!(timer.now().since_origin(), total);
    }
}

#[test]
fn a_wait_ends_at_once_when_it_is_dropped() {
    let timer = ManualTimer::new();
    let policy = fixed(1, columns(1));
    let open = || from_iter([Err::<(), ()>(())]);
    let stream = open().retry_with_policy_on_rs2(timer.clone(), 0, policy, open);
    let waiting = retry_on(timer.clone(), 0, policy, async || Err::<(), ()>(()));
    {
        let (mut stream, mut waiting) = (pin!(stream), pin!(waiting));
        timer.run(poll_fn(|cx| {
            assert!(stream.as_mut().poll_next(cx).is_pending());
            assert!(waiting.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        }));
        assert_eq!(timer.armed(), 2);
    }
    assert_eq!(timer.armed(), 0);
}

#[test]
fn an_item_tried_again_holds_back_the_order_and_not_the_others() {
    check(
        "ab|",
        |source, timer| {
            source.par_eval_map_inline_rs2(2, move |item| {
                let mut fails = usize::from(item == 'a');
                let tried = retry_on(timer.clone(), 0, fixed(1, columns(3)), move || {
                    let result = if fails > 0 { Err(()) } else { Ok(item) };
                    fails = 0;
                    async move { result }
                });
                async move { tried.await.expect("one more try is enough") }
            })
        },
        "---(ab|)",
    );
}

#[tokio::test(start_paused = true)]
async fn the_plain_names_wait_on_tokio() {
    use rs2_stream::prelude::*;
    let began = tokio::time::Instant::now();
    let policy = fixed(2, Duration::from_secs(5));
    let mut tries = 0;
    let answer = retry(policy, || {
        tries += 1;
        let result = if tries < 3 { Err("down") } else { Ok(tries) };
        async move { result }
    });
    assert_eq!(answer.await, Ok(3));
    assert_eq!(began.elapsed(), Duration::from_secs(10));

    let open = || from_iter([Ok(1), Err("down")]);
    let mut stream = pin!(open().retry_with_policy_rs2(policy, open));
    let mut seen = Vec::new();
    while let Some(result) = stream.next().await {
        seen.push((began.elapsed().as_secs(), result.map_err(|gave_up| gave_up.attempts)));
    }
    assert_eq!(seen, [(10, Ok(1)), (15, Ok(1)), (20, Ok(1)), (20, Err(3))]);
}
