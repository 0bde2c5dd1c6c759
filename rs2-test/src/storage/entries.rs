//! Single entries.

use super::{Trial, Verdict, failed, holds};
use rs2_core::state::StorageErrorKind;

pub(super) async fn what_is_written_is_read(trial: &Trial<'_>) -> Verdict {
    trial.expect("a", None).await?;
    trial.set("a", b"1").await?;
    trial.set("b", b"2").await?;
    trial.expect("a", Some(b"1")).await?;
    trial.set("a", b"3").await?;
    trial.expect("a", Some(b"3")).await?;
    trial.expect("b", Some(b"2")).await?;
    for was_there in [true, false] {
        let removed = trial.storage.delete("a").await.map_err(failed)?;
        holds(removed == was_there, || {
            format!("delete says {removed} of a key that was there: {was_there}")
        })?;
        trial.expect("a", None).await?;
    }
    trial.expect("b", Some(b"2")).await
}

pub(super) async fn no_value_and_an_empty_one_differ(trial: &Trial<'_>) -> Verdict {
    trial.set("a", b"").await?;
    trial.expect("a", Some(b"")).await?;
    trial.expect("b", None).await?;
    let removed = trial.storage.delete("a").await.map_err(failed)?;
    holds(removed, || "delete says that an empty value was not there".to_owned())
}

/// Texts that look like something else somewhere, are alike, or begin with each other.
fn odd_keys() -> Vec<String> {
    let odd = [
        "",
        " ",
        "  ",
        "a",
        "A",
        "a ",
        " a",
        "aa",
        "a:",
        "a:b",
        "a/b",
        "a\\b",
        "a.b",
        "a#1",
        "a,b",
        "..",
        "*",
        "a*",
        "?",
        "[a]",
        "%",
        "%61",
        "'",
        "\"",
        "a\nb",
        "a\r\nb",
        "\0",
        "a\0b",
        "null",
        "é",
        "e\u{301}",
        "\u{fffd}",
        "\u{10ffff}",
        "ключ",
        "🗝",
    ];
    let long = ["x".repeat(4_000), format!("{}y", "x".repeat(4_000))];
    odd.map(String::from).into_iter().chain(long).collect()
}

pub(super) async fn keys_are_told_apart(trial: &Trial<'_>) -> Verdict {
    let keys = odd_keys();
    for (number, key) in keys.iter().enumerate() {
        trial.expect(key, None).await?;
        trial.set(key, number.to_string().as_bytes()).await?;
    }
    for (number, key) in keys.iter().enumerate() {
        trial.expect(key, Some(number.to_string().as_bytes())).await?;
    }
    for key in &keys {
        trial.storage.delete(key).await.map_err(failed)?;
        trial.expect(key, None).await?;
    }
    Ok(())
}

pub(super) async fn a_large_value_is_kept_whole(trial: &Trial<'_>) -> Verdict {
    let large: Vec<u8> = (0..1_u32 << 20).map(|n| (n ^ (n >> 8)) as u8).collect();
    trial.set("large", &large).await?;
    trial.expect("large", Some(&large)).await?;
    trial.set("large", b"small").await?;
    trial.expect("large", Some(b"small")).await
}

pub(super) async fn clear_removes_everything(trial: &Trial<'_>) -> Verdict {
    let keys: Vec<String> = (0..60).map(|n| format!("k{n}")).chain([String::new()]).collect();
    for key in &keys {
        trial.set(key, b"1").await?;
    }
    match trial.storage.clear().await {
        // Nobody can remove what nobody can find.
        Err(error) if error.kind() == StorageErrorKind::Unsupported => {
            return holds(!trial.storage.abilities().scan, || failed(error));
        }
        answer => answer.map_err(failed)?,
    }
    for key in &keys {
        trial.expect(key, None).await?;
    }
    trial.set("a", b"1").await?;
    trial.expect("a", Some(b"1")).await
}
