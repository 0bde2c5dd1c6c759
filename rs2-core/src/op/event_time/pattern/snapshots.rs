//! Runs to bytes, and back. Places are numbered anew when they are read.

use super::buffer::{Buffer, Link};
use super::rule::{Due, Open, PatternByTime};
use super::run::Run;
use super::steps::Steps;
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Arena, KeyStorage, Ordered, Table};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::hash::Hash;
use serde::{Serialize, de::DeserializeOwned};

/// The places of what was saved, with those where it stands now.
type Places = BTreeMap<u32, u32>;

/// Where a link was, its item, its position, and the link before.
type SavedLink = (u32, u32, u16, Option<u32>);

fn full<E>(_: E) -> SnapshotError {
    SnapshotError::Full("pattern_by_time")
}

impl<T: Serialize + DeserializeOwned, St: KeyStorage> Buffer<T, St> {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        let events = self.events.iter();
        let events = events.map(|(place, event)| (place, event.turn, &event.item));
        to.put_all(self.events.len(), events)?;
        let links = self.links.iter();
        let links = links.map(|(place, link)| (place, link.event, link.position, link.before));
        to.put_all(self.links.len(), links)
    }

    /// Reads what was taken, without the runs that use it. Returns the places of the links.
    fn restore(
        &mut self,
        from: &mut Reader<'_>,
        is_position: impl Fn(u16) -> bool,
    ) -> Result<Places, SnapshotError> {
        let (mut events, mut links) = (Places::new(), Places::new());
        from.take_all(|(place, turn, item): (u32, u64, T)| {
            events.insert(place, self.keep(item, turn).map_err(full)?);
            Ok(())
        })?;
        let mut saved: Vec<SavedLink> = Vec::new();
        from.take_all(|link| {
            saved.push(link);
            Ok(())
        })?;
        for &(place, event, position, _) in &saved {
            let event = *events.get(&event).ok_or_else(|| from.corrupt())?;
            if !is_position(position) {
                return Err(from.corrupt());
            }
            let link = self.link(event, position, None).ok_or(()).map_err(full)?;
            links.insert(place, link);
        }
        events.into_values().for_each(|event| self.let_go(event));
        for (place, _, _, before) in saved {
            let Some(before) = before else { continue };
            let known = links.get(&place).zip(links.get(&before));
            let (&link, &before) = known.ok_or_else(|| from.corrupt())?;
            // A chain that leads back to itself would have no end.
            if self.turn_of(before) >= self.turn_of(link) {
                return Err(from.corrupt());
            }
            if let Some(link) = self.links.get_mut(link) {
                link.before = Some(before);
            }
            self.hold(before);
        }
        Ok(links)
    }

    fn turn_of(&self, link: u32) -> Option<u64> {
        let link: &Link = self.links.get(link)?;
        self.events.get(link.event).map(|event| event.turn)
    }
}

impl<T, K, F, L, St, W> PatternByTime<T, K, F, L, St, W>
where
    K: Hash + Eq + Clone,
    L: Steps<T>,
    St: KeyStorage,
{
    /// A run as it was saved, with its last item where that stands now.
    fn restored(
        &mut self,
        run: Run,
        links: &Places,
        from: &Reader<'_>,
    ) -> Result<Run, SnapshotError> {
        let edges = self.automaton.get(run.position).map(|position| position.all_edges());
        let is_sound = edges.is_some_and(|edges| run.open & !edges == 0) && run.len > 0;
        let link = links.get(&run.link).filter(|_| is_sound);
        let link = *link.ok_or_else(|| from.corrupt())?;
        self.buffer.hold(link);
        Ok(Run { link, ..run })
    }

    fn restore_key(
        &mut self,
        (key, runs, due): (K, Vec<Run>, Option<Due>),
        links: &Places,
        from: &Reader<'_>,
    ) -> Result<(), SnapshotError> {
        let mut restored = Vec::with_capacity(runs.len());
        for run in runs {
            restored.push(self.restored(run, links, from)?);
        }
        let open = Open { runs: restored, due };
        self.keys.get_or_insert_with(key.clone(), || open).map_err(full)?;
        if let Some(due) = due {
            self.due.get_or_insert_with(due, || key).map_err(full)?;
        }
        Ok(())
    }
}

impl<T, K, F, L, St, W> Snapshot for PatternByTime<T, K, F, L, St, W>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    L: Steps<T>,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("pattern_by_time", 1)?;
        to.put(&(self.turn, self.armed, self.watermark))?;
        to.put(&(self.ended, self.behind, self.stopped))?;
        self.sorted.save(to)?;
        to.put(&self.pushed_out)?;
        self.buffer.save(to)?;
        let keys = self.keys.iter().map(|(key, open)| (key, &open.runs, open.due));
        to.put_all(self.keys.len(), keys)?;
        to.put_all(self.found.len(), &self.found)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("pattern_by_time", 1)?;
        (self.turn, self.armed, self.watermark) = from.take()?;
        (self.ended, self.behind, self.stopped) = from.take()?;
        self.sorted.restore(from)?;
        self.pushed_out = from.take()?;
        let automaton = &self.automaton;
        let is_position = |position| automaton.get(position).is_some();
        let links = self.buffer.restore(from, is_position)?;
        let mut keys = Vec::new();
        from.take_all(|key| {
            keys.push(key);
            Ok(())
        })?;
        for key in keys {
            self.restore_key(key, &links, from)?;
        }
        // Each was in use once while it was read; only runs and other links use it from now on.
        links.into_values().for_each(|link| self.buffer.release(link));
        let (mut found, mut is_sound) = (core::mem::take(&mut self.found), true);
        from.take_all(|outcome: super::found::Found<K, T>| {
            let mut positions = outcome.positions.iter();
            is_sound &= positions.all(|position| self.automaton.get(*position).is_some());
            found.push_back(outcome);
            Ok(())
        })?;
        self.found = found;
        if is_sound { Ok(()) } else { Err(from.corrupt()) }
    }
}
