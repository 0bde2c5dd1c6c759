//! What becomes of errors, and trying again.

use futures_core::Stream;
use futures_util::sink::{drain, unfold};
use rs2_core::prelude::*;
use rs2_test::sim::{Source, Tok};
use rs2_test::{Given, Order, Out, Row, lanes, ms};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

const DELAY: Duration = ms(20);

/// A third of all items are errors.
fn results(source: Source) -> impl Progress<Item = Result<Tok, Tok>> {
    source.map_rs2(|item: Tok| if item.data().is_multiple_of(3) { Err(item) } else { Ok(item) })
}

fn fails(given: &Given, id: u64) -> bool {
    given.data(id).is_multiple_of(3)
}

fn oks(given: &[Given]) -> Vec<u64> {
    given[0].ids.iter().copied().filter(|&id| !fails(&given[0], id)).collect()
}

/// The items before the error that is the last, and that one: the `most`th, if there are as many.
fn until(given: &[Given], most: usize) -> Vec<u64> {
    let mut errors = 0;
    let mut out = Vec::new();
    for &id in &given[0].ids {
        let failed = fails(&given[0], id);
        errors += usize::from(failed);
        if !failed || errors == most {
            out.push(id);
        }
        if errors == most {
            break;
        }
    }
    out
}

/// One of several streams that share a source: each begins where the one before it failed.
struct Attempted<S>(Rc<RefCell<Pin<Box<S>>>>);

impl<S> Attempted<S> {
    fn new(source: S) -> Self {
        Self(Rc::new(RefCell::new(Box::pin(source))))
    }
}

impl<S> Clone for Attempted<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Stream> Stream for Attempted<S> {
    type Item = S::Item;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.borrow_mut().as_mut().poll_next(cx)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.borrow().size_hint()
    }
}

impl<S: Progress> Progress for Attempted<S> {
    fn poll_progress(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.borrow_mut().as_mut().poll_progress(cx)
    }
}

/// The item, or the one that was the last error.
fn either<E>(result: Result<Tok, E>, last: impl FnOnce(E) -> Tok) -> Tok {
    result.unwrap_or_else(last)
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = replacing();
    rows.extend(ending());
    rows.extend(aside());
    rows.extend(trying_again());
    rows
}

fn replacing() -> Vec<Row> {
    vec![
        Row::new("recover_rs2", |sim, [source]| results(source).recover_rs2(sim.work()))
            .read_ahead(1)
            .in_flight(1),
        Row::new("or_else_rs2", |sim, [source]| results(source).or_else_rs2(sim.pass())),
        Row::new("map_error_rs2", |sim, [source]| {
            let renamed = results(source).map_error_rs2(sim.pass());
            renamed.map_rs2(|result| either(result, |error| error))
        }),
        Row::new("skip_errors_rs2", |_, [source]| results(source).skip_errors_rs2()).model(oks),
        Row::new("on_error_resume_next_rs2", |sim, [source]| {
            let skipping = results(source).on_error_resume_next_rs2();
            let losses = skipping.losses();
            sim.count_losses(move || losses.total());
            skipping
        })
        .may_lose("an error", "always"),
    ]
}

fn ending() -> Vec<Row> {
    vec![
        Row::new("switch_on_error_rs2", |sim, [source, other]| {
            let sim = sim.clone();
            let switched = results(source).switch_on_error_rs2(move |_| {
                sim.point();
                results(other)
            });
            switched.map_rs2(|result| either(result, |error| error))
        })
        .model(|given| {
            let failing = given[0].ids.iter().position(|&id| fails(&given[0], id));
            let before = failing.unwrap_or(given[0].ids.len());
            let after = failing.map_or(&[][..], |_| &given[1].ids);
            [&given[0].ids[..before], after].concat()
        }),
        Row::new("stop_on_error_rs2", |_, [source]| {
            results(source).stop_on_error_rs2().map_rs2(|result| either(result, |error| error))
        })
        .model(|given| until(given, 1)),
        Row::future("collect_ok_rs2", |_, [source]| results(source).collect_ok_rs2::<Vec<Tok>>())
            .model(|given| given[0].ended.then(|| oks(given)).into_iter().collect())
            .keeps_all(),
        Row::future("collect_err_rs2", |_, [source]| results(source).collect_err_rs2::<Vec<Tok>>())
            .model(|given| {
                let errors = given[0].ids.iter().copied().filter(|&id| fails(&given[0], id));
                given[0].ended.then(|| errors.collect::<Vec<u64>>()).into_iter().collect()
            })
            .keeps_all(),
    ]
}

fn aside() -> Vec<Row> {
    vec![
        Row::plain("split_errors_rs2", |_, [source]| {
            let (good, bad) = results(source).split_errors_rs2(2);
            let sides: [Pin<Box<dyn Stream<Item = Tok>>>; 2] = [Box::pin(good), Box::pin(bad)];
            lanes(sides)
        })
        .model(|given| {
            let sides = given[0].ids.iter().map(|&id| (id, usize::from(fails(&given[0], id))));
            sides.map(|(id, side)| Out::from(id).in_lane(side)).collect::<Vec<Out>>()
        })
        .order(Order::PerSource)
        .read_ahead(8),
        Row::new("split_errors_rs2, the errors not wanted", |sim, [source]| {
            let (good, _) = results(source).split_errors_rs2(2);
            let losses = good.losses();
            sim.count_losses(move || losses.total());
            good
        })
        .may_lose("an error", "when the other side is gone"),
        Row::new("dead_letters_rs2", |_, [source]| results(source).dead_letters_rs2(drain()))
            .model(oks),
        Row::new("dead_letters_rs2, a sink that takes its time", |sim, [source]| {
            let work = sim.clone();
            let sink = unfold((), move |(), item: Tok| {
                work.task(move || {
                    drop(item);
                    Ok::<(), Infallible>(())
                })
            });
            results(source).dead_letters_rs2(sink)
        })
        .model(oks)
        .read_ahead(2)
        .in_flight(1),
    ]
}

fn trying_again() -> Vec<Row> {
    vec![
        Row::new("retry_rs2", |sim, [source]| {
            let (first, sim) = (Attempted::new(results(source)), sim.clone());
            let again = first.clone();
            let stream = first.retry_rs2(2, move || {
                sim.point();
                again.clone()
            });
            stream.map_rs2(|result| either(result, |gave_up| gave_up.last))
        })
        .model(|given| until(given, 3)),
        Row::new("retry_with_policy_on_rs2", |sim, [source]| {
            let (first, point) = (Attempted::new(results(source)), sim.clone());
            let again = first.clone();
            let policy = RetryPolicy::Fixed { max_retries: 3, delay: DELAY };
            let stream =
                first.retry_with_policy_on_rs2(sim.timer(), sim.seed(), policy, move || {
                    point.point();
                    again.clone()
                });
            stream.map_rs2(|result| either(result, |gave_up| gave_up.last))
        })
        .model(|given| until(given, 4))
        .read_ahead(1)
        .needs_time(),
        Row::new("retry_from_on_rs2", |sim, [source]| {
            let (first, point) = (Attempted::new(results(source)), sim.clone());
            let again = first.clone();
            let (initial_delay, multiplier) = (DELAY, 1.5);
            let growing =
                RetryPolicy::Exponential { max_retries: u32::MAX, initial_delay, multiplier };
            let config = RetryConfig::new(growing).jitter(Jitter::Decorrelated).reset_after(DELAY);
            let stream = first.retry_from_on_rs2(sim.timer(), sim.seed(), config, move |_| {
                point.point();
                again.clone()
            });
            stream.filter_map_rs2(Result::ok)
        })
        .model(oks)
        .read_ahead(1)
        .needs_time(),
        Row::new("retry_on, for each item", |sim, [source]| {
            let (sim, timer) = (sim.clone(), sim.timer());
            source.eval_map_rs2(move |item: Tok| {
                let (work, tries) = (sim.clone(), Cell::new(0));
                let fails = item.data() % 3;
                let policy = RetryPolicy::Fixed { max_retries: 3, delay: DELAY };
                let item = Rc::new(RefCell::new(Some(item)));
                let tried = retry_on(timer.clone(), sim.seed(), policy, move || {
                    tries.set(tries.get() + 1);
                    let (item, succeeds) = (item.clone(), tries.get() > fails);
                    work.task(move || match succeeds {
                        true => item.borrow_mut().take().ok_or(()),
                        false => Err(()),
                    })
                });
                async move { tried.await.expect("three tries are enough") }
            })
        })
        .read_ahead(1)
        .in_flight(1)
        .needs_time(),
        Row::new("retry_rs2, without a failure", |_, [source]| {
            let first = source.map_rs2(Ok::<Tok, Tok>);
            first.retry_rs2(0, || unreachable!("it does not fail")).filter_map_rs2(Result::ok)
        }),
    ]
}
