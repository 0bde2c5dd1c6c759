//! A client of a server that speaks as Redis does, some time away.

use async_trait::async_trait;
use rs2_stream::state::{Abilities, StateStorage, StorageError, StorageErrorKind, StorageWrite};
use rs2_stream::time::{Instant, Timer};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the server understands, of what Redis does.
#[derive(Clone, Debug)]
enum Command {
    Get(String),
    /// With `PX`, the time after which the key goes.
    Set(String, Vec<u8>, Option<Duration>),
    Del(String),
    Exists(String),
    PExpire(String, Duration),
    FlushDb,
    /// `MULTI`, these commands, `EXEC`: nobody sees only some of them done.
    Multi(Vec<Command>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reply {
    Ok,
    Nil,
    Bulk(Vec<u8>),
    Integer(i64),
}

/// The server: keys, each with its value and when it goes.
#[derive(Debug, Default)]
struct Server {
    keys: HashMap<String, (Vec<u8>, Option<Instant>)>,
    commands: u64,
}

impl Server {
    /// Carries out one command at a time, as Redis does.
    fn execute(&mut self, now: Instant, command: Command) -> Reply {
        self.commands += 1;
        self.keys.retain(|_, (_, until)| until.is_none_or(|until| until > now));
        let after = |time| now.saturating_add(time);
        match command {
            Command::Get(key) => {
                self.keys.get(&key).map_or(Reply::Nil, |(value, _)| Reply::Bulk(value.clone()))
            }
            Command::Set(key, value, px) => {
                self.keys.insert(key, (value, px.map(after)));
                Reply::Ok
            }
            Command::Del(key) => Reply::Integer(self.keys.remove(&key).is_some().into()),
            Command::Exists(key) => Reply::Integer(self.keys.contains_key(&key).into()),
            Command::PExpire(key, time) => match self.keys.get_mut(&key) {
                Some((_, until)) => {
                    *until = Some(after(time));
                    Reply::Integer(1)
                }
                None => Reply::Integer(0),
            },
            Command::FlushDb => {
                self.keys.clear();
                Reply::Ok
            }
            Command::Multi(commands) => {
                for command in commands {
                    self.execute(now, command);
                }
                Reply::Ok
            }
        }
    }
}

/// A connection to the server, on which every request and every reply is under way for some time.
#[derive(Clone, Debug)]
pub(crate) struct RedisLike<T> {
    server: Arc<Mutex<Server>>,
    timer: T,
    latency: Duration,
}

impl<T: Timer> RedisLike<T> {
    pub(crate) fn connect(timer: T, latency: Duration) -> Self {
        Self { server: Arc::default(), timer, latency }
    }

    /// How many commands the server has carried out.
    pub(crate) fn commands(&self) -> u64 {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).commands
    }

    async fn ask(&self, command: Command) -> Reply {
        self.travel().await;
        let now = self.timer.now();
        let reply =
            self.server.lock().unwrap_or_else(PoisonError::into_inner).execute(now, command);
        self.travel().await;
        reply
    }

    async fn travel(&self) {
        self.timer.sleep_until(self.timer.now().saturating_add(self.latency)).await;
    }
}

/// Redis has no time to live as long as the longest that can be said.
fn px(ttl: Duration) -> Option<Duration> {
    (ttl < Duration::from_secs(1 << 40)).then_some(ttl)
}

fn unexpected<V>(reply: Reply) -> Result<V, StorageError> {
    Err(StorageError::new(StorageErrorKind::Corrupt, format!("unexpected reply {reply:?}")))
}

fn ok(reply: Reply) -> Result<(), StorageError> {
    if reply == Reply::Ok { Ok(()) } else { unexpected(reply) }
}

fn any(reply: Reply) -> Result<bool, StorageError> {
    match reply {
        Reply::Integer(count) => Ok(count > 0),
        other => unexpected(other),
    }
}

#[async_trait]
impl<T> StateStorage for RedisLike<T>
where
    T: Timer + Send + Sync,
    T::Sleep: Send,
{
    fn abilities(&self) -> Abilities {
        // A scan of Redis is in no order.
        Abilities { ttl: true, scan: false, atomic_batch: true }
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StorageError> {
        match self.ask(Command::Get(key.to_owned())).await {
            Reply::Bulk(value) => Ok(Some(value)),
            Reply::Nil => Ok(None),
            other => unexpected(other),
        }
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StorageError> {
        ok(self.ask(Command::Set(key.to_owned(), value.to_owned(), None)).await)
    }

    async fn set_with_ttl(
        &self,
        key: &str,
        value: &[u8],
        ttl: Duration,
    ) -> Result<(), StorageError> {
        ok(self.ask(Command::Set(key.to_owned(), value.to_owned(), px(ttl))).await)
    }

    async fn delete(&self, key: &str) -> Result<bool, StorageError> {
        any(self.ask(Command::Del(key.to_owned())).await)
    }

    async fn exists(&self, key: &str) -> Result<bool, StorageError> {
        any(self.ask(Command::Exists(key.to_owned())).await)
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, StorageError> {
        any(self.ask(Command::PExpire(key.to_owned(), ttl)).await)
    }

    async fn write_batch(&self, writes: Vec<StorageWrite>) -> Result<(), StorageError> {
        let command = |write| match write {
            StorageWrite::Set { key, value, ttl } => Command::Set(key, value, ttl.and_then(px)),
            StorageWrite::Delete { key } => Command::Del(key),
        };
        ok(self.ask(Command::Multi(writes.into_iter().map(command).collect())).await)
    }

    async fn clear(&self) -> Result<(), StorageError> {
        ok(self.ask(Command::FlushDb).await)
    }
}
