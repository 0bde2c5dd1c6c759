//! The items that open runs have taken: each is kept once, and runs hold links to them.
//!
//! Source: Agrawal, Diao, Gyllstrom, Immerman, "Efficient pattern matching over event streams",
//! SIGMOD 2008, section 4.2, with a link for each use in place of version numbers.

use super::automaton::Automaton;
use crate::store::{Arena, Full, KeyStorage};
use core::fmt;
use core::iter;

/// Items, and chains of links from the last item of a run to its first. What nobody uses any more
/// is dropped at once.
pub(super) struct Buffer<T, St: KeyStorage> {
    pub(super) events: St::Arena<Event<T>>,
    pub(super) links: St::Arena<Link>,
}

pub(super) struct Event<T> {
    pub(super) item: T,
    /// How many sorted items came before it.
    pub(super) turn: u64,
    /// The links that lead to it, and one more while its turn lasts.
    pub(super) uses: u32,
}

pub(super) struct Link {
    pub(super) event: u32,
    /// Where the item stands in the pattern.
    pub(super) position: u16,
    pub(super) before: Option<u32>,
    /// The links that follow, the runs that end here and the matches that are being told.
    pub(super) uses: u32,
}

impl<T, St: KeyStorage> Buffer<T, St> {
    pub(super) fn new(storage: &St) -> Self {
        Self { events: storage.arena(), links: storage.arena() }
    }

    /// Keeps an item, in use once until links lead to it: see [`let_go`](Self::let_go).
    pub(super) fn keep(&mut self, item: T, turn: u64) -> Result<u32, Full<T>> {
        let event = Event { item, turn, uses: 1 };
        self.events.insert(event).map_err(|Full(event)| Full(event.item))
    }

    /// Adds a link, in use once; nothing when there is no room.
    pub(super) fn link(&mut self, event: u32, position: u16, before: Option<u32>) -> Option<u32> {
        let link = Link { event, position, before, uses: 1 };
        let place = self.links.insert(link).ok()?;
        if let Some(event) = self.events.get_mut(event) {
            event.uses += 1;
        }
        if let Some(before) = before {
            self.hold(before);
        }
        Some(place)
    }

    pub(super) fn hold(&mut self, link: u32) {
        if let Some(link) = self.links.get_mut(link) {
            link.uses += 1;
        }
    }

    /// Gives up one use of a link, and with the last one the link.
    pub(super) fn release(&mut self, link: u32) {
        let mut next = Some(link);
        while let Some(place) = next {
            let Some(link) = self.links.get_mut(place) else { return };
            link.uses = link.uses.saturating_sub(1);
            if link.uses > 0 {
                return;
            }
            let Some(link) = self.links.remove(place) else { return };
            self.let_go(link.event);
            next = link.before;
        }
    }

    /// Gives up one use of an item, and with the last one the item.
    pub(super) fn let_go(&mut self, event: u32) {
        let Some(kept) = self.events.get_mut(event) else { return };
        kept.uses = kept.uses.saturating_sub(1);
        if kept.uses == 0 {
            self.events.remove(event);
        }
    }

    pub(super) fn held(&self) -> usize {
        self.events.len() + self.links.len()
    }

    /// The items of a run with their positions, the last first.
    pub(super) fn chain(&self, last: u32) -> impl Iterator<Item = (&Event<T>, u16)> {
        let link_at = |place: Option<u32>| self.links.get(place?);
        let links = iter::successors(link_at(Some(last)), move |link| link_at(link.before));
        links.filter_map(|link| Some((self.events.get(link.event)?, link.position)))
    }
}

impl<T, St: KeyStorage> fmt::Debug for Buffer<T, St> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("events", &self.events.len())
            .field("links", &self.links.len())
            .finish()
    }
}

/// What a run has taken so far, for conditions that depend on it. Empty before the first item.
#[derive(Clone, Copy)]
pub struct Captured<'a, T> {
    chain: &'a dyn Chain<T>,
    last: Option<u32>,
}

/// One item after the other, whatever memory they are in.
pub(super) trait Chain<T> {
    /// The item of a link, the name of its step, and the link before.
    fn at(&self, link: u32) -> Option<(&T, &'static str, Option<u32>)>;
}

impl<'a, T> Captured<'a, T> {
    pub(super) fn new(chain: &'a dyn Chain<T>, last: Option<u32>) -> Self {
        Self { chain, last }
    }

    /// The items with the names of their steps, the last first.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &'a T)> + use<'a, T> {
        let (chain, mut next) = (self.chain, self.last);
        iter::from_fn(move || {
            let (item, name, before) = chain.at(next?)?;
            next = before;
            Some((name, item))
        })
    }

    /// The items, the last first.
    pub fn iter(&self) -> impl Iterator<Item = &'a T> + use<'a, T> {
        self.named().map(|(_, item)| item)
    }

    /// The items of the steps with a name, the last first.
    pub fn of(&self, name: &str) -> impl Iterator<Item = &'a T> {
        self.named().filter(move |(its, _)| *its == name).map(|(_, item)| item)
    }

    /// The item taken last.
    pub fn last(&self) -> Option<&'a T> {
        self.iter().next()
    }

    /// The item taken first. Goes through all.
    pub fn first(&self) -> Option<&'a T> {
        self.iter().last()
    }

    /// Whether nothing was taken yet.
    pub fn is_empty(&self) -> bool {
        self.last.is_none()
    }
}

impl<T: fmt::Debug> fmt::Debug for Captured<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.named()).finish()
    }
}

/// A buffer with the names of the steps.
pub(super) struct View<'a, T, St: KeyStorage> {
    pub(super) buffer: &'a Buffer<T, St>,
    pub(super) automaton: &'a Automaton,
}

impl<T, St: KeyStorage> Chain<T> for View<'_, T, St> {
    fn at(&self, link: u32) -> Option<(&T, &'static str, Option<u32>)> {
        let link = self.buffer.links.get(link)?;
        let event = self.buffer.events.get(link.event)?;
        Some((&event.item, self.automaton.at(link.position).name, link.before))
    }
}
