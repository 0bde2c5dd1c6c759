//! By the published crate, as its README does it: state as bytes behind an asynchronous storage.

use crate::event::{Event, Totals, mix};
use futures_util::{Stream, StreamExt, stream};
use published::state::config::StateConfigBuilder;
use published::state::traits::StateStorageType;
use published::state::{CustomKeyExtractor, StateConfig, StatefulStreamExt};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

use crate::by_hand::LIMIT;

const HOUR: Duration = Duration::from_secs(3_600);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

fn config() -> StateConfig {
    let config = StateConfigBuilder::new().storage_type(StateStorageType::InMemory).ttl(HOUR);
    config.cleanup_interval(HOUR / 6).max_size(1_000_000).build().expect("valid settings")
}

fn key<E: Event>() -> CustomKeyExtractor<impl Fn(&E) -> String + Clone + Send + Sync> {
    CustomKeyExtractor::new(E::name)
}

fn source<E: Event>(events: Vec<E>) -> impl Stream<Item = E> + Send + Sync + Unpin + 'static {
    stream::iter(events)
}

fn answer<T, Err: std::fmt::Debug>(
    outputs: impl Stream<Item = Result<T, Err>>,
    number: fn(&T) -> u64,
) -> u64 {
    let output = |answer, output: Result<T, Err>| {
        std::future::ready(mix(answer, number(&output.expect("no storage fails"))))
    };
    RUNTIME.block_on(outputs.fold(0, output))
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

fn decoded(bytes: Option<Vec<u8>>) -> Totals {
    bytes.map_or_else(Totals::default, |bytes| Totals {
        events: number(&bytes[..8]),
        sum: number(&bytes[8..]),
    })
}

fn encoded(totals: &Totals) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&totals.events.to_le_bytes());
    bytes[8..].copy_from_slice(&totals.sum.to_le_bytes());
    bytes
}

pub(crate) fn map<E: Event>(events: Vec<E>) -> u64 {
    let step = |event: E, state: published::state::stream_ext::StateAccess| -> Step<u64> {
        Box::pin(async move {
            let mut totals = decoded(state.get().await);
            let sum = totals.add(event.amount());
            state.set(&encoded(&totals)).await.expect("no storage fails");
            Ok(sum)
        })
    };
    answer(source(events).stateful_map_rs2(config(), key::<E>(), step), |sum| *sum)
}

pub(crate) fn filter<E: Event, const ONE_IN: u64>(events: Vec<E>) -> u64 {
    let step = |event: &E, state: published::state::stream_ext::StateAccess| -> Step<bool> {
        let amount = event.amount();
        Box::pin(async move {
            let mut totals = decoded(state.get().await);
            totals.add(amount);
            state.set(&encoded(&totals)).await.expect("no storage fails");
            Ok(!totals.events.is_multiple_of(ONE_IN))
        })
    };
    answer(source(events).stateful_filter_rs2(config(), key::<E>(), step), E::amount)
}

/// Its accumulator is a local of the operator, which resets those of live keys above 10,000 keys.
pub(crate) fn fold<E: Event>(events: Vec<E>) -> u64 {
    let step = |sum: u64, event: E, _: published::state::stream_ext::StateAccess| -> Step<u64> {
        Box::pin(async move { Ok(sum + event.amount()) })
    };
    answer(source(events).stateful_fold_rs2(config(), key::<E>(), 0, step), |sum| *sum)
}

/// As its own example folds: with the accumulator in the storage, where it lives as configured.
pub(crate) fn fold_stored<E: Event>(events: Vec<E>) -> u64 {
    let step = |_: u64, event: E, state: published::state::stream_ext::StateAccess| -> Step<u64> {
        Box::pin(async move {
            let stored = state.get().await;
            let sum = stored.map_or(0, |bytes| number(&bytes)) + event.amount();
            state.set(&sum.to_le_bytes()).await.expect("no storage fails");
            Ok(sum)
        })
    };
    answer(source(events).stateful_fold_rs2(config(), key::<E>(), 0, step), |sum| *sum)
}

pub(crate) fn deduplicate<E: Event>(events: Vec<E>) -> u64 {
    let firsts = source(events).stateful_deduplicate_rs2(config(), key::<E>(), HOUR, |event| event);
    answer(firsts, E::amount)
}

pub(crate) fn throttle<E: Event>(events: Vec<E>) -> u64 {
    // Above its limit the published crate sleeps, or lets the event pass: so it stays below.
    let passed =
        source(events).stateful_throttle_rs2(config(), key::<E>(), LIMIT, HOUR, |event| event);
    answer(passed, E::amount)
}

pub(crate) fn session<E: Event>(events: Vec<E>) -> u64 {
    let all = source(events).stateful_session_rs2(config(), key::<E>(), HOUR, |event, _| event);
    answer(all, E::amount)
}

type Step<R> =
    std::pin::Pin<Box<dyn Future<Output = Result<R, published::state::StateError>> + Send>>;
