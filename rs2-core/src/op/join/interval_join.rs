//! Items of two sides that have the same key and happened near each other.

use super::interval::{Interval, PairTime};
use super::kept::{Kept, first_after, last_before};
use super::lane::Lane;
use super::pairs::{JoinKeys, Pairs};
use super::side::{Both, FromLeft, FromRight, Probe, Probing, Way};
use crate::late::WayOut;
#[cfg(feature = "alloc")]
use crate::late::{Late, LateToBySide};
use crate::machine::{EventJoinMachine, Side};
use crate::metrics::{Holds, Loss, Losses, Reports};
use crate::state::entry::Entry;
use crate::state::{Limits, OnFull};
use crate::store::{Arena, KeyStorage, Queue, Storage, Table};
use crate::time::{EventTime, Instant};
use core::fmt;

/// How many items are let go in one go.
const AT_ONCE: usize = 64;

/// The memory of how many keys is used again: nearly all, where keys come as often as they go.
const SPARE: usize = 16;

/// Empty queues for the items of both sides.
type Queues<T, U, St> = (<St as Storage>::Queue<Kept<T>>, <St as Storage>::Queue<Kept<U>>);

/// The rule of [`interval_join_rs2`](super::JoinExt::interval_join_in_rs2).
///
/// The items of a key stand in one entry, those of each side in the order of their time, so that
/// the matches of an item are a run found by search. An item that comes is paired with what is
/// there and then kept for what may come, so each pair comes up once.
///
/// On each side `order` tells whose turn it is to go. For each key it has as many places as the key
/// has items, each at or before the time of one of them: a place that comes too early is put back
/// at the time it finds. So an item can give way to another one of its key without a search in the
/// order of all.
pub struct IntervalJoin<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> {
    pub(super) keys: G,
    pub(super) pairs: P,
    pub(super) storage: St,
    pub(super) places: St::Table<G::Key, u32>,
    pub(super) both: St::Arena<Both<G::Key, T, U, St>>,
    /// The memory of the last keys that went, for the next ones that come.
    spare: St::Spare<Queues<T, U, St>>,
    /// Of the left, and of the right.
    pub(super) lanes: [Lane<St>; 2],
    pub(super) probe: Option<Probe<T, U>>,
    /// The side whose items are let go.
    pub(super) leaving: Option<Side>,
    pub(super) arrivals: u64,
    /// The time of the last output that was no pair.
    pub(super) passed: EventTime,
    pub(super) pair_time: PairTime,
    max_per_key: usize,
    on_full: OnFull,
    losses: Losses,
    pub(super) ways_out: (WayOut<T>, WayOut<U>),
    pub(super) stopped: bool,
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> IntervalJoin<T, U, G, P, St> {
    /// Items of one key whose distance lies in `interval`; at most `max_per_key` of one side and
    /// key are kept, and as many in all as the storage has room for.
    ///
    /// # Panics
    /// When `max_per_key` is zero.
    #[track_caller]
    pub fn new(
        limits: Limits<St>,
        interval: Interval,
        max_per_key: usize,
        keys: G,
        pairs: P,
    ) -> Self {
        assert!(max_per_key > 0, "max_per_key must be greater than zero");
        let storage = limits.storage;
        let lane = |interval| Lane::new(&storage, interval);
        Self {
            keys,
            pairs,
            places: storage.table(),
            both: storage.arena(),
            spare: storage.spare(),
            lanes: [lane(interval), lane(interval.mirrored())],
            probe: None,
            leaving: None,
            arrivals: 0,
            passed: EventTime::MIN,
            pair_time: PairTime::Later,
            max_per_key: max_per_key.min(storage.capacity()),
            storage,
            on_full: limits.on_full,
            losses: limits.losses,
            ways_out: (WayOut::new(), WayOut::new()),
            stopped: false,
        }
    }

    /// Chooses at which of its two times a pair stands.
    #[must_use]
    pub fn pair_time(self, pair_time: PairTime) -> Self {
        Self { pair_time, ..self }
    }

    fn lane(&self, side: Side) -> &Lane<St> {
        &self.lanes[side as usize]
    }

    /// How many items are kept on both sides.
    fn len(&self) -> usize {
        self.lanes[0].order.len() + self.lanes[1].order.len()
    }

    fn stop(&mut self) {
        self.losses.stop();
        self.stopped = true;
        self.ways_out.0.close();
        self.ways_out.1.close();
        self.places.clear();
        (self.both, self.spare) = (self.storage.arena(), self.storage.spare());
        self.lanes = self.lanes.each_ref().map(|lane| Lane::new(&self.storage, lane.interval));
    }

    /// Takes the earliest item of a side, if `may_go` says yes of its place. The key goes with its
    /// last item, unless it is `spared`. Places that come too early are put where they belong on
    /// the way.
    #[inline]
    fn take_first<W: Way<T, U>>(
        &mut self,
        may_go: impl Fn(&Entry<u32>) -> bool,
        spared: Option<u32>,
    ) -> Option<Kept<W::Item>> {
        loop {
            let lane = &mut self.lanes[W::SIDE as usize];
            let first = lane.order.pop_if(&may_go)?;
            let both = self.both.get_mut(first.item)?;
            let mine = W::mine_mut(both);
            let front = mine.front()?;
            if front.place() != first.place() {
                lane.put_back(first.item, front.place());
                continue;
            }
            let kept = mine.pop();
            // In one comparison, which is guessed right more often than two.
            let kept_of_key = mine.len() + W::Back::mine(both).len();
            if kept_of_key == 0 && spared != Some(first.item) {
                self.forget(first.item);
            }
            return kept;
        }
    }

    #[inline(never)]
    fn forget(&mut self, place: u32) {
        if let Some(Both { key, left, right }) = self.both.remove(place) {
            self.places.remove(&key);
            if self.both.is_empty() {
                self.spare = self.storage.spare();
            } else if self.spare.len() < SPARE {
                // Without room for it, it is dropped.
                _ = self.spare.push((left, right));
            }
        }
    }

    /// An entry for the items of a key that has none.
    #[inline(never)]
    fn entry(&mut self, key: G::Key) -> u32 {
        let queues = self.spare.pop();
        let (left, right) = queues.unwrap_or_else(|| (self.storage.queue(), self.storage.queue()));
        let Ok(place) = self.both.insert(Both { key: key.clone(), left, right }) else {
            unreachable!("there are no more keys than items, and there is room for an item")
        };
        let held = self.places.get_or_insert_with(key, || place);
        debug_assert!(held.is_ok_and(|held| *held == place), "the key had no entry");
        place
    }
}

impl<T, U, G, P, St> IntervalJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    #[inline]
    pub(super) fn arrive<W: Way<T, U>>(&mut self, ts: EventTime, item: W::Item) -> Option<P::Out> {
        let lane = &self.lanes[W::SIDE as usize];
        if ts < lane.watermark {
            W::way_out(&self.ways_out).leave(&self.losses, Loss::Late, ts, item);
            return None;
        }
        self.arrivals += 1;
        let kept = Kept { ts, arrival: self.arrivals, matched: false, item };
        // Its matches would be out of time.
        let Some((from, until)) = lane.interval.around(ts) else { return self.leave::<W>(&kept) };
        let key = W::key(&mut self.keys, &kept.item);
        let spot = self.places.get(&key).copied().ok_or(key);
        if let Ok(place) = spot {
            let others = self.both.get(place).map(W::Back::mine)?;
            let next = first_after(others, |other| other.ts < from);
            let end = match self.lane(W::Back::SIDE).latest <= until {
                true => others.len(),
                false => last_before(others, |other| other.ts > until),
            };
            if next < end {
                let kept = Kept { matched: true, ..kept };
                self.probe = Some(W::probe(Probing { kept, place, next, end }));
                return self.pair::<W>();
            }
        }
        self.keep::<W>(spot, kept)
    }

    /// The next pair of the item that is being paired; after the last one it is kept itself.
    #[inline]
    fn pair<W: Way<T, U>>(&mut self) -> Option<P::Out> {
        let probing = W::probing(&mut self.probe)?;
        let others = self.both.get_mut(probing.place).map(W::Back::mine_mut);
        if probing.next < probing.end
            && let Some(other) = others.and_then(|others| others.get_mut(probing.next))
        {
            probing.next += 1;
            if self.pairs.any_alone() {
                other.matched = true;
            }
            return Some(W::pair(&mut self.pairs, &probing.kept.item, &other.item));
        }
        self.keep_paired::<W>()
    }

    /// Called, so that the way of a pair is short; and without the item, so that it is moved once.
    #[inline(never)]
    fn keep_paired<W: Way<T, U>>(&mut self) -> Option<P::Out> {
        let Probing { place, kept, .. } = W::probed(&mut self.probe)?;
        self.keep::<W>(Ok(place), kept)
    }

    /// Keeps an item for what may come, if anything may. What goes instead may be an output.
    #[inline(never)]
    fn keep<W: Way<T, U>>(
        &mut self,
        spot: Result<u32, G::Key>,
        kept: Kept<W::Item>,
    ) -> Option<P::Out> {
        if self.lane(W::SIDE).over.has(kept.ts) {
            self.count_unproven::<W>(kept.ts);
            return self.leave::<W>(&kept);
        }
        if let Ok(place) = spot
            && self.both.get(place).is_some_and(|both| W::mine(both).len() >= self.max_per_key)
        {
            return self.replace::<W>(place, kept);
        }
        let mut out = None;
        if self.len() >= self.storage.capacity() {
            match self.make_room::<W>(spot.as_ref().ok().copied(), kept.place()) {
                Some(first) => out = first,
                None => return self.refuse::<W>(kept),
            }
        }
        let place = spot.unwrap_or_else(|key| self.entry(key));
        let lane = &mut self.lanes[W::SIDE as usize];
        lane.put(place, kept.place());
        lane.insert(W::mine_mut(self.both.get_mut(place)?), kept);
        out
    }

    /// The key has as many items as it may: its earliest one goes, if the limits say so.
    #[inline(never)]
    fn replace<W: Way<T, U>>(&mut self, place: u32, kept: Kept<W::Item>) -> Option<P::Out> {
        if self.on_full != OnFull::Evict {
            return self.refuse::<W>(kept);
        }
        self.losses.count(Loss::Evicted);
        let mine = W::mine_mut(self.both.get_mut(place)?);
        if mine.front().is_some_and(|first| kept.ts < first.ts) {
            return self.leave::<W>(&kept);
        }
        // Its place in the order of all is the new one's from here on.
        let first = mine.pop()?;
        self.lanes[W::SIDE as usize].insert(mine, kept);
        self.leave::<W>(&first)
    }

    /// As many items are kept as may be: the earliest one of the side that has more goes, if the
    /// limits say so and it is before the new one. A side that is silent is thus not driven out by
    /// the other one. Tells what comes of the one that goes; nothing when none does.
    #[inline(never)]
    fn make_room<W: Way<T, U>>(
        &mut self,
        spared: Option<u32>,
        new: (EventTime, u64),
    ) -> Option<Option<P::Out>> {
        if self.on_full != OnFull::Evict {
            return None;
        }
        self.losses.count(Loss::Evicted);
        if self.lane(W::SIDE).order.len() < self.lane(W::Back::SIDE).order.len() {
            let first = self.take_first::<W::Back>(|_| true, spared)?;
            return Some(self.leave::<W::Back>(&first));
        }
        let first = self.take_first::<W>(|first| first.place() < new, spared)?;
        Some(self.leave::<W>(&first))
    }

    /// There is no room for an item, and none is made.
    #[inline(never)]
    fn refuse<W: Way<T, U>>(&mut self, kept: Kept<W::Item>) -> Option<P::Out> {
        if self.on_full == OnFull::Stop {
            self.stop();
            return None;
        }
        let out = self.leave::<W>(&kept);
        if self.on_full != OnFull::Evict {
            W::way_out(&self.ways_out).leave(&self.losses, Loss::Full, kept.ts, kept.item);
        }
        out
    }

    /// What comes of an item that is kept no longer.
    #[inline]
    fn leave<W: Way<T, U>>(&mut self, kept: &Kept<W::Item>) -> Option<P::Out> {
        if kept.matched || !self.pairs.any_alone() {
            return None;
        }
        self.passed = kept.ts;
        W::alone(&mut self.pairs, &kept.item)
    }

    /// Counts an item that is over, if it is so only because the other side is idle.
    #[inline]
    fn count_unproven<W: Way<T, U>>(&self, ts: EventTime) {
        if !self.lane(W::SIDE).proven.has(ts) {
            self.losses.count_unproven();
        }
    }

    /// Lets items of a side go that nothing can match any more, some at a time.
    #[inline]
    pub(super) fn let_go<W: Way<T, U>>(&mut self) -> Option<P::Out> {
        let over = self.lane(W::SIDE).over;
        for _ in 0..AT_ONCE {
            let Some(first) = self.take_first::<W>(|first| over.has(first.ts), None) else {
                self.leaving = None;
                return None;
            };
            self.count_unproven::<W>(first.ts);
            let out = self.leave::<W>(&first);
            if out.is_some() {
                self.leaving = Some(W::SIDE);
                return out;
            }
        }
        self.leaving = Some(W::SIDE);
        None
    }

    /// The watermark of a side has risen, or it has ended: items of the other one may go.
    #[inline]
    fn pass<W: Way<T, U>>(&mut self) -> Option<P::Out> {
        let Lane { watermark, ended, .. } = self.lanes[W::SIDE as usize];
        self.lanes[W::Back::SIDE as usize].let_pass(watermark, ended);
        self.let_go::<W::Back>()
    }

    #[inline]
    pub(super) fn rise(&mut self, side: Side, watermark: EventTime) -> Option<P::Out> {
        self.lanes[side as usize].watermark = watermark;
        match side {
            Side::Left => self.pass::<FromLeft>(),
            Side::Right => self.pass::<FromRight>(),
        }
    }

    pub(super) fn end(&mut self, side: Side) -> Option<P::Out> {
        self.lanes[side as usize].ended = true;
        match side {
            Side::Left => {
                self.ways_out.0.close();
                self.pass::<FromLeft>()
            }
            Side::Right => {
                self.ways_out.1.close();
                self.pass::<FromRight>()
            }
        }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<P::Out> {
        match &self.probe {
            Some(Probe::Left(_)) => self.pair::<FromLeft>(),
            Some(Probe::Right(_)) => self.pair::<FromRight>(),
            None => match self.leaving? {
                Side::Left => self.let_go::<FromLeft>(),
                Side::Right => self.let_go::<FromRight>(),
            },
        }
    }
}

impl<T, U, G, P, St> EventJoinMachine for IntervalJoin<T, U, G, P, St>
where
    G: JoinKeys<T, U>,
    P: Pairs<T, U>,
    St: KeyStorage,
{
    type Left = T;
    type Right = U;
    type Out = P::Out;

    #[inline]
    fn on_left(&mut self, _now: Instant, ts: EventTime, item: T) -> Option<P::Out> {
        self.arrive::<FromLeft>(ts, item)
    }

    #[inline]
    fn on_right(&mut self, _now: Instant, ts: EventTime, item: U) -> Option<P::Out> {
        self.arrive::<FromRight>(ts, item)
    }

    #[inline]
    fn on_watermark(&mut self, _now: Instant, side: Side, watermark: EventTime) -> Option<P::Out> {
        self.rise(side, watermark)
    }

    fn on_end(&mut self, _now: Instant, side: Side) -> Option<P::Out> {
        self.end(side)
    }

    #[inline]
    fn more(&mut self) -> Option<P::Out> {
        self.next()
    }

    #[inline]
    fn is_behind(&self) -> bool {
        self.leaving.is_some()
    }

    #[inline]
    fn is_finished(&self) -> bool {
        self.stopped
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> Reports for IntervalJoin<T, U, G, P, St> {
    fn losses(&self) -> &Losses {
        &self.losses
    }
}

#[cfg(feature = "alloc")]
impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> LateToBySide for IntervalJoin<T, U, G, P, St> {
    type Left = T;
    type Right = U;

    fn late_left_to(mut self, outlet: Late<T>) -> Self {
        self.ways_out.0.to(outlet);
        self
    }

    fn late_right_to(mut self, outlet: Late<U>) -> Self {
        self.ways_out.1.to(outlet);
        self
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> Holds for IntervalJoin<T, U, G, P, St> {
    fn held(&self) -> usize {
        self.len().max(self.both.len()).max(self.places.len()) + usize::from(self.probe.is_some())
    }
}

impl<T, U, G: JoinKeys<T, U>, P, St: KeyStorage> fmt::Debug for IntervalJoin<T, U, G, P, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntervalJoin")
            .field("keys", &self.both.len())
            .field("left", &self.lanes[0].order.len())
            .field("right", &self.lanes[1].order.len())
            .field("losses", &self.losses)
            .finish_non_exhaustive()
    }
}
