//! The streams of one item, of none, and of one without end.
#![cfg(feature = "std")]

#[path = "common/drain.rs"]
mod drain;

use drain::{drain, poll};
use futures_core::{FusedStream, Stream};
use proptest::prelude::*;
use rs2_core::prelude::*;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

proptest! {
    #[test]
    fn emit_yields_its_item_once(item in any::<u32>()) {
        prop_assert_eq!(drain(|| emit(item)), [item]);
    }

    #[test]
    fn repeat_yields_as_many_as_are_asked_for(item in any::<u32>(), count in 0..50_usize) {
        prop_assert_eq!(drain(|| repeat(item).take_rs2(count)), vec![item; count]);
    }
}

#[test]
fn empty_yields_nothing() {
    assert_eq!(drain(empty::<u32>), []);
    assert!(empty::<u32>().is_terminated());
}

#[test]
fn an_item_that_has_gone_out_is_not_held() {
    let item = Rc::new(());
    let mut stream = pin!(emit(item.clone()));
    assert!(!stream.is_terminated());
    assert!(matches!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some(_))));
    assert_eq!(Rc::strong_count(&item), 1);
    assert!(stream.is_terminated());
}

#[test]
fn a_repeat_never_says_that_it_ends() {
    let mut stream = pin!(repeat('a'));
    assert_eq!(stream.size_hint(), (usize::MAX, None));
    assert_eq!(poll(stream.as_mut(), &Arc::default()), Poll::Ready(Some('a')));
    assert_eq!(stream.size_hint(), (usize::MAX, None));
    assert!(!stream.is_terminated());
}
