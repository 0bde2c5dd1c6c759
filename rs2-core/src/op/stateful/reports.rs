//! What all rules here tell about themselves.

/// Implements [`Reports`](crate::metrics::Reports), [`Holds`](crate::metrics::Holds) and `Debug`
/// of a rule by where its losses are and by how much it holds.
macro_rules! reports {
    (
        $name:ident<T, X $(, $other:ident $(: $bound:path)?)*>,
        $losses:expr, $held:expr $(,)?
    ) => {
        impl<T, X $(, $other)*> $crate::metrics::Reports for $name<T, X $(, $other)*>
        where
            X: $crate::state::KeyExtractor<T>,
            $($($other: $bound,)?)*
        {
            fn losses(&self) -> &$crate::metrics::Losses {
                let losses: fn(&Self) -> &$crate::metrics::Losses = $losses;
                losses(self)
            }
        }

        impl<T, X $(, $other)*> $crate::metrics::Holds for $name<T, X $(, $other)*>
        where
            X: $crate::state::KeyExtractor<T>,
            $($($other: $bound,)?)*
        {
            fn held(&self) -> usize {
                let held: fn(&Self) -> usize = $held;
                held(self)
            }
        }

        impl<T, X $(, $other)*> core::fmt::Debug for $name<T, X $(, $other)*>
        where
            X: $crate::state::KeyExtractor<T>,
            $($($other: $bound,)?)*
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("keys", &$crate::metrics::Holds::held(self))
                    .field("losses", $crate::metrics::Reports::losses(self))
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use reports;
