//! How many different items there are, within an error.

use super::Aggregator;
use crate::store::Full;
use crate::time::EventTime;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};
use foldhash::quality::FixedState;

/// Estimates how many different items there are, in 2^`precision` bytes for each part. The standard
/// error is 1.04 / √(2^`precision`): 1.6 % with 12, which takes 4 KiB.
///
/// The hash is given, so that parts which were made apart can be combined: they must be hashed
/// alike. A hash function that changes with a release of its crate must not be used for parts that
/// are stored.
///
/// Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal
/// cardinality estimation algorithm", AofA 2007; the estimator: Ertl, "New cardinality estimation
/// algorithms for HyperLogLog sketches", arXiv:1702.01284, algorithm 6, which needs no tables for
/// small numbers. Ours, since the crate that is kept brings such tables.
///
/// ```
/// use rs2_core::aggregate::{HyperLogLog, Running};
/// let mut visitors = Running::of(HyperLogLog::seeded(12, 7));
/// let last = (0..30_000).map(|n| visitors.push(n % 10_000)).last().unwrap();
/// assert!((last - 10_000.0).abs() < 0.05 * 10_000.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HyperLogLog<H = FixedState> {
    precision: u32,
    hash: H,
}

impl HyperLogLog {
    /// With foldhash under a seed.
    ///
    /// # Panics
    /// When `precision` is not from 4 to 18.
    #[track_caller]
    pub const fn seeded(precision: u32, seed: u64) -> Self {
        Self::hashing(precision, FixedState::with_seed(seed))
    }
}

impl<H> HyperLogLog<H> {
    /// With a hash of the caller's choice, whose 64 bits must all be good.
    ///
    /// # Panics
    /// When `precision` is not from 4 to 18.
    #[track_caller]
    pub const fn hashing(precision: u32, hash: H) -> Self {
        assert!(precision >= 4 && precision <= 18, "a precision must be from 4 to 18");
        Self { precision, hash }
    }

    /// The largest rank less one: the bits that do not choose the register.
    const fn bits(&self) -> u32 {
        64 - self.precision
    }

    fn estimate(&self, registers: &[u8]) -> f64 {
        let mut of_rank = [0_u32; 64];
        for rank in registers {
            of_rank[usize::from(*rank).min(63)] += 1;
        }
        let (m, bits) = (registers.len() as f64, self.bits() as usize);
        let mut z = m * tau(1.0 - f64::from(of_rank[bits + 1]) / m);
        for rank in (1..=bits).rev() {
            z = 0.5 * (z + f64::from(of_rank[rank]));
        }
        z += m * sigma(f64::from(of_rank[0]) / m);
        m * m / (2.0 * core::f64::consts::LN_2 * z)
    }
}

impl<T: Hash, H: BuildHasher> Aggregator<T> for HyperLogLog<H> {
    /// For each register the highest rank seen.
    type Partial = Vec<u8>;
    type Output = f64;

    fn lift(&self, ts: EventTime, item: T) -> Vec<u8> {
        let mut registers = alloc::vec![0; 1 << self.precision];
        let _always_has_room = self.add(&mut registers, ts, item);
        registers
    }
    fn combine(&self, left: &mut Vec<u8>, right: &Vec<u8>) {
        left.iter_mut().zip(right).for_each(|(left, right)| *left = (*left).max(*right));
    }
    fn lower(&self, whole: Vec<u8>) -> f64 {
        self.estimate(&whole)
    }
    fn peek(&self, whole: &Vec<u8>) -> f64 {
        self.estimate(whole)
    }
    fn add(&self, part: &mut Vec<u8>, _ts: EventTime, item: T) -> Result<(), Full<T>> {
        let hash = self.hash.hash_one(&item);
        let rank = (hash << self.precision).leading_zeros().min(self.bits()) as u8 + 1;
        if let Some(register) = part.get_mut((hash >> self.bits()) as usize) {
            *register = (*register).max(rank);
        }
        Ok(())
    }
}

/// The share of registers that were never hit, as the series of Ertl's equation 35.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// The share of registers that are full, as the series of Ertl's equation 36.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = libm::sqrt(x);
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z == before {
            return z / 3.0;
        }
    }
}
