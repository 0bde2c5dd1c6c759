//! Entries in their order.

use super::{Trial, Verdict, failed, holds};
use rs2_core::state::StorageErrorKind;

/// In the order of their bytes, which is not that of their letters, nor of the numbers in them.
const KEYS: [&str; 12] =
    ["", "A", "B", "a", "a!", "a:1", "a:10", "a:2", "a\u{7f}", "aé", "a🗝", "b"];

impl Trial<'_> {
    async fn fill(&self) -> Verdict {
        for step in 0..KEYS.len() {
            // Seven has no part in common with twelve, so each key comes once, in disorder.
            let key = KEYS[step * 7 % KEYS.len()];
            self.set(key, format!("value of {key}").as_bytes()).await?;
        }
        Ok(())
    }

    /// All pages one after the other.
    async fn pages(&self, prefix: &str, limit: usize) -> Result<Vec<String>, String> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let after = keys.last().map(String::as_str);
            let page = self.storage.scan(prefix, after, limit).await.map_err(failed)?;
            holds(page.len() <= limit, || format!("a page of {} for {limit}", page.len()))?;
            let is_last = page.len() < limit;
            for (key, value) in page {
                holds(value == format!("value of {key}").as_bytes(), || {
                    format!("the value of {key:?} is another one in a page")
                })?;
                keys.push(key);
            }
            if is_last {
                return Ok(keys);
            }
            holds(keys.len() <= KEYS.len(), || "the pages do not come to an end".to_owned())?;
        }
    }
}

pub(super) async fn a_scan_is_in_order_and_complete(trial: &Trial<'_>) -> Verdict {
    if !trial.storage.abilities().scan {
        return Ok(());
    }
    let none = trial.pages("", 3).await?;
    holds(none.is_empty(), || format!("an empty storage has {none:?}"))?;
    trial.fill().await?;
    for limit in 1..=KEYS.len() + 1 {
        let keys = trial.pages("", limit).await?;
        holds(keys == KEYS, || format!("pages of {limit} have {keys:?}, not {KEYS:?}"))?;
    }
    // Where a page goes on need not be a key that is there.
    let page = trial.storage.scan("", Some("a:11"), 1).await.map_err(failed)?;
    let keys: Vec<&str> = page.iter().map(|(key, _)| &**key).collect();
    holds(keys == ["a:2"], || format!("after \"a:11\" comes {keys:?}"))
}

pub(super) async fn a_scan_stays_within_its_prefix(trial: &Trial<'_>) -> Verdict {
    if !trial.storage.abilities().scan {
        return Ok(());
    }
    trial.fill().await?;
    for prefix in ["a", "a:", "a:1", "b", "c", "A", "a🗝", "*", "a%"] {
        let within: Vec<&str> =
            KEYS.iter().copied().filter(|key| key.starts_with(prefix)).collect();
        for limit in [1, 2, 9] {
            let keys = trial.pages(prefix, limit).await?;
            holds(keys == within, || format!("below {prefix:?} are {keys:?}, not {within:?}"))?;
        }
        let page = trial.storage.scan(prefix, Some("A"), 99).await.map_err(failed)?;
        let behind = within.iter().filter(|key| **key > "A").count();
        holds(page.len() == behind, || {
            format!("below {prefix:?} and after \"A\" are {}, not {behind}", page.len())
        })?;
    }
    Ok(())
}

pub(super) async fn without_that_ability_a_scan_is_an_error(trial: &Trial<'_>) -> Verdict {
    if trial.storage.abilities().scan {
        return Ok(());
    }
    trial.set("a", b"1").await?;
    let scan = trial.storage.scan("", None, 9).await;
    let is_told = |kind| kind == StorageErrorKind::Unsupported;
    holds(scan.as_ref().is_err_and(|error| is_told(error.kind())), || {
        format!("a storage that cannot scan answers {scan:?}")
    })
}
