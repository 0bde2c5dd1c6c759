//! Where the states of one operator are in a storage.

use super::config::Place;
use super::shelf::Shelf;
use super::{
    Name, Namespaced, SharedStorage, Spill, StateBackend, StateConfig, StateStorage, TtlFrom,
};
use crate::metrics::Losses;
use crate::time::Instant;
use alloc::boxed::Box;
use alloc::string::String;
use core::time::Duration;

/// One operator's part of a storage.
pub(super) struct Remote<K> {
    part: Namespaced,
    write_key: fn(&K, &mut String),
    ttl: Option<Duration>,
    touches: bool,
    losses: Losses,
    /// The memory over the storage, where there is one.
    spill: Option<Spill>,
    _name: Name,
}

impl<K> Remote<K> {
    /// Nothing when the settings keep state in the memory of the operator.
    pub(super) fn new<B: StateBackend<K>>(config: &StateConfig<B>) -> Option<Self> {
        let write_key = B::WRITE_KEY?;
        let (storage, spill) = match &config.place {
            Place::Memory => return None,
            Place::Storage(storage) => (storage.clone(), None),
            Place::Spill(below) => {
                let spill = Spill::new(config.max_keys, below.clone());
                let storage: Box<dyn StateStorage + Send + Sync> = Box::new(spill.clone());
                (SharedStorage::from(storage), Some(spill))
            }
        };
        let (Place::Storage(shared) | Place::Spill(shared)) = &config.place else { return None };
        let name = Name::claim(shared, config.name.as_deref());
        Some(Self {
            part: Namespaced::with_prefix(storage, name.prefix()),
            write_key,
            ttl: (config.ttl != Duration::MAX).then_some(config.ttl),
            touches: config.ttl_from == TtlFrom::LastUse,
            losses: config.losses.clone(),
            spill,
            _name: name,
        })
    }

    /// What a step on `key` works with.
    pub(super) fn shelf(&self, key: &K, now: Instant) -> Shelf {
        self.expire(now);
        Shelf::new(
            self.part.storage().clone(),
            self.part.key(|text| (self.write_key)(key, text)),
            self.ttl,
            self.touches,
            self.losses.clone(),
        )
    }

    pub(super) fn expire(&self, now: Instant) {
        if let Some(spill) = &self.spill {
            spill.tick(now);
        }
    }

    /// How many states are in the memory of the operator.
    pub(super) fn len(&self) -> usize {
        self.spill.as_ref().map_or(0, |spill| spill.len())
    }
}
