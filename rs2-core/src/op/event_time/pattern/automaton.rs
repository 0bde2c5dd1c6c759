//! A pattern as an automaton: one position for each item that a match can have.
//!
//! Source: Glushkov's construction, as in Berry and Sethi, "From regular expressions to
//! deterministic automata", 1986, section 4; here edges also say what may lie between two items.

use super::plan::{Contiguity, Guard, Part, Repeat, Taken};
use alloc::vec::Vec;
use core::mem;

/// Edges that one position may have: a run notes in one word which of them are open to it.
const MAX_EDGES: usize = 64;

/// Where every run begins.
pub(super) const START: u16 = 0;

/// The target of an edge that needs no further item, but the absence of some.
pub(super) const END: u16 = u16::MAX;

#[derive(Clone, Debug)]
pub(super) struct Automaton {
    positions: Vec<Position>,
    pub(super) has_names: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) condition: u16,
    pub(super) name: &'static str,
    pub(super) greedy: bool,
    /// Whether a run that stands here is a match.
    pub(super) accepts: bool,
    /// Nearest first: further repetitions come before what follows.
    pub(super) edges: Vec<Edge>,
}

#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) to: u16,
    pub(super) contiguity: Contiguity,
    /// Whether it repeats the step it comes from, which `until` can end.
    pub(super) repeats: bool,
    pub(super) guards: Vec<Guard>,
}

impl Position {
    /// All its edges, as bits.
    pub(super) fn all_edges(&self) -> u64 {
        match self.edges.len() {
            0 => 0,
            count => u64::MAX >> (MAX_EDGES - count),
        }
    }

    /// Whether a run here, to which these edges are open, waits for nothing but time to pass.
    pub(super) fn waits_for_absence(&self, open: u64) -> bool {
        let ends = |(n, edge): (usize, &Edge)| edge.to == END && open & (1 << n) != 0;
        self.edges.iter().enumerate().any(ends)
    }
}

impl Automaton {
    /// The automaton of a sequence; an error says what no automaton can be made of.
    pub(super) fn new(parts: &[Part], has_span: bool) -> Result<Self, &'static str> {
        let mut builder = Builder { positions: Vec::new() };
        let start = builder.add(0, "", false)?;
        let start = Exit { from: start, guards: Vec::new() };
        let begin = Entry { contiguity: Contiguity::Relaxed, repeats: false };
        let exits = builder.sequence(parts, begin, [start].into())?;
        for exit in exits {
            builder.accept(exit, has_span)?;
        }
        let mut positions = builder.positions;
        // Nothing comes before the beginning that could be forbidden.
        for edge in &mut positions[usize::from(START)].edges {
            edge.guards.clear();
        }
        if positions.iter().any(|position| position.edges.len() > MAX_EDGES) {
            return Err("a step must not be followed by more than 64 others at once");
        }
        let has_names = positions.iter().any(|position| !position.name.is_empty());
        Ok(Self { positions, has_names })
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.positions.iter().any(|position| position.name == name)
    }

    #[inline]
    pub(super) fn at(&self, position: u16) -> &Position {
        &self.positions[usize::from(position)]
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn get(&self, position: u16) -> Option<&Position> {
        self.positions.get(usize::from(position))
    }
}

/// A position after which a part may be over, and what must not come from there on.
#[derive(Clone, Debug)]
struct Exit {
    from: u16,
    guards: Vec<Guard>,
}

/// How the first step of a part is entered.
#[derive(Clone, Copy)]
struct Entry {
    contiguity: Contiguity,
    repeats: bool,
}

/// What is repeated.
#[derive(Clone, Copy)]
enum Body<'a> {
    Step(&'a Taken),
    Group(&'a [Part]),
}

struct Builder {
    positions: Vec<Position>,
}

impl Builder {
    fn add(
        &mut self,
        condition: u16,
        name: &'static str,
        greedy: bool,
    ) -> Result<u16, &'static str> {
        let number = u16::try_from(self.positions.len()).unwrap_or(END);
        if number == END {
            return Err("a pattern must not have more than 65,534 places for items");
        }
        self.positions.push(Position {
            condition,
            name,
            greedy,
            accepts: false,
            edges: Vec::new(),
        });
        Ok(number)
    }

    fn connect(&mut self, exit: &Exit, edge: Edge) {
        let mut guards = exit.guards.clone();
        guards.extend(&edge.guards);
        self.positions[usize::from(exit.from)].edges.push(Edge { guards, ..edge });
    }

    /// Adds parts after what ends in `open`, and tells where they may end.
    fn sequence(
        &mut self,
        parts: &[Part],
        entry: Entry,
        mut open: Vec<Exit>,
    ) -> Result<Vec<Exit>, &'static str> {
        let mut first = Some(entry);
        for part in parts {
            let mut entered =
                |contiguity| first.take().unwrap_or(Entry { contiguity, repeats: false });
            open = match part {
                Part::Not(guard) => {
                    open.iter_mut().for_each(|exit| exit.guards.push(*guard));
                    open
                }
                Part::Step(step) => {
                    let entry = entered(step.entry);
                    self.repeated(Body::Step(step), &step.repeat, entry, open)?
                }
                Part::Group { entry, repeat, parts } => {
                    if is_optional(parts) && !repeat.is_once() {
                        return Err("a group that is repeated or optional must take an item");
                    }
                    let entry = entered(*entry);
                    self.repeated(Body::Group(parts), repeat, entry, open)?
                }
            };
        }
        Ok(open)
    }

    /// Adds a part as often as it may be taken: without a limit, the last one leads to itself.
    fn repeated(
        &mut self,
        body: Body<'_>,
        repeat: &Repeat,
        entry: Entry,
        before: Vec<Exit>,
    ) -> Result<Vec<Exit>, &'static str> {
        let again = Entry { contiguity: repeat.between, repeats: matches!(body, Body::Step(_)) };
        let mut exits = if repeat.optional { before.clone() } else { Vec::new() };
        let (least, most) = (repeat.times.least, repeat.times.most);
        let mut open = before;
        for count in 1..=most.unwrap_or(least) {
            open = self.once(body, if count == 1 { entry } else { again }, open)?;
            if count >= least {
                exits.extend(open.iter().cloned());
            }
        }
        if most.is_none() {
            // Stands for the end of the last repetition, which is not there yet.
            let end = self.add(0, "", false)?;
            open.push(Exit { from: end, guards: Vec::new() });
            let ends = self.once(body, again, open)?;
            let firsts = mem::take(&mut self.positions[usize::from(end)].edges);
            for exit in &ends {
                firsts.iter().for_each(|first| self.connect(exit, first.clone()));
            }
            exits.extend(ends);
        }
        Ok(exits)
    }

    fn once(
        &mut self,
        body: Body<'_>,
        entry: Entry,
        open: Vec<Exit>,
    ) -> Result<Vec<Exit>, &'static str> {
        let step = match body {
            Body::Group(parts) => return self.sequence(parts, entry, open),
            Body::Step(step) => step,
        };
        let to = self.add(step.condition, step.name, step.greedy)?;
        let Entry { contiguity, repeats } = entry;
        for exit in &open {
            self.connect(exit, Edge { to, contiguity, repeats, guards: Vec::new() });
        }
        Ok([Exit { from: to, guards: Vec::new() }].into())
    }

    /// A match may end at `exit`.
    fn accept(&mut self, exit: Exit, has_span: bool) -> Result<(), &'static str> {
        if exit.from == START {
            return Ok(());
        }
        let position = &mut self.positions[usize::from(exit.from)];
        if position.greedy {
            return Err("a greedy step must not be the last: nothing would tell its end");
        }
        if exit.guards.is_empty() {
            position.accepts = true;
            return Ok(());
        }
        if !has_span && exit.guards.iter().any(|guard| !guard.once) {
            return Err("a pattern that ends with not_followed_by needs a span: see within");
        }
        let contiguity = Contiguity::Any;
        let edge = Edge { to: END, contiguity, repeats: false, guards: exit.guards };
        position.edges.push(edge);
        Ok(())
    }
}

/// Whether a sequence can be passed over without an item.
fn is_optional(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Not(_) => true,
        Part::Step(step) => step.repeat.optional,
        Part::Group { repeat, parts, .. } => repeat.optional || is_optional(parts),
    })
}
