//! The simulator itself: the same seed is the same run, faults differ from run to run, a failure
//! says how to see it again.

use futures_util::{StreamExt, stream};
use proptest::prelude::*;
use rs2_core::prelude::*;
use rs2_core::time::{Clock, Timer};
use rs2_test::sim::{self, Source, Tok};
use rs2_test::{Order, Out, Row, id_of, index_of, lanes, laws, ms, source_of};
use std::collections::BTreeSet;

fn merged() -> Row {
    Row::new("lanes", |_, [a, b]| lanes([a, b])).order(Order::PerSource)
}

proptest! {
    #[test]
    fn a_seed_is_one_run(from in any::<u32>()) {
        let seeds = u64::from(from)..u64::from(from) + 50;
        let once = sim::check(&merged(), seeds.clone());
        let again = sim::check(&merged(), seeds);
        once.assert_clean();
        prop_assert_eq!(once.hash, again.hash);
    }

    #[test]
    fn a_number_of_an_item_reads_back(source in 0_usize..99, index in 0_usize..1_000_000) {
        let id = id_of(source, index);
        prop_assert_eq!((source_of(id), index_of(id)), (source, index));
    }
}

#[test]
fn seeds_differ() {
    let hashes: BTreeSet<u64> =
        (0..200).map(|seed| sim::check(&merged(), seed..seed + 1).hash).collect();
    assert!(hashes.len() > 190, "{} different runs", hashes.len());
}

#[test]
fn every_kind_of_end_is_seen() {
    let row = Row::plain("map", |sim, [source]| source.map(sim.pass()).fuse());
    let report = sim::check(&row, 0..500);
    report.assert_clean();
    let seen = [report.ended, report.quiescent, report.panicked, report.dropped];
    assert!(seen.iter().all(|&runs| runs > 20), "{seen:?}");
    assert_eq!(seen.iter().sum::<u64>(), report.seeds);
}

#[test]
fn randomness_from_elsewhere_is_noticed() {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let row = Row::plain("not deterministic", |sim, [source]| {
        let timer = sim.timer();
        let pause = ms(RUNS.fetch_add(1, Relaxed));
        source
            .then(move |item| {
                let sleep = timer.sleep_until(timer.now().saturating_add(pause));
                async move {
                    sleep.await;
                    item
                }
            })
            .fuse()
    });
    let failure = sim::hunt(&row.read_ahead(1).needs_time(), 0..500).expect("it is not");
    assert!(failure.what.contains("not deterministic"), "{failure}");
}

#[test]
fn a_failure_names_its_seed_and_how_to_replay_it() {
    let row = Row::plain("skips", |_, [source]| source.skip(1).fuse());
    let failure = sim::hunt(&row, 0..500).expect("the first item is missing");
    let text = failure.to_string();
    let replay = format!("replay: RS2_SIM_SEED={} cargo test -p rs2-test ", failure.seed);
    assert!(text.contains(&replay), "{text}");
    assert!(text.contains("a0 is taken"), "{text}");
    let replayed = sim::replay(&row, failure.seed).expect("the same run fails again");
    assert_eq!((&replayed.what, &replayed.swarm), (&failure.what, &failure.swarm));
    assert!(replayed.trace.ends_with(&failure.trace));
    assert!(!laws::check(&row).is_clean());
}

#[test]
fn what_a_row_does_not_declare_is_a_failure() {
    let undeclared = [
        Row::plain("timer", |sim, [source]: [Source; 1]| {
            let _timer = sim.timer();
            source
        }),
        Row::new("futures", |sim, [source]| source.par_eval_map_inline_rs2(2, sim.work())),
        Row::new("tasks", |sim, [source]| source.par_eval_map_on_rs2(sim.spawner(), 2, sim.work()))
            .read_ahead(4)
            .in_flight(2),
        Row::new("held", |_, [source]| source.chunk_rs2(2)).flat(),
    ];
    for row in undeclared {
        assert!(sim::hunt(&row, 0..500).is_some(), "{}", row.name());
    }
}

#[test]
fn counted_losses_make_up_for_missing_items() {
    use std::cell::Cell;
    use std::rc::Rc;
    let row = |counted: u64| {
        let row = Row::plain("drops every third", move |sim, [source]| {
            let lost = Rc::new(Cell::new(0));
            let seen = lost.clone();
            sim.count_losses(move || seen.get());
            let keep = move |item: &Tok| {
                let drops = item.id() % 3 == 2;
                lost.set(lost.get() + if drops { counted } else { 0 });
                std::future::ready(!drops)
            };
            source.filter(keep).fuse()
        });
        row.may_lose("every third item", "principle")
    };
    sim::check(&row(1), 0..500).assert_clean();
    assert!(sim::hunt(&row(0), 0..500).is_some());
}

#[test]
fn a_source_without_items_is_a_row_like_any_other() {
    let row = Row::plain("iter", |sim, []: [Source; 0]| {
        let sim = sim.clone();
        stream::iter(0..3_usize).map(move |index| sim.item(id_of(0, index))).fuse()
    });
    let row = row.model(|_| (0..3).map(|index| Out::from(id_of(0, index))).collect());
    laws::check(&row).assert_clean();
    sim::check(&row, 0..500).assert_clean();
}
