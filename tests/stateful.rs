//! What `stateful_map_rs2` keeps, for how long, and what becomes of its handles.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::StreamExt;
use rs2_core::machine::{Machine, StepMachine};
use rs2_core::metrics::{Holds, Loss, Losses};
use rs2_core::op::stateful::Windowing;
use rs2_core::prelude::*;
use rs2_core::state::{Detached, OnFull, StateAccess, StateConfig};
use rs2_core::time::{Clock, Instant, Timer};
use rs2_test::ManualTimer;

const SECOND: Duration = Duration::from_secs(1);

/// For items (wait before it, key, whether to write): the counts that the steps see.
fn counts(config: StateConfig, items: &[(u64, char, bool)]) -> Vec<u32> {
    let timer = ManualTimer::new();
    let waits = timer.clone();
    let source = from_iter(items.to_vec()).eval_map_rs2(move |(wait, key, writes)| {
        let deadline = waits.now().saturating_add(wait as u32 * SECOND);
        let sleep = waits.sleep_until(deadline);
        async move {
            sleep.await;
            (key, writes)
        }
    });
    let key = |item: &(char, bool)| item.0;
    let step = |(_, writes): (char, bool), state: StateAccess| async move {
        let count = state.get::<u32>().await.unwrap_or_default();
        if writes {
            state.set(&(count + 1)).await.expect("the step is not over");
        }
        count
    };
    let mapped = source.stateful_map_on_rs2(timer.clone(), config, key, step);
    timer.run(mapped.collect_rs2())
}

fn ten_seconds() -> StateConfig {
    StateConfig::new().ttl(10 * SECOND).cleanup_interval(5 * SECOND)
}

#[test]
fn state_lives_for_its_ttl_after_the_last_write_and_reading_does_not_renew_it() {
    let items = [(0, 'a', true), (9, 'a', true), (9, 'a', false), (1, 'a', false)];
    assert_eq!(counts(ten_seconds(), &items), [0, 1, 2, 0]);
    let items = [(0, 'a', true), (6, 'a', false), (4, 'a', false)];
    assert_eq!(counts(ten_seconds(), &items), [0, 1, 0]);
}

#[test]
fn an_update_is_a_write_and_renews_the_life_of_the_state() {
    let timer = ManualTimer::new();
    let waits = timer.clone();
    let step = async |_, state: StateAccess| {
        state
            .update(|count: &mut u32| {
                *count += 1;
                *count
            })
            .await
            .expect("it is not over")
    };
    let source = from_iter([0, 9, 9, 10])
        .eval_map_rs2(move |wait| waits.sleep_until(waits.now().saturating_add(wait * SECOND)));
    let counts = source.stateful_map_on_rs2(timer.clone(), ten_seconds(), |_: &()| (), step);
    assert_eq!(timer.run(counts.collect_rs2::<Vec<u32>>()), [1, 2, 3, 1]);
}

#[test]
fn a_full_table_drops_the_state_that_would_expire_soonest_and_counts_it() {
    let losses = Losses::new();
    let config = ten_seconds().max_size(2).report_to(&losses);
    let items = [
        (0, 'a', true),
        (1, 'b', true),
        (1, 'a', true),
        (1, 'c', true),
        (1, 'a', false),
        (0, 'b', false),
    ];
    assert_eq!(counts(config, &items), [0, 0, 1, 0, 2, 0]);
    assert_eq!((losses.of(Loss::Evicted), losses.total()), (1, 1));
}

#[test]
fn a_full_table_that_rejects_keeps_what_it_has() {
    let losses = Losses::new();
    let config = ten_seconds().max_size(1).on_full(OnFull::Reject).report_to(&losses);
    let items = [(0, 'a', true), (1, 'b', true), (1, 'b', true), (1, 'a', false)];
    assert_eq!(counts(config, &items), [0, 0, 0, 1]);
    assert_eq!(losses.of(Loss::Full), 2);
}

#[test]
fn a_full_table_that_stops_ends_the_stream_and_says_so() {
    let losses = Losses::new();
    let config = ten_seconds().max_size(1).on_full(OnFull::Stop).report_to(&losses);
    let items = [(0, 'a', true), (1, 'b', false), (1, 'b', true), (1, 'a', false)];
    // The step that found no room for its state is the last.
    assert_eq!(counts(config, &items), [0, 0, 0]);
    assert_eq!((losses.is_stopped(), losses.total()), (true, 0));
}

#[test]
fn expired_states_are_given_back_while_other_keys_keep_the_stream_busy() {
    let timer = ManualTimer::new();
    let waits = timer.clone();
    let source = from_iter(0..1_000_u32).inspect_rs2(move |_| waits.advance(60 * SECOND));
    let step = |n: u32, state: StateAccess| async move { state.set(&n).await };
    let key = |n: &u32| *n;
    let mapped = source.stateful_map_on_rs2(timer.clone(), ten_seconds(), key, step);
    timer.run(async {
        let mut mapped = std::pin::pin!(mapped);
        let mut most = 0;
        while let Some(written) = mapped.next().await {
            assert_eq!(written, Ok(()));
            let text = format!("{mapped:?}");
            let (_, keys) = text.rsplit_once("keys: ").expect("the number of keys is shown");
            let digits: String = keys.chars().take_while(char::is_ascii_digit).collect();
            most = most.max(digits.parse::<u32>().expect("a number"));
        }
        assert!(most <= 3, "{most} states were kept");
    });
}

#[test]
fn nothing_is_kept_at_the_end() {
    let timer = ManualTimer::new();
    let step = |n: u32, state: StateAccess| async move { state.set(&n).await };
    let source = from_iter([1, 2, 3]);
    let mapped = source.stateful_map_on_rs2(timer.clone(), ten_seconds(), |n: &u32| *n, step);
    let mut mapped = Box::pin(mapped);
    timer.run(async {
        assert_eq!(mapped.next().await, Some(Ok(())));
        assert_eq!(mapped.held(), 1);
        while mapped.next().await.is_some() {}
    });
    assert_eq!(mapped.held(), 0);
}

/// No clean-up is due any more once the stream has ended, so nobody is woken for it.
#[test]
fn no_timer_is_left_at_the_end() {
    fn ends<S: Stream>(timer: &ManualTimer, stream: S, deadline: fn(&S) -> Option<Instant>) {
        let mut stream = Box::pin(stream);
        timer.run(async { while stream.next().await.is_some() {} });
        assert_eq!(deadline(&stream), None);
        assert_eq!(timer.armed(), 0);
    }
    let timer = ManualTimer::new();
    let (key, at, config) = (|n: &u32| n % 2, || timer.clone(), ten_seconds);
    let items = || from_iter([1_u32, 2, 3]);
    let step = async |n: u32, state: StateAccess| state.set(&n).await.is_ok();
    ends(&timer, items().stateful_map_on_rs2(at(), config(), key, step), |stream| {
        stream.machine().deadline()
    });
    let session = items().stateful_session_on_rs2(at(), config(), key, SECOND, step);
    ends(&timer, session, |stream| stream.machine().deadline());
    let judge = |_: &u32, state: StateAccess| async move { state.set(&1_u8).await.is_ok() };
    ends(&timer, items().stateful_filter_on_rs2(at(), config(), key, judge), |stream| {
        stream.machine().deadline()
    });
    let add = async |sum: u32, n: u32, _: StateAccess| sum + n;
    ends(&timer, items().stateful_fold_on_rs2(at(), config(), key, 0, add), |stream| {
        stream.machine().deadline()
    });
    let count = async |seen: Vec<u32>, _: StateAccess| seen.len();
    ends(&timer, items().stateful_window_on_rs2(at(), config(), key, 2, count), |stream| {
        stream.machine().deadline()
    });
    let group = async |_, seen: Vec<u32>, _: StateAccess| seen.len();
    ends(&timer, items().stateful_group_by_on_rs2(at(), config(), key, group), |stream| {
        stream.machine().deadline()
    });
    let find = async |_: Vec<u32>, _: StateAccess| None::<u32>;
    ends(&timer, items().stateful_pattern_on_rs2(at(), config(), key, find), |stream| {
        stream.machine().deadline()
    });
    let both = async |left: u32, right: u32, _: StateAccess| left + right;
    let joined = items().stateful_join_on_rs2(at(), items(), config(), key, key, both);
    ends(&timer, joined, |stream| stream.machine().deadline());
    ends(&timer, items().stateful_deduplicate_on_rs2(at(), config(), key, SECOND), |stream| {
        stream.machine().deadline()
    });
    ends(&timer, items().stateful_throttle_on_rs2(at(), config(), key, 2, SECOND), |stream| {
        stream.machine().deadline()
    });
}

#[test]
fn a_handle_kept_beyond_its_step_is_detached_and_another_step_does_not_see_it() {
    let kept = RefCell::new(None::<StateAccess>);
    let key = |_: &u32| 0;
    let step = |n: u32, state: StateAccess| {
        let old = kept.borrow_mut().replace(state.clone());
        async move {
            if let Some(old) = old {
                assert_eq!(old.set(&9_u32).await, Err(Detached));
                assert_eq!((old.get::<u32>().await, old.exists().await), (None, false));
                assert_eq!(old.delete().await, Err(Detached));
                assert_eq!(old.update(|_: &mut u32| ()).await, Err(Detached));
            }
            let before = state.get::<u32>().await;
            state.set(&n).await.expect("the step is not over");
            before
        }
    };
    let timer = ManualTimer::new();
    let mapped = from_iter([1, 2, 3]).stateful_map_on_rs2(timer.clone(), ten_seconds(), key, step);
    let seen: Vec<Option<u32>> = timer.run(mapped.collect_rs2());
    assert_eq!(seen, [None, Some(1), Some(2)]);
}

#[test]
fn an_update_may_use_the_handle_it_was_called_on() {
    let key = |_: &u32| 0;
    let step = |_: u32, state: StateAccess| async move {
        let same = state.clone();
        let changed = state.update(|count: &mut u32| {
            drop(same.exists());
            *count += 1;
            *count
        });
        changed.await.expect("the step is not over")
    };
    let timer = ManualTimer::new();
    let mapped = from_iter([1, 2]).stateful_map_on_rs2(timer.clone(), ten_seconds(), key, step);
    let counts: Vec<u32> = timer.run(mapped.collect_rs2());
    assert_eq!(counts, [1, 2]);
}

#[test]
#[should_panic(expected = "the state of this key is a `u32` and cannot be used as a `u64`")]
fn two_types_under_one_key_are_a_mistake_that_names_both() {
    let key = |_: &u32| 0;
    let step = |n: u32, state: StateAccess| async move {
        state.get::<u64>().await;
        state.set(&n).await
    };
    let timer = ManualTimer::new();
    let mapped = from_iter([1, 2]).stateful_map_on_rs2(timer.clone(), ten_seconds(), key, step);
    timer.run(mapped.collect_rs2::<Vec<_>>());
}

/// Settings that would never let anything through are told where the operator is made.
#[test]
fn limits_of_zero_are_told_at_once() {
    fn tells<S>(make: impl FnOnce() -> S, what: &str) {
        let Err(panic) = catch_unwind(AssertUnwindSafe(make)) else { panic!("`{what}` was taken") };
        let message = panic.downcast_ref::<String>().cloned();
        let message = message.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        assert!(message.is_some_and(|message| message.contains(what)), "{what}");
    }
    let (timer, config, key) = (ManualTimer::new(), ten_seconds, |n: &u32| *n);
    let (source, timer, zero) = (|| from_iter([1_u32]), || timer.clone(), Duration::ZERO);
    tells(|| Windowing::of(0), "the size of a window");
    tells(|| Windowing::of(1).slide(0), "the slide of a window");
    tells(|| source().stateful_throttle_on_rs2(timer(), config(), key, 0, SECOND), "the limit");
    tells(|| source().stateful_throttle_on_rs2(timer(), config(), key, 1, zero), "length of time");
    tells(|| source().stateful_deduplicate_on_rs2(timer(), config(), key, zero), "length of time");
    let step = async |n: u32, _: StateAccess| n;
    let session = || source().stateful_session_on_rs2(timer(), config(), key, zero, step);
    tells(session, "length of time");
    let mapped = || source().stateful_map_on_rs2(timer(), config().max_size(0), key, step);
    tells(mapped, "max_size");
}
