//! At most so many items of each key in any stretch of event time.

use crate::late::{Late, LateTo, LeftOut};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, Sweep, by_digest, forget, sixteenth};
use crate::store::{KeyStorage, Table};
use crate::time::{EventTime, Instant};
use alloc::collections::VecDeque;
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// How many items of a key pass
/// [`throttle_keyed_by_time_rs2`](super::EventTimeExt::throttle_keyed_by_time_in_rs2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleConfig {
    /// At most so many in any stretch of time as long as `window`.
    pub limit: usize,
    /// How long that is. Two items exactly so far apart are not in one stretch.
    pub window: Duration,
    /// How far the watermark stays behind the latest item. Not looked at between signals.
    pub watermark_delay: Duration,
}

/// The rule of [`throttle_keyed_by_time_rs2`](super::EventTimeExt::throttle_keyed_by_time_in_rs2).
///
/// Of each key the times of what has passed are kept in order, as long as an item may still come
/// that is in a stretch with them.
pub struct ThrottleKeyedByTime<T, K: Hash + Eq, F, St: KeyStorage> {
    key_of: F,
    limit: usize,
    window: u64,
    times: St::Table<K, VecDeque<EventTime>>,
    capacity: usize,
    // How many times there are, of all keys together.
    len: usize,
    sweep: Sweep,
    newest: EventTime,
    watermark: EventTime,
    /// The time of the item that has passed last.
    pub(super) passed: EventTime,
    left_out: LeftOut<T>,
}

impl<T, K, F, St> ThrottleKeyedByTime<T, K, F, St>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    /// What `config` lets pass of each key. The storage holds the times of what has passed.
    ///
    /// # Panics
    /// When the limit is zero.
    #[track_caller]
    pub fn new(limits: Limits<St>, config: &ThrottleConfig, key_of: F) -> Self {
        assert!(config.limit > 0, "with a limit of zero no item would ever pass");
        Self {
            key_of,
            limit: config.limit,
            window: u64::try_from(config.window.as_micros()).unwrap_or(u64::MAX),
            times: limits.storage.table(),
            capacity: limits.storage.capacity(),
            len: 0,
            sweep: Sweep::new(),
            newest: EventTime::MIN,
            watermark: EventTime::MIN,
            passed: EventTime::MIN,
            left_out: LeftOut::new(limits.on_full, limits.losses),
        }
    }

    /// Forgets the times that no item to come can be in a stretch with.
    fn forget_expired(&mut self) {
        let (watermark, window) = (self.watermark, self.window);
        let mut len = 0;
        self.times.retain(|_, times| {
            drop_expired(times, watermark, window);
            len += times.len();
            !times.is_empty()
        });
        self.len = len;
        let window = i64::try_from(window).unwrap_or(i64::MAX);
        let all_expired = self.newest.as_micros().saturating_add(window);
        self.sweep.done(len, EventTime::from_micros(all_expired));
    }

    /// There is no room for another time: those of the keys that have been silent for longest go.
    /// Whether there is room now.
    fn make_room(&mut self) -> bool {
        self.forget_expired();
        if self.len < self.capacity {
            return true;
        }
        if !self.left_out.evicts() {
            return false;
        }
        let quota = sixteenth(self.times.len());
        let last = |times: &VecDeque<EventTime>| times.back().map_or(i64::MIN, |ts| ts.as_micros());
        let mut gone = 0;
        forget(&mut self.times, quota, last, by_digest, |times| gone += times.len());
        self.len -= gone;
        self.left_out.losses().count_many(Loss::Evicted, gone as u64);
        true
    }
}

fn drop_expired(times: &mut VecDeque<EventTime>, watermark: EventTime, window: u64) {
    let expired = |ts: &EventTime| ts < &watermark && distance(*ts, watermark) >= window;
    while times.front().is_some_and(expired) {
        times.pop_front();
    }
}

fn distance(from: EventTime, to: EventTime) -> u64 {
    to.as_micros().abs_diff(from.as_micros())
}

/// Whether a time at `place` among others makes no stretch of more than `limit`.
#[inline]
fn fits(
    times: &VecDeque<EventTime>,
    place: usize,
    ts: EventTime,
    limit: usize,
    window: u64,
) -> bool {
    // The times with the new one among them.
    let with = |at: usize| match at.cmp(&place) {
        core::cmp::Ordering::Less => times[at],
        core::cmp::Ordering::Equal => ts,
        core::cmp::Ordering::Greater => times[at - 1],
    };
    let Some(last) = times.len().checked_sub(limit) else { return true };
    let mut stretches = place.saturating_sub(limit)..=place.min(last);
    stretches.all(|first| distance(with(first), with(first + limit)) >= window)
}

impl<T, K, F, St> EventMachine for ThrottleKeyedByTime<T, K, F, St>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    type In = T;
    type Out = T;

    #[inline]
    fn on_event(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<T> {
        if ts < self.watermark {
            self.left_out.late(ts, item);
            return None;
        }
        let key = (self.key_of)(&item);
        if let Some(times) = self.times.get_mut(&key) {
            let before = times.len();
            drop_expired(times, self.watermark, self.window);
            self.len -= before - times.len();
            let place = times.partition_point(|other| *other <= ts);
            if !fits(times, place, ts, self.limit, self.window) {
                self.losses().count(Loss::Suppressed);
                return None;
            }
        }
        if self.len >= self.capacity && !self.make_room() {
            self.left_out.full(ts, item);
            return None;
        }
        // Looked up once more: what made room may have been this key.
        let Ok(times) = self.times.get_or_insert_with(key, VecDeque::new) else {
            unreachable!("there are no more keys than times, and there is room for a time")
        };
        let place = times.partition_point(|other| *other <= ts);
        times.insert(place, ts);
        self.len += 1;
        self.newest = self.newest.max(ts);
        self.passed = ts;
        Some(item)
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<T> {
        self.watermark = watermark;
        if self.sweep.is_due(self.len, watermark) {
            self.forget_expired();
        }
        None
    }

    fn on_end(&mut self) {
        self.times.clear();
        self.len = 0;
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }

    fn close(&mut self) {
        self.times.clear();
        self.len = 0;
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> Reports for ThrottleKeyedByTime<T, K, F, St> {
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> LateTo for ThrottleKeyedByTime<T, K, F, St> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> Holds for ThrottleKeyedByTime<T, K, F, St> {
    fn held(&self) -> usize {
        self.len + self.times.len()
    }
}

/// What is restored goes on as the saved one does, but that in a full memory, of keys that fell
/// silent at the same time, another one may be forgotten first.
#[cfg(feature = "snapshot")]
impl<T, K, F, St> Snapshot for ThrottleKeyedByTime<T, K, F, St>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("throttle_keyed_by_time", 1)?;
        to.put(&(self.newest, self.watermark, self.left_out.is_stopped()))?;
        self.sweep.save(to)?;
        to.put_all(self.times.len(), self.times.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("throttle_keyed_by_time", 1)?;
        let stopped;
        (self.newest, self.watermark, stopped) = from.take()?;
        self.left_out.restore(stopped);
        self.sweep.restore(from)?;
        let full = || SnapshotError::Full("throttle_keyed_by_time");
        from.take_all(|(key, times): (K, VecDeque<EventTime>)| {
            self.len += times.len();
            let kept = self.times.get_or_insert_with(key, VecDeque::new).map_err(|_| full())?;
            *kept = times;
            if self.len > self.capacity { Err(full()) } else { Ok(()) }
        })
    }
}

impl<T, K: Hash + Eq, F, St: KeyStorage> fmt::Debug for ThrottleKeyedByTime<T, K, F, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThrottleKeyedByTime")
            .field("keys", &self.times.len())
            .field("times", &self.len)
            .field("watermark", &self.watermark)
            .field("losses", self.losses())
            .finish_non_exhaustive()
    }
}
