//! Who writes where: no two operators under one name.

use super::SharedStorage;
use crate::sync::Arc;
use alloc::string::String;
use alloc::vec::Vec;
use spin::mutex::SpinMutex;

/// What the operators that are alive have claimed. It is the process's, since two operators may
/// know nothing of each other but the storage that both were given. Held while an operator is built
/// or dropped, and no code of the user's runs then.
static CLAIMED: SpinMutex<Vec<Claim>> = SpinMutex::new(Vec::new());

/// The name of an operator that was given none.
const UNNAMED: &str = "rs2";

struct Claim {
    storage: usize,
    name: String,
    number: u32,
}

/// A name on a storage that one operator has, until this is dropped.
#[derive(Debug)]
pub(crate) struct Name {
    // Keeps the address from being that of another storage.
    storage: SharedStorageAddress,
    name: String,
    number: u32,
}

struct SharedStorageAddress(SharedStorage);

impl Name {
    /// Claims `name`, with the smallest number that no living operator has under it on `storage`:
    /// operators that are built in the same order find their state again.
    pub(crate) fn claim(storage: &SharedStorage, name: Option<&str>) -> Self {
        let storage = SharedStorageAddress(storage.clone());
        let name = String::from(name.unwrap_or(UNNAMED));
        let address = storage.address();
        let mut claims = CLAIMED.lock();
        let same = |claim: &&Claim| claim.storage == address && claim.name == name;
        let taken: Vec<u32> = claims.iter().filter(same).map(|claim| claim.number).collect();
        let number = (0..).find(|number| !taken.contains(number)).unwrap_or(u32::MAX);
        claims.push(Claim { storage: address, name: name.clone(), number });
        Self { storage, name, number }
    }

    /// What all keys begin with: the name, and the number of every operator but the first.
    pub(crate) fn prefix(&self) -> String {
        match self.number {
            0 => alloc::format!("{}:", self.name),
            number => alloc::format!("{}#{number}:", self.name),
        }
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let address = self.storage.address();
        CLAIMED.lock().retain(|claim| {
            claim.storage != address || claim.name != self.name || claim.number != self.number
        });
    }
}

impl SharedStorageAddress {
    fn address(&self) -> usize {
        Arc::as_ptr(&self.0).cast::<()>() as usize
    }
}

impl core::fmt::Debug for SharedStorageAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("..")
    }
}
