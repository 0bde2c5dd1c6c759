//! The temporal join with hardly any room: which versions and items go, and which stay.

use super::by_time::{cases, counts, disorder, limits, us};
use super::interval::feed;
use super::temporal::{Item, Step, arrival, emits, rule, steps};
use proptest::prelude::*;
use rs2_core::machine::{JoinMachine, Side};
use rs2_core::metrics::Holds;
use rs2_core::op::join::{EmitWhen, TemporalJoinConfig};
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use std::collections::BTreeMap;

/// No two steps happen at one time: of versions that begin together any may be forgotten first.
const APART: i64 = 64;

#[derive(Clone, Copy, Debug)]
struct Room {
    capacity: usize,
    max_versions: usize,
    on_full: OnFull,
    emit: EmitWhen,
    delays: [i64; 2],
}

/// Beginning, number, whether it is a deletion.
type Known = (i64, usize, bool);

#[derive(Default)]
struct Model {
    versions: BTreeMap<u8, Vec<Known>>,
    waiting: Vec<Item>,
    watermarks: [Option<i64>; 2],
    ended: [bool; 2],
    late: u64,
    full: u64,
    evicted: u64,
    stopped: bool,
    outs: Vec<(usize, Option<usize>)>,
}

impl Model {
    fn watermark(&self, side: Side) -> i64 {
        match self.ended[side as usize] {
            true => i64::MAX,
            false => self.watermarks[side as usize].unwrap_or(i64::MIN),
        }
    }

    /// Lets go of all that nothing asks for any more.
    fn prune(&mut self, emit: EmitWhen) {
        let frontier = match emit {
            EmitWhen::Known => self.watermark(Side::Left).min(self.watermark(Side::Right)),
            EmitWhen::Latest => self.watermark(Side::Right),
        };
        for versions in self.versions.values_mut() {
            let needed = versions.iter().rposition(|known| known.0 <= frontier).unwrap_or(0);
            versions.drain(..needed);
            if versions.first().is_some_and(|first| first.2 && first.0 <= frontier) {
                versions.remove(0);
            }
        }
        self.versions.retain(|_, versions| !versions.is_empty());
    }

    fn put_out(&mut self, (n, key, ts): Item) {
        let versions = self.versions.get(&key).map_or(&[][..], Vec::as_slice);
        let valid = versions.iter().rfind(|known| known.0 <= ts);
        self.outs.push((n, valid.filter(|known| !known.2).map(|known| known.1)));
    }

    fn release(&mut self) {
        let known =
            |item: &Item| self.ended[1] || self.watermarks[1].is_some_and(|known| item.2 < known);
        self.waiting.sort_by_key(|item| item.2);
        let out: Vec<Item> = self.waiting.iter().copied().filter(known).collect();
        self.waiting.drain(..out.len());
        out.into_iter().for_each(|item| self.put_out(item));
    }

    fn refuse(&mut self, room: &Room) {
        match room.on_full {
            OnFull::Stop => self.stopped = true,
            _ => self.full += 1,
        }
    }

    fn item(&mut self, room: &Room, item: Item) {
        if room.emit == EmitWhen::Latest {
            return self.put_out((item.0, item.1, i64::MAX));
        }
        if self.watermarks[0].is_some_and(|watermark| item.2 < watermark) {
            self.late += 1;
            return;
        }
        self.waiting.push(item);
        self.release();
        if self.waiting.len() > room.capacity {
            if room.on_full != OnFull::Evict {
                self.waiting.retain(|waiting| *waiting != item);
                self.refuse(room);
            } else {
                self.evicted += 1;
                let earliest = self.waiting.remove(0);
                self.put_out(earliest);
            }
        }
        self.rise(0, item.2 - room.delays[0]);
    }

    fn version(&mut self, room: &Room, key: u8, known: Known) {
        if self.watermarks[1].is_some_and(|watermark| known.0 < watermark) {
            self.late += 1;
            return;
        }
        if !self.versions.contains_key(&key) && self.versions.len() == room.capacity {
            if room.on_full != OnFull::Evict {
                self.refuse(room);
                return self.rise(1, known.0 - room.delays[1]);
            }
            let oldest = self.versions.iter().min_by_key(|(_, versions)| versions[0].0);
            let oldest = *oldest.expect("it is full").0;
            self.versions.remove(&oldest);
            self.evicted += 1;
        }
        let versions = self.versions.entry(key).or_default();
        if room.emit == EmitWhen::Latest {
            if versions.first().is_none_or(|newest| newest.0 <= known.0) {
                *versions = vec![known];
            }
        } else {
            versions.push(known);
            versions.sort();
            if versions.len() > room.max_versions.min(room.capacity) {
                if room.on_full != OnFull::Evict {
                    versions.retain(|other| *other != known);
                    self.refuse(room);
                } else {
                    versions.remove(0);
                    self.evicted += 1;
                }
            }
        }
        self.rise(1, known.0 - room.delays[1]);
    }

    fn rise(&mut self, side: usize, reached: i64) {
        let before = self.watermarks[side].unwrap_or(i64::MIN);
        self.watermarks[side] = Some(before.max(reached));
    }

    fn step(&mut self, room: &Room, step: Step) {
        match step {
            Step::Item(n, key, ts) => self.item(room, (n, key, ts)),
            Step::Version(n, key, ts, deletes) => self.version(room, key, (ts, n, deletes)),
            Step::End(side) => self.ended[side as usize] = true,
        }
        if self.stopped {
            self.versions.clear();
            self.waiting.clear();
        }
        self.release();
        self.prune(room.emit);
    }

    fn held(&self) -> usize {
        self.waiting.len() + self.versions.values().map(Vec::len).sum::<usize>()
    }
}

/// Takes both through all steps and compares them after each.
fn compare(room: &Room, steps: &[Step]) {
    let (limits, losses) = limits(Heap::bounded(room.capacity).seeded(7), room.on_full);
    let [delay, versions_delay] = room.delays.map(|delay| us(delay.unsigned_abs()));
    let config = TemporalJoinConfig {
        versions_delay,
        max_versions: room.max_versions,
        emit: room.emit,
        ..TemporalJoinConfig::new(delay)
    };
    let mut rule = rule(limits, &config);
    let mut model = Model::default();
    for &step in steps {
        if rule.is_finished() {
            break;
        }
        let before = model.outs.len();
        model.step(room, step);
        assert_eq!(feed(&mut rule, arrival(step)), model.outs[before..], "{step:?}");
        let counted = [model.late, 0, 0, model.full, model.evicted];
        assert_eq!(counts(&losses), counted, "{step:?}");
        // What nothing asks for any more may be there for a while, but not beyond the room for it.
        assert!(rule.is_finished() || rule.held() >= model.held());
        assert!(rule.held() <= room.capacity + room.capacity * room.max_versions);
    }
    assert_eq!((rule.held(), losses.is_stopped()), (0, model.stopped));
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn without_room_the_limits_say_what_goes(
        steps in steps(disorder(4)),
        delays in [0_i64..40, 0_i64..40],
        (capacity, max_versions) in (1_usize..5, 1_usize..4),
        emit in emits(),
        on_full in prop::sample::select(vec![OnFull::Evict, OnFull::Reject, OnFull::Stop]),
    ) {
        let apart = |(place, step)| match step {
            Step::Item(n, key, ts) => Step::Item(n, key, ts * APART + place as i64),
            Step::Version(n, key, ts, deletes) => {
                Step::Version(n, key, ts * APART + place as i64, deletes)
            }
            end => end,
        };
        let steps: Vec<Step> = steps.into_iter().enumerate().map(apart).collect();
        let delays = delays.map(|delay| delay * APART);
        compare(&Room { capacity, max_versions, on_full, emit, delays }, &steps);
    }
}
