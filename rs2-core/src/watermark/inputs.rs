//! The watermark of several sources.

#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::time::EventTime;
use alloc::vec::Vec;

/// What the common watermark does while all sources that have not ended are idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AllIdle {
    /// It stays: nobody knows what the first to come back will bring.
    #[default]
    Hold,
    /// It rises to the latest of theirs. What then comes from one that was behind is late.
    Advance,
}

/// The watermarks of several sources, put together: the earliest among those that are active.
///
/// It never falls. A source that comes back from being idle with a watermark behind the common one
/// does not pull it back; what it has from before that is late. One that has ended is not waited
/// for; once all have, the watermark is at the end of time.
///
/// ```
/// use rs2_core::{time::EventTime, watermark::Inputs};
/// let at = EventTime::from_secs;
/// let mut inputs = Inputs::new(2);
/// inputs.on_watermark(0, at(9));
/// assert_eq!(inputs.watermark(), EventTime::MIN);
/// inputs.on_watermark(1, at(3));
/// assert_eq!(inputs.watermark(), at(3));
/// inputs.on_idle(1);
/// assert_eq!(inputs.watermark(), at(9));
/// inputs.on_watermark(1, at(4)); // active again, and behind
/// assert_eq!(inputs.watermark(), at(9));
/// ```
#[derive(Clone, Debug)]
pub struct Inputs {
    inputs: Vec<(EventTime, Status)>,
    when_idle: AllIdle,
    watermark: EventTime,
    idle: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
enum Status {
    Active,
    Idle,
    Ended,
}

impl Inputs {
    /// So many sources, all active, none with a watermark yet.
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs: alloc::vec![(EventTime::MIN, Status::Active); inputs],
            when_idle: AllIdle::Hold,
            watermark: EventTime::MIN,
            idle: false,
        }
    }

    /// Chooses what happens while all are idle.
    #[must_use]
    pub fn when_idle(mut self, when_idle: AllIdle) -> Self {
        self.when_idle = when_idle;
        self
    }

    /// The common watermark.
    #[inline]
    pub fn watermark(&self) -> EventTime {
        self.watermark
    }

    /// Whether none is active and some have not ended.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    /// Whether this source is idle.
    ///
    /// # Panics
    /// When there is no such source.
    #[inline]
    pub fn is_idle_at(&self, input: usize) -> bool {
        self.inputs[input].1 == Status::Idle
    }

    /// The source is there, with an item or with word of its own.
    ///
    /// # Panics
    /// When there is no such source, as all the other methods that name one do.
    #[inline]
    pub fn on_active(&mut self, input: usize) {
        self.turn(input, Status::Active);
    }

    /// The watermark of a source has risen.
    #[inline]
    pub fn on_watermark(&mut self, input: usize, watermark: EventTime) {
        let (before, status) = self.inputs[input];
        self.inputs[input].0 = before.max(watermark);
        // One that was ahead of the common watermark does not hold it back.
        if status == Status::Active && before <= self.watermark {
            self.combine();
        }
        self.turn(input, Status::Active);
    }

    /// The source has nothing for a while.
    pub fn on_idle(&mut self, input: usize) {
        self.turn(input, Status::Idle);
    }

    /// The source has ended.
    pub fn on_end(&mut self, input: usize) {
        self.turn(input, Status::Ended);
    }

    #[inline]
    fn turn(&mut self, input: usize, to: Status) {
        let status = &mut self.inputs[input].1;
        if *status != to && *status != Status::Ended {
            *status = to;
            self.combine();
        }
    }

    fn of(&self, status: Status) -> impl Iterator<Item = EventTime> {
        self.inputs.iter().filter(move |input| input.1 == status).map(|input| input.0)
    }

    fn combine(&mut self) {
        let latest_idle = self.of(Status::Idle).max();
        let active = self.of(Status::Active).min();
        self.idle = active.is_none() && latest_idle.is_some();
        let reached = match (active, latest_idle, self.when_idle) {
            (Some(earliest), _, _) => earliest,
            (None, Some(_), AllIdle::Hold) => return,
            (None, Some(latest), AllIdle::Advance) => latest,
            (None, None, _) => EventTime::MAX,
        };
        self.watermark = self.watermark.max(reached);
    }
}

#[cfg(feature = "snapshot")]
impl Snapshot for Inputs {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.begin("inputs", 1)?;
        to.put(&(self.watermark, self.idle))?;
        to.put_all(self.inputs.len(), &self.inputs)
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.begin("inputs", 1)?;
        (self.watermark, self.idle) = from.take()?;
        let mut found = Vec::new();
        from.take_all(|input| {
            found.push(input);
            Ok(())
        })?;
        if found.len() != self.inputs.len() {
            return Err(SnapshotError::Full("inputs"));
        }
        self.inputs = found;
        Ok(())
    }
}
