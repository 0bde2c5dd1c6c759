//! The conditions of a pattern, as types: nothing is boxed.

use super::buffer::Captured;
use super::plan::{Contiguity, Guard, Part, Plan, Repeat, Taken, Times};
use crate::state::{ByArrival, ByOrder, Ties};
use core::cmp::Ordering;
use core::fmt;

/// Whether a step takes an item, given what was taken before. Closures over the item are
/// conditions; [`given`](super::Pattern::given) makes one that looks at what was captured.
pub trait Condition<T> {
    /// Whether the item meets it.
    fn meets(&self, item: &T, captured: &Captured<'_, T>) -> bool;
}

impl<T, F: Fn(&T) -> bool> Condition<T> for F {
    #[inline]
    fn meets(&self, item: &T, _captured: &Captured<'_, T>) -> bool {
        self(item)
    }
}

/// A condition, and another one over what was captured as well.
#[derive(Clone)]
pub struct Given<P, Q> {
    pub(super) condition: P,
    pub(super) and: Q,
}

impl<T, P, Q> Condition<T> for Given<P, Q>
where
    P: Condition<T>,
    Q: Fn(&T, &Captured<'_, T>) -> bool,
{
    #[inline]
    fn meets(&self, item: &T, captured: &Captured<'_, T>) -> bool {
        self.condition.meets(item, captured) && (self.and)(item, captured)
    }
}

/// A condition that nothing meets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Never;

impl<T> Condition<T> for Never {
    #[inline]
    fn meets(&self, _item: &T, _captured: &Captured<'_, T>) -> bool {
        false
    }
}

/// The empty sequence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Begin;

/// A sequence and one more step, with the condition that ends its repetition.
#[derive(Clone)]
pub struct Step<B, P, U = Never> {
    pub(super) before: B,
    pub(super) accepts: P,
    pub(super) until: U,
    pub(super) name: &'static str,
    pub(super) greedy: bool,
    pub(super) entry: Contiguity,
    pub(super) repeat: Repeat,
}

/// A sequence and a condition that must not be met after it.
#[derive(Clone)]
pub struct Absent<B, P> {
    pub(super) before: B,
    pub(super) accepts: P,
    pub(super) once: bool,
}

/// A sequence and another one after it.
#[derive(Clone)]
pub struct Group<B, G> {
    pub(super) before: B,
    pub(super) steps: G,
    pub(super) entry: Contiguity,
    pub(super) repeat: Repeat,
}

/// Steps that see items of one time in the order of a comparison:
/// [`Pattern::ties_by`](super::Pattern::ties_by).
#[derive(Clone)]
pub struct Tied<L, C> {
    pub(super) steps: L,
    pub(super) compare: C,
}

/// The conditions of a [`Pattern`](super::Pattern), one after the other, each with its number.
pub trait Steps<T> {
    /// How many there are.
    const LEN: u16;
    /// In which order they see items of one time.
    type Order: Ties<T>;
    /// Whether an item meets a condition.
    fn accepts(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool;
    /// Whether an item ends the repetition of a step.
    fn ends(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool;
    /// Adds what the pattern says about them.
    fn describe(&self, plan: &mut Plan);
    /// What puts items of one time in order.
    fn order(&self) -> Self::Order;
}

impl<T> Steps<T> for Begin {
    const LEN: u16 = 0;
    type Order = ByArrival;
    fn accepts(&self, _condition: u16, _item: &T, _captured: &Captured<'_, T>) -> bool {
        false
    }
    fn ends(&self, _condition: u16, _item: &T, _captured: &Captured<'_, T>) -> bool {
        false
    }
    fn describe(&self, _plan: &mut Plan) {}
    fn order(&self) -> ByArrival {
        ByArrival
    }
}

impl<T, B, P, U> Steps<T> for Step<B, P, U>
where
    B: Steps<T>,
    P: Condition<T>,
    U: Condition<T>,
{
    const LEN: u16 = B::LEN + 1;
    type Order = B::Order;

    #[inline]
    fn accepts(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        if condition != B::LEN {
            return self.before.accepts(condition, item, captured);
        }
        self.accepts.meets(item, captured) && !self.until.meets(item, captured)
    }
    #[inline]
    fn ends(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        if condition != B::LEN {
            return self.before.ends(condition, item, captured);
        }
        self.until.meets(item, captured)
    }
    fn describe(&self, plan: &mut Plan) {
        self.before.describe(plan);
        let condition = plan.condition();
        let Self { entry, repeat, greedy, name, .. } = *self;
        plan.parts.push(Part::Step(Taken { condition, entry, repeat, greedy, name }));
    }
    fn order(&self) -> B::Order {
        self.before.order()
    }
}

impl<T, B: Steps<T>, P: Condition<T>> Steps<T> for Absent<B, P> {
    const LEN: u16 = B::LEN + 1;
    type Order = B::Order;

    #[inline]
    fn accepts(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        if condition == B::LEN {
            self.accepts.meets(item, captured)
        } else {
            self.before.accepts(condition, item, captured)
        }
    }
    #[inline]
    fn ends(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        self.before.ends(condition, item, captured)
    }
    fn describe(&self, plan: &mut Plan) {
        self.before.describe(plan);
        let condition = plan.condition();
        plan.parts.push(Part::Not(Guard { condition, once: self.once }));
    }
    fn order(&self) -> B::Order {
        self.before.order()
    }
}

impl<T, B: Steps<T>, G: Steps<T>> Steps<T> for Group<B, G> {
    const LEN: u16 = B::LEN + G::LEN;
    type Order = B::Order;

    #[inline]
    fn accepts(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        match condition.checked_sub(B::LEN) {
            Some(inner) => self.steps.accepts(inner, item, captured),
            None => self.before.accepts(condition, item, captured),
        }
    }
    #[inline]
    fn ends(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        match condition.checked_sub(B::LEN) {
            Some(inner) => self.steps.ends(inner, item, captured),
            None => self.before.ends(condition, item, captured),
        }
    }
    fn describe(&self, plan: &mut Plan) {
        self.before.describe(plan);
        let is_plain = !<G::Order as Ties<T>>::WAITS;
        assert!(is_plain, "only the whole pattern puts items of one time in order");
        let mut inner = Plan { conditions: plan.conditions, ..Plan::default() };
        self.steps.describe(&mut inner);
        plan.conditions = inner.conditions;
        let Self { entry, repeat, .. } = *self;
        plan.parts.push(Part::Group { entry, repeat, parts: inner.parts });
    }
    fn order(&self) -> B::Order {
        self.before.order()
    }
}

impl<T, L, C> Steps<T> for Tied<L, C>
where
    L: Steps<T>,
    C: Fn(&T, &T) -> Ordering + Clone,
{
    const LEN: u16 = L::LEN;
    type Order = ByOrder<C>;

    #[inline]
    fn accepts(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        self.steps.accepts(condition, item, captured)
    }
    #[inline]
    fn ends(&self, condition: u16, item: &T, captured: &Captured<'_, T>) -> bool {
        self.steps.ends(condition, item, captured)
    }
    fn describe(&self, plan: &mut Plan) {
        self.steps.describe(plan);
    }
    fn order(&self) -> ByOrder<C> {
        ByOrder(self.compare.clone())
    }
}

/// What can be repeated: a step or a group.
pub trait Repeated {
    /// Changes how often.
    fn set_times(&mut self, times: Times);
    /// It may be left out.
    fn set_optional(&mut self);
    /// Nothing may come between its repetitions.
    fn set_consecutive(&mut self);
    /// Anything may.
    fn set_combinations(&mut self);
}

macro_rules! repeated {
    ($name:ident<$($parts:ident),*>) => {
        impl<$($parts),*> Repeated for $name<$($parts),*> {
            fn set_times(&mut self, times: Times) {
                self.repeat.set(times);
            }
            fn set_optional(&mut self) {
                self.repeat.optional = true;
            }
            fn set_consecutive(&mut self) {
                self.repeat.between = Contiguity::Strict;
            }
            fn set_combinations(&mut self) {
                self.repeat.between = Contiguity::Any;
            }
        }
    };
}

repeated!(Step<B, P, U>);
repeated!(Group<B, G>);

impl<P, Q> fmt::Debug for Given<P, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(..)")
    }
}

impl<B, P, U> fmt::Debug for Step<B, P, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step")
            .field("name", &self.name)
            .field("entry", &self.entry)
            .field("repeat", &self.repeat)
            .field("greedy", &self.greedy)
            .finish_non_exhaustive()
    }
}

impl<B, P> fmt::Debug for Absent<B, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Absent").field("once", &self.once).finish_non_exhaustive()
    }
}

impl<B, G: fmt::Debug> fmt::Debug for Group<B, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("steps", &self.steps)
            .field("entry", &self.entry)
            .field("repeat", &self.repeat)
            .finish_non_exhaustive()
    }
}

impl<L: fmt::Debug, C> fmt::Debug for Tied<L, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tied").field("steps", &self.steps).finish_non_exhaustive()
    }
}
