//! The items of each key to a consumer of their own, and those that find none back.

use super::group_by_with::GroupByWith;
use super::group_items::GroupItems;
use crate::machine::Progress;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::KeyStorage;
use crate::time::Timer;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::hash::Hash;
use core::pin::Pin;
use core::task::{Context, Poll};
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

/// An item that no group has taken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ungrouped<T> {
    /// Its key has no group, and as many are open as may be.
    NoGroup(T),
    /// Its group is full.
    GroupFull(T),
}

impl<T> Ungrouped<T> {
    /// The item.
    pub fn into_item(self) -> T {
        match self {
            Self::NoGroup(item) | Self::GroupFull(item) => item,
        }
    }
}

impl<T> fmt::Display for Ungrouped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoGroup(_) => "as many groups are open as may be",
            Self::GroupFull(_) => "the group of its key is full",
        })
    }
}

impl<T: fmt::Debug> Error for Ungrouped<T> {}

pin_project! {
    /// The stream of
    /// [`try_group_by_with_config_rs2`](super::GroupExt::try_group_by_with_config_on_rs2).
    #[must_use = "streams do nothing unless polled"]
    pub struct TryGroupByWith<S, K, G, F, Fut, St, T>
    where
        S: Stream,
        K: Hash,
        K: Eq,
        Fut: Future,
        St: KeyStorage,
        T: Timer,
    {
        #[pin]
        groups: GroupByWith<S, K, G, F, Fut, St, T>,
    }
}

impl<S, K, G, F, Fut, St, T> TryGroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    pub(super) const fn new(groups: GroupByWith<S, K, G, F, Fut, St, T>) -> Self {
        Self { groups }
    }
}

impl<S, K, G, F, Fut, St, T> Stream for TryGroupByWith<S, K, G, F, Fut, St, T>
where
    S: Stream,
    K: Hash + Eq + Clone,
    G: FnMut(&S::Item) -> K,
    F: FnMut(K, GroupItems<S::Item>) -> Fut,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    type Item = Result<(K, Fut::Output), Ungrouped<S::Item>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().groups.poll_groups(cx, Ok, |_, left| Some(Err(left)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.groups.size_hint()
    }
}

impl<S, K, G, F, Fut, St, T> FusedStream for TryGroupByWith<S, K, G, F, Fut, St, T>
where
    Self: Stream,
    GroupByWith<S, K, G, F, Fut, St, T>: FusedStream,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn is_terminated(&self) -> bool {
        self.groups.is_terminated()
    }
}

impl<S, K, G, F, Fut, St, T> Progress for TryGroupByWith<S, K, G, F, Fut, St, T>
where
    Self: Stream,
    GroupByWith<S, K, G, F, Fut, St, T>: Progress,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().groups.poll_progress(cx)
    }
}

#[cfg(feature = "snapshot")]
impl<S, K, G, F, Fut, St, T> Snapshot for TryGroupByWith<S, K, G, F, Fut, St, T>
where
    GroupByWith<S, K, G, F, Fut, St, T>: Snapshot,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        self.groups.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        self.groups.restore(from)
    }
}

impl<S, K, G, F, Fut, St, T> fmt::Debug for TryGroupByWith<S, K, G, F, Fut, St, T>
where
    GroupByWith<S, K, G, F, Fut, St, T>: fmt::Debug,
    S: Stream,
    K: Hash + Eq,
    Fut: Future,
    St: KeyStorage,
    T: Timer,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TryGroupByWith").field(&self.groups).finish()
    }
}
