//! Bytes that are no snapshot any more: they are refused, or read as something else, and never do
//! harm.
#![cfg(feature = "snapshot")]

#[path = "common/cases.rs"]
mod cases;

use cases::cases;
use futures_core::Stream;
use futures_util::StreamExt;
use proptest::prelude::*;
use rs2_core::op::event_time::{Captured, Pattern, Skip};
use rs2_core::prelude::*;
use rs2_core::snapshot::{self, Reader, Snapshot, SnapshotError, Writer};
use rs2_core::store::Heap;
use std::time::Duration;

/// `1 << 60` as the format writes it: as a length, more than any memory has.
const ENDLESS: [u8; 9] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];

/// Something that happens to bytes, at a place.
#[derive(Clone, Copy, Debug)]
enum Accident {
    Flip(u8),
    Set(u8),
    Insert(u8),
    Remove,
    Cut,
    Endless,
}

fn accidents() -> impl Strategy<Value = Vec<(prop::sample::Index, Accident)>> {
    let one = prop_oneof![
        4 => (0_u8..8).prop_map(Accident::Flip),
        2 => any::<u8>().prop_map(Accident::Set),
        1 => any::<u8>().prop_map(Accident::Insert),
        1 => Just(Accident::Remove),
        1 => Just(Accident::Cut),
        1 => Just(Accident::Endless),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), one), 1..4)
}

fn happen(bytes: &mut Vec<u8>, accidents: &[(prop::sample::Index, Accident)]) {
    for (place, accident) in accidents {
        if bytes.is_empty() {
            return;
        }
        let place = place.index(bytes.len());
        match accident {
            Accident::Flip(bit) => bytes[place] ^= 1 << bit,
            Accident::Set(byte) => bytes[place] = *byte,
            Accident::Insert(byte) => bytes.insert(place, *byte),
            Accident::Remove => drop(bytes.remove(place)),
            Accident::Cut => bytes.truncate(place),
            Accident::Endless => drop(bytes.splice(place..=place, ENDLESS)),
        }
    }
}

type Item = (u8, u32);

fn source() -> impl Stream<Item = Item> + Snapshot {
    from_iter((0..40_u32).map(|n| ((n * 7 % 5) as u8, n))).replayable_rs2()
}

fn keyed() -> impl Stream + Snapshot {
    let sum = |item: Item, sum: &mut u64| {
        *sum += u64::from(item.1);
        *sum
    };
    source().keyed_map_in_rs2(Heap::bounded(9).seeded(7), |item| item.0, sum)
}

fn grouped() -> impl Stream + Snapshot {
    let keys = Heap::bounded(9).seeded(7);
    source().sliding_window_rs2(3).group_by_in_rs2(keys, Heap::bounded(3), |window| window[0].0)
}

fn selected() -> impl Stream + Snapshot {
    let keys = Heap::bounded(9).seeded(7);
    let first = source().distinct_in_rs2(keys).chunk_rs2(3).take_rs2(9);
    first.zip_rs2(source().group_adjacent_by_in_rs2(Heap::bounded(4), |item| item.0 > 2))
}

fn found() -> impl Stream + Snapshot {
    let later = |item: &Item, before: &Captured<'_, Item>| before.iter().all(|its| its.1 < item.1);
    let pattern = Pattern::begin(|item: &Item| item.0 < 3)
        .named("low")
        .one_or_more()
        .allow_combinations()
        .followed_by(|item: &Item| item.0 == 3)
        .given(later)
        .within(Duration::from_micros(9))
        .skip(Skip::Nothing)
        .max_runs(30);
    source().pattern_or_timeout_by_time_in_rs2(
        Heap::bounded(50).seeded(7),
        pattern,
        Duration::from_micros(3),
        |item| item.1 % 2,
        |item| EventTime::from_micros(i64::from(item.1)),
    )
}

/// The bytes of a stream after some outputs.
fn saved<S: Stream + Snapshot>(stream: S, taken: usize) -> Vec<u8> {
    let mut stream = Box::pin(stream);
    for _ in 0..taken {
        futures_executor::block_on(stream.next());
    }
    snapshot::save(&*stream).expect("nothing runs")
}

fn survives<S: Stream + Snapshot>(
    build: impl Fn() -> S,
    taken: usize,
    accidents: &[(prop::sample::Index, Accident)],
) {
    let mut bytes = saved(build(), taken);
    assert_eq!(snapshot::restore(&mut build(), &bytes), Ok(()));
    happen(&mut bytes, accidents);
    drop(snapshot::restore(&mut build(), &bytes));
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn broken_bytes_panic_nothing(taken in 0_usize..20, accidents in accidents()) {
        survives(keyed, taken, &accidents);
        survives(grouped, taken, &accidents);
        survives(selected, taken, &accidents);
        survives(found, taken, &accidents);
    }

    #[test]
    fn bytes_of_nothing_panic_nothing(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        // Behind a header that is right, or not.
        let header = saved(keyed(), 0);
        for known in [0, 4, 5, 20] {
            let bytes = [&header[..known], &tail[..]].concat();
            drop(snapshot::restore(&mut keyed(), &bytes));
            drop(snapshot::restore(&mut found(), &bytes));
        }
    }
}

/// At every place a length without end: each is refused at once, or was no length.
fn no_length_is_believed<S: Stream + Snapshot>(build: impl Fn() -> S, taken: usize) {
    let bytes = saved(build(), taken);
    for place in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken.splice(place..=place, ENDLESS);
        drop(snapshot::restore(&mut build(), &broken));
    }
}

#[test]
fn a_length_without_end_is_refused_at_once() {
    no_length_is_believed(keyed, 9);
    no_length_is_believed(grouped, 5);
    no_length_is_believed(selected, 2);
    no_length_is_believed(found, 15);
}

/// How many values came that take no bytes.
#[derive(Default)]
struct Units(u64);

impl Snapshot for Units {
    fn save(&self, to: &mut Writer) -> Result<(), SnapshotError> {
        to.put_all(self.0 as usize, (0..self.0).map(|_| ()))
    }

    fn restore(&mut self, from: &mut Reader<'_>) -> Result<(), SnapshotError> {
        from.take_all(|()| {
            self.0 += 1;
            Ok(())
        })
    }
}

#[test]
fn values_without_bytes_do_not_come_without_end() {
    let mut units = Units::default();
    let mut bytes = snapshot::save(&Units(100)).expect("nothing runs");
    assert_eq!(snapshot::restore(&mut units, &bytes), Ok(()));
    assert_eq!(units.0, 100);
    bytes.splice(bytes.len() - 1.., ENDLESS);
    let refused = snapshot::restore(&mut units, &bytes);
    assert_eq!(refused, Err(SnapshotError::Corrupt { left: 0 }));
}
