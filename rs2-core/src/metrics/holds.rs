//! How much an operator keeps at the moment.

/// What can tell how much it keeps: items, keys, parts of windows, runs of patterns.
///
/// Zero once the stream has ended, whatever came before: an operator lets go of its state at the
/// end.
///
/// ```
/// use futures_util::StreamExt;
/// use rs2_core::{metrics::Holds, prelude::*, store::Heap};
/// # futures_executor::block_on(async {
/// let keys = Heap::bounded(9).seeded(7);
/// let mut sums = from_iter([1, 2, 3]).keyed_map_in_rs2(keys, |n| *n, |n, _: &mut ()| n);
/// sums.next().await;
/// assert_eq!(sums.held(), 1);
/// while sums.next().await.is_some() {}
/// assert_eq!(sums.held(), 0);
/// # })
/// ```
pub trait Holds {
    /// How many things are kept; their number, not their size.
    fn held(&self) -> usize;
}

impl<M: Holds, F> Holds for crate::machine::ByTime<M, F> {
    fn held(&self) -> usize {
        self.rule().held()
    }
}

impl<S, M: Holds, T: crate::time::Timer> Holds for crate::machine::Drive<S, M, T> {
    fn held(&self) -> usize {
        self.machine().held()
    }
}

impl<S, M: Holds + crate::machine::StepMachine, T: crate::time::Timer> Holds
    for crate::machine::DriveSteps<S, M, T>
{
    fn held(&self) -> usize {
        self.machine().held() + usize::from(self.in_step()) + self.waiting()
    }
}
