//! The first of equal items within a span of time.

use super::dedup_rules::{DedupMode, DedupRules, FirstSeen, Seen};
use crate::late::LeftOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateTo};
use crate::machine::EventMachine;
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::{Limits, Sweep, by_digest, forget, sixteenth};
use crate::store::{Full, KeyStorage, Table};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// The rule of [`deduplicate_by_time_rs2`](super::EventTimeExt::deduplicate_by_time_in_rs2).
///
/// Times are grouped into buckets of the width `within`: a duplicate's partner stands in its own
/// bucket or in a neighbour. Two items that went out are at least that far apart, so a bucket holds
/// at most one of them. Of all that came in one bucket the first and the last are enough: what is
/// between those is near both.
pub struct DedupByTime<K: Hash + Eq, F, St: KeyStorage, T, M: DedupMode = FirstSeen> {
    key_of: F,
    within: i64,
    kept: St::Table<(K, i64), M::Seen>,
    sweep: Sweep,
    newest: EventTime,
    watermark: EventTime,
    /// The time of the item that has passed last.
    pub(super) passed: EventTime,
    /// An item before it may have a partner that was forgotten to make room.
    missing_until: EventTime,
    left_out: LeftOut<T>,
}

impl<K, F, St, T, M> DedupByTime<K, F, St, T, M>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
    M: DedupMode,
{
    /// Keeps the first item of each key, as `rules` say.
    ///
    /// # Panics
    /// When `within` is shorter than a microsecond.
    #[track_caller]
    pub fn new(limits: Limits<St>, rules: impl Into<DedupRules<M>>, key_of: F) -> Self {
        let within = rules.into().within;
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
        kept.is_some_and(|kept| kept.distance(ts) < self.within.unsigned_abs())
    }

    /// Notes a time in its bucket; whether there was none.
    #[inline]
    fn remember(&mut self, probe: (K, i64), ts: EventTime) -> Result<bool, Full<(K, i64)>> {
        let mut fresh = false;
        let seen = self.kept.get_or_insert_with(probe, || {
            fresh = true;
            M::Seen::of(ts)
        })?;
        if M::SLIDES && !fresh {
            seen.add(ts);
        }
        Ok(fresh)
    }

    /// Forgets what no item that is still to come can duplicate.
    fn forget_expired(&mut self) {
        let (within, watermark) = (self.within.unsigned_abs(), self.watermark.as_micros());
        let expired = |ts: i64| ts < watermark && watermark.abs_diff(ts) >= within;
        self.kept.retain(|_, kept| !expired(kept.last().as_micros()));
        let all_expired = self.newest.as_micros().saturating_add(self.within);
        self.sweep.done(self.kept.len(), EventTime::from_micros(all_expired));
    }

    /// There is no room for the time of an item, and none is made.
    #[cold]
    fn cannot_remember(&mut self, ts: EventTime, item: T, is_duplicate: bool) {
        if !is_duplicate || !self.left_out.rejects() {
            return self.left_out.full(ts, item);
        }
        self.losses().count(Loss::Duplicate);
        let partners_until = ts.as_micros().saturating_add(self.within);
        self.missing_until = self.missing_until.max(EventTime::from_micros(partners_until));
    }

    /// There was no room even after forgetting what is expired.
    fn make_room(&mut self, probe: (K, i64), ts: EventTime) -> bool {
        let (quota, within) = (sixteenth(self.kept.len()), self.within);
        let missing_until = &mut self.missing_until;
        let age_of = |kept: &M::Seen| kept.last().as_micros();
        let forgotten = forget(&mut self.kept, quota, age_of, by_digest, |kept| {
            let partners_until = kept.last().as_micros().saturating_add(within);
            *missing_until = (*missing_until).max(EventTime::from_micros(partners_until));
        });
        self.losses().count_many(Loss::Evicted, forgotten);
        self.remember(probe, ts).unwrap_or(true)
    }
}

impl<K, F, St, T, M> EventMachine for DedupByTime<K, F, St, T, M>
where
    K: Hash + Eq,
    F: FnMut(&T) -> K,
    St: KeyStorage,
    M: DedupMode,
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
        let is_near = self.near(&mut probe, micros);
        if is_near && !M::SLIDES {
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
                        self.cannot_remember(ts, item, is_near);
                        return None;
                    }
                }
            }
        };
        if is_near || !fresh {
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

    fn close(&mut self) {
        self.kept.clear();
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T, M: DedupMode> Reports for DedupByTime<K, F, St, T, M> {
    fn losses(&self) -> &Losses {
        self.left_out.losses()
    }
}

#[cfg(feature = "alloc")]
impl<K: Hash + Eq, F, St: KeyStorage, T, M: DedupMode> LateTo for DedupByTime<K, F, St, T, M> {
    type Left = T;

    fn late_to(mut self, outlet: Late<T>) -> Self {
        self.left_out.to(outlet);
        self
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T, M: DedupMode> Holds for DedupByTime<K, F, St, T, M> {
    fn held(&self) -> usize {
        self.kept.len()
    }
}

/// What is restored goes on as the saved one does, but that in a full memory, among keys seen at
/// the same time, another one may be forgotten first.
#[cfg(feature = "snapshot")]
impl<K, F, St, T, M> Snapshot for DedupByTime<K, F, St, T, M>
where
    K: Hash + Eq + Serialize + DeserializeOwned,
    St: KeyStorage,
    M: DedupMode<Seen: Serialize + DeserializeOwned>,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin(M::NAME, 2)?;
        let stopped = self.left_out.is_stopped();
        to.put(&(self.newest, self.watermark, self.missing_until, stopped))?;
        self.sweep.save(to)?;
        to.put_all(self.kept.len(), self.kept.iter())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin(M::NAME, 2)?;
        let stopped;
        (self.newest, self.watermark, self.missing_until, stopped) = from.take()?;
        self.left_out.restore(stopped);
        self.sweep.restore(from)?;
        from.take_all(|(probe, seen)| {
            let kept = self.kept.get_or_insert_with(probe, || seen);
            kept.map(|_| ()).map_err(|_| SnapshotError::Full(M::NAME))
        })
    }
}

impl<K: Hash + Eq, F, St: KeyStorage, T, M: DedupMode> fmt::Debug for DedupByTime<K, F, St, T, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupByTime")
            .field("kept", &self.kept.len())
            .field("watermark", &self.watermark)
            .field("losses", self.losses())
            .finish()
    }
}
