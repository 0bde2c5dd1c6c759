//! What becomes of what waits for a side that is idle.

/// What a join does with the items that it keeps for the other side while that is idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WhenIdle {
    /// They stay, as far as there is room: what comes back may belong to them.
    #[default]
    Keep,
    /// They go, as if the idle side had come as far as the other one. What it has from before that
    /// when it comes back is late. Those that go so are counted as
    /// [`Loss::Unproven`](crate::metrics::Loss::Unproven).
    LetGo,
}
