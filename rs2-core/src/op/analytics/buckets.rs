//! Buckets of time, of any length each.

use crate::aggregate::Aggregator;
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::{EventMachine, Stamps};
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::Limits;
use crate::store::{Full, Ordered, Storage};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::time::Duration;

/// Cuts time into buckets that follow each other without a gap.
pub trait Buckets {
    /// The first moment of the bucket that holds `ts`, and the first moment after it.
    fn bucket_of(&self, ts: EventTime) -> (EventTime, EventTime);
}

/// Buckets of one length, counted from the epoch or from an offset to it. Days with their summer
/// time, and months, are `CalendarBuckets` of rs2-std.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::{op::analytics::{Buckets, FixedBuckets}, time::EventTime};
/// // Days that begin at six in the morning.
/// let hour = Duration::from_secs(3_600);
/// let shifts = FixedBuckets::of(24 * hour).offset(6 * hour);
/// let (begins, ends) = shifts.bucket_of(EventTime::EPOCH);
/// assert_eq!(begins, EventTime::from_secs(-18 * 3_600));
/// assert_eq!(ends, EventTime::from_secs(6 * 3_600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedBuckets {
    length: Duration,
    offset: Duration,
}

impl FixedBuckets {
    /// Buckets of this length.
    ///
    /// # Panics
    /// When it is shorter than a microsecond.
    #[track_caller]
    pub fn of(length: Duration) -> Self {
        assert!(length >= EventTime::RESOLUTION, "a bucket must be a microsecond or longer");
        Self { length, offset: Duration::ZERO }
    }

    /// Counts them from so much after the epoch.
    #[must_use]
    pub const fn offset(self, offset: Duration) -> Self {
        Self { offset, ..self }
    }
}

impl Buckets for FixedBuckets {
    fn bucket_of(&self, ts: EventTime) -> (EventTime, EventTime) {
        let start = ts.saturating_sub(self.offset).floor_to(self.length);
        let start = start.saturating_add(self.offset);
        // At the beginning of time there may be less of a bucket.
        if start > ts {
            (EventTime::MIN, start)
        } else {
            (start, start.saturating_add(self.length))
        }
    }
}

/// How [`buckets_by_time_rs2`](super::AnalyticsExt::buckets_by_time_in_rs2) waits and fills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BucketConfig {
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
    /// How many buckets without items go out between two that have some; the others of a longer gap
    /// are left out.
    pub most_empty: usize,
}

/// A bucket of time and what was made of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket<V> {
    /// Its first moment.
    pub start_time: EventTime,
    /// The first moment after it.
    pub end_time: EventTime,
    /// What the aggregator made of its items; nothing when there were none.
    pub value: Option<V>,
}

/// The rule of [`buckets_by_time_rs2`](super::AnalyticsExt::buckets_by_time_in_rs2).
pub struct BucketsByTime<T, A: Aggregator<T>, B, St: Storage> {
    buckets: B,
    aggregator: A,
    open: St::Ordered<EventTime, Open<A::Partial>>,
    // The bucket of the latest item: most items fall there, and a calendar need not be asked.
    latest: (EventTime, EventTime),
    watermark: EventTime,
    // The end of the last bucket that went out; nothing before it is waited for.
    closed: Option<EventTime>,
    most_empty: usize,
    // How many empty buckets may still go out in this gap.
    empty_left: usize,
    left_out: LeftOut<T>,
}

struct Open<P> {
    end: EventTime,
    part: P,
}

impl<T, A: Aggregator<T>, B: Buckets, St: Storage> BucketsByTime<T, A, B, St> {
    /// What `aggregator` makes of each of the `buckets`. The storage holds those that are open.
    pub fn new(limits: Limits<St>, buckets: B, config: &BucketConfig, aggregator: A) -> Self {
        Self {
            buckets,
            aggregator,
            open: limits.storage.ordered(),
            latest: (EventTime::EPOCH, EventTime::EPOCH),
            watermark: EventTime::MIN,
            closed: None,
            most_empty: config.most_empty,
            empty_left: config.most_empty,
            left_out: LeftOut::new(limits.on_full, limits.losses),
        }
    }

    fn locate(&mut self, ts: EventTime) -> (EventTime, EventTime) {
        if ts < self.latest.0 || ts >= self.latest.1 {
            self.latest = self.buckets.bucket_of(ts);
        }
        self.latest
    }

    fn add(&mut self, ts: EventTime, item: T) -> Result<(), Full<T>> {
        let (start, end) = self.locate(ts);
        let (aggregator, mut item) = (&self.aggregator, Some(item));
        let open = self.open.get_or_insert_with(start, || {
            let first = item.take().expect("a bucket is made of the item");
            Open { end, part: aggregator.lift(ts, first) }
        });
        match (open, item) {
            (_, None) => Ok(()),
            (Err(_), Some(item)) => Err(Full(item)),
            (Ok(open), Some(item)) => {
                if let Err(Full(item)) = aggregator.add(&mut open.part, ts, item) {
                    self.left_out.full(ts, item);
                }
                Ok(())
            }
        }
    }

    /// There is no room for another bucket: the first one may go out early, unless the item lies
    /// before it.
    fn make_room(&mut self, ts: EventTime, item: T) -> Option<Bucket<A::Output>> {
        let is_first = self.open.first().is_none_or(|(first, _)| ts < *first);
        if !self.left_out.evicts() || is_first {
            self.left_out.full(ts, item);
            return None;
        }
        self.left_out.losses().count(Loss::Evicted);
        let early = self.close();
        if let Err(Full(item)) = self.add(ts, item) {
            self.left_out.full(ts, item);
        }
        early
    }

    /// The first open bucket goes out.
    fn close(&mut self) -> Option<Bucket<A::Output>> {
        let (start_time, open) = self.open.pop_first()?;
        self.closed = Some(open.end);
        self.empty_left = self.most_empty;
        let value = Some(self.aggregator.lower(open.part));
        Some(Bucket { start_time, end_time: open.end, value })
    }

    /// The next bucket that the watermark has passed; first the empty ones before it.
    fn next_due(&mut self) -> Option<Bucket<A::Output>> {
        let (first, open) = self.open.first()?;
        if open.end > self.watermark {
            return None;
        }
        if let Some(closed) = self.closed.filter(|closed| closed < first && self.empty_left > 0) {
            let (_, end_time) = self.buckets.bucket_of(closed);
            // Buckets that do not go on are somebody's mistake, which must not become a loop.
            if end_time > closed && end_time <= *first {
                self.empty_left -= 1;
                self.closed = Some(end_time);
                return Some(Bucket { start_time: closed, end_time, value: None });
            }
        }
        self.close()
    }
}

impl<T, A: Aggregator<T>, B: Buckets, St: Storage> EventMachine for BucketsByTime<T, A, B, St> {
    type In = T;
    type Out = Bucket<A::Output>;

    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<Self::Out> {
        let (_, end) = self.locate(ts);
        if end <= self.watermark {
            self.left_out.late(ts, item);
            return None;
        }
        if self.closed.is_some_and(|closed| end <= closed) {
            // It went out early, to make room.
            self.left_out.full(ts, item);
            return None;
        }
        match self.add(ts, item) {
            Ok(()) => None,
            Err(Full(item)) => self.make_room(ts, item),
        }
    }

    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<Self::Out> {
        self.watermark = watermark;
        self.next_due()
    }

    fn more(&mut self) -> Option<Self::Out> {
        self.next_due()
    }

    fn on_end(&mut self) {
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }

    fn close(&mut self) {
        while self.open.pop_first().is_some() {}
    }
}

impl<T, A: Aggregator<T>, B: Buckets, St: Storage> Stamps for BucketsByTime<T, A, B, St> {
    /// The last moment of the bucket.
    #[inline]
    fn stamp(&self, bucket: &Bucket<A::Output>) -> EventTime {
        bucket.end_time.saturating_sub(EventTime::RESOLUTION)
    }
}

#[cfg(feature = "alloc")]
impl<T, A: Aggregator<T>, B, St: Storage> LateTo for BucketsByTime<T, A, B, St> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, A: Aggregator<T>, B, St: Storage> Reports for BucketsByTime<T, A, B, St> {
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, A: Aggregator<T>, B, St: Storage> Holds for BucketsByTime<T, A, B, St> {
    fn held(&self) -> usize {
        self.open.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, A, B, St: Storage> Snapshot for BucketsByTime<T, A, B, St>
where
    A: Aggregator<T, Partial: serde::Serialize + serde::de::DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("buckets_by_time", 1)?;
        to.put(&(self.watermark, self.closed, self.empty_left as u64, self.left_out.is_stopped()))?;
        let open = self.open.iter().map(|(start, open)| (start, open.end, &open.part));
        to.put_all(self.open.len(), open)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("buckets_by_time", 1)?;
        let (empty_left, stopped): (u64, _);
        (self.watermark, self.closed, empty_left, stopped) = from.take()?;
        self.left_out.restore(stopped);
        self.empty_left = usize::try_from(empty_left).unwrap_or(0).min(self.most_empty);
        from.take_all(|(start, end, part)| {
            let restored = self.open.get_or_insert_with(start, || Open { end, part });
            restored.map(|_| ()).map_err(|_| SnapshotError::Full("buckets_by_time"))
        })
    }
}

impl<T, A: Aggregator<T>, B, St: Storage> fmt::Debug for BucketsByTime<T, A, B, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketsByTime")
            .field("open", &self.open.len())
            .field("watermark", &self.watermark)
            .field("losses", self.left_out.losses())
            .finish_non_exhaustive()
    }
}
