//! How many instructions a table in place needs on this processor, and how many hashbrown, for
//! which this program alone has an allocator.
//!
//! Both hash alike, and have room for all keys from the beginning. The keys have no order: each of
//! them is put in, or is known and its state changed, or is looked for and absent. What it costs to
//! go over the keys is taken off.
#![no_std]
#![no_main]

use core::array;
use core::fmt::Write;
use core::hint::black_box;
use core::panic::PanicInfo;
use cortex_m::Peripherals;
use firmware::board::{self, Console};
use firmware::number;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rs2_core::store::{Inline, InlineTable, KeyStorage, Table};

const EVENTS: usize = 1_024;
const SEED: u64 = 7;

type State = (u32, u32);
type Place<const N: usize> = InlineTable<u32, State, N>;
type Brown = HashMap<u32, State, FixedState>;

/// A sequence without a pattern, in which no number comes twice.
fn scattered(step: usize) -> u32 {
    let mixed = (step as u32 + 1).wrapping_mul(0x9E37_79B9);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85EB_CA6B);
    mixed ^ mixed >> 13
}

/// The instructions for each key.
fn each(keys: &[u32], mut run: impl FnMut(u32)) -> u32 {
    let keys = black_box(keys);
    let without = board::instructions(|| {
        for key in keys {
            black_box(*key);
        }
    });
    let with = board::instructions(|| {
        for key in keys {
            run(*key);
        }
    });
    let count = keys.len() as u32;
    (with.saturating_sub(without) + count / 2) / count
}

fn change(state: &mut State, key: u32) {
    *state = (state.0 + 1, state.1 ^ key);
}

#[inline(never)]
fn change_in_place<const N: usize>(table: &mut Place<N>, keys: &[u32]) -> u32 {
    each(keys, |key| {
        if let Ok(state) = table.get_or_insert_with(key, || (0, 0)) {
            change(state, key);
        }
    })
}

#[inline(never)]
fn change_in_hashbrown(table: &mut Brown, keys: &[u32]) -> u32 {
    each(keys, |key| change(table.entry(key).or_insert((0, 0)), key))
}

#[inline(never)]
fn look_in_place<const N: usize>(table: &Place<N>, keys: &[u32]) -> u32 {
    each(keys, |key| {
        black_box(table.get(&key));
    })
}

#[inline(never)]
fn look_in_hashbrown(table: &Brown, keys: &[u32]) -> u32 {
    each(keys, |key| {
        black_box(table.get(&key));
    })
}

/// Prints a comparison, and whether the table in place needs at most a tenth more.
fn line(keys: usize, what: &str, in_place: u32, in_hashbrown: u32) {
    let is_near = in_place * 10 <= in_hashbrown * 11;
    let _ = number(&mut Console, keys as u32);
    let _ = Console.write_str(what);
    let _ = number(&mut Console, in_place);
    let _ = Console.write_str(" against ");
    let _ = number(&mut Console, in_hashbrown);
    let _ = Console.write_str(if is_near { "\n" } else { " TOO MANY\n" });
}

fn compare<const N: usize>() {
    let mut place = Inline::<N>::new().seeded(SEED).table();
    let mut brown = Brown::with_capacity_and_hasher(N, FixedState::with_seed(SEED));
    let mut update = |what, keys: &[u32]| {
        line(N, what, change_in_place(&mut place, keys), change_in_hashbrown(&mut brown, keys));
    };
    let keys: [u32; N] = array::from_fn(scattered);
    update(" keys, new ", &keys);
    let mut events = array::from_fn::<_, EVENTS, _>(|step| keys[scattered(step) as usize % N]);
    update(" keys, known ", &events);
    events = array::from_fn(|step| scattered(N + step));
    line(N, " keys, absent ", look_in_place(&place, &events), look_in_hashbrown(&brown, &events));
    if !brown.iter().all(|(key, state)| place.get(key) == Some(state)) {
        board::fail();
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(peripherals) = Peripherals::take() {
        board::start_counter(peripherals.SYST);
        compare::<16>();
        compare::<64>();
        compare::<256>();
        board::succeed();
    }
    board::fail()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::fail()
}
