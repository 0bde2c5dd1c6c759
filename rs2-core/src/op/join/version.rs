//! What a key stands for, and since when.

use crate::time::EventTime;
use crate::watermark::WhenIdle;
use core::time::Duration;

/// What `key` stands for from `valid_from` on, until another version is valid.
///
/// ```
/// use rs2_core::{op::join::Version, time::EventTime};
/// let since = EventTime::from_secs(60);
/// let price = Version::new("tea", since, 3);
/// assert_eq!(price.value, Some(3));
/// assert_eq!(Version::<_, u32>::deleted("tea", since).value, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Version<K, V> {
    /// Whose it is.
    pub key: K,
    /// The first moment at which it is valid.
    pub valid_from: EventTime,
    /// The value; nothing when the key stands for nothing from then on.
    pub value: Option<V>,
}

impl<K, V> Version<K, V> {
    /// The key stands for `value` from then on.
    pub fn new(key: K, valid_from: impl Into<EventTime>, value: V) -> Self {
        Self { key, valid_from: valid_from.into(), value: Some(value) }
    }

    /// The key stands for nothing from then on.
    pub fn deleted(key: K, valid_from: impl Into<EventTime>) -> Self {
        Self { key, valid_from: valid_from.into(), value: None }
    }
}

/// When an item goes out of a temporal join.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EmitWhen {
    /// Once the watermark of the versions has passed its time: with the version that was valid
    /// then, whatever the order in which the versions came.
    #[default]
    Known,
    /// At once, with the newest version that has come. Nothing waits, and one version of each key
    /// is kept.
    Latest,
}

/// How [`temporal_join_rs2`](super::JoinExt::temporal_join_in_rs2) waits, and how much it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemporalJoinConfig {
    /// How far the watermark of the items stays behind the latest of them.
    pub delay: Duration,
    /// How far the watermark of the versions stays behind the latest of them.
    pub versions_delay: Duration,
    /// How many versions are kept for one key.
    pub max_versions: usize,
    /// When an item goes out.
    pub emit: EmitWhen,
    /// Whether items wait for versions that are idle; between signals only.
    pub when_idle: WhenIdle,
}

impl TemporalJoinConfig {
    /// One delay for both sides, at most 1,000 versions of a key, and items that wait until their
    /// version is known.
    pub const fn new(delay: Duration) -> Self {
        Self {
            delay,
            versions_delay: delay,
            max_versions: 1_000,
            emit: EmitWhen::Known,
            when_idle: WhenIdle::Keep,
        }
    }
}
