//! Which operations are measured.

/// Chooses a fixed share of the operations, evenly spread and without random numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampler {
    rate: f64,
    credit: f64,
}

impl Sampler {
    /// `rate` is between 0 and 1.
    pub(super) fn new(rate: f64) -> Self {
        // Half-way to the first choice: after n operations rate * n are chosen, to the nearest.
        Self { rate, credit: 0.5 }
    }

    /// Whether the next operation is measured.
    #[inline]
    pub(super) fn chooses(&mut self) -> bool {
        self.credit += self.rate;
        let chosen = self.credit >= 1.0;
        if chosen {
            self.credit -= 1.0;
        }
        chosen
    }

    /// How many operations each chosen one stands for.
    pub(super) fn weight(&self) -> f64 {
        self.rate.recip()
    }
}
