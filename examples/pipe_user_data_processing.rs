//! Users become statistics: who is active, how often they log in, and who belongs together.

use rs2_stream::pipe::{self, Pipe};
use rs2_stream::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
struct User {
    name: &'static str,
    active: bool,
    logins: u32,
    days: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Frequency {
    Daily,
    Weekly,
    Rarely,
}

#[derive(Clone, Debug, PartialEq)]
struct UserStats {
    name: &'static str,
    frequency: Frequency,
}

fn active_users() -> Pipe<User, User> {
    pipe::filter(|user: &User| user.active && user.days > 0)
}

fn statistics() -> Pipe<User, UserStats> {
    pipe::map(|user: User| {
        let frequency = match user.logins {
            logins if logins >= user.days => Frequency::Daily,
            logins if logins * 7 >= user.days => Frequency::Weekly,
            _ => Frequency::Rarely,
        };
        UserStats { name: user.name, frequency }
    })
}

fn users() -> Vec<User> {
    let user = |name, active, logins, days| User { name, active, logins, days };
    vec![
        user("Ann", true, 40, 30),
        user("Bob", false, 99, 30),
        user("Cay", true, 8, 30),
        user("Dee", true, 1, 30),
        user("Eve", true, 30, 30),
        user("Fay", true, 0, 0),
    ]
}

#[tokio::main]
async fn main() {
    let process = active_users().compose(statistics());

    let stats: Vec<UserStats> = process.apply(from_iter(users())).collect_rs2().await;
    for user in &stats {
        println!("{}: {:?}", user.name, user.frequency);
    }
    let names: Vec<&str> = stats.iter().map(|user| user.name).collect();
    assert_eq!(names, ["Ann", "Cay", "Dee", "Eve"]);

    // The same pipe once more, and its stream grouped.
    let groups: BTreeMap<Frequency, Vec<UserStats>> =
        process.apply(from_iter(users())).group_by_rs2(|user| user.frequency).collect_rs2().await;
    let sizes: Vec<(Frequency, usize)> =
        groups.iter().map(|(frequency, users)| (*frequency, users.len())).collect();
    println!("users for each frequency: {sizes:?}");
    let expected = [(Frequency::Daily, 2), (Frequency::Weekly, 1), (Frequency::Rarely, 1)];
    assert_eq!(sizes, expected);
}
