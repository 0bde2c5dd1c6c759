//! What goes in: events of numbers alone, and events that carry a name.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Serialize, de::DeserializeOwned};
use std::hash::Hash;

/// A table of states by hand.
pub(crate) type States<E, V> = HashMap<<E as Event>::Key, V, FixedState>;

/// An event with a key. The published crate takes only keys that are `String`s.
pub(crate) trait Event:
    Clone + Serialize + DeserializeOwned + Send + Sync + Unpin + 'static
{
    type Key: Hash + Eq + Clone + Send + Sync + 'static;
    /// What an event lends of its key.
    type Lent: Hash + Eq + ToOwned<Owned = Self::Key> + ?Sized + 'static;
    fn new(key: u64, amount: u64) -> Self;
    fn key(&self) -> Self::Key;
    fn lent(&self) -> &Self::Lent;
    /// The state of the key, in a table by hand.
    fn state<'a, V: Default>(&self, states: &'a mut States<Self, V>) -> &'a mut V;
    fn name(&self) -> String;
    fn amount(&self) -> u64;
}

#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(crate) struct Numbered {
    key: u64,
    amount: u64,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Named {
    name: String,
    amount: u64,
}

impl Event for Numbered {
    type Key = u64;
    type Lent = u64;
    fn new(key: u64, amount: u64) -> Self {
        Self { key, amount }
    }
    fn key(&self) -> u64 {
        self.key
    }
    fn lent(&self) -> &u64 {
        &self.key
    }
    fn state<'a, V: Default>(&self, states: &'a mut States<Self, V>) -> &'a mut V {
        states.entry(self.key).or_default()
    }
    fn name(&self) -> String {
        self.key.to_string()
    }
    fn amount(&self) -> u64 {
        self.amount
    }
}

impl Event for Named {
    type Key = String;
    type Lent = str;
    fn new(key: u64, amount: u64) -> Self {
        Self { name: format!("user_{key:05}"), amount }
    }
    fn key(&self) -> String {
        self.name.clone()
    }
    fn lent(&self) -> &str {
        &self.name
    }
    fn state<'a, V: Default>(&self, states: &'a mut States<Self, V>) -> &'a mut V {
        states.entry_ref(self.name.as_str()).or_default()
    }
    fn name(&self) -> String {
        self.name.clone()
    }
    fn amount(&self) -> u64 {
        self.amount
    }
}

/// Events of so many keys in no order.
pub(crate) fn made<E: Event>(events: usize, keys: u64) -> Vec<E> {
    let mut state = 1_u64;
    let event = |number| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        E::new((state >> 33) % keys, number)
    };
    (0..events as u64).map(event).collect()
}

/// The state of a key: 16 bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) events: u64,
    pub(crate) sum: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, amount: u64) -> u64 {
        self.events += 1;
        self.sum += amount;
        self.sum
    }
}

/// One number for many: what the answers are compared by.
pub(crate) fn mix(answer: u64, output: u64) -> u64 {
    answer.rotate_left(5) ^ output
}
