//! Items with the version of something else that was valid at their time.

use super::enrich::Enrich;
use super::version::{EmitWhen, TemporalJoinConfig, Version};
use super::versions::{Known, Versions};
use crate::late::WayOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateToBySide};
use crate::machine::{EventJoinMachine, Side};
use crate::metrics::{Holds, Loss, Losses, Reports};
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::entry::Entry;
use crate::state::held::Held;
use crate::state::{Limits, OnFull};
use crate::store::{Full, KeyStorage};
use crate::time::{EventTime, Instant};
use core::fmt;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// How many items are looked at in one go.
const AT_ONCE: usize = 64;

/// The rule of [`temporal_join_rs2`](super::JoinExt::temporal_join_in_rs2).
///
/// An item waits until no version that was valid at its time can come any more. All that wait are
/// therefore at the watermark of the versions or later, and a version is needed for as long as none
/// after it begins at or before the lower of the two watermarks.
pub struct TemporalJoin<T, K: Hash + Eq, V, G, P, St: KeyStorage> {
    key_of: G,
    enrich: P,
    versions: Versions<K, V, St>,
    pub(super) waiting: Held<T, St>,
    capacity: usize,
    emit: EmitWhen,
    // Of the items and of the versions; at the end of time for a side that has ended.
    watermarks: [EventTime; 2],
    /// That of the versions by their own word: less, where they are idle and taken along.
    proven: EventTime,
    ended: [bool; 2],
    releasing: bool,
    arrivals: u64,
    /// The time of the last output.
    pub(super) passed: EventTime,
    on_full: OnFull,
    losses: Losses,
    ways_out: (WayOut<T>, WayOut<Version<K, V>>),
    stopped: bool,
}

impl<T, K: Hash + Eq, V, G, P, St: KeyStorage> TemporalJoin<T, K, V, G, P, St> {
    /// Items and versions by the same keys; as many items wait, and as many keys are kept, as the
    /// storage has room for.
    ///
    /// # Panics
    /// When `max_versions` is zero.
    #[track_caller]
    pub fn new(limits: Limits<St>, config: &TemporalJoinConfig, key_of: G, enrich: P) -> Self {
        assert!(config.max_versions > 0, "max_versions must be greater than zero");
        let evicts = limits.on_full == OnFull::Evict;
        Self {
            key_of,
            enrich,
            waiting: Held::new(&limits.storage),
            capacity: limits.storage.capacity(),
            versions: Versions::new(limits.storage, config.max_versions, evicts),
            emit: config.emit,
            watermarks: [EventTime::MIN; 2],
            proven: EventTime::MIN,
            ended: [false; 2],
            releasing: false,
            arrivals: 0,
            passed: EventTime::MIN,
            on_full: limits.on_full,
            losses: limits.losses,
            ways_out: (WayOut::new(), WayOut::new()),
            stopped: false,
        }
    }
}

impl<T, K, V, G, P, St> TemporalJoin<T, K, V, G, P, St>
where
    K: Hash + Eq,
    G: FnMut(&T) -> K,
    P: Enrich<T, V>,
    St: KeyStorage,
{
    /// The watermark of a side, behind which all is known once it has ended.
    fn watermark(&self, side: Side) -> EventTime {
        if self.ended[side as usize] { EventTime::MAX } else { self.watermarks[side as usize] }
    }

    /// The earliest time that is still asked for.
    fn frontier(&self) -> EventTime {
        match self.emit {
            EmitWhen::Known => self.watermark(Side::Left).min(self.watermark(Side::Right)),
            EmitWhen::Latest => self.watermark(Side::Right),
        }
    }

    /// Whether all versions are known that were valid at `ts`.
    #[inline]
    fn is_known(&self, ts: EventTime) -> bool {
        self.ended[Side::Right as usize] || ts < self.watermarks[Side::Right as usize]
    }

    /// An item with what its key stood for at `ts`, or stands for now.
    fn enriched(&mut self, ts: EventTime, item: T) -> Option<P::Out> {
        let at = if self.emit == EmitWhen::Latest { EventTime::MAX } else { ts };
        self.passed = ts;
        let key = (self.key_of)(&item);
        self.enrich.enrich(item, self.versions.valid_at(&key, at))
    }

    /// An item whose versions are known, or taken to be.
    fn known(&mut self, ts: EventTime, item: T) -> Option<P::Out> {
        if ts >= self.proven && !self.ended[Side::Right as usize] {
            self.losses.count_unproven();
        }
        self.enriched(ts, item)
    }

    /// The watermark of a side is here, by its own word or taken to be.
    #[inline]
    pub(super) fn reach(&mut self, side: Side, watermark: EventTime) -> Option<P::Out> {
        self.watermarks[side as usize] = watermark;
        if side == Side::Right { self.release() } else { None }
    }

    fn stop(&mut self) {
        self.losses.stop();
        self.stopped = true;
        self.ways_out.0.close();
        self.ways_out.1.close();
        self.clear();
    }

    fn clear(&mut self) {
        self.waiting.clear();
        self.versions.clear();
    }

    fn wait(&mut self, ts: EventTime, item: T) -> Option<P::Out> {
        self.arrivals += 1;
        let entry = Entry::new(ts, self.arrivals, item);
        if self.waiting.len() < self.capacity {
            let pushed = self.waiting.push(entry);
            debug_assert!(pushed.is_ok(), "there is room");
            return None;
        }
        match self.on_full {
            OnFull::Stop => {
                self.stop();
                None
            }
            OnFull::Reject => {
                self.ways_out.0.leave(&self.losses, Loss::Full, ts, entry.item);
                None
            }
            OnFull::Evict => {
                self.losses.count(Loss::Evicted);
                if self.waiting.peek().is_none_or(|first| entry < *first) {
                    return self.enriched(ts, entry.item);
                }
                let first = self.waiting.pop()?;
                let pushed = self.waiting.push(entry);
                debug_assert!(pushed.is_ok(), "one has just left");
                self.enriched(first.ts, first.item)
            }
        }
    }

    /// Lets items go whose versions are known by now, some at a time.
    fn release(&mut self) -> Option<P::Out> {
        self.releasing = true;
        for _ in 0..AT_ONCE {
            if !self.waiting.peek().is_some_and(|first| self.is_known(first.ts)) {
                self.releasing = false;
                if self.ended[Side::Left as usize] && self.waiting.len() == 0 {
                    self.versions.clear();
                    self.ways_out.1.close();
                }
                return None;
            }
            let first = self.waiting.pop()?;
            if let Some(out) = self.known(first.ts, first.item) {
                return Some(out);
            }
        }
        None
    }
}

impl<T, K, V, G, P, St> EventJoinMachine for TemporalJoin<T, K, V, G, P, St>
where
    K: Hash + Eq,
    G: FnMut(&T) -> K,
    P: Enrich<T, V>,
    St: KeyStorage,
{
    type Left = T;
    type Right = Version<K, V>;
    type Out = P::Out;

    #[inline]
    fn on_left(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<P::Out> {
        if self.emit == EmitWhen::Latest {
            return self.enriched(ts, item);
        }
        if ts < self.watermarks[Side::Left as usize] {
            self.ways_out.0.leave(&self.losses, Loss::Late, ts, item);
            return None;
        }
        if self.is_known(ts) { self.known(ts, item) } else { self.wait(ts, item) }
    }

    /// A late version is left out whole: whether the key was deleted after it may be forgotten. One
    /// that says it began before its time begins at its time, for the same reason.
    fn on_right(&mut self, _now: Instant, ts: EventTime, version: Version<K, V>) -> Option<P::Out> {
        if ts < self.watermarks[Side::Right as usize] {
            self.ways_out.1.leave(&self.losses, Loss::Late, ts, version);
            return None;
        }
        let (frontier, valid_from) = (self.frontier(), version.valid_from);
        let known = Known { from: ts.max(valid_from), value: version.value };
        let kept = match self.emit {
            EmitWhen::Latest => self.versions.replace(version.key, known, frontier, &self.losses),
            EmitWhen::Known => self.versions.add(version.key, known, frontier, &self.losses),
        };
        let Err(Full((key, known))) = kept else { return None };
        if self.on_full == OnFull::Stop {
            self.stop();
        } else {
            let version = Version { key, valid_from, value: known.value };
            self.ways_out.1.leave(&self.losses, Loss::Full, ts, version);
        }
        None
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, side: Side, watermark: EventTime) -> Option<P::Out> {
        if side == Side::Right {
            self.proven = watermark;
        }
        self.reach(side, watermark)
    }

    fn on_end(&mut self, _now: Instant, side: Side) -> Option<P::Out> {
        self.ended[side as usize] = true;
        match side {
            Side::Left => self.ways_out.0.close(),
            Side::Right => self.ways_out.1.close(),
        }
        self.release()
    }

    #[inline]
    fn more(&mut self) -> Option<P::Out> {
        if self.releasing { self.release() } else { None }
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.releasing
    }

    /// Versions alone bring nothing out.
    #[inline]
    fn is_finished(&self) -> bool {
        let nothing_left = self.ended[Side::Left as usize] && self.waiting.len() == 0;
        self.stopped || (nothing_left && !self.releasing)
    }
}

impl<T, K: Hash + Eq, V, G, P, St: KeyStorage> Reports for TemporalJoin<T, K, V, G, P, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

#[cfg(feature = "alloc")]
impl<T, K: Hash + Eq, V, G, P, St: KeyStorage> LateToBySide for TemporalJoin<T, K, V, G, P, St> {
    type Left = T;
    type Right = Version<K, V>;

    fn late_left_to(mut self, outlet: Late<T>) -> Self {
        self.ways_out.0.to(outlet);
        self
    }

    fn late_right_to(mut self, outlet: Late<Version<K, V>>) -> Self {
        self.ways_out.1.to(outlet);
        self
    }
}

impl<T, K: Hash + Eq, V, G, P, St: KeyStorage> Holds for TemporalJoin<T, K, V, G, P, St> {
    fn held(&self) -> usize {
        self.waiting.len() + self.versions.len()
    }
}

#[cfg(feature = "snapshot")]
impl<T, K, V, G, P, St> Snapshot for TemporalJoin<T, K, V, G, P, St>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("temporal_join", 2)?;
        to.put(&(self.watermarks, self.proven, self.ended))?;
        to.put(&(self.releasing, self.arrivals, self.stopped))?;
        self.waiting.save(to)?;
        self.versions.save(to)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("temporal_join", 2)?;
        (self.watermarks, self.proven, self.ended) = from.take()?;
        (self.releasing, self.arrivals, self.stopped) = from.take()?;
        self.waiting.restore(from)?;
        self.versions.restore(from)
    }
}

impl<T, K: Hash + Eq, V, G, P, St: KeyStorage> fmt::Debug for TemporalJoin<T, K, V, G, P, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemporalJoin")
            .field("waiting", &self.waiting.len())
            .field("versions", &self.versions.len())
            .field("watermarks", &self.watermarks)
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
