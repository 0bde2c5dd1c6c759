//! Whether a storage does what a [`StateStorage`] must.
//!
//! [`check`] runs all rules in virtual time, each on a new storage; [`check_on`] does it on any
//! runtime, for a storage that needs one. What a storage says it cannot do is not asked of it, but
//! it must then say so when it is asked.
//!
//! ```
//! use rs2_core::state::InMemoryStorage;
//! rs2_test::storage::check(|timer| InMemoryStorage::bounded(timer, 1_000));
//! ```

mod batches;
mod entries;
mod pages;
mod times;
mod together;

use crate::timer::ManualTimer;
use rs2_core::state::{StateStorage, StorageError};
use rs2_core::time::{Clock, Timer};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A rule that a storage broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule.
    pub rule: &'static str,
    /// What happened.
    pub what: String,
}

/// One storage on trial.
struct Trial<'a> {
    storage: &'a dyn StateStorage,
    wait: &'a dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + 'a>>,
    /// The time to live that the rules give; they wait for fractions and multiples of it.
    ttl: Duration,
}

type Verdict = Result<(), String>;
type Rule = for<'a> fn(&'a Trial<'a>) -> Pin<Box<dyn Future<Output = Verdict> + 'a>>;

macro_rules! rules {
    ($($area:ident: $($rule:ident)*;)*) => {
        &[$($((stringify!($rule), |trial| Box::pin($area::$rule(trial))),)*)*]
    };
}

const RULES: &[(&str, Rule)] = rules! {
    entries:
        what_is_written_is_read
        no_value_and_an_empty_one_differ
        keys_are_told_apart
        a_large_value_is_kept_whole
        clear_removes_everything;
    times:
        what_has_a_time_to_live_expires
        a_write_decides_the_time_to_live
        a_touch_begins_the_time_anew
        without_that_ability_a_value_stays;
    pages:
        a_scan_is_in_order_and_complete
        a_scan_stays_within_its_prefix
        without_that_ability_a_scan_is_an_error;
    batches:
        a_batch_is_done_in_order
        a_batch_is_seen_as_a_whole
        a_dropped_batch_is_whole_or_nothing;
    together:
        writers_beside_each_other_lose_nothing
        a_dropped_write_is_whole_or_nothing;
};

impl Trial<'_> {
    async fn wait(&self, ttls: f64) {
        (self.wait)(self.ttl.mul_f64(ttls)).await;
    }

    /// Reads a value, which is to be this one.
    async fn expect(&self, key: &str, value: Option<&[u8]>) -> Verdict {
        let found = self.storage.get(key).await.map_err(failed)?;
        let exists = self.storage.exists(key).await.map_err(failed)?;
        holds(found.as_deref() == value, || {
            let (found, value) = (shown(found.as_deref()), shown(value));
            format!("{} has {found}, not {value}", shown(Some(key.as_bytes())))
        })?;
        holds(exists == value.is_some(), || {
            format!("exists says {exists} of {}", shown(Some(key.as_bytes())))
        })
    }

    async fn set(&self, key: &str, value: &[u8]) -> Verdict {
        self.storage.set(key, value).await.map_err(failed)
    }
}

/// Checks all rules in virtual time, each on a storage of its own that `make` makes, empty. Its
/// argument is the timer for those that have one; keys must be at least 100.
///
/// # Panics
/// When a rule is broken; [`try_check`] returns which.
#[track_caller]
pub fn check<St: StateStorage>(make: impl Fn(ManualTimer) -> St) {
    if let Err(broken) = try_check(make) {
        panic!("{broken}");
    }
}

/// [`check`], with an error for the first rule that is broken.
///
/// # Errors
/// The rule, and what happened.
pub fn try_check<St: StateStorage>(make: impl Fn(ManualTimer) -> St) -> Result<(), Broken> {
    for &(name, rule) in RULES {
        let timer = ManualTimer::new();
        let storage = make(timer.clone());
        let wait = |time| {
            let deadline = timer.now().saturating_add(time);
            Box::pin(timer.sleep_until(deadline)) as Pin<Box<dyn Future<Output = ()>>>
        };
        let trial = Trial { storage: &storage, wait: &wait, ttl: Duration::from_secs(10) };
        let verdict = timer.try_run(rule(&trial));
        let verdict = verdict.unwrap_or_else(|lost| Err(lost.to_string()));
        verdict.map_err(|what| Broken { rule: name, what })?;
    }
    Ok(())
}

/// Checks all rules on the runtime that runs this future, each on a storage of its own that `make`
/// makes, empty. `wait` sleeps; `ttl` is the time to live that the rules give and wait for several
/// times, so it should be short, and long beside the time that a call takes.
///
/// # Errors
/// The first rule that is broken, and what happened.
pub async fn check_on<St, W, Fut>(
    make: impl Fn() -> St,
    wait: W,
    ttl: Duration,
) -> Result<(), Broken>
where
    St: StateStorage,
    W: Fn(Duration) -> Fut,
    Fut: Future<Output = ()>,
{
    for &(name, rule) in RULES {
        let storage = make();
        let wait = |time| Box::pin(wait(time)) as Pin<Box<dyn Future<Output = ()> + '_>>;
        let trial = Trial { storage: &storage, wait: &wait, ttl };
        rule(&trial).await.map_err(|what| Broken { rule: name, what })?;
    }
    Ok(())
}

fn holds(is_so: bool, what: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { Err(what()) }
}

fn failed(error: StorageError) -> String {
    format!("a call failed: {error}")
}

fn shown(value: Option<&[u8]>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(bytes) if bytes.len() <= 32 => format!("{:?}", String::from_utf8_lossy(bytes)),
        Some(bytes) => format!("{} bytes", bytes.len()),
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the storage breaks a rule: {}: {}", self.rule.replace('_', " "), self.what)
    }
}

impl Error for Broken {}
