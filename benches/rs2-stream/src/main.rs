//! How much faster is RS2 with state for each key than the published crate of the same README?
//!
//! Both run the same operator over the same events, beside a loop by hand and the same rule under
//! futures-util. The answers are asserted equal before anything is measured. All variants run in
//! turns in one process, since the machine may be busy; smallest and median times are printed, and
//! the ratio of the published crate to RS2 beside what is wanted of it.
//!
//! The loop by hand reads no clock, and neither do the keyed forms beside it; what tokio's clock
//! costs them stands in a column of its own. The asynchronous forms show what a step with a handle
//! costs. Where the loop itself is not as much faster as wanted, nothing can be, and that is said.
//!
//! `cargo run --release` in this directory; the published crate needs cmake and a C++ compiler.

mod by_hand;
mod by_published;
mod by_rs2;
mod event;
mod turns;

use event::{Event, Named, Numbered};
use turns::{Times, Variant, in_turns};

const EVENTS: usize = 10_000;
const KEYS: u64 = 10;
const ROUNDS: usize = 25;
const COLUMNS: [&str; 6] =
    ["by hand", "futures-util", "keyed", "keyed, clock", "stateful", "published"];

/// One operator, in the order of the columns.
type Runs<E> = [Variant<E>; COLUMNS.len()];

fn rows<E: Event>() -> [(&'static str, Runs<E>); 6] {
    use {by_hand as hand, by_published as published, by_rs2 as rs2};
    [
        (
            "map",
            [hand::map, hand::map_streamed, rs2::map, rs2::map, rs2::map_async, published::map],
        ),
        (
            "filter",
            [
                hand::filter,
                hand::filter_streamed,
                rs2::filter,
                rs2::filter,
                rs2::filter_async,
                published::filter,
            ],
        ),
        (
            "fold",
            [
                hand::fold,
                hand::fold_streamed,
                rs2::fold,
                rs2::fold,
                rs2::fold_async,
                published::fold,
            ],
        ),
        (
            "deduplicate",
            [
                hand::deduplicate,
                hand::deduplicate_streamed,
                rs2::deduplicate,
                rs2::deduplicate_timed,
                rs2::deduplicate_async,
                published::deduplicate,
            ],
        ),
        (
            "throttle",
            [
                hand::throttle,
                hand::throttle_streamed,
                rs2::throttle,
                rs2::throttle_timed,
                rs2::throttle_async,
                published::throttle,
            ],
        ),
        (
            "session",
            [
                hand::session,
                hand::session_streamed,
                rs2::session,
                rs2::session_timed,
                rs2::session_async,
                published::session,
            ],
        ),
    ]
}

fn main() {
    println!("{EVENTS} events of {KEYS} keys, {ROUNDS} rounds in turns, ns an event: min (median)");
    compare::<Numbered>("events of numbers, u64 keys", 100.0, 50.0);
    compare::<Named>("events with a name, String keys", 15.0, 7.0);
}

/// Measures every operator; deduplication is wanted to be faster by a factor of its own.
fn compare<E: Event>(title: &str, wanted: f64, wanted_of_deduplicate: f64) {
    let events = event::made::<E>(EVENTS, KEYS);
    print!("\n{title}\n{:<12}", "");
    COLUMNS.iter().for_each(|column| print!("{column:>18}"));
    println!("  published/keyed");
    for (name, runs) in rows::<E>() {
        let answer = runs[0](events.clone());
        for (run, column) in runs.iter().zip(COLUMNS) {
            assert_eq!(run(events.clone()), answer, "{name}, {column}: all must yield the same");
        }
        let times = in_turns(&events, runs, ROUNDS);
        report(name, &times, if name == "deduplicate" { wanted_of_deduplicate } else { wanted });
    }
}

fn report(name: &str, times: &[Times; COLUMNS.len()], wanted: f64) {
    print!("{name:<12}");
    for Times { min, median } in times {
        let [min, median] = [min, median].map(|time| time.as_nanos() as f64 / EVENTS as f64);
        print!("{:>18}", format!("{min:.1} ({median:.1})"));
    }
    let [hand, _, keyed, _, _, published] = times;
    let times_faster = |than: &Times| published.min.as_secs_f64() / than.min.as_secs_f64();
    let verdict = match (times_faster(keyed), times_faster(hand)) {
        (keyed, _) if keyed >= wanted => "met".to_owned(),
        (_, hand) if hand < wanted => format!("the loop by hand: {hand:.0}"),
        _ => "not met".to_owned(),
    };
    println!("  {:.0} (wanted {wanted}: {verdict})", times_faster(keyed));
}
