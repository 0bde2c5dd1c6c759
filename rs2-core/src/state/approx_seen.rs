//! Which keys were seen lately, in a memory that stays as it is and may err.

use super::Limits;
use super::approx_keys::{ApproxKeys, PLACES_IN_BYTE};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, SnapshotError, Writer};
#[cfg(feature = "snapshot")]
use crate::time::Instant;
use core::fmt;
#[cfg(feature = "snapshot")]
use core::hash::BuildHasher;
use foldhash::quality::FixedState;

/// Which keys were seen lately: two generations of a Bloom filter that take turns, in the bytes of
/// `B`. Made by [`ApproxKeys`].
///
/// A generation takes keys for a time to live; then the other one is emptied and takes its place.
/// One that begins at `b` takes keys at `b`, none at `b + ttl`, and is emptied at `b + 2 ttl`. So a
/// key is found for one time to live, also at its end, and no more at the end of a second one;
/// unless by chance, which can happen to every key.
///
/// A generation that has as many keys as were expected ends early, or takes none, as
/// [`OnFull`](super::OnFull) says.
///
/// Both bits of a place stand side by side, so that both generations are asked at once. Of a key's
/// places the first is one hash and each next one a growing step further, where the step begins
/// with another hash: two hashes do as well as many (Kirsch and Mitzenmacher, "Less hashing, same
/// performance: building a better Bloom filter", ESA 2006), and a step that grows does so in small
/// filters too (Dillinger and Manolios, "Bloom filters in probabilistic verification", FMCAD 2004).
pub struct ApproxSeen<B> {
    shape: ApproxKeys,
    memory: B,
    #[cfg(feature = "snapshot")]
    seed: u64,
    hasher: FixedState,
    generations: [Generation; 2],
    // Which of them takes keys.
    current: usize,
    // When the other one takes its place. `None` before the first key.
    ends: Option<u64>,
    // Before it, a key that is not found may have been emptied early.
    missing_until: u64,
}

/// What is known of a generation besides its bits.
#[derive(Clone, Copy, Debug, Default)]
struct Generation {
    keys: usize,
    // Bits that are set.
    ones: u32,
    // When the last of its keys has lived for long enough.
    expires: u64,
}

impl<B> ApproxSeen<B> {
    fn places(&self, hash: u64) -> impl Iterator<Item = (usize, u32)> + use<B> {
        let ApproxKeys { places, hashes, .. } = self.shape;
        let within = |hash: u32| ((u64::from(hash) * u64::from(places)) >> 32) as u32;
        let further = move |at: u32, step: u32| {
            let sum = at + step;
            if sum < places { sum } else { sum - places }
        };
        let (mut at, mut step) = (within(hash as u32), within((hash >> 32) as u32));
        (1..=u32::from(hashes)).map(move |n| {
            let place = at;
            at = further(at, step);
            step = further(step, n);
            ((place / PLACES_IN_BYTE) as usize, place % PLACES_IN_BYTE * 2)
        })
    }

    pub(crate) fn hasher(&self) -> &FixedState {
        &self.hasher
    }

    /// Whether the generation that takes keys has had as many as were expected.
    pub(crate) fn is_full(&self) -> bool {
        self.generations[self.current].keys >= self.shape.keys
    }

    /// Whether a key that is not found may have been emptied before its time.
    pub(crate) fn may_be_missing(&self, now: u64) -> bool {
        now < self.missing_until
    }

    /// How many keys are in.
    pub(crate) fn len(&self) -> usize {
        self.generations.iter().map(|generation| generation.keys).sum()
    }

    /// For each new key that is not found, how many are expected to be found by chance.
    pub(crate) fn odds(&self) -> f64 {
        let places = f64::from(self.shape.places);
        let not_found = |generation: &Generation| {
            let share = f64::from(generation.ones) / places;
            1.0 - (0..self.shape.hashes).fold(1.0, |chance, _| chance * share)
        };
        let [one, other] = &self.generations;
        1.0 / (not_found(one) * not_found(other)) - 1.0
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> ApproxSeen<B> {
    pub(super) fn new(shape: ApproxKeys, mut memory: B, seed: u64) -> Self {
        memory.as_mut().fill(0);
        Self {
            shape,
            memory,
            #[cfg(feature = "snapshot")]
            seed,
            hasher: FixedState::with_seed(seed),
            generations: [Generation::default(); 2],
            current: 0,
            ends: None,
            missing_until: 0,
        }
    }

    /// Whether a key with this hash was added, in either generation; or, by chance, another one.
    #[inline]
    pub(crate) fn has(&self, hash: u64) -> bool {
        let memory = self.memory.as_ref();
        let mut found = 0b11;
        for (byte, shift) in self.places(hash) {
            found &= memory[byte] >> shift;
            if found == 0 {
                return false;
            }
        }
        true
    }

    /// Adds a key, to be found until `ttl` from now at least.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64, now: u64, ttl: u64) {
        let (places, current) = (self.places(hash), self.current);
        let memory = self.memory.as_mut();
        let generation = &mut self.generations[current];
        for (byte, shift) in places {
            let bit = 1 << (shift + current as u32);
            generation.ones += u32::from(memory[byte] & bit == 0);
            memory[byte] |= bit;
        }
        generation.keys += 1;
        generation.expires = now.saturating_add(ttl);
    }

    /// Lets the generations take turns up to this time, which does not go back.
    #[inline]
    pub(crate) fn advance(&mut self, now: u64, ttl: u64) {
        match self.ends {
            Some(ends) if now < ends || ends == u64::MAX => {}
            Some(ends) if now - ends < ttl => {
                self.turn();
                self.ends = Some(ends.saturating_add(ttl));
            }
            _ => {
                self.turn();
                self.begin(now, ttl);
            }
        }
    }

    /// Begins a generation early. Tells how many keys may be forgotten before their time.
    #[cold]
    pub(crate) fn make_room(&mut self, now: u64, ttl: u64) -> u64 {
        let oldest = self.generations[1 - self.current];
        self.begin(now, ttl);
        if oldest.expires <= now {
            return 0;
        }
        self.missing_until = self.missing_until.max(oldest.expires);
        oldest.keys as u64
    }

    fn begin(&mut self, now: u64, ttl: u64) {
        self.turn();
        self.ends = Some(now.saturating_add(ttl));
    }

    /// Empties the generation that takes no keys; from now on it does.
    fn turn(&mut self) {
        const OF_GENERATION: [u8; 2] = [0b0101_0101, 0b1010_1010];
        let other = 1 - self.current;
        if self.generations[other].keys > 0 {
            let kept = OF_GENERATION[self.current];
            self.memory.as_mut().iter_mut().for_each(|byte| *byte &= kept);
            self.generations[other] = Generation::default();
        }
        self.current = other;
    }

    /// Forgets all keys.
    pub(crate) fn clear(&mut self) {
        self.turn();
        self.turn();
    }
}

#[cfg(feature = "snapshot")]
impl<B: AsRef<[u8]> + AsMut<[u8]>> ApproxSeen<B> {
    /// Bits mean something only to whoever hashes as they were made. So the seed goes with them,
    /// and a hash by which a release with another hash function is known.
    pub(crate) fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        let ApproxKeys { keys, places, hashes } = self.shape;
        to.put(&(keys as u64, places, hashes, self.seed, probe(&self.hasher)))?;
        to.put(&(self.current as u8))?;
        for Generation { keys, ones, expires } in &self.generations {
            to.put(&(*keys as u64, ones))?;
            to.put_instant(Instant::from_nanos(*expires))?;
        }
        to.put(&self.ends.map(|ends| to.until(Instant::from_nanos(ends))))?;
        to.put_instant(Instant::from_nanos(self.missing_until))?;
        to.put(self.memory.as_ref())
    }

    /// What is restored must be as large as what was saved, since each bit has its place.
    pub(crate) fn restore(
        &mut self,
        from: &mut Reader<'_>,
        of: &'static str,
        ttl: u64,
    ) -> Result<(), SnapshotError> {
        let (keys, places, hashes, seed, hash): (u64, u32, u8, u64, u16) = from.take()?;
        let shape = self.shape;
        if (keys, places, hashes) != (shape.keys as u64, shape.places, shape.hashes) {
            return Err(SnapshotError::Full(of));
        }
        (self.seed, self.hasher) = (seed, FixedState::with_seed(seed));
        if hash != probe(&self.hasher) {
            return Err(SnapshotError::Version { of, found: hash, known: probe(&self.hasher) });
        }
        let current: u8 = from.take()?;
        self.current = usize::from(current & 1);
        for generation in &mut self.generations {
            let (keys, ones): (u64, u32) = from.take()?;
            let expires = from.take_instant()?.nanos();
            *generation = Generation { keys: keys as usize, ones, expires };
        }
        let ends: Option<i64> = from.take()?;
        self.missing_until = from.take_instant()?.nanos();
        let bytes: &[u8] = from.take()?;
        let memory = self.memory.as_mut();
        if bytes.len() != memory.len() {
            return Err(from.corrupt());
        }
        memory.copy_from_slice(bytes);
        // What ended before the origin of this clock cannot be told as an instant of it.
        let is_long_ago = |ends: i64| ends < 0 && ends.unsigned_abs() >= ttl;
        if ends.is_some_and(is_long_ago) {
            self.clear();
        }
        self.ends = ends.filter(|ends| !is_long_ago(*ends)).map(|ends| from.after(ends).nanos());
        Ok(())
    }
}

/// A hash of something known.
#[cfg(feature = "snapshot")]
fn probe(hasher: &FixedState) -> u16 {
    hasher.hash_one("which hash is it?") as u16
}

// Bounds to which a bare memory is taken.
impl<B> From<ApproxSeen<B>> for Limits<ApproxSeen<B>> {
    fn from(seen: ApproxSeen<B>) -> Self {
        Self::of(seen)
    }
}

impl<B> fmt::Debug for ApproxSeen<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApproxSeen")
            .field("shape", &self.shape)
            .field("keys", &self.len())
            .finish_non_exhaustive()
    }
}
