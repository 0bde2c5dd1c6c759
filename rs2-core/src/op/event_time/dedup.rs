//! The first of equal items within a span of time.

use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, Sweep, forget, sixteenth};
use crate::store::{Full, KeyStorage, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// How [`deduplicate_by_time_rs2`](super::EventTimeExt::deduplicate_by_time_in_rs2) judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DedupConfig {
    /// Items with equal keys less than this apart are duplicates. With
    /// [`EventTime::RESOLUTION`], only those at the same time are.
    pub within: Duration,
    /// How far the watermark stays behind the latest item.
    pub watermark_delay: Duration,
}

/// The rule of [`deduplicate_by_time_rs2`](super::EventTimeExt::deduplicate_by_time_in_rs2).
///
/// Kept times are grouped into buckets of the width `within`: two kept items of one key are at
/// least that far apart, so a bucket holds at most one of them, and a duplicate's partner stands in
/// its own bucket or in a neighbour.
pub struct DedupByTime<K: Hash + Eq, F, St: KeyStorage, T> {
    key_of: F,
    within: i64,
    kept: St::Table<(K, i64), EventTime>,
    sweep: Sweep,
    newest: EventTime,
    watermark: EventTime,
    /// The time of the item that has passed last.
    pub(super) passed: EventTime,
    /// An item before it may have a partner that was forgotten to make room.
    missing_until: EventTime,
    left_out: LeftOut<T>,
}

impl<K, F, St, T> DedupByTime<K, F, St, T>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
{
    /// Keeps the first item of each key within `within`.
    ///
    /// # Panics
    /// When `within` is shorter than a microsecond.
    #[track_caller]
    pub fn new(limits: Limits<St>, within: Duration, key_of: F) -> Self {
        assert!(within >= EventTime::RESOLUTION, "`within` must be at least a microsecond");
        Self {
            key_of,
            within: i64::try_from(within.as_micros()).unwrap_or(i64::MAX),
            kept: limits.storage.table(),
            sweep: Sweep::new(),
            newest: EventTime::MIN,
            watermark: EventTime::MIN,
            passed: EventTime::MIN,
            missing_until: EventTime::MIN,
            left_out: LeftOut::new(limits.on_full, limits.losses),
        }
    }

    /// Whether a kept item in a neighbouring bucket makes one at `ts` a duplicate.
    #[inline]
    fn near(&self, probe: &mut (K, i64), ts: i64) -> bool {
        let bucket = probe.1;
        // Wrapping: the start of the first bucket may lie before all time, the offset is exact.
        let offset = ts.wrapping_sub(bucket.wrapping_mul(self.within));
        let mut found = false;
        // The neighbour's last moment is `offset + 1` away, the next one's first `within - offset`.
        if offset < self.within - 1 {
            probe.1 = bucket - 1;
            found = self.is_near(probe, ts);
        }
        if offset > 0 && !found {
            probe.1 = bucket + 1;
            found = self.is_near(probe, ts);
        }
        probe.1 = bucket;
        found
    }

    fn is_near(&self, probe: &(K, i64), ts: i64) -> bool {
        let kept = self.kept.get(probe);
        kept.is_some_and(|kept| kept.as_micros().abs_diff(ts) < self.within.unsigned_abs())
    }

    fn remember(&mut self, probe: (K, i64), ts: EventTime) -> Result<bool, Full<(K, i64)>> {
        let mut fresh = false;
        self.kept.get_or_insert_with(probe, || {
            fresh = true;
            ts
        })?;
        Ok(fresh)
    }

    /// Forgets what no item that is still to come can duplicate.
    fn forget_expired(&mut self) {
        let (within, watermark) = (self.within.unsigned_abs(), self.watermark.as_micros());
        let expired = |ts: i64| ts < watermark && watermark.abs_diff(ts) >= within;
        self.kept.retain(|_, kept| !expired(kept.as_micros()));
        let all_expired = self.newest.as_micros().saturating_add(self.within);
        self.sweep.done(self.kept.len(), EventTime::from_micros(all_expired));
    }

    /// There was no room even after forgetting what is expired.
    fn make_room(&mut self, probe: (K, i64), ts: EventTime) -> bool {
        let (quota, within) = (sixteenth(self.kept.len()), self.within);
        let missing_until = &mut self.missing_until;
        let age_of = |kept: &EventTime| kept.as_micros();
        let forgotten = forget(&mut self.kept, quota, age_of, |kept| {
            let partners_until = kept.as_micros().saturating_add(within);
            *missing_until = (*missing_until).max(EventTime::from_micros(partners_until));
        });
        self.losses().count_many(Loss::Evicted, forgotten);
        self.remember(probe, ts).unwrap_or(true)
    }
}

impl<K, F, St, T> EventMachine for DedupByTime<K, F, St, T>
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
        self.newest = self.newest.max(ts);
        let micros = ts.as_micros();
        // A division costs more than the rest of the arithmetic: none where a bucket is a moment.
        let bucket = if self.within == 1 { micros } else { micros.div_euclid(self.within) };
        let is_missing = ts < self.missing_until;
        let mut probe = ((self.key_of)(&item), bucket);
        if self.near(&mut probe, micros) {
            self.losses().count(Loss::Duplicate);
            return None;
        }
        let fresh = match self.remember(probe, ts) {
            Ok(fresh) => fresh,
            Err(Full(probe)) => {
                self.forget_expired();
                match self.remember(probe, ts) {
                    Ok(fresh) => fresh,
                    Err(Full(probe)) if self.left_out.evicts() => self.make_room(probe, ts),
                    Err(Full(_)) => {
                        self.left_out.full(ts, item);
                        return None;
                    }
                }
            }
        };
        if !fresh {
            self.losses().count(Loss::Duplicate);
            return None;
        }
        if is_missing {
            self.losses().count(Loss::DuplicateRisk);
        }
        self.passed = ts;
        Some(item)
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, watermark: EventTime) -> Option<T> {
        self.watermark = watermark;
        if self.sweep.is_due(self.kept.len(), watermark) {
            self.forget_expired();
        }
        None
    }

    fn on_end(&mut self) {
        self.kept.clear();
        self.left_out.close();
    }

    fn is_finished(&self) -> bool {
        self.left_out.is_stopped()
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T> Reports for DedupByTime<K, F, St, T> {
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

#[cfg(feature = "alloc")]
impl<K: Hash + Eq, F, St: KeyStorage, T> LateTo for DedupByTime<K, F, St, T> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T> Holds for DedupByTime<K, F, St, T> {
    fn held(&self) -> usize {
        self.kept.len()
    }
}

/// What is restored goes on as the saved one does, but that in a full memory, among keys seen at
/// the same time, another one may be forgotten first.
#[cfg(feature = "snapshot")]
impl<K, F, St, T> Snapshot for DedupByTime<K, F, St, T>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("dedup_by_time", 2)?;
        let stopped = self.left_out.is_stopped();
        to.put(&(self.newest, self.watermark, self.missing_until, stopped))?;
        self.sweep.save(to)?;
        to.put_all(self.kept.len(), self.kept.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("dedup_by_time", 2)?;
        let stopped;
        (self.newest, self.watermark, self.missing_until, stopped) = from.take()?;
        self.left_out.restore(stopped);
        self.sweep.restore(from)?;
        from.take_all(|(probe, ts)| {
            let kept = self.kept.get_or_insert_with(probe, || ts);
            kept.map(|_| ()).map_err(|_| SnapshotError::Full("dedup_by_time"))
        })
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T> fmt::Debug for DedupByTime<K, F, St, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupByTime")
            .field("kept", &self.kept.len())
            .field("watermark", &self.watermark)
            .field("losses", self.losses())
            .finish()
    }
}
