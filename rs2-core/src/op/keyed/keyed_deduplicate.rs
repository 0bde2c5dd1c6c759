//! One item of each key in a stretch of time.

use super::step::{Step, Visit};
use crate::metrics::{LocalLosses, Loss};

/// The step of [`keyed_deduplicate_rs2`](super::KeyedExt::keyed_deduplicate_on_rs2).
///
/// That a key has a state says that it was seen; the state's time to live does the rest.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyedDeduplicate;

impl<T> Step<T> for KeyedDeduplicate {
    type State = ();
    type Out = T;
    const NAME: &'static str = "keyed_deduplicate";
    const ONE_EACH: bool = false;
    const DROPS: Option<Loss> = Some(Loss::Duplicate);

    #[inline]
    fn begin(&self) {}

    #[inline]
    fn step(
        &mut self,
        item: T,
        _seen: &mut (),
        visit: Visit,
        losses: &mut LocalLosses,
    ) -> Option<T> {
        if !visit.is_new {
            losses.count();
            return None;
        }
        if visit.is_missing {
            losses.losses().count(Loss::DuplicateRisk);
        }
        Some(item)
    }
}
