//! How long a source has been silent.

use super::Silence;
#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::Instant;
use core::time::Duration;

/// The time for which a source has been waited for since its last item.
#[derive(Debug)]
pub(crate) struct Silent {
    plan: Silence,
    /// What has been counted before this wait.
    before: Duration,
    wait: Wait,
    /// The silence after which the watermark takes its next step.
    step_at: Duration,
    /// How far the watermark has followed the clock.
    followed: Duration,
    idle: bool,
}

#[derive(Clone, Copy, Debug)]
enum Wait {
    /// The source has not been asked yet.
    Ahead,
    /// It was first asked in vain at the one, and is asked once more at the other: a consumer that
    /// comes late finds an item that has come in time.
    Since(Instant, Instant),
}

/// What has happened because of the silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The watermark rises by so much.
    Rise(Duration),
    Idle,
}

impl Silent {
    pub(crate) fn new(plan: Silence) -> Self {
        let mut silent = Self {
            plan,
            before: Duration::ZERO,
            wait: Wait::Ahead,
            step_at: Duration::ZERO,
            followed: Duration::ZERO,
            idle: false,
        };
        silent.restart();
        silent
    }

    /// An item has come. Tells whether the source was idle.
    #[inline]
    pub(crate) fn restart(&mut self) -> bool {
        self.before = Duration::ZERO;
        self.wait = Wait::Ahead;
        self.followed = Duration::ZERO;
        if let Some((grace, every)) = self.plan.follow {
            self.step_at = grace.saturating_add(every);
        }
        core::mem::take(&mut self.idle)
    }

    /// The silence after which something is to happen next.
    #[inline]
    fn target(&self, can_follow: bool) -> Option<Duration> {
        if self.idle {
            return None;
        }
        let step = self.plan.follow.filter(|_| can_follow).map(|_| self.step_at);
        match (step, self.plan.idle_after) {
            (Some(step), Some(idle)) => Some(step.min(idle)),
            (one, other) => one.or(other),
        }
    }

    /// When to look again. A wait that is ahead begins at a deadline that has always passed, and
    /// so when the source is asked.
    #[inline]
    pub(crate) fn deadline(&self, can_follow: bool) -> Option<Instant> {
        self.target(can_follow)?;
        match self.wait {
            Wait::Ahead => Some(Instant::ORIGIN),
            Wait::Since(_, due) => Some(due),
        }
    }

    /// Meets the deadline; `can_follow` is whether there is a watermark to go on from.
    pub(crate) fn on_deadline(&mut self, now: Instant, can_follow: bool) -> Option<Step> {
        let target = self.target(can_follow)?;
        let Wait::Since(since, due) = self.wait else {
            let due = now.saturating_add(target.saturating_sub(self.before));
            self.wait = Wait::Since(now, due);
            return None;
        };
        if due < now {
            self.wait = Wait::Since(since, now);
            return None;
        }
        self.before = self.before.saturating_add(now.saturating_since(since));
        self.wait = Wait::Ahead;
        Some(self.step(can_follow))
    }

    fn step(&mut self, can_follow: bool) -> Step {
        let idle_after = self.plan.idle_after.unwrap_or(Duration::MAX);
        if let Some((grace, every)) = self.plan.follow.filter(|_| can_follow)
            && self.step_at <= self.before.min(idle_after)
        {
            // Idle ends the following, however late the clock is read.
            let silent = self.before.min(idle_after);
            let rise = silent.saturating_sub(grace).saturating_sub(self.followed);
            self.followed = self.followed.saturating_add(rise);
            self.step_at = silent.saturating_add(every);
            return Step::Rise(rise);
        }
        self.idle = true;
        Step::Idle
    }
}

#[cfg(feature = "snapshot")]
impl Snapshot for Silent {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("silent", 1)?;
        to.put(&(self.before, self.step_at, self.followed, self.idle))?;
        let waiting = match self.wait {
            Wait::Ahead => None,
            Wait::Since(since, due) => Some((since, due)),
        };
        to.put_deadline(waiting.map(|(since, _)| since))?;
        to.put_deadline(waiting.map(|(_, due)| due))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("silent", 1)?;
        (self.before, self.step_at, self.followed, self.idle) = from.take()?;
        let waiting = from.take_deadline()?.zip(from.take_deadline()?);
        self.wait = waiting.map_or(Wait::Ahead, |(since, due)| Wait::Since(since, due));
        Ok(())
    }
}
