//! The suite for storages finds nothing in those that keep their word, and something in each that
//! does not.

use async_trait::async_trait;
use rs2_core::state::{
    Abilities, InMemoryStorage, Namespaced, StateStorage, StorageError, StorageErrorKind,
    StorageWrite,
};
use rs2_core::time::{Clock, Timer};
use rs2_test::storage::{check, try_check};
use rs2_test::{ManualTimer, ms};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The least that a storage must do.
#[derive(Default)]
struct Least(Mutex<HashMap<String, Vec<u8>>>);

#[async_trait]
impl StateStorage for Least {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.0.lock().expect("no panic").get(key).cloned())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        self.0.lock().expect("no panic").insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        Ok(self.0.lock().expect("no panic").remove(key).is_some())
    }
}

#[test]
fn the_memory_keeps_its_word() {
    check(|timer| InMemoryStorage::bounded(timer, 200));
}

#[test]
fn the_least_that_can_be_written_keeps_its_word() {
    check(|_| Least::default());
}

#[test]
fn a_part_of_a_storage_keeps_its_word_among_other_parts() {
    check(|timer: ManualTimer| {
        let shared = Arc::new(InMemoryStorage::bounded(timer.clone(), 200));
        let beside = Namespaced::new(shared.clone(), "beside").expect("a name");
        timer.run(beside.set("a", b"of another")).expect("room");
        Namespaced::new(shared, "here").expect("a name")
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    EmptyIsMissing,
    KeysAreTrimmed,
    KeysHaveNoCase,
    LongKeysAreCut,
    ValuesAreCut,
    DeleteIsAlwaysGlad,
    ExistsLags,
    ClearKeepsTheEmptyKey,
    NothingExpires,
    ForEverIsOver,
    AWriteKeepsTheTime,
    ATouchDoesNothing,
    ATouchIsAlwaysGlad,
    PagesAreInNoOrder,
    PagesRepeat,
    PagesForgetThePrefix,
    PagesAreTooLong,
    ScanSaysNothing,
    TimeWithoutTheAbility,
    BatchesAreBackwards,
    BatchesHaveNoTime,
    BatchesAreDoneOneByOne,
    DroppedBatchesAreHalfDone,
    WritesUndoWhatCameBetween,
    WritesBeginEmpty,
    Fails,
    ForgetsItsWaker,
}

use Flaw::*;

/// Each flaw, with the rule that finds it.
const FLAWS: [(Flaw, &str); 27] = [
    (EmptyIsMissing, "no_value_and_an_empty_one_differ"),
    (KeysAreTrimmed, "keys_are_told_apart"),
    (KeysHaveNoCase, "keys_are_told_apart"),
    (LongKeysAreCut, "keys_are_told_apart"),
    (ValuesAreCut, "a_large_value_is_kept_whole"),
    (DeleteIsAlwaysGlad, "what_is_written_is_read"),
    (ExistsLags, "what_is_written_is_read"),
    (ClearKeepsTheEmptyKey, "clear_removes_everything"),
    (NothingExpires, "what_has_a_time_to_live_expires"),
    (ForEverIsOver, "what_has_a_time_to_live_expires"),
    (AWriteKeepsTheTime, "a_write_decides_the_time_to_live"),
    (ATouchDoesNothing, "a_touch_begins_the_time_anew"),
    (ATouchIsAlwaysGlad, "a_touch_begins_the_time_anew"),
    (PagesAreInNoOrder, "what_has_a_time_to_live_expires"),
    (PagesRepeat, "a_scan_is_in_order_and_complete"),
    (PagesForgetThePrefix, "a_scan_stays_within_its_prefix"),
    (PagesAreTooLong, "a_scan_is_in_order_and_complete"),
    (ScanSaysNothing, "without_that_ability_a_scan_is_an_error"),
    (TimeWithoutTheAbility, "without_that_ability_a_value_stays"),
    (BatchesAreBackwards, "a_batch_is_done_in_order"),
    (BatchesHaveNoTime, "a_batch_is_done_in_order"),
    (BatchesAreDoneOneByOne, "a_batch_is_seen_as_a_whole"),
    (DroppedBatchesAreHalfDone, "a_dropped_batch_is_whole_or_nothing"),
    (WritesUndoWhatCameBetween, "writers_beside_each_other_lose_nothing"),
    (WritesBeginEmpty, "a_dropped_write_is_whole_or_nothing"),
    (Fails, "what_is_written_is_read"),
    (ForgetsItsWaker, "what_is_written_is_read"),
];

/// A storage that waits before it answers, and has one flaw or none.
struct Twin {
    inner: InMemoryStorage<ManualTimer>,
    timer: ManualTimer,
    flaw: Option<Flaw>,
}

impl Twin {
    fn new(timer: ManualTimer, flaw: Option<Flaw>) -> Self {
        Self { inner: InMemoryStorage::bounded(timer.clone(), 200), timer, flaw }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    async fn pause(&self) {
        self.timer.sleep_until(self.timer.now().saturating_add(ms(1))).await;
    }

    fn key<'k>(&self, key: &'k str) -> std::borrow::Cow<'k, str> {
        match self.flaw {
            Some(KeysAreTrimmed) => key.trim().into(),
            Some(KeysHaveNoCase) => key.to_lowercase().into(),
            Some(LongKeysAreCut) => key.chars().take(1_000).collect::<String>().into(),
            _ => key.into(),
        }
    }

    /// Everything there is, as one that knows no single entries would have it.
    async fn all(&self) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        self.inner.scan("", None, usize::MAX).await
    }
}

#[async_trait]
impl StateStorage for Twin {
    fn abilities(&self) -> Abilities {
        match self.flaw {
            Some(ScanSaysNothing | DroppedBatchesAreHalfDone) => {
                Abilities { scan: false, ..Abilities::ALL }
            }
            Some(TimeWithoutTheAbility) => Abilities { ttl: false, ..Abilities::ALL },
            _ => Abilities::ALL,
        }
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        self.pause().await;
        if self.has(Fails) {
            return Err(StorageError::other("no"));
        }
        if self.has(ForgetsItsWaker) {
            std::future::pending::<()>().await;
        }
        let value = self.inner.get(&self.key(key)).await?;
        Ok(value.filter(|value| !(self.has(EmptyIsMissing) && value.is_empty())))
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        let key = self.key(key);
        if self.has(WritesUndoWhatCameBetween) {
            let before = self.all().await?;
            self.pause().await;
            for (key, _) in self.all().await? {
                if before.iter().all(|(old, _)| *old != key) {
                    self.inner.delete(&key).await?;
                }
            }
        }
        if self.has(WritesBeginEmpty) {
            self.inner.set(&key, b"").await?;
        }
        if self.has(AWriteKeepsTheTime) && self.inner.exists(&key).await? {
            return self.inner.set_with_ttl(&key, value, Duration::from_secs(10)).await;
        }
        self.pause().await;
        let kept = if self.has(ValuesAreCut) { value.len().min(65_535) } else { value.len() };
        self.inner.set(&key, &value[..kept]).await
    }

    async fn set_with_ttl(
        &self,
        key: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<(), StorageError> {
        self.pause().await;
        let key = self.key(key);
        match self.flaw {
            Some(NothingExpires) => self.inner.set(&key, value).await,
            Some(ForEverIsOver) if ttl == Duration::MAX => Ok(()),
            _ => self.inner.set_with_ttl(&key, value, ttl).await,
        }
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        self.pause().await;
        let removed = self.inner.delete(&self.key(key)).await?;
        Ok(removed || self.has(DeleteIsAlwaysGlad))
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, StorageError> {
        self.pause().await;
        match self.flaw {
            Some(ATouchDoesNothing) => self.inner.exists(key).await,
            Some(ATouchIsAlwaysGlad) => self.inner.touch(key, ttl).await.map(|_| true),
            _ => self.inner.touch(&self.key(key), ttl).await,
        }
    }

    async fn exists(&self, key: &str) -> Result<bool, StorageError> {
        self.pause().await;
        Ok(self.has(ExistsLags) || self.inner.exists(&self.key(key)).await?)
    }

    async fn scan(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
        self.pause().await;
        if self.has(DroppedBatchesAreHalfDone) {
            return Err(StorageError::new(StorageErrorKind::Unsupported, "scan"));
        }
        let prefix = if self.has(PagesForgetThePrefix) { "" } else { prefix };
        let mut page = match (after, self.flaw) {
            (_, Some(ScanSaysNothing)) => Vec::new(),
            (Some(after), Some(PagesRepeat)) => {
                let mut page = self.inner.scan(prefix, None, usize::MAX).await?;
                page.retain(|(key, _)| key.as_str() >= after);
                page.truncate(limit);
                page
            }
            (_, Some(PagesAreTooLong)) => self.inner.scan(prefix, after, limit + 1).await?,
            _ => self.inner.scan(prefix, after, limit).await?,
        };
        if self.has(PagesAreInNoOrder) {
            page.reverse();
        }
        Ok(page)
    }

    async fn write_batch(&self, mut writes: Vec<StorageWrite>) -> Result<(), StorageError> {
        self.pause().await;
        match self.flaw {
            Some(BatchesAreBackwards) => writes.reverse(),
            Some(BatchesHaveNoTime) => {
                for write in &mut writes {
                    if let StorageWrite::Set { ttl, .. } = write {
                        *ttl = None;
                    }
                }
            }
            Some(BatchesAreDoneOneByOne | DroppedBatchesAreHalfDone) => {
                for write in writes {
                    self.inner.write_batch(vec![write]).await?;
                    self.pause().await;
                }
                return Ok(());
            }
            _ => {}
        }
        self.inner.write_batch(writes).await
    }

    async fn clear(&self) -> Result<(), StorageError> {
        self.pause().await;
        let empty = self.inner.get("").await?;
        self.inner.clear().await?;
        match empty {
            Some(value) if self.has(ClearKeepsTheEmptyKey) => self.inner.set("", &value).await,
            _ => Ok(()),
        }
    }
}

#[test]
fn a_storage_that_waits_keeps_its_word() {
    check(|timer| Twin::new(timer, None));
}

#[test]
fn every_flaw_is_found_by_the_rule_for_it() {
    for (flaw, rule) in FLAWS {
        match try_check(|timer| Twin::new(timer, Some(flaw))) {
            Ok(()) => panic!("{flaw:?} was missed"),
            Err(broken) => assert_eq!(broken.rule, rule, "{flaw:?}: {broken}"),
        }
    }
}
