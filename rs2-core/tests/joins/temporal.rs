//! The temporal join against a search through everything that has come.

use super::by_time::{cases, disorder, extremes, limits, us};
use super::interval::{Arrival, feed};
use proptest::prelude::*;
use rs2_core::machine::{JoinByTime, JoinMachine, Side};
use rs2_core::metrics::{Holds, Loss};
use rs2_core::op::join::{Each, EmitWhen, TemporalJoin, TemporalJoinConfig, Version};
use rs2_core::state::OnFull;
use rs2_core::store::Heap;
use rs2_core::time::EventTime;

/// An item with its key and time, or a version with its key, time and whether it is a deletion.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Item(usize, u8, i64),
    Version(usize, u8, i64, bool),
    End(Side),
}

pub type Item = (usize, u8, i64);

pub fn steps(items: impl Strategy<Value = Vec<(u8, i64)>>) -> impl Strategy<Value = Vec<Step>> {
    let kinds = prop::collection::vec(0_u8..6, 40);
    (items, kinds, any::<[bool; 2]>()).prop_map(|(items, kinds, [early, left_first])| {
        let step = |(n, ((key, ts), kind))| match kind {
            0..=2 => Step::Item(n, key, ts),
            3 => Step::Version(n, key, ts, true),
            _ => Step::Version(n, key, ts, false),
        };
        let mut steps: Vec<Step> = items.into_iter().zip(kinds).enumerate().map(step).collect();
        let sides = if left_first { [Side::Right, Side::Left] } else { [Side::Left, Side::Right] };
        for side in sides {
            let is_of = |step: &Step| match step {
                Step::Item(..) => side == Side::Left,
                Step::Version(..) => side == Side::Right,
                Step::End(_) => false,
            };
            let after = steps.iter().rposition(is_of).map_or(0, |at| at + 1);
            let at = if early { after } else { steps.len() };
            steps.insert(at, Step::End(side));
        }
        steps
    })
}

#[derive(Default)]
struct Model {
    versions: Vec<(usize, u8, i64, bool)>,
    waiting: Vec<Item>,
    watermarks: [Option<i64>; 2],
    ended: [bool; 2],
    late: u64,
    outs: Vec<(usize, Option<usize>)>,
}

impl Model {
    /// What the key stood for then: the latest beginning, and of equal ones the last that came.
    fn valid_at(&self, key: u8, at: i64) -> Option<usize> {
        let of_key = self.versions.iter().filter(|version| version.1 == key && version.2 <= at);
        let valid = of_key.max_by_key(|version| (version.2, version.0))?;
        (!valid.3).then_some(valid.0)
    }

    fn is_late(&mut self, side: Side, ts: i64) -> bool {
        let late = self.watermarks[side as usize].is_some_and(|watermark| ts < watermark);
        self.late += u64::from(late);
        late
    }

    fn rise(&mut self, side: Side, reached: i64) {
        let before = self.watermarks[side as usize].unwrap_or(i64::MIN);
        self.watermarks[side as usize] = Some(before.max(reached));
    }

    fn release(&mut self) {
        self.waiting.sort_by_key(|item| item.2);
        let ended = self.ended[1];
        let known = |item: &Item| ended || self.watermarks[1].is_some_and(|known| item.2 < known);
        let out: Vec<Item> = self.waiting.iter().copied().filter(known).collect();
        self.waiting.retain(|item| !out.contains(item));
        for (n, key, ts) in out {
            self.outs.push((n, self.valid_at(key, ts)));
        }
    }

    fn step(&mut self, emit: EmitWhen, delays: [i64; 2], step: Step) {
        match step {
            Step::Item(n, key, _) if emit == EmitWhen::Latest => {
                self.outs.push((n, self.valid_at(key, i64::MAX)));
            }
            Step::Item(n, key, ts) => {
                if !self.is_late(Side::Left, ts) {
                    self.waiting.push((n, key, ts));
                    self.release();
                    self.rise(Side::Left, ts.saturating_sub(delays[0]));
                }
            }
            Step::Version(n, key, ts, deletes) => {
                if !self.is_late(Side::Right, ts) {
                    self.versions.push((n, key, ts, deletes));
                    self.rise(Side::Right, ts.saturating_sub(delays[1]));
                    self.release();
                }
            }
            Step::End(side) => {
                self.ended[side as usize] = true;
                self.release();
            }
        }
    }
}

fn version(n: usize, key: u8, ts: i64, deletes: bool) -> Version<u8, usize> {
    let from = EventTime::from_micros(ts);
    if deletes { Version::deleted(key, from) } else { Version::new(key, from, n) }
}

pub fn arrival(step: Step) -> Arrival<Item, Version<u8, usize>> {
    match step {
        Step::Item(n, key, ts) => Arrival::Left((n, key, ts)),
        Step::Version(n, key, ts, deletes) => Arrival::Right(version(n, key, ts, deletes)),
        Step::End(side) => Arrival::End(side),
    }
}

fn config(delays: [i64; 2], emit: EmitWhen) -> TemporalJoinConfig {
    let [delay, versions_delay] = delays.map(|delay| us(delay.unsigned_abs()));
    TemporalJoinConfig { versions_delay, emit, ..TemporalJoinConfig::new(delay) }
}

pub type Found = (usize, Option<usize>);

pub fn rule(
    limits: rs2_core::state::Limits<rs2_core::store::SeededHeap>,
    config: &TemporalJoinConfig,
) -> impl JoinMachine<Left = Item, Right = Version<u8, usize>, Out = Found> + Holds + use<> {
    let found = |item: Item, found: Option<&usize>| (item.0, found.copied());
    let rule = TemporalJoin::new(limits, config, |item: &Item| item.1, Each::by(found));
    let times = (
        |item: &Item| EventTime::from_micros(item.2),
        |version: &Version<u8, usize>| version.valid_from,
    );
    JoinByTime::new(rule, (config.delay, config.versions_delay), times)
}

fn compare(steps: &[Step], delays: [i64; 2], emit: EmitWhen) {
    let (limits, losses) = limits(Heap::bounded(1_000).seeded(7), OnFull::Evict);
    let mut rule = rule(limits, &config(delays, emit));
    let mut model = Model::default();
    for &step in steps {
        if rule.is_finished() {
            break;
        }
        let before = model.outs.len();
        model.step(emit, delays, step);
        assert_eq!(feed(&mut rule, arrival(step)), model.outs[before..], "{step:?}");
        assert_eq!(losses.of(Loss::Late), model.late);
    }
    assert_eq!((losses.total(), rule.held()), (model.late, 0));
}

pub fn emits() -> impl Strategy<Value = EmitWhen> {
    prop::sample::select(vec![EmitWhen::Known, EmitWhen::Latest])
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn an_item_gets_what_was_valid_at_its_time(
        steps in steps(disorder(3)),
        delays in [0_i64..40, 0_i64..40],
        emit in emits(),
    ) {
        compare(&steps, delays, emit);
    }

    #[test]
    fn no_time_overflows(
        steps in steps(extremes(2)),
        delays in [0_i64..i64::MAX, 0_i64..40],
        emit in emits(),
    ) {
        compare(&steps, delays, emit);
    }
}

/// However many versions come, those that nothing asks for any more are gone.
#[test]
fn old_versions_and_deleted_keys_are_given_back() {
    let memory = Heap::bounded(100_000).seeded(7);
    let config = config([0, 0], EmitWhen::Known);
    let mut rule = rule(memory.into(), &config);
    for n in 0..50_000_usize {
        let (key, ts) = ((n % 200) as u8, n as i64);
        feed(&mut rule, arrival(Step::Version(n, key, ts, false)));
        feed(&mut rule, arrival(Step::Item(n, key, ts)));
    }
    assert!(rule.held() <= 2 * 200 + 64 + 1, "{} are held", rule.held());
    for n in 50_000..60_000_usize {
        let (key, ts) = ((n % 200) as u8, n as i64);
        feed(&mut rule, arrival(Step::Version(n, key, ts, true)));
        feed(&mut rule, arrival(Step::Item(n, key, ts)));
    }
    assert!(rule.held() <= 64 + 1, "{} are held", rule.held());
}
