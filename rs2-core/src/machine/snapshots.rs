//! Snapshots of what remembers nothing itself.

/// Implements [`Snapshot`](crate::snapshot::Snapshot) for a stream that remembers nothing but
/// whether it has ended, by its source.
macro_rules! forward_snapshot {
    ($name:ident<$source:ident $(, $other:ident)*>, $kind:literal) => {
        #[cfg(feature = "snapshot")]
        impl<$source, $($other),*> $crate::snapshot::Snapshot for $name<$source, $($other),*>
        where
            $source: $crate::snapshot::Snapshot,
        {
            fn save(
                &self,
                to: &mut $crate::snapshot::Writer,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                to.begin($kind, 1)?;
                to.put(&self.ended)?;
                self.source.save(to)
            }

            fn restore(
                &mut self,
                from: &mut $crate::snapshot::Reader<'_>,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                from.begin($kind, 1)?;
                self.ended = from.take()?;
                self.source.restore(from)
            }
        }
    };
}
pub(crate) use forward_snapshot;

/// Implements [`Snapshot`](crate::snapshot::Snapshot) for a rule that remembers nothing.
macro_rules! empty_snapshot {
    ($name:ident $(<$($other:ident),+>)?, $kind:literal) => {
        #[cfg(feature = "snapshot")]
        impl $(<$($other),+>)? $crate::snapshot::Snapshot for $name $(<$($other),+>)? {
            fn save(
                &self,
                to: &mut $crate::snapshot::Writer,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                to.begin($kind, 1)
            }

            fn restore(
                &mut self,
                from: &mut $crate::snapshot::Reader<'_>,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                from.begin($kind, 1)
            }
        }
    };
}
pub(crate) use empty_snapshot;

/// Implements [`Snapshot`](crate::snapshot::Snapshot) field by field. Each is saved as it says: a
/// `value` that can be serialised, an `instant`, a `deadline` that may be none, or a `part` that is
/// a snapshot itself. After a `timer` instants go by it. While it is `busy` with what cannot be
/// written, such as a future of the user's, saving answers
/// [`Busy`](crate::snapshot::SnapshotError::Busy).
macro_rules! snapshot_fields {
    (
        [$($generics:tt)*] $name:ty,
        $kind:literal,
        $(busy $this:ident => $busy:expr,)?
        { $($how:ident $field:ident),* $(,)? }
    ) => {
        #[cfg(feature = "snapshot")]
        impl<$($generics)*> $crate::snapshot::Snapshot for $name {
            fn save(
                &self,
                to: &mut $crate::snapshot::Writer,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                $(
                    let $this = self;
                    if $busy {
                        return Err($crate::snapshot::SnapshotError::Busy);
                    }
                )?
                to.begin($kind, 1)?;
                $($crate::machine::snapshot_fields!(@save $how self.$field, to);)*
                Ok(())
            }

            fn restore(
                &mut self,
                from: &mut $crate::snapshot::Reader<'_>,
            ) -> Result<(), $crate::snapshot::SnapshotError> {
                from.begin($kind, 1)?;
                $($crate::machine::snapshot_fields!(@restore $how self.$field, from);)*
                Ok(())
            }
        }
    };
    (@save value $place:expr, $to:ident) => { $to.put(&$place)? };
    (@save instant $place:expr, $to:ident) => { $to.put_instant($place)? };
    (@save deadline $place:expr, $to:ident) => { $to.put_deadline($place)? };
    (@save part $place:expr, $to:ident) => { $crate::snapshot::Snapshot::save(&$place, $to)? };
    (@save timer $place:expr, $to:ident) => { $to.at($crate::time::Clock::now(&$place)) };
    (@restore value $place:expr, $from:ident) => { $place = $from.take()? };
    (@restore instant $place:expr, $from:ident) => { $place = $from.take_instant()? };
    (@restore deadline $place:expr, $from:ident) => { $place = $from.take_deadline()? };
    (@restore part $place:expr, $from:ident) => {
        $crate::snapshot::Snapshot::restore(&mut $place, $from)?
    };
    (@restore timer $place:expr, $from:ident) => { $from.at($crate::time::Clock::now(&$place)) };
}
pub(crate) use snapshot_fields;

/// Implements [`Holds`](crate::metrics::Holds) by an expression.
macro_rules! holds {
    ([$($generics:tt)*] $name:ty, $this:ident => $held:expr) => {
        impl<$($generics)*> $crate::metrics::Holds for $name {
            fn held(&self) -> usize {
                let $this = self;
                $held
            }
        }
    };
}
pub(crate) use holds;
