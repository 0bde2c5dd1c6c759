//! What the tests of the stateful operators share: items at their times, settings, and a table to
//! compare with.
#![allow(dead_code, unreachable_pub)]

use std::time::Duration;

use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::state::{OnFull, StateConfig};
use rs2_core::time::{Clock, Timer};
use rs2_test::ManualTimer;

pub const SECOND: Duration = Duration::from_secs(1);
/// For how long things are kept, in seconds.
pub const TTL: u64 = 5;

/// When it comes, its key, a number.
pub type Item = (u64, u8, u32);

pub fn items() -> impl Strategy<Value = Vec<Item>> {
    let item = (prop_oneof![6 => 0_u64..3, 1 => 0_u64..9], 0_u8..5, 0_u32..9);
    prop::collection::vec(item, 0..40).prop_map(|mut items| {
        let mut now = 0;
        for item in &mut items {
            now += item.0;
            item.0 = now;
        }
        items
    })
}

/// Yields each item at its time.
pub fn arriving(timer: &ManualTimer, items: &[Item]) -> impl Stream<Item = Item> + use<> {
    let (timer, start) = (timer.clone(), timer.now());
    from_iter(items.to_vec()).eval_map_rs2(move |item| {
        let sleep = timer.sleep_until(start.saturating_add(item.0 as u32 * SECOND));
        async move {
            sleep.await;
            item
        }
    })
}

pub fn key(item: &Item) -> u8 {
    item.1
}

/// At most so many keys; what happens when there are more.
pub type Bound = (usize, OnFull);

pub fn bounds() -> impl Strategy<Value = Bound> {
    let answer = prop_oneof![Just(OnFull::Evict), Just(OnFull::Reject), Just(OnFull::Stop)];
    prop_oneof![Just((99, OnFull::Evict)), (1_usize..4, answer)]
}

pub fn config((keys, on_full): Bound, losses: &Losses) -> StateConfig {
    let ttl = TTL as u32 * SECOND;
    let config = StateConfig::new().ttl(ttl).cleanup_interval(SECOND).max_size(keys);
    config.on_full(on_full).report_to(losses)
}

/// Entries in the order of their last write.
pub struct Table<V> {
    pub bound: Bound,
    pub ttl: u64,
    pub entries: Vec<(u8, u64, V)>,
    pub evicted: u64,
    pub refused: u64,
    pub stopped: bool,
}

impl<V: Default> Table<V> {
    pub fn new(bound: Bound, ttl: u64) -> Self {
        Self { bound, ttl, entries: Vec::new(), evicted: 0, refused: 0, stopped: false }
    }

    /// The value of a key as an entry written last, unless there is no room for it.
    pub fn write(&mut self, key: u8, now: u64) -> Option<&mut V> {
        let ttl = self.ttl;
        self.entries.retain(|(_, written, _)| written + ttl > now);
        let known = self.entries.iter().position(|(other, ..)| *other == key);
        let value = known.map(|place| self.entries.remove(place).2);
        if value.is_none() && self.entries.len() >= self.bound.0 {
            self.evicted += u64::from(self.bound.1 == OnFull::Evict);
            self.refused += u64::from(self.bound.1 == OnFull::Reject);
            self.stopped = self.bound.1 == OnFull::Stop;
            if self.bound.1 != OnFull::Evict {
                return None;
            }
            self.entries.remove(0);
        }
        self.entries.push((key, now, value.unwrap_or_default()));
        self.entries.last_mut().map(|entry| &mut entry.2)
    }

    pub fn forget(&mut self, key: u8) {
        self.entries.retain(|(other, ..)| *other != key);
    }

    pub fn agrees_with(&self, losses: &Losses) {
        assert_eq!(losses.of(Loss::Full), self.refused);
        assert_eq!(losses.is_stopped(), self.stopped);
    }
}
