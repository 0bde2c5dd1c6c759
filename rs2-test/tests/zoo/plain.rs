//! Small operators, each with a mistake of its own.

use futures_util::{FutureExt, Stream, StreamExt, stream};
use rs2_test::sim::{Sim, Source, Tok};
use rs2_test::{Given, Order, Row, lanes};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

/// A stream from a function, with a size hint of its own.
struct Hinted<F>(F, (usize, Option<usize>));

impl<T, F: FnMut(&mut Context<'_>) -> Poll<Option<T>> + Unpin> Stream for Hinted<F> {
    type Item = T;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        (self.0)(cx)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.1
    }
}

fn even(id: u64) -> bool {
    id.is_multiple_of(2)
}

/// BUG: while the left side has nothing, it never looks at the right one.
fn left_only(mut left: Source, mut right: Source) -> impl Stream<Item = Tok> {
    let mut left_ended = false;
    stream::poll_fn(move |cx| {
        if !left_ended {
            match ready!(left.poll_next_unpin(cx)) {
                None => left_ended = true,
                item => return Poll::Ready(item),
            }
        }
        right.poll_next_unpin(cx)
    })
    .fuse()
}

/// BUG: ends when one side does.
fn ends_early(mut left: Source, mut right: Source) -> impl Stream<Item = Tok> {
    stream::poll_fn(move |cx| match left.poll_next_unpin(cx) {
        Poll::Pending => right.poll_next_unpin(cx),
        polled => polled,
    })
    .fuse()
}

/// BUG: what was collected lives in a future that every poll makes anew.
fn unsafe_batch(mut source: Source) -> impl Stream<Item = Vec<Tok>> {
    let mut ended = false;
    stream::poll_fn(move |cx| {
        let mut collect = Box::pin(async {
            let mut batch = Vec::new();
            while batch.len() < 3 && !ended {
                match source.next().await {
                    Some(item) => batch.push(item),
                    None => ended = true,
                }
            }
            batch
        });
        collect.poll_unpin(cx).map(|batch| (!batch.is_empty()).then_some(batch))
    })
}

/// BUG: an item that holds on to itself is never dropped.
fn leaks(sim: &Sim, source: Source) -> impl Stream<Item = Tok> + use<> {
    type Cell = Rc<RefCell<Option<(Tok, Rc<dyn Any>)>>>;
    let sim = sim.clone();
    let cell = Cell::default();
    source
        .map(move |item| {
            if item.id() == 5 {
                *cell.borrow_mut() = Some((sim.item(99), Rc::new(cell.clone())));
            }
            item
        })
        .fuse()
}

/// An item fails as often as its data says. BUG: beyond `patience` it is given up without a word.
fn retry(sim: &Sim, source: Source, patience: u32) -> impl Stream<Item = Tok> + use<> {
    let sim = sim.clone();
    source
        .filter_map(move |item| {
            let sim = sim.clone();
            async move {
                for attempt in 0..item.data().trailing_zeros() {
                    if attempt == patience {
                        return None;
                    }
                    sim.task(|| ()).await;
                }
                Some(item)
            }
        })
        .fuse()
}

/// BUG: polls its source again after the end.
fn polls_the_dead(mut source: Source) -> impl Stream<Item = Tok> {
    stream::poll_fn(move |cx| source.poll_next_unpin(cx))
}

/// BUG: after its end it begins anew.
fn rises_again(mut source: Source) -> impl Stream<Item = Vec<Tok>> {
    let mut ended = false;
    stream::poll_fn(move |cx| {
        if ended {
            return Poll::Ready(Some(Vec::new()));
        }
        let item = ready!(source.poll_next_unpin(cx));
        ended = item.is_none();
        Poll::Ready(item.map(|item| vec![item]))
    })
}

/// BUG: claims as many items as its source has.
fn boastful_filter(source: Source) -> impl Stream<Item = Tok> {
    let hint = source.size_hint();
    let mut kept = source.filter(|item| std::future::ready(even(item.id()))).fuse();
    Hinted(move |cx: &mut Context<'_>| kept.poll_next_unpin(cx), hint)
}

/// BUG: goes through any number of items in one poll.
fn greedy_filter(sim: &Sim, mut source: Source) -> impl Stream<Item = Tok> + use<> {
    let keep = sim.keep(even);
    stream::poll_fn(move |cx| {
        loop {
            match ready!(source.poll_next_unpin(cx)) {
                Some(item) if !keep(&item) => {}
                item => return Poll::Ready(item),
            }
        }
    })
    .fuse()
}

fn patient_filter(sim: &Sim, mut source: Source) -> impl Stream<Item = Tok> + use<> {
    let keep = sim.keep(even);
    stream::poll_fn(move |cx| {
        for _ in 0..1_000 {
            match ready!(source.poll_next_unpin(cx)) {
                Some(item) if !keep(&item) => {}
                item => return Poll::Ready(item),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .fuse()
}

/// BUG: gives way after some items, and nobody wakes it.
fn forgetful_filter(sim: &Sim, mut source: Source) -> impl Stream<Item = Tok> + use<> {
    let keep = sim.keep(even);
    stream::poll_fn(move |cx| match ready!(source.poll_next_unpin(cx)) {
        Some(item) if !keep(&item) => Poll::Pending,
        item => Poll::Ready(item),
    })
    .fuse()
}

/// BUG: asks for the first item when it is built.
fn eager(mut source: Source) -> impl Stream<Item = Tok> {
    let first = source.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
    let first = match first {
        Poll::Ready(item) => item,
        Poll::Pending => None,
    };
    stream::iter(first).chain(source)
}

/// BUG: an item whose closure panics is left out.
fn swallows_panics(sim: &Sim, source: Source) -> impl Stream<Item = Tok> + use<> {
    let pass = sim.pass();
    source
        .filter_map(move |item| {
            std::future::ready(catch_unwind(AssertUnwindSafe(|| pass(item))).ok())
        })
        .fuse()
}

/// BUG: polls without end while there is nothing to do.
fn spins(mut source: Source) -> impl Stream<Item = Tok> {
    stream::poll_fn(move |cx| {
        let polled = source.poll_next_unpin(cx);
        if polled.is_pending() {
            cx.waker().wake_by_ref();
        }
        polled
    })
    .fuse()
}

/// BUG: polls both sides, and when both have an item it keeps one and drops the other.
fn keeps_one(mut left: Source, mut right: Source) -> impl Stream<Item = Tok> {
    let mut open = [true, true];
    stream::poll_fn(move |cx| {
        let mut polls = [Poll::Ready(None), Poll::Ready(None)];
        for (side, source) in [&mut left, &mut right].into_iter().enumerate() {
            if open[side] {
                polls[side] = source.poll_next_unpin(cx);
                open[side] = !matches!(polls[side], Poll::Ready(None));
            }
        }
        match polls {
            [Poll::Ready(Some(item)), _] | [_, Poll::Ready(Some(item))] => Poll::Ready(Some(item)),
            [Poll::Ready(None), Poll::Ready(None)] => Poll::Ready(None),
            _ => Poll::Pending,
        }
    })
    .fuse()
}

/// BUG: an item is part of its pair before the closure has run, which may panic.
fn half_done(sim: &Sim, mut source: Source) -> impl Stream<Item = Vec<Tok>> + use<> {
    let pass = sim.pass();
    let mut pair = Vec::new();
    stream::poll_fn(move |cx| {
        while let Some(item) = ready!(source.poll_next_unpin(cx)) {
            pair.push(item.clone());
            pass(item);
            if pair.len() >= 2 {
                return Poll::Ready(Some(std::mem::take(&mut pair)));
            }
        }
        Poll::Ready(None)
    })
    .fuse()
}

/// BUG: polled again while it waits, it yields its last item again.
fn repeats(mut source: Source) -> impl Stream<Item = Tok> {
    let mut last = None;
    let mut waits = 0;
    stream::poll_fn(move |cx| match source.poll_next_unpin(cx) {
        Poll::Pending if waits == 1 && last.is_some() => Poll::Ready(last.take()),
        Poll::Pending => {
            waits += 1;
            Poll::Pending
        }
        Poll::Ready(item) => {
            waits = 0;
            last.clone_from(&item);
            Poll::Ready(item)
        }
    })
    .fuse()
}

/// BUG: claims one item more than its source, which is more than it says is the most.
fn one_too_many(mut source: Source) -> impl Stream<Item = Tok> {
    let (low, high) = source.size_hint();
    Hinted(move |cx: &mut Context<'_>| source.poll_next_unpin(cx), (low + 1, high)).fuse()
}

fn batches(given: &[Given]) -> Vec<Vec<u64>> {
    let least = if given[0].ended { 1 } else { 3 };
    let batches = given[0].ids.chunks(3).filter(|batch| batch.len() >= least);
    batches.map(<[u64]>::to_vec).collect()
}

fn evens(given: &[Given]) -> Vec<u64> {
    given[0].ids.iter().copied().filter(|&id| even(id)).collect()
}

pub(crate) fn broken() -> Vec<(Row, &'static str)> {
    let mut rows = broken_rules();
    rows.extend(broken_state());
    rows
}

/// They keep something from one item to the next, and do it wrong.
fn broken_state() -> Vec<(Row, &'static str)> {
    vec![
        (
            Row::plain("item of the slower side dropped", |_, [a, b]| keeps_one(a, b))
                .order(Order::PerSource),
            "due was",
        ),
        (
            Row::plain("state half written by a panic", |sim, [source]| half_done(sim, source))
                .model(|given: &[Given]| {
                    let pairs = given[0].ids.chunks(2).filter(|pair| pair.len() == 2);
                    pairs.map(<[u64]>::to_vec).collect()
                })
                .read_ahead(1)
                .hold(1),
            "garbage after a panic",
        ),
        (
            Row::plain("size_hint above its own limit", |_, [source]| one_too_many(source)),
            "size_hint says at least",
        ),
        (
            Row::plain("item repeated when polled again", |_, [source]| repeats(source))
                .read_ahead(1)
                .hold(1),
            "due was",
        ),
    ]
}

fn broken_rules() -> Vec<(Row, &'static str)> {
    vec![
        (
            Row::plain("polls the left side only", |_, [a, b]| left_only(a, b))
                .order(Order::PerSource),
            "its source is silent",
        ),
        (
            Row::plain("ends when one side ends", |_, [a, b]| ends_early(a, b))
                .order(Order::PerSource),
            "it ended after",
        ),
        (
            Row::plain("batch lost with its future", |_, [source]| unsafe_batch(source))
                .model(batches)
                .read_ahead(2)
                .hold(2),
            "it ended after",
        ),
        (
            Row::plain("item in a cycle", |sim, [source]| leaks(sim, source)).read_ahead(1).hold(1),
            "leaked",
        ),
        (
            Row::plain("retry gives up silently", |sim, [source]| retry(sim, source, 3))
                .read_ahead(1)
                .in_flight(1),
            "due was",
        ),
        (
            Row::plain("source polled after its end", |_, [source]| polls_the_dead(source)),
            "polled after its end",
        ),
        (Row::plain("begins anew after its end", |_, [source]| rises_again(source)), "not fused"),
        (
            Row::plain("size_hint of a filter too high", |_, [source]| boastful_filter(source))
                .model(evens),
            "size_hint said",
        ),
        (
            Row::plain("budget ignored", |sim, [source]| greedy_filter(sim, source)).model(evens),
            "one poll took",
        ),
        (
            Row::plain("gives way and is not woken", |sim, [source]| forgetful_filter(sim, source))
                .model(evens),
            "lost wakeup",
        ),
        (Row::plain("first item taken when built", |_, [source]| eager(source)), "not lazy"),
        (
            Row::plain("panic swallowed", |sim, [source]| swallows_panics(sim, source)),
            "a panic was swallowed",
        ),
        (Row::plain("spins while it waits", |_, [source]| spins(source)), "livelock"),
    ]
}

pub(crate) fn sound() -> Vec<Row> {
    vec![
        Row::new("lanes", |_, [a, b, c]| lanes([a, b, c])).order(Order::PerSource),
        Row::plain("retry", |sim, [source]| retry(sim, source, u32::MAX))
            .read_ahead(1)
            .in_flight(1),
        Row::plain("filter", |sim, [source]| patient_filter(sim, source)).model(evens),
        Row::plain("map", |sim, [source]| source.map(sim.pass()).fuse()),
        Row::plain("batch", |_, [source]| source.chunks(3)).model(batches).read_ahead(2).hold(2),
        // What the zoo of futures-util 0.3.27 finds broken is right in the version of today.
        Row::plain("flatten_unordered", |sim, sources: [Source; 3]| {
            let sim = sim.clone();
            let opened = stream::iter(sources).then(move |source| sim.task(move || source));
            opened.flatten_unordered(3).fuse()
        })
        .order(Order::PerSource)
        .in_flight(1),
        Row::plain("select", |_, [a, b]| stream::select(a, b)).order(Order::PerSource),
    ]
}
