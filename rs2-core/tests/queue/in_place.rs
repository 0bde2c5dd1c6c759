//! A queue in place beside one on the heap, and what happens at its bounds.

use crate::drain::{Wakes, poll};
use crate::model::{Item, Refused, Subject, compare, ops};
use futures_core::Stream;
use futures_executor::block_on;
use futures_util::future::join3;
use futures_util::stream::StreamExt;
use proptest::prelude::*;
use rs2_core::metrics::{Counters, Loss, Losses, Reports};
use rs2_core::queue::{EnqueueIn, Queue, QueueError, QueueIn};
use rs2_core::state::{Limits, OnFull};
use rs2_core::store::Inline;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

type Small<T, const N: usize, const W: usize> = QueueIn<T, Inline<N>, Inline<W>>;

/// As many as a random test can make wait.
const ALL: usize = 80;

impl<const N: usize> Subject for &'static Small<Item, N, ALL> {
    fn make(capacity: Option<usize>) -> Self {
        assert_eq!(capacity, Some(N));
        Box::leak(Box::new(QueueIn::new(Inline::new(), Inline::new())))
    }
    fn level(_: u8) -> u8 {
        0
    }
    fn try_put(&self, item: Item) -> Result<(), Refused> {
        self.try_enqueue(item)
    }
    fn put(&self, item: Item) -> Pin<Box<dyn Future<Output = Result<(), Refused>>>> {
        Box::pin(self.enqueue(item))
    }
    fn take(&self) -> Pin<Box<dyn Stream<Item = Item>>> {
        Box::pin(self.dequeue())
    }
    fn shut(&self) {
        self.close();
    }
    fn look(&self) -> (usize, bool, Option<usize>, bool) {
        (self.len(), self.is_empty(), Some(self.capacity()), self.is_closed())
    }
}

proptest! {
    #[test]
    fn a_queue_in_place_is_a_vec_and_wakes_whoever_can_go_on(ops in ops()) {
        compare::<&'static Small<Item, 1, ALL>>(Some(1), ops.clone());
        compare::<&'static Small<Item, 2, ALL>>(Some(2), ops.clone());
        compare::<&'static Small<Item, 4, ALL>>(Some(4), ops);
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Offer,
    Try,
    Take,
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => Just(Step::Offer),
        5 => Just(Step::Try),
        8 => Just(Step::Take),
        1 => Just(Step::Close),
    ];
    prop::collection::vec(step, 0..60)
}

/// What [`QueueIn::offer`] says, done by hand to a queue on the heap.
fn offer_by_hand(queue: &Queue<u32>, answer: OnFull, item: u32, lost: &Losses) -> bool {
    let Err(QueueError::Full(item)) = queue.try_enqueue(item) else { return !queue.is_closed() };
    match answer {
        OnFull::Evict => {
            lost.count(Loss::Evicted);
            assert!(take(&mut queue.dequeue()).is_ready());
            queue.try_enqueue(item).unwrap();
        }
        OnFull::Reject => lost.count(Loss::Full),
        OnFull::Stop => {
            lost.stop();
            queue.close();
        }
    }
    answer == OnFull::Evict
}

fn take<T>(items: &mut (impl Stream<Item = T> + Unpin)) -> Poll<Option<T>> {
    Pin::new(items).poll_next(&mut Context::from_waker(Waker::noop()))
}

fn same_as_on_the_heap<const N: usize>(steps: &[Step], answer: OnFull) {
    let queue = Small::<u32, N, 1>::new(Limits::of(Inline::new()).on_full(answer), Inline::new());
    let (by_hand, lost) = (Queue::bounded(N), Losses::new());
    let (mut items, mut items_by_hand) = (queue.dequeue(), by_hand.dequeue());
    for (number, step) in (0..).zip(steps) {
        match step {
            Step::Offer => {
                let offered = queue.offer(number).is_ok();
                assert_eq!(offered, offer_by_hand(&by_hand, answer, number, &lost));
            }
            Step::Try => assert_eq!(queue.try_enqueue(number), by_hand.try_enqueue(number)),
            Step::Take => assert_eq!(take(&mut items), take(&mut items_by_hand)),
            Step::Close => {
                queue.close();
                by_hand.close();
            }
        }
        assert_eq!(items.size_hint(), items_by_hand.size_hint());
        assert_eq!((queue.len(), queue.is_closed()), (by_hand.len(), by_hand.is_closed()));
        assert_eq!(format!("{:?}", queue.losses()), format!("{lost:?}"));
    }
}

proptest! {
    #[test]
    fn what_is_offered_gives_way_as_it_would_on_the_heap(steps in steps()) {
        for answer in [OnFull::Evict, OnFull::Reject, OnFull::Stop] {
            same_as_on_the_heap::<1>(&steps, answer);
            same_as_on_the_heap::<3>(&steps, answer);
        }
    }

    /// Two places for three producers.
    #[test]
    fn places_to_wait_go_by_age(steps in prop::collection::vec((0..4_u8, 0..3_usize), 0..60)) {
        let queue = Small::<u8, 1, 2>::new(Inline::new(), Inline::new());
        queue.try_enqueue(0).unwrap();
        let mut items = queue.dequeue();
        let mut line = Line::default();
        for (step, who) in steps {
            match step {
                0 if !queue.is_empty() => {
                    prop_assert!(take(&mut items).is_ready());
                    line.call(true);
                }
                0 => {}
                1 => line.leave(who, queue.is_empty()),
                _ => line.poll(who, &queue),
            }
            for waits in &line.0 {
                prop_assert_eq!(waits.is_called, waits.wakes.count() > 0, "{}", waits.who);
            }
        }
    }
}

struct Waits<'a> {
    who: usize,
    is_called: bool,
    wakes: Arc<Wakes>,
    put: Pin<Box<EnqueueIn<'a, u8, Inline<1>, Inline<2>>>>,
}

/// Who waits for room or was called and has not asked again, in the order in which they began.
#[derive(Default)]
struct Line<'a>(Vec<Waits<'a>>);

impl<'a> Line<'a> {
    fn waiting(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.0.iter().enumerate().filter(|(_, waits)| !waits.is_called).map(|(place, _)| place)
    }

    /// The first that waits is to be called, or the last.
    fn call(&mut self, first: bool) {
        let called = if first { self.waiting().next() } else { self.waiting().next_back() };
        if let Some(place) = called {
            self.0[place].is_called = true;
        }
    }

    fn leave(&mut self, who: usize, has_room: bool) {
        let Some(place) = self.0.iter().position(|waits| waits.who == who) else { return };
        let left = self.0.remove(place);
        // The room that it was called for is for the next one.
        if left.is_called && has_room {
            self.call(true);
        }
    }

    fn poll(&mut self, who: usize, queue: &'a Small<u8, 1, 2>) {
        let place = self.0.iter().position(|waits| waits.who == who).unwrap_or(self.0.len());
        if place == self.0.len() {
            let (put, wakes) = (Box::pin(queue.enqueue(1)), Arc::default());
            self.0.push(Waits { who, is_called: true, wakes, put });
        }
        let (has_room, waits) = (queue.is_empty(), &mut self.0[place]);
        let wakes = Arc::<Wakes>::default();
        let polled = waits.put.as_mut().poll(&mut Context::from_waker(&wakes.waker()));
        let others: Vec<usize> = self.waiting().filter(|other| *other != place).collect();
        let expected = match others[..] {
            _ if has_room => Poll::Ready(Ok(())),
            [_, last] if last < place => Poll::Ready(Err(QueueError::Full(1))),
            [_, _] => {
                self.call(false);
                Poll::Pending
            }
            _ => Poll::Pending,
        };
        assert_eq!(polled, expected);
        if polled.is_ready() {
            self.0.remove(place);
        } else {
            (self.0[place].is_called, self.0[place].wakes) = (false, wakes);
        }
    }
}

static LOST: Counters = Counters::new();
static LETTERS: Small<char, 2, 1> = QueueIn::in_static(OnFull::Reject, &LOST);

#[test]
fn a_queue_in_a_static_is_shared_by_threads() {
    let text: String = ('a'..='z').cycle().take(if cfg!(miri) { 30 } else { 1_000 }).collect();
    thread::scope(|scope| {
        let reader = scope.spawn(|| block_on(LETTERS.dequeue().collect::<String>()));
        block_on(async {
            for letter in text.chars() {
                LETTERS.enqueue(letter).await.unwrap();
            }
        });
        LETTERS.close();
        assert_eq!(reader.join().unwrap(), text);
    });
    assert_eq!(Losses::in_static(&LOST).total(), 0);
}

#[test]
fn joined_futures_share_a_queue_on_their_stack() {
    let queue = Small::<u32, 2, 2>::new(Inline::new(), Inline::new());
    let produce = |from: u32| {
        let queue = &queue;
        async move {
            for n in from..from + 100 {
                queue.enqueue(n).await.unwrap();
            }
        }
    };
    let consume = queue.dequeue().take(200).collect::<Vec<_>>();
    let ((), (), mut items) = block_on(join3(produce(0), produce(100), consume));
    items.sort_unstable();
    assert_eq!(items, (0..200).collect::<Vec<_>>());
}

#[test]
fn a_queue_in_place_takes_as_much_as_its_places() {
    assert_eq!(Small::<u64, 8, 1>::BYTES - Small::<u64, 4, 1>::BYTES, 4 * size_of::<u64>());
    let place = size_of::<(u64, Waker)>();
    assert_eq!(Small::<u64, 4, 3>::BYTES - Small::<u64, 4, 1>::BYTES, 2 * 2 * place);
    let queue = Small::<u64, 4, 1>::new(Inline::new(), Inline::new());
    assert_eq!(size_of_val(&queue), Small::<u64, 4, 1>::BYTES);
}

#[test]
#[should_panic(expected = "no more streams than places")]
fn there_are_no_more_streams_than_places() {
    let queue = Small::<u8, 1, 2>::new(Inline::new(), Inline::new());
    let first = queue.dequeue();
    let _second = queue.dequeue();
    drop(first);
    // In the place of the first.
    let _third = queue.dequeue();
    let _fourth = queue.dequeue();
}

#[test]
fn a_queue_that_is_full_and_told_to_stop_delivers_what_came_before() {
    let limits = Limits::of(Inline::new()).on_full(OnFull::Stop);
    let queue = Small::<u8, 2, 1>::new(limits, Inline::new());
    assert_eq!((queue.offer(1), queue.offer(2)), (Ok(()), Ok(())));
    let mut waits = pin!(queue.enqueue(3));
    let wakes = Arc::<Wakes>::default();
    assert!(waits.as_mut().poll(&mut Context::from_waker(&wakes.waker())).is_pending());
    assert_eq!(queue.offer(4), Err(QueueError::Full(4)));
    assert!(queue.is_closed() && queue.losses().is_stopped());
    assert_eq!(wakes.count(), 1, "who waits for room is told");
    assert_eq!(block_on(waits), Err(QueueError::Closed(3)));
    assert_eq!(queue.offer(5), Err(QueueError::Closed(5)));
    assert_eq!(block_on(queue.dequeue().collect::<Vec<_>>()), [1, 2]);
}

#[test]
fn a_stream_that_waits_is_woken_by_an_offer_and_by_the_close() {
    let queue = Small::<u8, 1, 1>::new(Inline::new(), Inline::new());
    let (mut items, wakes) = (queue.dequeue(), Arc::<Wakes>::default());
    assert!(poll(Pin::new(&mut items), &wakes).is_pending());
    queue.offer(1).unwrap();
    assert_eq!(wakes.count(), 1);
    assert_eq!(poll(Pin::new(&mut items), &wakes), Poll::Ready(Some(1)));
    assert!(poll(Pin::new(&mut items), &wakes).is_pending());
    queue.close();
    assert_eq!(wakes.count(), 2);
    assert_eq!(poll(Pin::new(&mut items), &wakes), Poll::Ready(None));
}
