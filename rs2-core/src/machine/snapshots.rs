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
