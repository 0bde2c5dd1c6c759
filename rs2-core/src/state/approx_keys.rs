//! How large a memory of keys is that may err.

use super::ApproxSeen;
use crate::error::ConfigError;
#[cfg(feature = "alloc")]
use alloc::boxed::Box;

/// How many keys are expected within a time to live, and with which probability one that was not
/// seen may be taken for one that was: what the size of an [`ApproxSeen`] follows from.
///
/// Each of its two generations has about 1.44 log₂(2 / `fpp`) bits for each key, so both have 2.8
/// bytes at one in a hundred, and 4.0 bytes at one in a thousand, whatever the keys are.
///
/// Source: Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13 (7), 1970.
/// As a key is looked for in two filters, each is made for half the probability.
///
/// ```
/// use rs2_core::error::ConfigError;
/// use rs2_core::state::ApproxKeys;
/// let orders = ApproxKeys::new(1_000, 0.01)?;
/// assert_eq!(orders.bytes(), 2_761);
/// assert_eq!(ApproxKeys::new(1_000, 1.0), Err(ConfigError::OutOfRange("fpp")));
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApproxKeys {
    pub(super) keys: usize,
    pub(super) places: u32,
    pub(super) hashes: u8,
}

/// The smallest probability: below it, 64 bits of a hash are not enough to tell keys apart.
const LEAST: f64 = 1e-9;
/// The places of each generation in a byte.
pub(super) const PLACES_IN_BYTE: u32 = 4;
/// The most places of a generation: two of them add up in 32 bits. It takes 512 MiB.
pub(super) const MOST_PLACES: u32 = (1 << 31) - PLACES_IN_BYTE;

impl ApproxKeys {
    /// So many keys within a time to live, and this probability of a false positive, which is less
    /// as long as fewer are in.
    ///
    /// # Errors
    /// [`ConfigError`] when `keys` is zero, when `fpp` is not between 0 and 1 or less than 10⁻⁹,
    /// and when the memory for so many keys would be larger than 512 MiB.
    pub fn new(keys: usize, fpp: f64) -> Result<Self, ConfigError> {
        if keys == 0 {
            return Err(ConfigError::Zero("keys"));
        }
        if !(LEAST..1.0).contains(&fpp) {
            return Err(ConfigError::OutOfRange("fpp"));
        }
        let each = fpp / 2.0;
        let hashes = libm::round(-libm::log2(each)).max(1.0);
        // The share of the bits that are set when all keys are in: to the power of `hashes`, it is
        // the probability that all bits of another key are.
        let full = libm::pow(each, 1.0 / hashes);
        // The formula is about large filters. In small ones that share varies, which a bit more for
        // each hash makes up for.
        let places = libm::ceil(hashes - hashes * keys as f64 / libm::log1p(-full));
        if places > f64::from(MOST_PLACES) {
            return Err(ConfigError::OutOfRange("keys"));
        }
        let places = (places as u32).next_multiple_of(PLACES_IN_BYTE);
        Ok(Self { keys, places, hashes: hashes as u8 })
    }

    /// The bytes of both generations.
    pub const fn bytes(self) -> usize {
        (self.places / PLACES_IN_BYTE) as usize
    }

    /// A memory on the heap, which is taken at once and stays as it is. Keys come from strangers:
    /// take a random seed where there is one, so that nobody can choose keys that collide.
    #[cfg(feature = "alloc")]
    pub fn seeded(self, seed: u64) -> ApproxSeen<Box<[u8]>> {
        ApproxSeen::new(self, alloc::vec![0; self.bytes()].into_boxed_slice(), seed)
    }

    /// A memory in these bytes, such as an array, a part of one, or what another allocator gave.
    /// More than are needed make errors rarer.
    ///
    /// # Errors
    /// [`ConfigError`] when there are fewer than [`bytes`](Self::bytes).
    ///
    /// ```
    /// use rs2_core::error::ConfigError;
    /// use rs2_core::state::ApproxKeys;
    /// let sensors = ApproxKeys::new(50, 0.01)?;
    /// let seen = sensors.seeded_in([0; 140], 7)?;
    /// assert!(sensors.seeded_in([0; 100], 7).is_err());
    /// # Ok::<(), ConfigError>(())
    /// ```
    pub fn seeded_in<B>(self, memory: B, seed: u64) -> Result<ApproxSeen<B>, ConfigError>
    where
        B: AsRef<[u8]> + AsMut<[u8]>,
    {
        let bytes = memory.as_ref().len();
        if bytes < self.bytes() {
            return Err(ConfigError::Exceeds("keys", "what the memory has room for"));
        }
        let most = bytes.min((MOST_PLACES / PLACES_IN_BYTE) as usize);
        let places = most as u32 * PLACES_IN_BYTE;
        Ok(ApproxSeen::new(Self { places, ..self }, memory, seed))
    }
}
