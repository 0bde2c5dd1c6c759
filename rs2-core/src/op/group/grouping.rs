//! The bounds of the groups of a stream, and the answers to "full".

use core::time::Duration;

/// What happens to an item of a new key when there are as many groups as may be open at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnMaxGroups {
    /// The group that had no item for longest is closed, and the source waits until a consumer has
    /// finished. No item is lost.
    #[default]
    CloseLeastRecentlyUsed,
    /// No group is closed, and the source waits until a consumer has finished. No item is lost. For
    /// consumers that finish by themselves, or groups that are
    /// [closed when they are idle](Grouping::close_idle): others would wait for ever.
    Backpressure,
    /// It is left out, counted as [`Loss::Full`](crate::metrics::Loss::Full). To have it back, as
    /// an error or for another way, there is
    /// [`try_group_by_with_config_rs2`](super::GroupExt::try_group_by_with_config_on_rs2).
    Reject,
}

/// What happens to an item whose group is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnGroupFull {
    /// The source waits until the consumer has read one. No item is lost, and one slow consumer
    /// holds up all keys.
    #[default]
    Backpressure,
    /// It is left out, counted as [`Loss::Full`](crate::metrics::Loss::Full). A slow consumer costs
    /// its own key items, and holds up no other.
    DropNewest,
}

/// How [`group_by_with_config_rs2`](super::GroupExt::group_by_with_config_on_rs2) bounds its
/// groups.
///
/// ```
/// use rs2_core::op::group::{Grouping, OnGroupFull, OnMaxGroups};
/// use std::time::Duration;
/// let grouping = Grouping::of(64)
///     .on_group_full(OnGroupFull::DropNewest)
///     .on_max_groups(OnMaxGroups::Backpressure)
///     .close_idle(Duration::from_secs(60));
/// assert_ne!(grouping, Grouping::of(64));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Grouping {
    pub(super) capacity: usize,
    pub(super) on_max_groups: OnMaxGroups,
    pub(super) on_group_full: OnGroupFull,
    pub(super) idle: Option<Duration>,
}

impl Grouping {
    /// Groups with at most `capacity` items each that their consumers have not read.
    pub fn of(capacity: usize) -> Self {
        Self {
            capacity,
            on_max_groups: OnMaxGroups::default(),
            on_group_full: OnGroupFull::default(),
            idle: None,
        }
    }

    /// Chooses what happens to an item of a new key when there is no room for another group.
    pub fn on_max_groups(mut self, answer: OnMaxGroups) -> Self {
        self.on_max_groups = answer;
        self
    }

    /// Chooses what happens to an item whose group is full.
    pub fn on_group_full(mut self, answer: OnGroupFull) -> Self {
        self.on_group_full = answer;
        self
    }

    /// Closes a group that had no item for so long. Needs a timer: without one no time passes.
    ///
    /// # Panics
    /// When `idle` is zero.
    #[track_caller]
    pub fn close_idle(mut self, idle: Duration) -> Self {
        assert!(!idle.is_zero(), "a group must be idle for longer than nothing");
        self.idle = Some(idle);
        self
    }
}
