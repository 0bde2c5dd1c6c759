//! What goes by itself.

use super::{Trial, Verdict, failed, holds};
use std::time::Duration;

impl Trial<'_> {
    async fn set_for_a_time(&self, key: &str, value: &[u8]) -> Verdict {
        self.storage.set_with_ttl(key, value, self.ttl).await.map_err(failed)
    }

    async fn touch(&self, key: &str, is_there: bool) -> Verdict {
        let touched = self.storage.touch(key, self.ttl).await.map_err(failed)?;
        holds(touched == is_there, || {
            format!("touch({key:?}) says {touched} of a key that is there: {is_there}")
        })
    }
}

pub(super) async fn what_has_a_time_to_live_expires(trial: &Trial<'_>) -> Verdict {
    let abilities = trial.storage.abilities();
    if !abilities.ttl {
        return Ok(());
    }
    trial.set("stays", b"1").await?;
    trial.set_for_a_time("goes", b"2").await?;
    let ever = trial.storage.set_with_ttl("ever", b"3", Duration::MAX);
    ever.await.map_err(failed)?;
    trial.wait(0.5).await;
    trial.expect("goes", Some(b"2")).await?;
    trial.wait(1.0).await;
    trial.expect("goes", None).await?;
    let removed = trial.storage.delete("goes").await.map_err(failed)?;
    holds(!removed, || "delete says that what has expired was there".to_owned())?;
    trial.expect("stays", Some(b"1")).await?;
    trial.expect("ever", Some(b"3")).await?;
    trial.set_for_a_time("goes", b"4").await?;
    trial.wait(1.5).await;
    if abilities.scan {
        let page = trial.storage.scan("", None, 9).await.map_err(failed)?;
        let keys: Vec<String> = page.into_iter().map(|(key, _)| key).collect();
        holds(keys == ["ever", "stays"], || format!("a scan after the time has {keys:?}"))?;
    }
    Ok(())
}

pub(super) async fn a_write_decides_the_time_to_live(trial: &Trial<'_>) -> Verdict {
    if !trial.storage.abilities().ttl {
        return Ok(());
    }
    trial.set_for_a_time("again", b"1").await?;
    trial.set_for_a_time("stays", b"1").await?;
    trial.set("goes", b"1").await?;
    trial.wait(0.75).await;
    trial.set_for_a_time("again", b"2").await?;
    trial.set("stays", b"2").await?;
    trial.set_for_a_time("goes", b"2").await?;
    trial.wait(0.5).await;
    trial.expect("again", Some(b"2")).await?;
    trial.expect("goes", Some(b"2")).await?;
    trial.wait(1.0).await;
    trial.expect("again", None).await?;
    trial.expect("goes", None).await?;
    trial.expect("stays", Some(b"2")).await
}

pub(super) async fn a_touch_begins_the_time_anew(trial: &Trial<'_>) -> Verdict {
    trial.touch("none", false).await?;
    trial.expect("none", None).await?;
    trial.set_for_a_time("a", b"1").await?;
    trial.wait(0.75).await;
    trial.touch("a", true).await?;
    trial.wait(0.75).await;
    trial.expect("a", Some(b"1")).await?;
    if trial.storage.abilities().ttl {
        trial.wait(0.75).await;
        trial.expect("a", None).await?;
        trial.touch("a", false).await?;
    }
    Ok(())
}

pub(super) async fn without_that_ability_a_value_stays(trial: &Trial<'_>) -> Verdict {
    if trial.storage.abilities().ttl {
        return Ok(());
    }
    trial.set_for_a_time("a", b"1").await?;
    trial.wait(1.5).await;
    trial.expect("a", Some(b"1")).await
}
