//! Several writes at once.

use super::together::{all, once_around, up_to};
use super::{Trial, Verdict, failed, holds};
use rs2_core::state::StorageWrite;
use std::cell::Cell;
use std::time::Duration;

fn set(key: &str, value: &str, ttl: Option<Duration>) -> StorageWrite {
    StorageWrite::Set { key: key.to_owned(), value: value.as_bytes().to_vec(), ttl }
}

fn delete(key: &str) -> StorageWrite {
    StorageWrite::Delete { key: key.to_owned() }
}

/// One value for all of these.
const TOGETHER: [&str; 4] = ["w", "x", "y", "z"];

fn same(value: &str) -> Vec<StorageWrite> {
    TOGETHER.iter().map(|key| set(key, value, None)).collect()
}

impl Trial<'_> {
    async fn batch(&self, writes: Vec<StorageWrite>) -> Verdict {
        self.storage.write_batch(writes).await.map_err(failed)
    }
}

pub(super) async fn a_batch_is_done_in_order(trial: &Trial<'_>) -> Verdict {
    trial.batch(Vec::new()).await?;
    trial.set("old", b"1").await?;
    let goes = Some(trial.ttl);
    trial
        .batch(vec![
            set("a", "1", None),
            set("a", "2", None),
            set("b", "1", None),
            delete("b"),
            delete("old"),
            set("old", "2", None),
            delete("none"),
            set("goes", "1", goes),
        ])
        .await?;
    trial.expect("a", Some(b"2")).await?;
    trial.expect("b", None).await?;
    trial.expect("old", Some(b"2")).await?;
    trial.expect("none", None).await?;
    trial.expect("goes", Some(b"1")).await?;
    if trial.storage.abilities().ttl {
        trial.wait(1.5).await;
        trial.expect("goes", None).await?;
        trial.expect("a", Some(b"2")).await?;
    }
    Ok(())
}

pub(super) async fn a_batch_is_seen_as_a_whole(trial: &Trial<'_>) -> Verdict {
    let abilities = trial.storage.abilities();
    if !abilities.atomic_batch || !abilities.scan {
        return Ok(());
    }
    trial.batch(same("0")).await?;
    let writes = Cell::new(true);
    let writer = async {
        for round in 1..20 {
            trial.batch(same(&round.to_string())).await?;
        }
        writes.set(false);
        Ok(())
    };
    let reader = async {
        while writes.get() {
            let page = trial.storage.scan("", None, 9).await.map_err(failed)?;
            let parts = page.iter().filter(|(_, value)| *value == page[0].1).count();
            holds(parts == TOGETHER.len(), || {
                let values: Vec<_> = page.iter().map(|(_, v)| String::from_utf8_lossy(v)).collect();
                format!("a scan beside a batch saw {values:?}")
            })?;
            once_around().await;
        }
        Ok(())
    };
    all(vec![Box::pin(writer), Box::pin(reader)]).await
}

pub(super) async fn a_dropped_batch_is_whole_or_nothing(trial: &Trial<'_>) -> Verdict {
    if !trial.storage.abilities().atomic_batch {
        return Ok(());
    }
    for polls in 0..50 {
        trial.batch(same("old")).await?;
        let dropped = up_to(polls, trial.storage.write_batch(same("new"))).await;
        // What was on its way may take a moment.
        trial.wait(0.1).await;
        let mut values = Vec::new();
        for key in TOGETHER {
            values.push(trial.storage.get(key).await.map_err(failed)?.unwrap_or_default());
        }
        holds(values.iter().all(|value| *value == values[0]), || {
            let values: Vec<_> = values.iter().map(|v| String::from_utf8_lossy(v)).collect();
            format!("a batch that was dropped after {polls} polls left {values:?}")
        })?;
        if dropped.is_some() {
            break;
        }
    }
    Ok(())
}
