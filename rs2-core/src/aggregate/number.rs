//! Items that can be added up.

use core::fmt::Debug;

/// A number: what sums and averages are made of.
pub trait Number: Copy {
    /// What sums of it are kept in.
    type Total: Total;
    /// The sum of this one alone.
    fn total(self) -> Self::Total;
    /// The nearest floating-point number; the largest integers lose their last digits.
    fn to_f64(self) -> f64;
}

/// A sum on its way.
pub trait Total: Clone + Debug {
    /// What it comes to.
    type Value;
    /// Whether `minus` undoes `plus` without an error.
    const EXACT: bool;
    /// Adds.
    fn plus(&mut self, other: &Self);
    /// Takes away.
    fn minus(&mut self, other: &Self);
    /// What it comes to.
    fn value(&self) -> Self::Value;
}

macro_rules! integers {
    ($($total:ty: $($int:ty)+;)+) => {$(
        impl Total for $total {
            type Value = $total;
            const EXACT: bool = true;
            #[inline]
            fn plus(&mut self, other: &$total) {
                *self = self.wrapping_add(*other);
            }
            #[inline]
            fn minus(&mut self, other: &$total) {
                *self = self.wrapping_sub(*other);
            }
            #[inline]
            fn value(&self) -> $total {
                *self
            }
        }
        $(impl Number for $int {
            type Total = $total;
            #[inline]
            fn total(self) -> $total {
                self as $total
            }
            #[inline]
            fn to_f64(self) -> f64 {
                self as f64
            }
        })+
    )+};
}

integers! {
    i64: i8 i16 i32;
    u64: u8 u16 u32;
    i128: i64 isize;
    u128: u64 usize;
}

/// A sum of floating-point numbers that keeps what rounding has cut off and adds it at the end, so
/// that the error does not grow with the number of items.
///
/// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
/// ZAMM 54, 1974, algorithm IV.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Compensated {
    sum: f64,
    cut_off: f64,
}

impl Compensated {
    #[inline]
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        let (large, small) =
            if self.sum.abs() >= term.abs() { (self.sum, term) } else { (term, self.sum) };
        // Beyond the largest number there is nothing left to correct.
        if sum.is_finite() {
            self.cut_off += (large - sum) + small;
        }
        self.sum = sum;
    }
}

impl Total for Compensated {
    type Value = f64;
    const EXACT: bool = false;
    #[inline]
    fn plus(&mut self, other: &Self) {
        self.add(other.sum);
        self.cut_off += other.cut_off;
    }
    #[inline]
    fn minus(&mut self, other: &Self) {
        self.add(-other.sum);
        self.cut_off -= other.cut_off;
    }
    #[inline]
    fn value(&self) -> f64 {
        self.sum + self.cut_off
    }
}

macro_rules! floats {
    ($($float:ty)+) => {$(
        impl Number for $float {
            type Total = Compensated;
            #[inline]
            fn total(self) -> Compensated {
                Compensated { sum: f64::from(self), cut_off: 0.0 }
            }
            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
        }
    )+};
}

floats! { f32 f64 }
