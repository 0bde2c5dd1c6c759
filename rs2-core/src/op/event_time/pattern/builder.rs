//! What to look for.

use super::automaton::Automaton;
use super::buffer::Captured;
use super::plan::{Contiguity, Plan, Repeat, Times};
use super::run::Spans;
use super::steps::{Absent, Begin, Given, Group, Never, Repeated, Step, Steps, Tied};
use core::cmp::Ordering;
use core::fmt;
use core::time::Duration;

/// Runs that one key may have open at once, unless [`max_runs`](Pattern::max_runs) says otherwise.
pub const MAX_ATTEMPTS: usize = 1_000;

/// Items that one run may take, unless [`max_events`](Pattern::max_events) says otherwise.
pub const MAX_EVENTS: u32 = 1_000;

/// What remains possible after a match. Matches are decided in the order in which they are
/// completed; of those that one item completes, the one that began first goes first, and of those
/// that began together the longest.
///
/// Runs that are given up this way are not told as timed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Skip {
    /// An item of a match is part of no other match: runs that began at its last item or before
    /// are given up.
    #[default]
    PastLast,
    /// Every way to match is reported.
    Nothing,
    /// At most one match begins at an item.
    ToNext,
    /// Runs that began before the first item of the named step are given up. When the match has
    /// no such item, as [`ToNext`](Self::ToNext).
    ToFirst(&'static str),
    /// Runs that began before the last item of the named step are given up. When the match has no
    /// such item, as [`ToNext`](Self::ToNext).
    ToLast(&'static str),
}

/// A sequence of conditions on the items of one key, in the order of their time.
///
/// Each step takes one item that meets its condition, unless it is repeated. How it follows the
/// item before says what may come between: [`next`](Self::next) nothing,
/// [`followed_by`](Self::followed_by) what the step does not take,
/// [`followed_by_any`](Self::followed_by_any) anything. The same holds between repetitions:
/// [`consecutive`](Self::consecutive) nothing, without a word what the step does not take,
/// [`allow_combinations`](Self::allow_combinations) anything.
///
/// ```
/// use core::time::Duration;
/// use rs2_core::op::event_time::{Captured, Pattern, Skip};
/// // Five failures in a row within a minute.
/// let attack = Pattern::begin(|status: &u16| *status == 404)
///     .times(5)
///     .consecutive()
///     .within(Duration::from_secs(60));
///
/// // A price that rises again and again, and then falls below where it began.
/// let fall = Pattern::begin(|_: &u32| true)
///     .named("start")
///     .followed_by(|_: &u32| true)
///     .given(|price: &u32, before: &Captured<'_, u32>| before.last() < Some(price))
///     .one_or_more()
///     .consecutive()
///     .next(|_: &u32| true)
///     .given(|price: &u32, before: &Captured<'_, u32>| {
///         before.of("start").any(|start| price < start)
///     })
///     .skip(Skip::ToNext);
///
/// // An order that nobody pays for an hour.
/// let unpaid = Pattern::begin(|event: &&str| *event == "order")
///     .not_followed_by(|event: &&str| *event == "payment")
///     .within(Duration::from_secs(3_600));
/// # let _ = (attack, fall, unpaid);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Pattern<L> {
    pub(super) steps: L,
    pub(super) spans: Spans,
    pub(super) skip: Skip,
    pub(super) max_runs: usize,
    pub(super) max_events: u32,
}

impl<P> Pattern<Step<Begin, P>> {
    /// Begins with an item that meets a condition.
    pub fn begin<T>(accepts: P) -> Self
    where
        P: Fn(&T) -> bool,
    {
        Pattern::<Begin>::empty().step(accepts, Contiguity::Relaxed)
    }
}

impl<G> Pattern<Group<Begin, G>> {
    /// Begins with a whole pattern, to repeat it or to leave it out.
    ///
    /// # Panics
    /// When `group` has a span or skips something: that is for the whole pattern to say.
    #[track_caller]
    pub fn begin_group(group: Pattern<G>) -> Self {
        Pattern::<Begin>::empty().group(group, Contiguity::Relaxed)
    }
}

impl Pattern<Begin> {
    fn empty() -> Self {
        let spans = Spans::default();
        let (max_runs, max_events) = (MAX_ATTEMPTS, MAX_EVENTS);
        Self { steps: Begin, spans, skip: Skip::PastLast, max_runs, max_events }
    }
}

impl<L> Pattern<L> {
    /// Goes on with the very next item, which must meet a condition.
    pub fn next<T, Q>(self, accepts: Q) -> Pattern<Step<L, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.step(accepts, Contiguity::Strict)
    }

    /// Goes on with the first later item that meets a condition.
    pub fn followed_by<T, Q>(self, accepts: Q) -> Pattern<Step<L, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.step(accepts, Contiguity::Relaxed)
    }

    /// Goes on with each later item that meets a condition, each in a match of its own.
    pub fn followed_by_any<T, Q>(self, accepts: Q) -> Pattern<Step<L, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.step(accepts, Contiguity::Any)
    }

    /// Goes on with a pattern that begins with the very next item.
    ///
    /// # Panics
    /// As [`begin_group`](Pattern::begin_group).
    #[track_caller]
    pub fn next_group<G>(self, group: Pattern<G>) -> Pattern<Group<L, G>> {
        self.group(group, Contiguity::Strict)
    }

    /// Goes on with a pattern that begins with the first later item that can.
    ///
    /// # Panics
    /// As [`begin_group`](Pattern::begin_group).
    #[track_caller]
    pub fn followed_by_group<G>(self, group: Pattern<G>) -> Pattern<Group<L, G>> {
        self.group(group, Contiguity::Relaxed)
    }

    /// Goes on with a pattern that begins with each later item that can.
    ///
    /// # Panics
    /// As [`begin_group`](Pattern::begin_group).
    #[track_caller]
    pub fn followed_by_any_group<G>(self, group: Pattern<G>) -> Pattern<Group<L, G>> {
        self.group(group, Contiguity::Any)
    }

    /// The very next item must not meet a condition. At the end of a pattern, the next item that
    /// does not meet it completes the match, and so does the end of the span.
    pub fn not_next<T, Q>(self, accepts: Q) -> Pattern<Absent<L, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.with(|before| Absent { before, accepts, once: true })
    }

    /// Until the item that goes on, that one included, none may meet a condition. At the end of a
    /// pattern, the match is complete once the span is over: the watermark says when.
    pub fn not_followed_by<T, Q>(self, accepts: Q) -> Pattern<Absent<L, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.with(|before| Absent { before, accepts, once: false })
    }

    /// From the first item to the last, less than `span` passes.
    ///
    /// # Panics
    /// When `span` is zero.
    #[track_caller]
    pub fn within(mut self, span: Duration) -> Self {
        self.spans.set_whole(span);
        self
    }

    /// From each item of a match to the next one, less than `span` passes.
    ///
    /// # Panics
    /// When `span` is zero.
    #[track_caller]
    pub fn within_each(mut self, span: Duration) -> Self {
        self.spans.set_each(span);
        self
    }

    /// Looks at items of one time in the order of `compare`, and only at those that it does not
    /// tell apart in the order in which they come. Each waits until the watermark has passed its
    /// time. A copy of `compare` stands with each item that waits, so it is best a function or a
    /// closure that captures nothing. Only the whole pattern has such an order: a group that has
    /// one is a mistake.
    ///
    /// ```
    /// # use rs2_core::{op::event_time::Pattern, prelude::*, store::Heap};
    /// # use core::time::Duration;
    /// # futures_executor::block_on(async {
    /// // Second, sequence number, what happened.
    /// let events = [(1, 2, "paid"), (1, 1, "ordered"), (9, 3, "sent")];
    /// let pattern = Pattern::begin(|event: &(i64, u32, &str)| event.2 == "ordered")
    ///     .next(|event: &(i64, u32, &str)| event.2 == "paid")
    ///     .ties_by(|one: &(i64, u32, &str), other: &(i64, u32, &str)| one.1.cmp(&other.1));
    /// let keys = Heap::bounded(1_000).seeded(7);
    /// let time = |event: &(i64, u32, &str)| EventTime::from_secs(event.0);
    /// let found: Vec<_> = from_iter(events)
    ///     .pattern_by_time_in_rs2(keys, pattern, Duration::ZERO, |_| (), time)
    ///     .collect_rs2()
    ///     .await;
    /// assert_eq!(found.len(), 1);
    /// # })
    /// ```
    pub fn ties_by<T, C>(self, compare: C) -> Pattern<Tied<L, C>>
    where
        C: Fn(&T, &T) -> Ordering + Clone,
    {
        self.with(|steps| Tied { steps, compare })
    }

    /// Chooses what remains possible after a match.
    pub fn skip(mut self, skip: Skip) -> Self {
        self.skip = skip;
        self
    }

    /// Allows one key so many open runs, and not [`MAX_ATTEMPTS`]. Beyond it,
    /// [`OnFull::Evict`](crate::state::OnFull::Evict) gives up the oldest,
    /// [`OnFull::Reject`](crate::state::OnFull::Reject) the newest.
    ///
    /// # Panics
    /// When `count` is zero.
    #[track_caller]
    pub fn max_runs(mut self, count: usize) -> Self {
        assert!(count > 0, "a key needs room for at least one run");
        self.max_runs = count;
        self
    }

    /// Allows one run so many items, and not [`MAX_EVENTS`]. A run that would take more is given
    /// up.
    ///
    /// # Panics
    /// When `count` is zero.
    #[track_caller]
    pub fn max_events(mut self, count: u32) -> Self {
        assert!(count > 0, "a run needs room for at least one item");
        self.max_events = count;
        self
    }

    fn with<M>(self, more: impl FnOnce(L) -> M) -> Pattern<M> {
        let Self { steps, spans, skip, max_runs, max_events } = self;
        Pattern { steps: more(steps), spans, skip, max_runs, max_events }
    }

    fn step<Q>(self, accepts: Q, entry: Contiguity) -> Pattern<Step<L, Q>> {
        let repeat = Repeat::once();
        self.with(|before| Step {
            before,
            accepts,
            until: Never,
            name: "",
            greedy: false,
            entry,
            repeat,
        })
    }

    #[track_caller]
    fn group<G>(self, group: Pattern<G>, entry: Contiguity) -> Pattern<Group<L, G>> {
        let is_plain = !group.spans.are_set() && group.skip == Skip::PastLast;
        assert!(is_plain, "only the whole pattern has a span or skips something");
        self.with(|before| Group { before, steps: group.steps, entry, repeat: Repeat::once() })
    }

    /// The automaton of this pattern.
    #[track_caller]
    pub(super) fn automaton<T>(&self) -> Automaton
    where
        L: Steps<T>,
    {
        let mut plan = Plan::default();
        self.steps.describe(&mut plan);
        let automaton = match Automaton::new(&plan.parts, self.spans.are_set()) {
            Ok(automaton) => automaton,
            Err(why) => panic!("{why}"),
        };
        if let Skip::ToFirst(name) | Skip::ToLast(name) = self.skip {
            assert!(automaton.has_name(name), "no step is named {name:?}, to skip to");
        }
        automaton
    }
}

impl<L: Repeated> Pattern<L> {
    /// The last step, or the last group, is taken so often: `3`, `3..=5` or `3..`.
    ///
    /// # Panics
    /// When that is never.
    #[track_caller]
    pub fn times(mut self, times: impl Into<Times>) -> Self {
        let times = times.into();
        let most = times.most.unwrap_or(u32::MAX);
        assert!(most > 0, "a step must be taken at least once");
        assert!(times.least <= most, "a range of counts must not be empty");
        self.steps.set_times(times);
        self
    }

    /// The last step, or the last group, is taken once or more often.
    pub fn one_or_more(mut self) -> Self {
        self.steps.set_times(Times::from(1..));
        self
    }

    /// The last step, or the last group, may be left out.
    pub fn optional(mut self) -> Self {
        self.steps.set_optional();
        self
    }

    /// Nothing may come between the repetitions of the last step or group.
    pub fn consecutive(mut self) -> Self {
        self.steps.set_consecutive();
        self
    }

    /// Anything may come between the repetitions of the last step or group, items that it could
    /// take too: every choice among them is a match.
    pub fn allow_combinations(mut self) -> Self {
        self.steps.set_combinations();
        self
    }
}

impl<B, P, U> Pattern<Step<B, P, U>> {
    /// Names the items of the last step: see [`PatternMatch::of`](super::PatternMatch::of).
    pub fn named(mut self, name: &'static str) -> Self {
        self.steps.name = name;
        self
    }

    /// The last step takes what it can: an item that it takes does not serve a later step as well.
    /// Such a step cannot be the last of a pattern.
    pub fn greedy(mut self) -> Self {
        self.steps.greedy = true;
        self
    }

    /// An item that meets a condition is not taken by the last step, and ends its repetition.
    pub fn until<T, Q>(self, ends: Q) -> Pattern<Step<B, P, Q>>
    where
        Q: Fn(&T) -> bool,
    {
        self.with(|step| {
            let Step { before, accepts, name, greedy, entry, repeat, .. } = step;
            Step { before, accepts, until: ends, name, greedy, entry, repeat }
        })
    }

    /// The last step takes an item only if it meets this condition as well, which looks at what
    /// was captured before.
    pub fn given<T, Q>(self, and: Q) -> Pattern<Step<B, Given<P, Q>, U>>
    where
        Q: Fn(&T, &Captured<'_, T>) -> bool,
    {
        self.with(|step| {
            let Step { before, accepts, until, name, greedy, entry, repeat } = step;
            let accepts = Given { condition: accepts, and };
            Step { before, accepts, until, name, greedy, entry, repeat }
        })
    }
}

impl<B, P> Pattern<Absent<B, P>> {
    /// What must not come is an item that meets this condition as well, which looks at what was
    /// captured before.
    pub fn given<T, Q>(self, and: Q) -> Pattern<Absent<B, Given<P, Q>>>
    where
        Q: Fn(&T, &Captured<'_, T>) -> bool,
    {
        self.with(|Absent { before, accepts, once }| Absent {
            before,
            accepts: Given { condition: accepts, and },
            once,
        })
    }
}

impl<L> fmt::Debug for Pattern<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("spans", &self.spans)
            .field("skip", &self.skip)
            .field("max_runs", &self.max_runs)
            .field("max_events", &self.max_events)
            .finish_non_exhaustive()
    }
}
