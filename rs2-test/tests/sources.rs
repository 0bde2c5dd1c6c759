//! The sources that misbehave do exactly what they say.

use futures_util::{StreamExt, stream};
use proptest::prelude::*;
use rs2_test::ManualTimer;
use rs2_test::sources::{Fails, Lies, Panics, Silent, Stalls};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

proptest! {
    #[test]
    fn stalling_changes_nothing_but_the_number_of_polls(
        items in prop::collection::vec(any::<u8>(), 0..9),
        polls in 0_usize..4,
    ) {
        let got: Vec<u8> =
            ManualTimer::new().run(Stalls::new(stream::iter(items.clone()), polls).collect());
        prop_assert_eq!(got, items);
    }

    #[test]
    fn errors_stand_where_they_were_put(len in 0_usize..9, place in 0_usize..12) {
        let source = Fails::at(stream::iter(0..len), [place]);
        let got: Vec<_> = ManualTimer::new().run(source.collect());
        for (index, item) in got.iter().enumerate() {
            prop_assert_eq!(item.ok(), (index != place).then_some(index));
        }
    }

    #[test]
    fn silence_begins_after_the_given_items(len in 0_usize..9, after in 0_usize..12) {
        let mut got = Vec::new();
        let mut source = pin!(Silent::after(stream::iter(0..len), after));
        let ran = ManualTimer::new().try_run(async {
            while let Some(item) = source.next().await {
                got.push(item);
            }
        });
        prop_assert_eq!(ran.is_err(), after <= len);
        prop_assert_eq!(got.len(), len.min(after));
    }

    #[test]
    fn a_panic_costs_no_item(len in 1_usize..9, place in 0_usize..9) {
        let mut source = pin!(Panics::at(stream::iter(0..len), place));
        let timer = ManualTimer::new();
        let (mut got, mut panics) = (Vec::new(), 0);
        loop {
            match catch_unwind(AssertUnwindSafe(|| timer.run(source.next()))) {
                Ok(Some(item)) => got.push(item),
                Ok(None) => break,
                Err(_) => panics += 1,
            }
        }
        prop_assert_eq!(got, (0..len).collect::<Vec<_>>());
        prop_assert_eq!(panics, usize::from(place <= len));
    }
}

#[test]
fn a_lie_is_told_as_given() {
    use futures_util::Stream;
    let source = Lies::new(stream::iter([1]), (9, Some(2)));
    assert_eq!(source.size_hint(), (9, Some(2)));
}
