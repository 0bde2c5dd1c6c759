//! Slots in each memory: what goes in comes out once, nothing moves, and nothing starves.
#![cfg(all(feature = "heapless", feature = "std"))]

use pin_project_lite::pin_project;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rs2_core::error::Full;
use rs2_core::slots::{SlotStorage, Slots};
use rs2_core::store::{Heap, Inline};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::{self, Future};
use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What a test and its futures know of each other.
#[derive(Default)]
struct Shared {
    finished: RefCell<BTreeSet<u8>>,
    wakers: RefCell<Vec<Waker>>,
    alive: Cell<usize>,
}

pin_project! {
    /// A future that finishes when its number is said, and notices when it was moved.
    struct Numbered {
        number: u8,
        shared: Rc<Shared>,
        place: Option<usize>,
        #[pin]
        pinned: PhantomPinned,
    }

    impl PinnedDrop for Numbered {
        fn drop(this: Pin<&mut Self>) {
            this.shared.alive.set(this.shared.alive.get() - 1);
        }
    }
}

impl Numbered {
    fn new(number: u8, shared: &Rc<Shared>) -> Self {
        shared.alive.set(shared.alive.get() + 1);
        Self { number, shared: shared.clone(), place: None, pinned: PhantomPinned }
    }
}

impl Future for Numbered {
    type Output = u8;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u8> {
        let here = (&raw const *self).addr();
        let this = self.project();
        assert_eq!(*this.place.get_or_insert(here), here, "the future was moved");
        if this.shared.finished.borrow().contains(this.number) {
            return Poll::Ready(*this.number);
        }
        this.shared.wakers.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    }
}

/// Random steps on slots and on a set of numbers: 0 to 3 insert, 4 and 5 finish one and wake all, 6
/// polls, 7 clears.
fn compare<St: SlotStorage>(storage: &St, steps: Vec<(u8, u8)>) -> TestCaseResult {
    let shared = Rc::new(Shared::default());
    let mut slots = pin!(storage.slots::<Numbered>());
    let mut model = BTreeSet::new();
    for (step, number) in steps {
        match step % 8 {
            0..=3 if model.contains(&number) => {}
            0..=3 => match slots.as_mut().insert(Numbered::new(number, &shared)) {
                Ok(()) => prop_assert!(model.insert(number)),
                Err(Full(future)) => {
                    prop_assert_eq!((future.number, model.len()), (number, storage.capacity()));
                }
            },
            4 | 5 => {
                shared.finished.borrow_mut().insert(number);
                let wakers = shared.wakers.take();
                wakers.into_iter().for_each(Waker::wake);
            }
            6 => {
                let polled = slots.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
                let finished = model.intersection(&*shared.finished.borrow()).copied().collect();
                let finished: BTreeSet<u8> = finished;
                match polled {
                    Poll::Ready(Some(number)) => {
                        prop_assert!(finished.contains(&number) && model.remove(&number));
                    }
                    Poll::Ready(None) => prop_assert!(model.is_empty()),
                    Poll::Pending => prop_assert!(finished.is_empty() && !model.is_empty()),
                }
            }
            _ if number < 4 => {
                slots.as_mut().clear();
                model.clear();
            }
            _ => {}
        }
        prop_assert_eq!((slots.len(), slots.is_empty()), (model.len(), model.is_empty()));
        prop_assert_eq!(slots.is_full(), model.len() == storage.capacity());
        prop_assert_eq!(shared.alive.get(), model.len(), "a future is dropped once, where it is");
    }
    Ok(())
}

fn steps() -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop::collection::vec((any::<u8>(), 0..12_u8), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slots_on_the_heap_are_a_bounded_set(steps in steps(), capacity in 1..5_usize) {
        compare(&Heap::bounded(capacity), steps)?;
    }

    #[test]
    fn one_slot_in_place_is_a_bounded_set(steps in steps()) {
        compare(&Inline::<1>::new(), steps)?;
    }

    #[test]
    fn slots_in_place_are_a_bounded_set(steps in steps()) {
        compare(&Inline::<4>::new(), steps)?;
    }
}

#[test]
fn a_future_that_is_always_ready_does_not_starve_the_others() {
    let mut slots = pin!(Inline::<2>::new().slots());
    let mut cx = Context::from_waker(Waker::noop());
    let mut seen = [0; 2];
    for number in 0..2 {
        assert!(slots.as_mut().insert(future::ready(number)).is_ok());
    }
    for _ in 0..10 {
        let Poll::Ready(Some(number)) = slots.as_mut().poll_next(&mut cx) else { panic!("ready") };
        seen[number] += 1;
        assert!(slots.as_mut().insert(future::ready(number)).is_ok());
    }
    assert_eq!(seen, [5, 5]);
}

#[test]
fn futures_in_place_see_the_waker_of_the_task() {
    let waker = futures_util::task::noop_waker();
    let mut slots = pin!(Inline::<2>::new().slots());
    let same = future::poll_fn(|cx| Poll::Ready(cx.waker().will_wake(&waker)));
    assert!(slots.as_mut().insert(same).is_ok());
    assert_eq!(slots.poll_next(&mut Context::from_waker(&waker)), Poll::Ready(Some(true)));
}
