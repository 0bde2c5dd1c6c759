//! How much faster is RS2 with state for each key than the published crate of the same README?
//!
//! Both run the same operator over the same events, beside a loop by hand and the same rule under
//! futures-util. The answers are asserted equal before anything is measured. All variants run in
//! turns in one process, since the machine may be busy; smallest and median times are printed, and
//! the ratio of the published crate to RS2 beside what is wanted of it.
//!
//! Two operators have two rows. A filter that drops one event in eight at random is a loop without
//! a branch by hand, which no stream can be; where it drops one in 64 that makes no difference. The
//! published fold keeps its accumulators in its storage, as its own example does, or in a table of
//! the operator, which resets those of live keys above 10,000 keys.
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

/// One operator in all its forms, by the name that they have in each module.
macro_rules! row {
    ($name:literal, $form:ident $([$one_in:literal])?, $streamed:ident, $timed:ident, $stored:ident,
     $published:ident) => {
        (
            $name,
            [
                by_hand::$form::<E $(, $one_in)?>,
                by_hand::$streamed::<E $(, $one_in)?>,
                by_rs2::$form::<E $(, $one_in)?>,
                by_rs2::$timed::<E $(, $one_in)?>,
                by_rs2::$stored::<E $(, $one_in)?>,
                by_published::$published::<E $(, $one_in)?>,
            ],
        )
    };
}

fn rows<E: Event>() -> [(&'static str, Runs<E>); 8] {
    [
        row!("map", map, map_streamed, map, map_async, map),
        row!("filter, 1 in 64", filter[64], filter_streamed, filter, filter_async, filter),
        row!("filter, 1 in 8", filter[8], filter_streamed, filter, filter_async, filter),
        row!("fold, stored", fold, fold_streamed, fold, fold_async, fold_stored),
        row!("fold, local", fold, fold_streamed, fold, fold_async, fold),
        row!(
            "deduplicate",
            deduplicate,
            deduplicate_streamed,
            deduplicate_timed,
            deduplicate_async,
            deduplicate
        ),
        row!("throttle", throttle, throttle_streamed, throttle_timed, throttle_async, throttle),
        row!("session", session, session_streamed, session_timed, session_async, session),
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
    print!("\n{title}\n{:<15}", "");
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
    print!("{name:<15}");
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
