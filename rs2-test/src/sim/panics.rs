//! Panics that are meant to happen.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// What an injected panic carries.
struct Injected;

/// Unwinds without a message: a run may have thousands of these.
pub(crate) fn raise_injected() -> ! {
    panic::resume_unwind(Box::new(Injected))
}

/// How a step failed.
#[derive(Debug)]
pub(crate) enum Caught {
    Injected,
    Other(String),
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `step`; a panic in it is returned and prints nothing.
pub(crate) fn caught<R>(step: impl FnOnce() -> R) -> Result<R, Caught> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let outer = QUIET.replace(true);
    // What the step has broken is looked at once more, to see that it yields nothing, and dropped.
    let result = panic::catch_unwind(AssertUnwindSafe(step));
    QUIET.set(outer);
    result.map_err(|payload| read(&*payload))
}

fn read(payload: &(dyn Any + Send)) -> Caught {
    if payload.is::<Injected>() {
        return Caught::Injected;
    }
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
    Caught::Other(text.unwrap_or_else(|| "a panic without a text".to_owned()))
}
