//! How fast is a table in place beside `hashbrown`, on this machine?
//!
//! Each of 65,536 events looks a `u64` key up and changes its state, in tables that are as full as
//! they get. Keys come in turn, or at random; the least time of 60 rounds is printed, in
//! nanoseconds for each event, and the ratio. At random a processor that guesses ahead guesses
//! wrong where a search takes a second step, which `hashbrown` does not need; small processors do
//! not guess.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;
use std::time::Instant;

use hashbrown::HashMap;
use rs2_stream::store::{Inline, KeyStorage, Table};

const EVENTS: usize = 1 << 16;
const ROUNDS: usize = 60;

fn nanos_each(mut run: impl FnMut()) -> f64 {
    let begin = Instant::now();
    run();
    begin.elapsed().as_nanos() as f64 / EVENTS as f64
}

#[inline(never)]
fn in_place(table: &mut impl Table<u64, (u64, u64)>, events: &[u64]) {
    for key in events {
        let state = table.get_or_insert_with(*key, || (0, 0)).expect("there is room for each key");
        *state = (state.0 + 1, state.1 ^ key);
    }
}

#[inline(never)]
fn in_hashbrown(table: &mut HashMap<u64, (u64, u64)>, events: &[u64]) {
    for key in events {
        let state = table.entry(*key).or_insert((0, 0));
        *state = (state.0 + 1, state.1 ^ key);
    }
}

fn compare<const N: usize>(order: &str, place_of: impl Fn(usize) -> usize) {
    let hashes = RandomState::new();
    let key = |place: usize| {
        let mut hasher = hashes.build_hasher();
        hasher.write_usize(place);
        hasher.finish()
    };
    let keys: Vec<u64> = (0..N).map(key).collect();
    let events: Vec<u64> = (0..EVENTS).map(|event| keys[place_of(event) % N]).collect();
    let mut place = Box::new(Inline::<N>::new().seeded(7).table());
    let mut brown = HashMap::new();
    let (mut inline, mut hashbrown) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        inline = inline.min(nanos_each(|| in_place(black_box(&mut *place), &events)));
        hashbrown = hashbrown.min(nanos_each(|| in_hashbrown(black_box(&mut brown), &events)));
    }
    assert!(brown.iter().all(|(key, state)| place.get(key) == Some(state)));
    println!(
        "{N:5} keys {order}: {inline:.2}, hashbrown {hashbrown:.2}: {:.2}",
        inline / hashbrown
    );
}

/// A sequence without a pattern.
fn scattered(event: usize) -> usize {
    let mixed = (event as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) as usize
}

fn main() {
    for (order, place_of) in
        [("in turn", (|event| event) as fn(usize) -> usize), ("at random", scattered)]
    {
        compare::<16>(order, place_of);
        compare::<64>(order, place_of);
        compare::<256>(order, place_of);
        compare::<1_024>(order, place_of);
    }
}
