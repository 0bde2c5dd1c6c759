//! The last values.

/// The last `N` values, in place.
///
/// ```
/// use rs2_core::statistics::Ring;
/// let mut last = Ring::<2>::new();
/// last.push(1.0);
/// last.push(2.0);
/// assert_eq!(last.push(3.0), Some(1.0));
/// assert!(last.iter().eq([2.0, 3.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Ring<const N: usize> {
    values: [f64; N],
    len: usize,
    // Where the next value goes.
    at: usize,
}

impl<const N: usize> Ring<N> {
    /// No values.
    pub const fn new() -> Self {
        const { assert!(N > 0, "a ring must have room for a value") };
        Self { values: [0.0; N], len: 0, at: 0 }
    }

    /// Adds a value, and gives the one back that it takes the place of.
    pub fn push(&mut self, value: f64) -> Option<f64> {
        let oldest = (self.len == N).then_some(self.values[self.at]);
        self.values[self.at] = value;
        self.at = (self.at + 1) % N;
        self.len = (self.len + 1).min(N);
        oldest
    }

    /// The values, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        let first = (self.at + N - self.len) % N;
        (first..first + self.len).map(|index| self.values[index % N])
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the next value takes the place of the oldest.
    pub const fn is_full(&self) -> bool {
        self.len == N
    }

    /// Drops all values.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<const N: usize> Default for Ring<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "snapshot")]
impl<const N: usize> crate::snapshot::Snapshot for Ring<N> {
    fn save(&self, to: &mut crate::snapshot::Writer) -> Result<(), crate::snapshot::SnapshotError> {
        to.put_all(self.len, self.iter())
    }

    fn restore(
        &mut self,
        from: &mut crate::snapshot::Reader<'_>,
    ) -> Result<(), crate::snapshot::SnapshotError> {
        from.take_all(|value: f64| match self.push(value) {
            None => Ok(()),
            Some(_) => Err(crate::snapshot::SnapshotError::Full("ring")),
        })
    }
}
