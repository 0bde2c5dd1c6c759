//! Small numbers for the texts that come again and again.

use std::hash::{Hash, Hasher};

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexSet};

use super::request::Request;

/// What the analysis needs of a request: 40 bytes, copied freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub ts_ms: i64,
    pub bytes: u64,
    pub user: u32,
    pub host: u32,
    pub path: u32,
    pub status: u16,
}

impl Hit {
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// Numbers users, hosts and paths in the order in which they appear.
///
/// Grows with the number of distinct ones, at most to the same limit for each.
#[derive(Debug)]
pub struct Dictionary {
    users: IndexSet<User, RandomState>,
    hosts: IndexSet<Box<str>, RandomState>,
    paths: IndexSet<Box<str>, RandomState>,
    limit: usize,
}

/// A host and the agent it names itself.
#[derive(Debug, PartialEq, Eq, Hash)]
struct User {
    host: u32,
    agent: Box<str>,
}

/// A [`User`] to look up without owning it.
struct UserRef<'a> {
    host: u32,
    agent: &'a str,
}

impl Hash for UserRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.host.hash(state);
        self.agent.hash(state);
    }
}

impl Equivalent<User> for UserRef<'_> {
    fn equivalent(&self, user: &User) -> bool {
        self.host == user.host && *self.agent == *user.agent
    }
}

impl Dictionary {
    /// At most `limit` users, hosts and paths each.
    pub fn new(limit: usize) -> Self {
        Self {
            users: IndexSet::default(),
            hosts: IndexSet::default(),
            paths: IndexSet::default(),
            limit: limit.min(u32::MAX as usize),
        }
    }

    /// The request in numbers, or nothing when one of its texts is new and has no room.
    pub fn hit(&mut self, request: &Request) -> Option<Hit> {
        let host = number(&mut self.hosts, request.host(), self.limit)?;
        let path = number(&mut self.paths, request.path(), self.limit)?;
        let user = self.user(host, request.agent())?;
        let Request { ts_ms, bytes, status, .. } = *request;
        Some(Hit { ts_ms, bytes, user, host, path, status })
    }

    fn user(&mut self, host: u32, agent: &str) -> Option<u32> {
        if let Some(known) = self.users.get_index_of(&UserRef { host, agent }) {
            return Some(known as u32);
        }
        insert(&mut self.users, User { host, agent: agent.into() }, self.limit)
    }

    pub fn users(&self) -> u64 {
        self.users.len() as u64
    }

    pub fn host(&self, number: u32) -> &str {
        &self.hosts[number as usize]
    }

    pub fn path(&self, number: u32) -> &str {
        &self.paths[number as usize]
    }
}

fn number(texts: &mut IndexSet<Box<str>, RandomState>, text: &str, limit: usize) -> Option<u32> {
    if let Some(known) = texts.get_index_of(text) {
        return Some(known as u32);
    }
    insert(texts, text.into(), limit)
}

fn insert<T: Hash + Eq>(set: &mut IndexSet<T, RandomState>, new: T, limit: usize) -> Option<u32> {
    if set.len() >= limit {
        return None;
    }
    Some(set.insert_full(new).0 as u32)
}
