//! The messages of a shop: alerts before orders before newsletters, each kind handled in its own
//! way, and what fails tried again behind everything else.

use futures_util::StreamExt;
use rs2_stream::prelude::*;
use rs2_stream::queue::{PriorityQueue, QueueError};
use std::cell::RefCell;
use std::rc::Rc;

/// Ordered from what can wait to what cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Priority {
    Low,
    Normal,
    Critical,
}

#[derive(Clone, Debug, PartialEq)]
enum Message {
    Alert(&'static str),
    Order { number: u32, cents: u64 },
    Newsletter { to: &'static str },
}

impl Message {
    fn priority(&self) -> Priority {
        match self {
            Self::Alert(_) => Priority::Critical,
            Self::Order { .. } => Priority::Normal,
            Self::Newsletter { .. } => Priority::Low,
        }
    }
}

/// A message and how often it was tried.
#[derive(Clone, Debug, PartialEq)]
struct Job {
    message: Message,
    attempts: u32,
}

type Jobs = PriorityQueue<Job, Priority>;

/// What the shop does, as a list of lines.
#[derive(Clone, Default)]
struct Shop {
    journal: Rc<RefCell<Vec<String>>>,
}

impl Shop {
    /// Handles a message by its kind. The payment service refuses the first attempt at order 7.
    async fn handle(&self, job: &Job) -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        let line = match &job.message {
            Message::Alert(text) => format!("page the operator: {text}"),
            Message::Order { number: 7, .. } if job.attempts == 0 => return Err("payment refused"),
            Message::Order { number, cents } => format!("charge {cents} cents for order {number}"),
            Message::Newsletter { to } => format!("write to {to}"),
        };
        println!("  {line}");
        self.journal.borrow_mut().push(line);
        Ok(())
    }

    /// Works through the queue until it is closed and empty. What fails goes back once, behind
    /// everything else; after that it is given up. Returns what was given up.
    async fn work(&self, jobs: Jobs, expected: usize) -> Vec<Job> {
        let (mut given_up, mut done) = (Vec::new(), 0);
        let mut pending = jobs.dequeue();
        while let Some(job) = pending.next().await {
            match self.handle(&job).await {
                Ok(()) => done += 1,
                Err(why) if job.attempts == 0 => {
                    println!("  {why}, {:?} is tried again later", job.message);
                    let again = Job { attempts: 1, ..job };
                    let back = jobs.try_enqueue(Priority::Low, again);
                    given_up.extend(back.err().map(|refused| refused.into_inner().1));
                }
                Err(_) => given_up.push(job),
            }
            if done + given_up.len() == expected {
                jobs.close();
            }
        }
        given_up
    }
}

fn put(jobs: &Jobs, message: Message) -> Result<(), QueueError<(Priority, Job)>> {
    jobs.try_enqueue(message.priority(), Job { message, attempts: 0 })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    the_most_urgent_first().await;
    a_full_queue_sheds_what_can_wait();
    several_workers().await;
}

async fn the_most_urgent_first() {
    println!("everything arrives while the shop is closed:");
    let jobs = Jobs::bounded(100);
    let messages = [
        Message::Newsletter { to: "ann" },
        Message::Order { number: 6, cents: 1_250 },
        Message::Order { number: 7, cents: 99_900 },
        Message::Alert("the cellar is wet"),
        Message::Newsletter { to: "bob" },
        Message::Order { number: 8, cents: 300 },
        Message::Alert("the door is open"),
    ];
    let expected = messages.len();
    for message in messages {
        put(&jobs, message).expect("there is room");
    }
    let shop = Shop::default();
    let given_up = shop.work(jobs, expected).await;
    assert_eq!(given_up, []);
    let journal = [
        "page the operator: the cellar is wet",
        "page the operator: the door is open",
        "charge 1250 cents for order 6",
        "charge 300 cents for order 8",
        "write to ann",
        "write to bob",
        "charge 99900 cents for order 7",
    ];
    assert_eq!(*shop.journal.borrow(), journal, "by priority, then in the order of arrival");
}

/// Nobody waits here: what does not fit comes back, and its sender decides.
fn a_full_queue_sheds_what_can_wait() {
    let jobs = Jobs::bounded(2);
    let names = ["ann", "bob", "cid", "dora"];
    let shed = names.into_iter().filter_map(|to| put(&jobs, Message::Newsletter { to }).err());
    let shed: Vec<Message> = shed.map(|refused| refused.into_inner().1.message).collect();
    println!("a full queue gives back {shed:?}");
    assert_eq!(shed, [Message::Newsletter { to: "cid" }, Message::Newsletter { to: "dora" }]);
}

/// Three workers share a queue, and each message has one of them.
async fn several_workers() {
    let jobs = Jobs::bounded(4);
    let producer = async {
        for number in 10..40 {
            let job = Job { message: Message::Order { number, cents: 100 }, attempts: 0 };
            jobs.enqueue(Priority::Normal, job).await.expect("nobody closes it earlier");
        }
        jobs.close();
    };
    let worker = || async {
        let numbers = jobs.dequeue().filter_map_rs2(|job| match job.message {
            Message::Order { number, .. } => Some(number),
            _ => None,
        });
        numbers
            .eval_map_rs2(|number| async move {
                tokio::task::yield_now().await;
                number
            })
            .collect_rs2::<Vec<u32>>()
            .await
    };
    let ((), one, two, three) = tokio::join!(producer, worker(), worker(), worker());
    println!("three workers took {}, {} and {} orders", one.len(), two.len(), three.len());
    let mut all = [one, two, three].concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(10..40));
}
