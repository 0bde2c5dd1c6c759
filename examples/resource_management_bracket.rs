//! A resource that is released, whatever becomes of the stream that uses it.

use futures_core::Stream;
use rs2_stream::op::resource::Unreleased;
use rs2_stream::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(5);

/// A connection that writes down what is done with it. Clones are the same connection.
#[derive(Clone, Default)]
struct Connection {
    log: Arc<Mutex<Vec<String>>>,
}

impl Connection {
    fn note(&self, what: impl Into<String>) {
        let what = what.into();
        println!("  {what}");
        self.log.lock().unwrap().push(what);
    }

    async fn open(self) -> Self {
        self.note("open");
        self
    }

    fn rows(self) -> impl Stream<Item = u32> {
        from_iter(1..=3).inspect_rs2(move |row| self.note(format!("row {row}")))
    }

    async fn close(self) {
        // Saying goodbye takes its time.
        tokio::time::sleep(MOMENT).await;
        self.note("closed");
    }

    async fn is_closed(&self) {
        while !self.log().ends_with("closed") {
            tokio::time::sleep(MOMENT).await;
        }
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().join(", ")
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("read to the end: the end comes when the connection is closed");
    let connection = Connection::default();
    let rows = bracket(connection.clone().open(), Connection::rows, Connection::close);
    assert_eq!(rows.collect_rs2::<Vec<_>>().await, [1, 2, 3]);
    assert_eq!(connection.log(), "open, row 1, row 2, row 3, closed");

    println!("only one row taken: a task of the runtime closes the connection");
    let connection = Connection::default();
    let rows = bracket(connection.clone().open(), Connection::rows, Connection::close);
    assert_eq!(rows.take_rs2(1).collect_rs2::<Vec<_>>().await, [1]);
    // Nothing else has run meanwhile.
    assert_eq!(connection.log(), "open, row 1");
    connection.is_closed().await;
    assert_eq!(connection.log(), "open, row 1, closed");

    println!("a panic in the middle: closed as well");
    let connection = Connection::default();
    let rows = bracket(connection.clone().open(), Connection::rows, Connection::close);
    // A panic that prints nothing, for a tidy example.
    let failing = rows.inspect_rs2(|_| std::panic::resume_unwind(Box::new("oh no")));
    let outcome = tokio::spawn(failing.collect_rs2::<Vec<_>>()).await;
    assert!(outcome.is_err_and(|error| error.is_panic()));
    connection.is_closed().await;
    assert_eq!(connection.log(), "open, row 1, closed");

    println!("a service that ends: the scope waits until all connections are closed");
    let scope = Scope::new(16);
    let connection = Connection::default();
    let rows = bracket_on(
        scope.clone(),
        connection.clone().open(),
        |_| tick(Duration::from_secs(60), 0_u32),
        Connection::close,
    );
    let reader = tokio::spawn(rows.collect_rs2::<Vec<_>>());
    while scope.open() == 0 {
        tokio::task::yield_now().await;
    }
    let closed: Result<(), Unreleased> = scope.shutdown(tokio::time::sleep(1_000 * MOMENT)).await;
    assert_eq!(closed, Ok(()));
    assert_eq!(connection.log(), "open, closed");
    assert!(reader.await.is_ok_and(|rows| rows.is_empty()));
}
