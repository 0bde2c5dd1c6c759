//! Users come in, faster than they can be handled; the active ones are grouped by role and worked
//! on side by side, each within a time limit.

use rs2_stream::prelude::*;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    Admin,
    Editor,
    Reader,
}

#[derive(Clone, Debug)]
struct User {
    id: u32,
    role: Role,
    is_active: bool,
}

/// Stands for the query that finds them.
async fn load_users() -> Vec<User> {
    let user = |id| User {
        id,
        role: [Role::Admin, Role::Editor, Role::Reader, Role::Reader][id as usize % 4],
        is_active: id % 5 != 0,
    };
    (1..=40).map(user).collect()
}

/// Stands for the message that is sent to one role's users. That of the readers hangs.
async fn notify(role: Role, users: Vec<User>) -> String {
    let takes = if role == Role::Reader { 500 } else { 5 * users.len() as u64 };
    tokio::time::sleep(Duration::from_millis(takes)).await;
    let ids: Vec<u32> = users.iter().map(|user| user.id).collect();
    format!("{role:?}s {ids:?} were told")
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let limit = Duration::from_millis(100);
    let results: Vec<String> = eval(load_users())
        .flat_map_rs2(from_iter)
        // At most a hundred wait; the source pauses at 75 and goes on at 25.
        .auto_backpressure_rs2()
        // Eight more are there before they are asked for.
        .prefetch_rs2(8)
        .filter_rs2(|user| user.is_active)
        .group_by_rs2(|user| user.role)
        // Two roles at a time, their results in order.
        .par_eval_map_rs2(2, move |(role, users)| async move {
            tokio::time::timeout(limit, notify(role, users)).await
        })
        .map_rs2(|notified| match notified {
            Ok(told) => told,
            Err(_) => format!("nobody answered within {limit:?}"),
        })
        .collect_rs2()
        .await;

    for line in &results {
        println!("{line}");
    }
    let expected = [
        "Editors [1, 9, 13, 17, 21, 29, 33, 37] were told",
        "nobody answered within 100ms",
        "Admins [4, 8, 12, 16, 24, 28, 32, 36] were told",
    ];
    assert_eq!(results, expected);
}
