//! A release that is told how it came to that: commit, or roll back.

use futures_core::Stream;
use rs2_stream::op::resource::Cause;
use rs2_stream::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Exit = ExitCase<String>;
type Row = Result<u32, String>;

/// A transaction that remembers how it was ended. Clones are the same transaction.
#[derive(Clone, Default)]
struct Transaction {
    ended: Arc<Mutex<Option<Exit>>>,
}

impl Transaction {
    async fn begin(self) -> Self {
        self
    }

    async fn end(self, exit: Exit) {
        match &exit {
            ExitCase::Completed => println!("  commit"),
            ExitCase::Errored(error) => println!("  roll back, because of an error: {error}"),
            ExitCase::Canceled { cause } => println!("  roll back, because it was {cause}"),
        }
        *self.ended.lock().unwrap() = Some(exit);
    }

    fn ended(&self) -> Option<Exit> {
        self.ended.lock().unwrap().clone()
    }
}

/// Three rows, of which the second may be bad.
fn rows(second: Row) -> impl Stream<Item = Row> {
    from_iter([Ok(1), second, Ok(3)])
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("all rows are good");
    let work = Transaction::default();
    let stored = rows(Ok(2)).bracket_case(work.clone().begin(), |_| empty(), Transaction::end);
    assert_eq!(stored.collect_rs2::<Vec<Row>>().await, [Ok(1), Ok(2), Ok(3)]);
    assert_eq!(work.ended(), Some(ExitCase::Completed));

    println!("one row is bad: nothing after it, and rolled back before we see it");
    let work = Transaction::default();
    let bad = || Err("row 2 is bad".to_owned());
    let stored = bracket_case(work.clone().begin(), |_| rows(bad()), Transaction::end);
    assert_eq!(stored.collect_rs2::<Vec<Row>>().await, [Ok(1), bad()]);
    assert_eq!(work.ended(), Some(ExitCase::Errored("row 2 is bad".to_owned())));

    println!("the reader leaves after one row");
    let work = Transaction::default();
    let stored = bracket_case(work.clone().begin(), |_| rows(Ok(2)), Transaction::end);
    assert_eq!(stored.take_rs2(1).collect_rs2::<Vec<Row>>().await, [Ok(1)]);
    assert_eq!(work.ended(), Some(ExitCase::Canceled { cause: Cause::Dropped }));

    println!("the service shuts down while it waits for rows");
    let (scope, work) = (Scope::new(16), Transaction::default());
    let never = |_| tick(Duration::from_secs(60), Ok(1));
    let stored = bracket_case_on(scope.clone(), work.clone().begin(), never, Transaction::end);
    let reader = tokio::spawn(stored.collect_rs2::<Vec<Row>>());
    while scope.open() == 0 {
        tokio::task::yield_now().await;
    }
    let deadline = tokio::time::sleep(Duration::from_secs(5));
    assert!(scope.shutdown(deadline).await.is_ok());
    assert_eq!(work.ended(), Some(ExitCase::Canceled { cause: Cause::Shutdown }));
    assert!(reader.await.is_ok_and(|rows| rows.is_empty()));
}
