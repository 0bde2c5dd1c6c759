//! Several callers at once, and callers that leave.

use super::{Trial, Verdict, failed, holds};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

type Boxed<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

/// Runs all beside each other, up to the first that fails.
pub(super) async fn all(mut futures: Vec<Boxed<'_>>) -> Verdict {
    poll_fn(|cx| {
        let mut verdict = Ok(());
        futures.retain_mut(|future| match future.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(answer) => {
                if verdict.is_ok() {
                    verdict = answer;
                }
                false
            }
        });
        if verdict.is_err() || futures.is_empty() { Poll::Ready(verdict) } else { Poll::Pending }
    })
    .await
}

/// Polls a future so many times, as often as it wakes, and then drops it. What it was ready with
/// by then.
pub(super) async fn up_to<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    if polls == 0 {
        return None;
    }
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Lets the others go on.
pub(super) async fn once_around() {
    let mut is_back = false;
    poll_fn(|cx| {
        if is_back {
            return Poll::Ready(());
        }
        is_back = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

pub(super) async fn writers_beside_each_other_lose_nothing(trial: &Trial<'_>) -> Verdict {
    let key = |writer: usize, step: usize| format!("{writer}-{step}");
    let write = |writer: usize| async move {
        // Not in step with the others, however long a call takes.
        for _ in 0..writer {
            trial.storage.get("none").await.map_err(failed)?;
        }
        for step in 0..8 {
            trial.set(&key(writer, step), key(writer, step).as_bytes()).await?;
            trial.expect(&key(writer, step), Some(key(writer, step).as_bytes())).await?;
            trial.set("shared", key(writer, step).as_bytes()).await?;
            if step % 2 == 1 {
                trial.storage.delete(&key(writer, step)).await.map_err(failed)?;
            }
        }
        Ok(())
    };
    all((0..8).map(|writer| Box::pin(write(writer)) as Boxed<'_>).collect()).await?;
    for writer in 0..8 {
        for step in 0..8 {
            let stays = (step % 2 == 0).then(|| key(writer, step).into_bytes());
            trial.expect(&key(writer, step), stays.as_deref()).await?;
        }
    }
    let shared = trial.storage.get("shared").await.map_err(failed)?.unwrap_or_default();
    let written = (0..8).any(|writer| key(writer, 7).as_bytes() == shared);
    holds(written, || {
        format!("writers of one key left {:?} in it", String::from_utf8_lossy(&shared))
    })
}

pub(super) async fn a_dropped_write_is_whole_or_nothing(trial: &Trial<'_>) -> Verdict {
    let (old, new) = (vec![1; 10_000], vec![2; 10_000]);
    for polls in 0..50 {
        trial.set("a", &old).await?;
        let dropped = up_to(polls, trial.storage.set("a", &new)).await;
        // What was on its way may take a moment.
        trial.wait(0.1).await;
        let found = trial.storage.get("a").await.map_err(failed)?.unwrap_or_default();
        holds(found == old || found == new, || {
            format!("a write that was dropped after {polls} polls left something else")
        })?;
        if dropped.is_some() {
            break;
        }
    }
    Ok(())
}
