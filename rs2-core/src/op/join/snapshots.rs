//! The state of a join of two sides, as bytes.

use super::interval_join::IntervalJoin;
use super::kept::{Kept, last_before};
use super::lane::Over;
use super::pairs::JoinKeys;
use super::side::{Both, FromLeft, FromRight, Probe, Probing, Way};
use crate::machine::Side;
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::state::entry::Entry;
use crate::store::{Arena, KeyStorage, Queue, Table};
use crate::time::EventTime;
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const KIND: &str = "interval_join";
const FULL: SnapshotError = SnapshotError::Full(KIND);
const CORRUPT: SnapshotError = SnapshotError::Corrupt { left: 0 };

/// An item that is being paired: its key, which of the others is next, and itself.
#[derive(Serialize, Deserialize)]
struct SavedProbe<K, V> {
    key: K,
    next: u64,
    kept: Kept<V>,
}

/// The place of an item in the order of its side.
type Turn = (EventTime, u64, u32);

impl<T, U, G, P, St> IntervalJoin<T, U, G, P, St>
where
    T: Serialize + DeserializeOwned,
    U: Serialize + DeserializeOwned,
    G: JoinKeys<T, U>,
    G::Key: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn put_kept<'a, V: Serialize + 'a>(
        to: &mut Writer,
        kept: &'a impl Queue<Kept<V>>,
    ) -> Result<(), SnapshotError> {
        to.put_all(kept.len(), kept.iter())
    }

    fn take_kept<V: DeserializeOwned>(
        from: &mut Reader<'_>,
        place: u32,
        queue: &mut impl Queue<Kept<V>>,
        turns: &mut Vec<Turn>,
    ) -> Result<(), SnapshotError> {
        from.take_all(|kept: Kept<V>| {
            turns.push((kept.ts, kept.arrival, place));
            queue.push(kept).map_err(|_| FULL)
        })
    }

    fn put_probe<V: Serialize>(
        &self,
        to: &mut Writer,
        probing: Option<&Probing<V>>,
    ) -> Result<(), SnapshotError> {
        let key = probing.and_then(|probing| self.both.get(probing.place)).map(|both| &both.key);
        let saved =
            probing.zip(key).map(|(probing, key)| (key, probing.next as u64, &probing.kept));
        to.put(&saved)
    }

    fn take_probe<W>(&self, from: &mut Reader<'_>) -> Result<Option<Probe<T, U>>, SnapshotError>
    where
        W: Way<T, U, Item: DeserializeOwned>,
    {
        let saved = from.take::<Option<SavedProbe<G::Key, W::Item>>>()?;
        let Some(SavedProbe { key, next, kept }) = saved else {
            return Ok(None);
        };
        let place = *self.places.get(&key).ok_or(CORRUPT)?;
        let (_, until) = self.lanes[W::SIDE as usize].interval.around(kept.ts).ok_or(CORRUPT)?;
        let others = self.both.get(place).map(W::Back::mine).ok_or(CORRUPT)?;
        let end = last_before(others, |other| other.ts > until);
        Ok(Some(W::probe(Probing { kept, place, next: next as usize, end })))
    }
}

/// The order of each side is made anew from the items, and so is its latest time.
impl<T, U, G, P, St> Snapshot for IntervalJoin<T, U, G, P, St>
where
    T: Serialize + DeserializeOwned,
    U: Serialize + DeserializeOwned,
    G: JoinKeys<T, U>,
    G::Key: Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin(KIND, 2)?;
        to.put(&(self.arrivals, self.stopped, self.leaving.map(|side| side == Side::Right)))?;
        for lane in &self.lanes {
            to.put(&(lane.watermark, lane.ended, lane.proven.0))?;
        }
        to.put(&(self.both.len() as u64))?;
        for (_, both) in self.both.iter() {
            to.put(&both.key)?;
            Self::put_kept(to, &both.left)?;
            Self::put_kept(to, &both.right)?;
        }
        let (left, right) = match &self.probe {
            Some(Probe::Left(probing)) => (Some(probing), None),
            Some(Probe::Right(probing)) => (None, Some(probing)),
            None => (None, None),
        };
        self.put_probe(to, left)?;
        self.put_probe(to, right)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin(KIND, 2)?;
        let leaving: Option<bool>;
        (self.arrivals, self.stopped, leaving) = from.take()?;
        self.leaving = leaving.map(|right| if right { Side::Right } else { Side::Left });
        let mut proven = [None; 2];
        for (lane, proven) in self.lanes.iter_mut().zip(&mut proven) {
            (lane.watermark, lane.ended, *proven) = from.take()?;
        }
        let passed = self.lanes.each_ref().map(|lane| (lane.watermark, lane.ended));
        self.lanes[0].let_pass(passed[1].0, passed[1].1);
        self.lanes[1].let_pass(passed[0].0, passed[0].1);
        for (lane, proven) in self.lanes.iter_mut().zip(proven) {
            lane.proven = Over(proven);
        }
        let mut turns = [Vec::new(), Vec::new()];
        for _ in 0..from.take::<u64>()? {
            let key: G::Key = from.take()?;
            let (left, right) = (self.storage.queue(), self.storage.queue());
            let both = Both { key: key.clone(), left, right };
            let place = self.both.insert(both).map_err(|_| FULL)?;
            self.places.get_or_insert_with(key, || place).map_err(|_| FULL)?;
            let both = self.both.get_mut(place).ok_or(CORRUPT)?;
            Self::take_kept(from, place, &mut both.left, &mut turns[0])?;
            Self::take_kept(from, place, &mut both.right, &mut turns[1])?;
        }
        for (lane, mut turns) in self.lanes.iter_mut().zip(turns) {
            turns.sort_unstable();
            lane.latest = turns.last().map_or(EventTime::MIN, |last| last.0);
            for (ts, arrival, item) in turns {
                lane.order.push(Entry::new(ts, arrival, item)).map_err(|_| FULL)?;
            }
        }
        let left = self.take_probe::<FromLeft>(from)?;
        let right = self.take_probe::<FromRight>(from)?;
        self.probe = left.or(right);
        Ok(())
    }
}
