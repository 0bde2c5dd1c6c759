//! Items that wait in line, a line for each key.

#[cfg(feature = "snapshot")]
use crate::snapshot::{Reader, Snapshot, SnapshotError, Writer};
use crate::store::{Arena, Full, KeyStorage, Priority, Table};
use crate::time::Instant;
use core::hash::Hash;
#[cfg(feature = "snapshot")]
use core::iter::successors;
use core::mem;
use core::time::Duration;
#[cfg(feature = "snapshot")]
use serde::{Serialize, de::DeserializeOwned};

/// A line for each key that has had an item lately.
///
/// A key whose line is empty is remembered until what it let through is paid off, and exactly so
/// long: from then on it is like one never seen. All items stand in one arena, linked, so that the
/// memory is that of the items and not of the longest line times the keys.
pub(super) struct Lines<T, K: Hash + Eq, St: KeyStorage> {
    gap: Duration,
    // How far ahead of its schedule an item may pass.
    ahead: Duration,
    places: St::Table<K, u32>,
    lines: St::Arena<Line<K>>,
    items: St::Arena<Waiting<T>>,
    // One entry for each line with items: when its first one may go.
    turns: St::Priority<Turn>,
    // One entry for each line, whose instant is not later than that at which it is paid off.
    paid: St::Priority<Turn>,
    // Of entries, so that no two are equal, and the one made first goes first.
    count: u64,
}

/// No item.
const NONE: u32 = u32::MAX;

/// When, how many there were before, and the place of the line.
type Turn = (Instant, u64, u32);

struct Line<K> {
    key: K,
    /// When everything that has passed is paid off: the next item is due then by the schedule.
    scheduled: Instant,
    first: u32,
    last: u32,
    len: usize,
    /// The number of its entry among the turns, if somebody waits.
    turn: u64,
}

struct Waiting<T> {
    item: T,
    next: u32,
}

impl<T, K: Hash + Eq + Clone, St: KeyStorage> Lines<T, K, St> {
    pub(super) fn new(storage: &St, gap: Duration, burst: u32) -> Self {
        Self {
            gap,
            ahead: gap.saturating_mul(burst - 1),
            places: storage.table(),
            lines: storage.arena(),
            items: storage.arena(),
            turns: storage.priority(),
            paid: storage.priority(),
            count: 0,
        }
    }

    /// How many items wait.
    pub(super) fn waiting(&self) -> usize {
        self.items.len()
    }

    #[inline]
    pub(super) fn place_of(&self, key: &K) -> Option<u32> {
        self.places.get(key).copied()
    }

    pub(super) fn len_of(&self, place: u32) -> usize {
        self.lines.get(place).map_or(0, |line| line.len)
    }

    /// When the next item may go.
    #[inline]
    pub(super) fn next_turn(&self) -> Option<Instant> {
        self.turns.peek().map(|turn| turn.0)
    }

    /// Whether an item of this key may pass now: it finds nobody in line, and its time has come.
    #[inline]
    pub(super) fn is_open(&self, place: u32, now: Instant) -> bool {
        let line = self.lines.get(place);
        line.is_some_and(|line| line.len == 0 && earlier(line.scheduled, self.ahead) <= now)
    }

    /// An item of this key passes.
    #[inline]
    pub(super) fn pass(&mut self, place: u32, now: Instant) {
        if let Some(line) = self.lines.get_mut(place) {
            line.scheduled = line.scheduled.max(now).saturating_add(self.gap);
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.places.len() >= self.places.capacity()
    }

    /// A line for a key that has none, or the key back.
    pub(super) fn open(&mut self, key: K, now: Instant) -> Result<u32, Full<K>> {
        self.count += 1;
        self.add(key, now, (now, self.count))
    }

    fn add(&mut self, key: K, scheduled: Instant, entry: (Instant, u64)) -> Result<u32, Full<K>> {
        if self.is_full() {
            return Err(Full(key));
        }
        let line = Line { key: key.clone(), scheduled, first: NONE, last: NONE, len: 0, turn: 0 };
        let Ok(place) = self.lines.insert(line) else {
            unreachable!("as many places as keys");
        };
        let held = self.places.get_or_insert_with(key, || place);
        debug_assert!(held.is_ok_and(|held| *held == place), "the key had no line");
        let pushed = self.paid.push((entry.0, entry.1, place));
        debug_assert!(pushed.is_ok(), "as many entries as places");
        Ok(place)
    }

    /// Puts an item at the end of its line, or gives it back.
    pub(super) fn push(&mut self, place: u32, item: T) -> Result<(), Full<T>> {
        self.link(place, item)?;
        if self.len_of(place) == 1 {
            self.take_a_turn(place);
        }
        Ok(())
    }

    /// The first item of a line gives its place to a new one at the end, and is dropped.
    pub(super) fn replace_first(&mut self, place: u32, item: T) {
        self.unlink(place);
        let linked = self.link(place, item);
        debug_assert!(linked.is_ok(), "one has just gone");
    }

    fn link(&mut self, place: u32, item: T) -> Result<(), Full<T>> {
        let waiting = self.items.insert(Waiting { item, next: NONE });
        let at = waiting.map_err(|Full(waiting)| Full(waiting.item))?;
        let Some(line) = self.lines.get_mut(place) else { unreachable!("the line is there") };
        let before = mem::replace(&mut line.last, at);
        if line.len == 0 {
            line.first = at;
        } else if let Some(before) = self.items.get_mut(before) {
            before.next = at;
        }
        line.len += 1;
        Ok(())
    }

    fn unlink(&mut self, place: u32) -> Option<T> {
        let line = self.lines.get_mut(place).filter(|line| line.len > 0)?;
        let first = self.items.remove(line.first)?;
        line.first = first.next;
        line.len -= 1;
        Some(first.item)
    }

    fn take_a_turn(&mut self, place: u32) {
        self.count += 1;
        self.take_turn(place, self.count);
    }

    fn take_turn(&mut self, place: u32, number: u64) {
        let ahead = self.ahead;
        let Some(line) = self.lines.get_mut(place).filter(|line| line.len > 0) else { return };
        line.turn = number;
        let pushed = self.turns.push((earlier(line.scheduled, ahead), number, place));
        debug_assert!(pushed.is_ok(), "no more turns than lines");
    }

    /// The item whose turn it is goes.
    pub(super) fn go(&mut self, now: Instant) -> Option<T> {
        let (_, _, place) = self.turns.pop()?;
        let item = self.unlink(place);
        self.pass(place, now);
        self.take_a_turn(place);
        item
    }

    /// Drops the item whose turn comes next; the one behind it gets its turn.
    pub(super) fn drop_next(&mut self) {
        let Some(&(_, _, place)) = self.turns.peek() else { return };
        self.unlink(place);
        if self.len_of(place) == 0 {
            self.turns.pop();
        }
    }

    /// When a line is paid off, those that wait in it too. One in which somebody waits comes after
    /// all that are empty.
    fn paid_off(&self, line: &Line<K>) -> Instant {
        let waiting = self.gap.saturating_mul(u32::try_from(line.len).unwrap_or(u32::MAX));
        let behind = Duration::from_nanos(u64::from(line.len > 0));
        line.scheduled.saturating_add(waiting).saturating_add(behind)
    }

    /// Corrects entries until the next one is of the line that is paid off first; tells when that
    /// is, and whether somebody waits in it.
    fn settle(&mut self) -> Option<(Instant, bool)> {
        loop {
            let &(at, number, place) = self.paid.peek()?;
            let line = self.lines.get(place)?;
            let paid_off = self.paid_off(line);
            if paid_off <= at {
                return Some((paid_off, line.len > 0));
            }
            self.paid.pop();
            let pushed = self.paid.push((paid_off, number, place));
            debug_assert!(pushed.is_ok(), "it was just taken out");
        }
    }

    /// Forgets the line that is paid off first, if that is before `now`; whether there was one.
    pub(super) fn forget_paid_off(&mut self, now: Instant) -> bool {
        self.paid.peek().is_some_and(|first| first.0 <= now)
            && self.settle().is_some_and(|(paid_off, _)| paid_off <= now)
            && self.forget_soonest()
    }

    /// Forgets the line that is paid off first, unless somebody waits in it, and so in all.
    pub(super) fn forget_soonest(&mut self) -> bool {
        if self.settle().is_none_or(|(_, is_waiting)| is_waiting) {
            return false;
        }
        if let Some((_, _, place)) = self.paid.pop()
            && let Some(line) = self.lines.remove(place)
        {
            self.places.remove(&line.key);
        }
        true
    }

    pub(super) fn clear(&mut self, storage: &St) {
        *self = Self { ahead: self.ahead, ..Self::new(storage, self.gap, 1) };
    }

    /// How many lines and items there are.
    pub(super) fn held(&self) -> usize {
        self.lines.len() + self.items.len()
    }
}

fn earlier(scheduled: Instant, ahead: Duration) -> Instant {
    Instant::from_origin(scheduled.since_origin().saturating_sub(ahead))
}

#[cfg(feature = "snapshot")]
impl<T, K, St> Snapshot for Lines<T, K, St>
where
    T: Serialize + DeserializeOwned,
    K: Hash + Eq + Clone + Serialize + DeserializeOwned,
    St: KeyStorage,
{
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put(&(self.count, self.paid.len() as u64))?;
        for (at, number, place) in self.paid.iter() {
            let Some(line) = self.lines.get(*place) else { unreachable!("an entry has a line") };
            to.put_instant(*at)?;
            to.put_instant(line.scheduled)?;
            to.put(&(number, &line.key, line.turn))?;
            let first = self.items.get(line.first).filter(|_| line.len > 0);
            let waiting = successors(first, |waiting| self.items.get(waiting.next));
            to.put_all(line.len, waiting.map(|waiting| &waiting.item))?;
        }
        Ok(())
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        let full = || SnapshotError::Full("lines");
        let lines: u64;
        (self.count, lines) = from.take()?;
        for _ in 0..lines {
            let (at, scheduled) = (from.take_instant()?, from.take_instant()?);
            let (number, key, turn) = from.take()?;
            let place = self.add(key, scheduled, (at, number)).map_err(|_| full())?;
            from.take_all(|item| self.link(place, item).map_err(|_| full()))?;
            self.take_turn(place, turn);
        }
        Ok(())
    }
}
