//! A stream that holds a resource while it yields its own items and those made with the resource.

use rs2_stream::prelude::*;
use std::sync::{Arc, Mutex};

/// A file of rows, and whether it is open. Clones are the same file.
#[derive(Clone, Default)]
struct File {
    is_open: Arc<Mutex<bool>>,
}

impl File {
    fn set_open(&self, open: bool) {
        println!("  {}", if open { "opened" } else { "closed" });
        *self.is_open.lock().unwrap() = open;
    }

    fn is_open(&self) -> bool {
        *self.is_open.lock().unwrap()
    }
}

#[tokio::main]
async fn main() {
    let file = File::default();
    let acquire = || {
        let file = file.clone();
        async move {
            file.set_open(true);
            file
        }
    };
    let rows = |file: File| {
        from_iter(["ada,36", "grace,45"]).inspect_rs2(move |_| assert!(file.is_open()))
    };
    let release = async |file: File| file.set_open(false);

    println!("a header of our own, then the rows of the file");
    let seen = file.clone();
    let header = from_iter(["name,age"]).inspect_rs2(move |_| assert!(seen.is_open()));
    let table: Vec<&str> = header.bracket_rs(acquire(), rows, release).collect_rs2().await;
    println!("  {table:?}");
    assert_eq!(table, ["name,age", "ada,36", "grace,45"]);
    assert!(!file.is_open());

    println!("nothing before the rows: the receiver is empty");
    let table: Vec<&str> = empty().bracket_rs(acquire(), rows, release).collect_rs2().await;
    println!("  {table:?}");
    assert_eq!(table, ["ada,36", "grace,45"]);
    assert!(!file.is_open());

    println!("only the header is read: the file is closed all the same");
    let table = from_iter(["name,age"]).bracket_rs2(acquire(), rows, release).take_rs2(1);
    assert_eq!(table.collect_rs2::<Vec<&str>>().await, ["name,age"]);
    assert!(!file.is_open());
}
