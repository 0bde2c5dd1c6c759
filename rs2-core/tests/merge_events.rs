//! Several streams of signals as one, against the definition of their common watermark.
#![cfg(feature = "std")]

#[path = "common/by_time.rs"]
mod by_time;
#[path = "common/patchy.rs"]
mod patchy;

use by_time::{cases, collected};
use patchy::Patchy;
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::watermark::{AllIdle, Inputs, Signal};
use std::cell::RefCell;
use std::rc::Rc;

/// An item: its input and its place there.
type Item = (usize, usize);
/// What an input gave, or that it ended.
type Given = (usize, Option<Signal<Item>>);

fn at(micros: i64) -> EventTime {
    EventTime::from_micros(micros)
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Active,
    Idle,
    Finished,
}

/// The definition, once for each thing that an input said.
fn combined(inputs: usize, log: &[Given], when_idle: AllIdle) -> Vec<Signal<Item>> {
    let mut marks = vec![i64::MIN; inputs];
    let mut states = vec![Status::Active; inputs];
    let (mut out, mut out_mark, mut out_idle) = (Vec::new(), i64::MIN, false);
    for &(input, given) in log {
        states[input] = match given {
            None => Status::Finished,
            Some(Signal::Idle) => Status::Idle,
            Some(_) => Status::Active,
        };
        if let Some(Signal::Watermark(mark)) = given {
            marks[input] = marks[input].max(mark.as_micros());
        }
        if states.iter().all(|state| *state == Status::Finished) {
            break;
        }
        let of = |wanted| {
            let marks = marks.iter().zip(&states);
            marks.filter(move |(_, state)| **state == wanted).map(|(mark, _)| *mark)
        };
        let idle = of(Status::Active).count() == 0;
        if out_idle && !idle {
            out.push(Signal::Active);
        }
        if let Some(Signal::Item(ts, item)) = given {
            out.push(Signal::Item(ts, item));
        }
        let reached = if !idle {
            of(Status::Active).min()
        } else if when_idle == AllIdle::Advance {
            of(Status::Idle).max()
        } else {
            None
        };
        if reached.is_some_and(|reached| reached > out_mark) {
            out_mark = reached.unwrap();
            out.push(Signal::Watermark(at(out_mark)));
        }
        if idle && !out_idle {
            out.push(Signal::Idle);
        }
        out_idle = idle;
    }
    out
}

/// For each input: how often it is not ready, what it says, at what time.
fn scripts() -> impl Strategy<Value = Vec<Vec<(u8, u8, i64)>>> {
    let said = (prop_oneof![4 => Just(0_u8), 1 => 1_u8..4], 0_u8..8, -20_i64..40);
    prop::collection::vec(prop::collection::vec(said, 0..12), 1..5)
}

fn signals(input: usize, script: &[(u8, u8, i64)]) -> Vec<(u8, Signal<Item>)> {
    let signal = |(place, &(stalls, what, time)): (usize, &(u8, u8, i64))| {
        let signal = match what {
            0..3 => Signal::Item(at(time), (input, place)),
            3..6 => Signal::Watermark(at(time)),
            6 => Signal::Idle,
            _ => Signal::Active,
        };
        (stalls, signal)
    };
    script.iter().enumerate().map(signal).collect()
}

type Log = Rc<RefCell<Vec<Given>>>;

/// An input that writes down what it gives, its end too.
fn logged(
    input: usize,
    steps: Vec<(u8, Signal<Item>)>,
    log: &Log,
) -> impl Stream<Item = Signal<Item>> + use<> {
    let (given, ended) = (log.clone(), log.clone());
    let end = unfold_end(move || ended.borrow_mut().push((input, None)));
    Patchy::new(steps)
        .inspect_rs2(move |signal| given.borrow_mut().push((input, Some(*signal))))
        .concat_rs2(end)
}

/// A stream without items that tells when it is asked for one.
fn unfold_end(mut tell: impl FnMut() + Unpin) -> impl Stream<Item = Signal<Item>> {
    futures_util::stream::poll_fn(move |_| {
        tell();
        std::task::Poll::Ready(None)
    })
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn the_common_watermark_is_the_earliest_of_the_active_ones(
        scripts in scripts(), advance in any::<bool>(),
    ) {
        let log = Log::default();
        let mut inputs = scripts.iter().enumerate();
        let mut open = || {
            let (input, script) = inputs.next()?;
            Some(logged(input, signals(input, script), &log))
        };
        let first = open().expect("there is one at least");
        let others: Vec<_> = std::iter::from_fn(open).collect();
        let when_idle = if advance { AllIdle::Advance } else { AllIdle::Hold };
        let found = collected(first.merge_events_with_rs2(others, when_idle));
        let log = log.borrow();
        let said: usize = scripts.iter().map(|script| script.len() + 1).sum();
        prop_assert_eq!(log.len(), said, "everything was asked for");
        prop_assert_eq!(found, combined(scripts.len(), &log, when_idle));
        // By itself it never falls, and ends at the end of time.
        let mut inputs = Inputs::new(scripts.len()).when_idle(when_idle);
        let mut last = EventTime::MIN;
        for &(input, given) in log.iter() {
            match given {
                None => inputs.on_end(input),
                Some(Signal::Idle) => inputs.on_idle(input),
                Some(Signal::Watermark(mark)) => inputs.on_watermark(input, mark),
                Some(_) => inputs.on_active(input),
            }
            prop_assert!(inputs.watermark() >= last);
            last = inputs.watermark();
        }
        prop_assert_eq!(last, EventTime::MAX);
        // Those of each input in their order, none lost.
        for (input, script) in scripts.iter().enumerate() {
            let given = log.iter().filter(|(from, signal)| *from == input && signal.is_some());
            let given: Vec<_> = given.filter_map(|(_, signal)| *signal).collect();
            let script = signals(input, script).into_iter().map(|(_, signal)| signal);
            prop_assert_eq!(given, script.collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_sorted_behind_a_merge_is_sorted_for_all_inputs(
        times in prop::collection::vec(prop::collection::vec(0_i64..9, 0..20), 1..5),
    ) {
        // Each input is in order, so nothing is late, however far one runs ahead.
        let rising = |steps: &[i64]| -> Vec<i64> {
            steps.iter().scan(0, |time, step| { *time += step; Some(*time) }).collect()
        };
        let marked = |times: Vec<i64>| {
            let policy = rs2_core::watermark::BoundedDisorder::new(std::time::Duration::ZERO);
            from_iter(times).with_watermarks_rs2(policy, |time: &i64| at(*time))
        };
        let inputs: Vec<Vec<i64>> = times.iter().map(|steps| rising(steps)).collect();
        let mut streams = inputs.iter().cloned().map(marked);
        let first = streams.next().expect("there is one at least");
        let sorted = first.merge_events_rs2(streams.collect()).sort_events_rs2();
        let mut expected = inputs.concat();
        expected.sort_unstable();
        prop_assert_eq!(collected(sorted.without_watermarks_rs2()), expected);
    }
}

fn merged(inputs: [Vec<Signal<Item>>; 2]) -> Vec<Signal<Item>> {
    let [first, second] = inputs.map(from_iter);
    collected(first.merge_events_rs2(vec![second]))
}

#[test]
fn inputs_that_always_have_something_take_turns() {
    let items = |input: usize| (0..3).map(|place| Signal::Item(at(0), (input, place))).collect();
    let found = merged([items(0), items(1)]);
    let order: Vec<Item> = found.into_iter().filter_map(Signal::into_item).collect();
    assert_eq!(order, [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]);
}

#[test]
fn one_that_comes_back_behind_does_not_pull_the_watermark_down() {
    let first =
        vec![Signal::Watermark(at(9)), Signal::Item(at(9), (0, 1)), Signal::Watermark(at(10))];
    let second = vec![Signal::Idle, Signal::Item(at(3), (1, 1)), Signal::Watermark(at(4))];
    let expected = [
        Signal::Watermark(at(9)), // Once the second is idle.
        Signal::Item(at(9), (0, 1)),
        Signal::Item(at(3), (1, 1)), // Late for whoever comes next.
        Signal::Watermark(at(10)),   // Once the second has ended, or the first.
    ];
    let found = merged([first, second]);
    assert_eq!(found[..3], expected[..3]);
    assert!(found[3..].iter().all(|signal| *signal == expected[3]), "{found:?}");
}
