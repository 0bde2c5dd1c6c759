//! Both indexes, on whatever processor the tests run.

use super::cells::Cells;
use super::groups::Groups;
use alloc::vec::Vec;

/// A mixed number for each step: few homes, and tags of 0 among them.
fn hash_of(step: u64, seed: u64) -> u64 {
    let mixed = (step + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// Entries come and go in an index that is full every other step, so that many are far from home.
/// After each step every one is found.
macro_rules! come_and_go {
    ($index:ty, $most:expr, $seed:expr) => {{
        let (mut index, mut hashes) = (<$index>::new(), Vec::new());
        for step in 0..30 * $most as u64 {
            let mixed = hash_of(step, $seed);
            if hashes.len() == $most {
                let (entry, last) = (mixed as usize % hashes.len(), hashes.len() - 1);
                let numbered = |number| move |other| Some(other == number);
                let (_, cell) = index.find(hashes[entry], numbered(entry)).expect("it is there");
                index.remove(cell, |entry| hashes[entry]);
                if entry != last {
                    let (_, cell) = index.find(hashes[last], numbered(last)).expect("so is it");
                    index.set(cell, hashes[last], entry);
                }
                hashes.swap_remove(entry);
            } else {
                let hash = mixed & 0xE000_0000_0003_0003;
                let absent = |other: usize| (other < hashes.len()).then_some(false);
                let cell = index.find(hash, absent).expect_err("it is new");
                index.set(cell, hash, hashes.len());
                hashes.push(hash);
            }
            for (entry, hash) in hashes.iter().enumerate() {
                let is = |other| (other < hashes.len()).then_some(other == entry);
                let found = index.find(*hash, is).map(|(found, _)| found);
                assert_eq!(found.ok(), Some(entry));
                // A guess is another entry at times, or an empty cell.
                let guess = index.guess(*hash);
                assert!(guess.is_none_or(|guess| guess < hashes.len() || guess == 0xFFFF));
            }
        }
    }};
}

#[test]
fn cells_find_what_is_there() {
    for seed in 0..20 {
        come_and_go!(Cells<1>, 1, seed);
        come_and_go!(Cells<2>, 2, seed);
        come_and_go!(Cells<5>, 5, seed);
        come_and_go!(Cells<40>, 40, seed);
    }
}

#[test]
fn groups_find_what_is_there() {
    for seed in 0..20 {
        come_and_go!(Groups<1>, 1, seed);
        come_and_go!(Groups<4>, 4, seed);
        come_and_go!(Groups<7>, 7, seed);
        come_and_go!(Groups<40>, 40, seed);
    }
}
