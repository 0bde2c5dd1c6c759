//! How fast is a table in place beside `hashbrown`, on this machine?
//!
//! Each of 65,536 events looks a `u64` key up and changes its state, in tables that are as full as
//! they get. Keys come in turn, which a processor can guess ahead, or at random; or they come and
//! go at random: each is removed, and where it was not there another one is put in. For eight sets
//! of keys the least time of 30 rounds counts; the mean of those is printed, in nanoseconds for
//! each event, and the ratio.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::Instant;

use hashbrown::HashMap;
use rs2_stream::store::{Inline, KeyStorage, Table};

const EVENTS: usize = 1 << 16;
const SETS: usize = 8;
const ROUNDS: usize = 30;

type State = (u64, u64);

#[derive(Clone, Copy, PartialEq)]
enum Order {
    InTurn,
    AtRandom,
    ComeAndGo,
}

impl Order {
    fn key(self, event: usize) -> usize {
        if self == Order::InTurn { event } else { scattered(event) }
    }
}

/// A sequence without a pattern.
fn scattered(event: usize) -> usize {
    let mixed = (event as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) as usize
}

fn nanos_each(run: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    run();
    begin.elapsed().as_nanos() as f64 / EVENTS as f64
}

#[inline(never)]
fn in_place(table: &mut impl Table<u64, State>, events: &[u64]) {
    for key in events {
        let state = table.get_or_insert_with(*key, || (0, 0)).expect("there is room for each key");
        *state = (state.0 + 1, state.1 ^ key);
    }
}

#[inline(never)]
fn in_hashbrown(table: &mut HashMap<u64, State>, events: &[u64]) {
    for key in events {
        let state = table.entry(*key).or_insert((0, 0));
        *state = (state.0 + 1, state.1 ^ key);
    }
}

#[inline(never)]
fn coming_and_going_in_place(table: &mut impl Table<u64, State>, events: &[u64]) {
    for two in events.windows(2) {
        if table.remove(&two[0]).is_none() {
            let state = table.get_or_insert_with(two[1], || (0, 0));
            state.expect("there is room for each key").0 += 1;
        }
    }
}

#[inline(never)]
fn coming_and_going_in_hashbrown(table: &mut HashMap<u64, State>, events: &[u64]) {
    for two in events.windows(2) {
        if table.remove(&two[0]).is_none() {
            table.entry(two[1]).or_insert((0, 0)).0 += 1;
        }
    }
}

/// The least times of a table of `N` keys in place and of one of `hashbrown`.
fn least<const N: usize>(order: Order) -> [f64; 2] {
    let hashes = RandomState::new();
    let keys: Vec<u64> = (0..N).map(|place| hashes.hash_one(place)).collect();
    let events: Vec<u64> = (0..EVENTS).map(|event| keys[order.key(event) % N]).collect();
    let mut place = Box::new(Inline::<N>::new().seeded(hashes.hash_one(N)).table());
    let mut brown = HashMap::new();
    let [mut inline, mut hashbrown] = [f64::MAX; 2];
    for _ in 0..ROUNDS {
        let (place, brown) = (black_box(&mut *place), black_box(&mut brown));
        let (in_place, in_brown) = if order == Order::ComeAndGo {
            let in_place = nanos_each(|| coming_and_going_in_place(place, &events));
            (in_place, nanos_each(|| coming_and_going_in_hashbrown(brown, &events)))
        } else {
            let in_place = nanos_each(|| in_place(place, &events));
            (in_place, nanos_each(|| in_hashbrown(brown, &events)))
        };
        (inline, hashbrown) = (inline.min(in_place), hashbrown.min(in_brown));
    }
    assert!(brown.iter().all(|(key, state)| place.get(key) == Some(state)));
    assert_eq!(brown.len(), place.len());
    [inline, hashbrown]
}

fn compare<const N: usize>() {
    print!("{N:5} keys");
    for (name, order) in [
        ("in turn", Order::InTurn),
        ("at random", Order::AtRandom),
        ("come and go", Order::ComeAndGo),
    ] {
        let sets = [(); SETS].map(|()| least::<N>(order));
        let [inline, hashbrown] =
            [0, 1].map(|table| sets.iter().map(|set| set[table]).sum::<f64>() / SETS as f64);
        print!(", {name}: {inline:.2} against {hashbrown:.2}, {:.2}", inline / hashbrown);
    }
    println!();
}

fn main() {
    compare::<16>();
    compare::<64>();
    compare::<256>();
    compare::<1_024>();
    compare::<4_096>();
}
