//! What goes out of the sessions, and when.

use super::entry::Entry;
use super::session::SessionByTime;
use super::session_gap::SessionGap;
#[cfg(feature = "alloc")]
use super::session_run::Outgoing;
use super::session_run::{Gone, Out, Run};
use super::session_types::Session;
use super::window_types::Timing;
use crate::aggregate::Aggregator;
use crate::metrics::Loss;
use crate::store::{Arena, KeyStorage, Priority, Rows, Table};
use crate::time::EventTime;
use core::hash::Hash;
use core::mem;

impl<T, K, F, A, St, P> SessionByTime<T, K, F, A, St, P>
where
    K: Hash + Eq + Clone,
    F: FnMut(&T) -> K,
    A: Aggregator<T>,
    St: KeyStorage,
    P: SessionGap<T>,
{
    /// Takes a run out of its place, and out of those of its key.
    fn detach(&mut self, place: u32) -> Option<Run<K, A::Partial>> {
        let run = self.take(place)?;
        if let Some(row) = self.keys.get_mut(&run.key) {
            self.runs.remove(row, &run.beginning());
            if self.runs.is_empty(row) {
                self.keys.remove(&run.key);
            }
        }
        Some(run)
    }

    /// Forgets a run whose entry has just been taken.
    pub(super) fn remove(&mut self, place: u32) -> Option<Run<K, A::Partial>> {
        let run = self.detach(place);
        self.open.remove(place);
        run
    }

    fn session(
        &mut self,
        run: Run<K, A::Partial>,
        timing: Timing,
        is_final: bool,
    ) -> Session<K, A::Output> {
        self.put_out(run, timing, is_final, false)
    }

    fn put_out(
        &mut self,
        run: Run<K, A::Partial>,
        timing: Timing,
        is_final: bool,
        is_retraction: bool,
    ) -> Session<K, A::Output> {
        // Without a gap it ends at its last item.
        self.passed = run.end.saturating_sub(EventTime::RESOLUTION).max(run.last);
        Session {
            key: run.key,
            start_time: run.first,
            end_time: run.last,
            value: self.aggregator.lower(run.part),
            timing,
            is_final,
            is_retraction,
            #[cfg(feature = "alloc")]
            merged_from: run.out.gone.iter().map(|gone| gone.first).collect(),
        }
    }

    /// What went out before and is part of `run` now is taken back, and then `run` goes out.
    #[cfg(feature = "alloc")]
    fn replace(
        &mut self,
        run: Run<K, A::Partial>,
        timing: Timing,
        is_final: bool,
    ) -> Option<Session<K, A::Output>> {
        for gone in &run.out.gone {
            let Gone { first, last, end, part: Some(part) } = gone else { continue };
            let (key, part, opened) = (run.key.clone(), part.clone(), run.opened);
            let (first, last, end) = (*first, *last, *end);
            let run = Run { key, first, last, end, part, opened, out: Out::NOTHING };
            self.ready.push_back(Outgoing { run, is_retraction: true, is_final: false, timing });
        }
        self.ready.push_back(Outgoing { run, is_retraction: false, is_final, timing });
        self.next_ready()
    }

    /// The next output of an item that let several go.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(super) fn next_ready(&mut self) -> Option<Session<K, A::Output>> {
        let Outgoing { run, timing, is_final, is_retraction } = self.ready.pop_front()?;
        Some(self.put_out(run, timing, is_final, is_retraction))
    }

    /// Lets go of all sessions, and yields none of them.
    pub(super) fn forget_all(&mut self) {
        while let Some(entry) = self.due.pop() {
            self.remove(entry.item);
        }
        #[cfg(feature = "alloc")]
        self.ready.clear();
    }

    /// The run goes out, and is forgotten.
    pub(super) fn close(&mut self, place: u32, timing: Timing) -> Option<Session<K, A::Output>> {
        let run = self.remove(place)?;
        Some(self.session(run, timing, true))
    }

    /// The run goes out before its end, unless it has gone already, and is forgotten. Its entry is
    /// still to come.
    pub(super) fn force_out(&mut self, place: u32) -> Option<Session<K, A::Output>> {
        let run = self.detach(place)?;
        if !run.out.is_empty() {
            return None;
        }
        self.left_out.losses().count(Loss::Evicted);
        Some(self.session(run, Timing::Forced, true))
    }

    /// The run goes out, and stays for late items if there may be any.
    pub(super) fn go_out(&mut self, place: u32, timing: Timing) -> Option<Session<K, A::Output>> {
        let is_retracting = self.is_retracting;
        let run = self.run(place)?;
        let Run { first, last, end, opened, .. } = *run;
        let (key, part) = (run.key.clone(), run.part.clone());
        let gone = Gone { first, last, end, part: is_retracting.then(|| part.clone()) };
        let out = mem::replace(&mut run.out, Out::of(gone));
        let is_final = self.forgotten_at(end) <= self.watermark;
        let run = Run { key, first, last, end, part, opened, out };
        #[cfg(feature = "alloc")]
        if is_retracting && !run.out.is_empty() {
            return self.replace(run, timing, is_final);
        }
        Some(self.session(run, timing, is_final))
    }

    /// An item has come to the run at `place`: it goes out if it has gone before, or should have.
    pub(super) fn fire_late(&mut self, place: u32) -> Option<Session<K, A::Output>> {
        let watermark = self.watermark;
        let run = self.run(place)?;
        let is_past = run.end <= watermark;
        if run.out.is_empty() && !is_past { None } else { self.go_out(place, Timing::Late) }
    }

    /// Frees the place that would be free soonest; a run in it that has not gone out goes out.
    pub(super) fn evict(&mut self) -> Option<Session<K, A::Output>> {
        while let Some(entry) = self.due.pop() {
            let Some(run) = self.open.get(entry.item)? else {
                self.open.remove(entry.item);
                return None;
            };
            let end = run.end;
            let has_gone = !run.out.is_empty();
            let stays_until = if has_gone { self.forgotten_at(end) } else { end };
            if stays_until > entry.ts {
                self.arm(Entry { ts: stays_until, ..entry });
                continue;
            }
            self.left_out.losses().count(Loss::Evicted);
            if has_gone {
                self.remove(entry.item);
                return None;
            }
            return self.close(entry.item, Timing::Forced);
        }
        None
    }
}
