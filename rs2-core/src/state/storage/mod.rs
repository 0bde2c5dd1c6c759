//! Where state is kept as bytes: the interface of a storage, and what is built on it.

mod error;
mod in_memory;
mod names;
mod namespaced;
mod spill;

pub use error::{StorageError, StorageErrorKind};
pub use in_memory::InMemoryStorage;
pub use namespaced::Namespaced;

pub(crate) use names::Name;
pub(crate) use namespaced::is_name;
pub(crate) use spill::Spill;

use crate::sync::Arc;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

/// The answer of a storage, in the form that `#[async_trait]` gives to an `async fn`.
pub type StorageFuture<'f, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'f>>;

/// What a storage is asked through: one that several operators and tasks may share.
pub type SharedStorage = Arc<dyn StateStorage + Send + Sync>;

/// A storage of bytes under text, asked asynchronously: a map, a database, a server elsewhere.
///
/// An implementation is written by hand, or with `#[async_trait]` and an `async fn` for each
/// method. [`get`](Self::get), [`set`](Self::set) and [`delete`](Self::delete) are enough for one:
/// the others are made of them, where that is possible, and [`abilities`](Self::abilities) says
/// what a storage does beyond that. `rs2_test::storage::check` tells whether it keeps its word.
///
/// What an implementation owes:
/// - Whoever asks after a write has been answered sees it. Each call takes effect at once and as a
///   whole, also among calls from several tasks; a call whose future is dropped has taken effect
///   or has not.
/// - Keys are any text, the empty one too, and are told apart byte by byte. Values are any bytes,
///   also none.
/// - A failure is an error and never a missing value.
///
/// ```
/// use rs2_core::state::{StateStorage, StorageError, StorageFuture};
/// use std::{collections::HashMap, sync::Mutex};
///
/// #[derive(Default)]
/// struct Map(Mutex<HashMap<String, Vec<u8>>>);
///
/// # use async_trait::async_trait;
/// #[async_trait]
/// impl StateStorage for Map {
///     async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
///         Ok(self.0.lock().unwrap().get(key).cloned())
///     }
///     async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
///         self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
///         Ok(())
///     }
///     async fn delete(&self, key: &str) -> Result<bool, StorageError> {
///         Ok(self.0.lock().unwrap().remove(key).is_some())
///     }
/// }
/// # futures_executor::block_on(async {
/// let map = Map::default();
/// map.set("ann", b"3").await?;
/// assert!(map.exists("ann").await?);
/// # Ok::<(), StorageError>(()) }).unwrap();
/// ```
// The signatures are word for word what `async_trait` makes of an `async fn`, so that both ways of
// writing an implementation fit.
pub trait StateStorage: Send + Sync {
    /// The value under `key`, if there is one.
    ///
    /// # Errors
    /// When the storage cannot tell.
    fn get<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, Option<Vec<u8>>>
    where
        's: 'f,
        'k: 'f,
        Self: 'f;

    /// Keeps `value` under `key` until it is written again or deleted.
    ///
    /// # Errors
    /// When it was not kept; what stood there before then still does, as far as the storage knows.
    fn set<'s, 'k, 'v, 'f>(&'s self, key: &'k str, value: &'v [u8]) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f;

    /// Removes what is under `key`. Tells whether there was something.
    ///
    /// # Errors
    /// When the storage cannot tell.
    fn delete<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f;

    /// What this storage does beyond reading, writing and deleting. By default nothing.
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    /// Keeps `value` under `key` for `ttl`, after which it is as if deleted.
    ///
    /// By default [`set`](Self::set): a storage that cannot expire keeps the value, and its
    /// [`abilities`](Self::abilities) say so.
    ///
    /// # Errors
    /// See [`set`](Self::set).
    fn set_with_ttl<'s, 'k, 'v, 'f>(
        &'s self,
        key: &'k str,
        value: &'v [u8],
        ttl: Duration,
    ) -> StorageFuture<'f, ()>
    where
        's: 'f,
        'k: 'f,
        'v: 'f,
        Self: 'f,
    {
        let _ = ttl;
        self.set(key, value)
    }

    /// Lets the time to live of what is under `key` begin anew. Tells whether there is something.
    ///
    /// By default a read and a write, between which another task may write.
    ///
    /// # Errors
    /// When the storage cannot tell.
    fn touch<'s, 'k, 'f>(&'s self, key: &'k str, ttl: Duration) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let Some(value) = self.get(key).await? else { return Ok(false) };
            self.set_with_ttl(key, &value, ttl).await?;
            Ok(true)
        })
    }

    /// Whether there is a value under `key`.
    ///
    /// # Errors
    /// When the storage cannot tell.
    fn exists<'s, 'k, 'f>(&'s self, key: &'k str) -> StorageFuture<'f, bool>
    where
        's: 'f,
        'k: 'f,
        Self: 'f,
    {
        Box::pin(async move { Ok(self.get(key).await?.is_some()) })
    }

    /// At most `limit` entries whose keys begin with `prefix` and come after `after`, in the order
    /// of their keys as bytes. A page with fewer than `limit` is the last one; the key at the end
    /// of a page is the `after` of the next.
    ///
    /// By default an error.
    ///
    /// # Errors
    /// [`StorageErrorKind::Unsupported`] when the storage cannot do this; otherwise when it cannot
    /// tell.
    fn scan<'s, 'p, 'a, 'f>(
        &'s self,
        prefix: &'p str,
        after: Option<&'a str>,
        limit: usize,
    ) -> StorageFuture<'f, Vec<(String, Vec<u8>)>>
    where
        's: 'f,
        'p: 'f,
        'a: 'f,
        Self: 'f,
    {
        let _ = (prefix, after, limit);
        Box::pin(core::future::ready(Err(StorageError::unsupported("scan"))))
    }

    /// Makes all writes, in their order. With [`Abilities::atomic_batch`] all or none.
    ///
    /// By default one after the other, up to the first that fails.
    ///
    /// # Errors
    /// Of the write that failed.
    fn write_batch<'s, 'f>(&'s self, writes: Vec<StorageWrite>) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            for write in writes {
                match write {
                    StorageWrite::Set { key, value, ttl: None } => self.set(&key, &value).await?,
                    StorageWrite::Set { key, value, ttl: Some(ttl) } => {
                        self.set_with_ttl(&key, &value, ttl).await?;
                    }
                    StorageWrite::Delete { key } => {
                        self.delete(&key).await?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Removes everything.
    ///
    /// By default page by page, with [`scan`](Self::scan).
    ///
    /// # Errors
    /// [`StorageErrorKind::Unsupported`] when the storage cannot do this; otherwise when something
    /// could not be removed.
    fn clear<'s, 'f>(&'s self) -> StorageFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(delete_all(self, ""))
    }
}

/// What a [`StateStorage`] does beyond reading, writing and deleting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// What is written with a time to live goes when that is over.
    pub ttl: bool,
    /// Its entries can be gone through in the order of their keys.
    pub scan: bool,
    /// A batch is written as a whole or not at all.
    pub atomic_batch: bool,
}

impl Abilities {
    /// All of them.
    pub const ALL: Self = Self { ttl: true, scan: true, atomic_batch: true };
}

/// One write of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageWrite {
    /// Keeps a value under a key, for some time or until it is written again.
    Set {
        /// Where.
        key: String,
        /// What.
        value: Vec<u8>,
        /// For how long; without it for ever.
        ttl: Option<Duration>,
    },
    /// Removes what is under a key.
    Delete {
        /// Where.
        key: String,
    },
}

/// The entries that are read together when all are gone through.
const PAGE: usize = 256;

/// Removes whatever has a key that begins with `prefix`.
async fn delete_all<St: StateStorage + ?Sized>(
    storage: &St,
    prefix: &str,
) -> Result<(), StorageError> {
    loop {
        let page = storage.scan(prefix, None, PAGE).await?;
        let is_last = page.len() < PAGE;
        let writes = page.into_iter().map(|(key, _)| StorageWrite::Delete { key });
        storage.write_batch(writes.collect()).await?;
        if is_last {
            return Ok(());
        }
    }
}
