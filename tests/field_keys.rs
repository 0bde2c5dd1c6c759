//! Keys by the path to a field: which values are one key, and what has none.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use rs2_core::metrics::{Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::state::{
    FieldKey, FieldKeyExtractor, KeyError, KeyExtractor, StateAccess, StateConfig, StateError,
    StorageKey,
};
use rs2_test::ManualTimer;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

fn key<T: Serialize>(path: &str, item: &T) -> Result<FieldKey, KeyError> {
    FieldKeyExtractor::new(path).try_key(item)
}

fn text(text: &str) -> Result<FieldKey, KeyError> {
    Ok(FieldKey::Text(text.to_owned()))
}

fn integer(value: i128) -> Result<FieldKey, KeyError> {
    Ok(FieldKey::Integer(value))
}

fn missing(path: &str) -> Result<FieldKey, KeyError> {
    Err(KeyError::Missing(path.to_owned()))
}

#[derive(Serialize)]
struct Event {
    user: User,
    tags: Vec<&'static str>,
    place: Option<(u8, i64)>,
    action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    #[serde(flatten)]
    rest: BTreeMap<&'static str, u64>,
    by_number: BTreeMap<i32, bool>,
    amount: f64,
}

#[derive(Serialize)]
struct User {
    id: u64,
    #[serde(rename = "displayName")]
    name: Name,
}

#[derive(Serialize)]
struct Name(String);

#[derive(Serialize)]
enum Action {
    Leave,
    Buy { item: char },
    Move(i8, i8),
    Say(String),
}

fn event(action: Action) -> Event {
    Event {
        user: User { id: u64::MAX, name: Name("Ann".to_owned()) },
        tags: vec!["red", "blue"],
        place: Some((3, -4)),
        action,
        note: None,
        rest: BTreeMap::from([("shard", 9)]),
        by_number: BTreeMap::from([(-7, true)]),
        amount: 1.5,
    }
}

#[test]
fn a_path_leads_through_all_that_serde_shows() {
    let leaves = event(Action::Leave);
    assert_eq!(key("user.id", &leaves), integer(u64::MAX.into()));
    assert_eq!(key("user.displayName", &leaves), text("Ann"));
    assert_eq!(key("tags.1", &leaves), text("blue"));
    assert_eq!(key("place.1", &leaves), integer(-4));
    assert_eq!(key("action", &leaves), text("Leave"));
    assert_eq!(key("shard", &leaves), integer(9));
    assert_eq!(key("by_number.-7", &leaves), Ok(FieldKey::Bool(true)));
    assert_eq!(key("action.Buy.item", &event(Action::Buy { item: 'x' })), text("x"));
    assert_eq!(key("action.Move.1", &event(Action::Move(1, -2))), integer(-2));
    assert_eq!(key("action.Say", &event(Action::Say("hi".to_owned()))), text("hi"));
    assert_eq!(key("", &"itself"), text("itself"));
}

#[test]
fn an_item_without_the_field_has_no_key() {
    let leaves = event(Action::Leave);
    for path in ["none", "user.none", "tags.2", "place.2", "note", "user.id.more", "action.Buy"] {
        assert_eq!(key(path, &leaves), missing(path));
    }
    assert_eq!(key("action.Say", &event(Action::Move(1, 2))), missing("action.Say"));
}

#[test]
fn what_has_parts_or_is_rarely_equal_is_no_key() {
    let moves = event(Action::Move(1, 2));
    for path in ["user", "tags", "place", "action", "by_number", "amount"] {
        assert!(matches!(key(path, &moves), Err(KeyError::NotAKey(_))), "{path}");
    }
    assert!(matches!(key("", &u128::MAX), Err(KeyError::NotAKey(_))));
}

#[test]
fn an_item_that_does_not_let_itself_be_read_says_why() {
    struct Shy;
    impl Serialize for Shy {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not today"))
        }
    }
    assert_eq!(key("id", &Shy), Err(KeyError::Refused("not today".to_owned())));
    // What does not lie on the path is not asked.
    assert_eq!(key("1", &(Shy, 5)), integer(5));
}

#[test]
fn a_number_and_its_text_are_two_keys_and_so_are_nothing_and_its_name() {
    let items = [json!(null), json!("null"), json!(1), json!("1"), json!(true), json!("true")];
    let keys: HashSet<FieldKey> =
        items.iter().map(|item| key("k", &json!({ "k": item })).unwrap()).collect();
    let texts: HashSet<String> = keys.iter().map(StorageKey::to_text).collect();
    assert_eq!((keys.len(), texts.len()), (items.len(), items.len()));

    let timer = ManualTimer::new();
    let losses = Losses::new();
    let config = StateConfig::new().report_to(&losses);
    let events: Vec<Value> = items.iter().map(|item| json!({ "k": item })).collect();
    let events = [&events[..], &[json!({}), json!({ "k": [] })]].concat();
    let counts = from_iter([&events[..], &events].concat()).stateful_map_on_rs2(
        timer.clone(),
        config,
        FieldKeyExtractor::new("k"),
        |_, state: StateAccess| async move {
            state
                .update(|n: &mut u32| {
                    *n += 1;
                    *n
                })
                .await
        },
    );
    let counts: Vec<_> = timer.run(counts.collect_rs2());
    assert_eq!(counts, [[Ok(1); 6], [Ok(2); 6]].concat());
    assert_eq!((losses.of(Loss::NoKey), losses.total()), (4, 4));
}

#[test]
fn the_forms_that_give_items_back_give_back_what_has_no_key() {
    let timer = ManualTimer::new();
    let keys = FieldKeyExtractor::new("k");
    let events = [json!({ "k": 1 }), json!({ "j": 1 }), json!({ "k": 1.5 })];
    let steps = from_iter(events.clone()).try_stateful_map_on_rs2(
        timer.clone(),
        StateConfig::new(),
        keys,
        |event, _: StateAccess| async move { event["k"].clone() },
    );
    let answers: Vec<_> = timer.run(steps.collect_rs2());
    assert_eq!(answers[0], Ok(json!(1)));
    let error = KeyError::Missing("k".to_owned());
    assert_eq!(answers[1], Err(StateError::NoKey { item: events[1].clone(), error }));
    let error = KeyError::NotAKey("a floating-point number");
    assert_eq!(answers[2], Err(StateError::NoKey { item: events[2].clone(), error }));
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[ab1]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[ab1]{1,2}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The same by way of a tree.
fn in_the_tree(path: &[String], item: &Value) -> Option<FieldKey> {
    let at = path.iter().try_fold(item, |value, name| match value {
        Value::Array(values) => values.get(name.parse::<usize>().ok()?),
        Value::Object(map) => map.get(name),
        _ => None,
    });
    match at? {
        Value::Null => Some(FieldKey::Null),
        Value::Bool(value) => Some(FieldKey::Bool(*value)),
        Value::Number(number) => {
            let value = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
            value.map(FieldKey::Integer)
        }
        Value::String(value) => Some(FieldKey::Text(value.clone())),
        Value::Array(_) | Value::Object(_) => None,
    }
}

proptest! {
    #[test]
    fn a_walk_finds_what_a_tree_has(
        item in json_value(),
        path in prop::collection::vec("[ab01]{1,2}", 0..4),
    ) {
        let found = key(&path.join("."), &item);
        prop_assert_eq!(found.clone().ok(), in_the_tree(&path, &item));
        if let Err(KeyError::Missing(missing)) = found {
            prop_assert_eq!(missing, path.join("."));
        }
    }
}

/// All texts of up to so many of these letters.
fn texts(letters: &str, most: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    for length in 0..most {
        let longest: Vec<String> =
            texts.iter().filter(|text| text.len() == length).cloned().collect();
        texts.extend(
            longest.iter().flat_map(|text| letters.chars().map(move |c| format!("{text}{c}"))),
        );
    }
    texts
}

#[test]
fn keys_that_differ_are_written_differently() {
    let parts = texts(",\\+", 3);
    let mut pairs = Vec::new();
    for a in &parts {
        for b in &parts {
            pairs.push((a.as_str(), b.as_str()));
        }
    }
    let as_pairs: HashSet<String> = pairs.iter().map(StorageKey::to_text).collect();
    assert_eq!(as_pairs.len(), pairs.len());

    let short = texts(",\\", 2);
    let mut nested = HashSet::new();
    for a in &short {
        for b in &short {
            for c in &short {
                let texts = [
                    ((a, b), c).to_text(),
                    (a, (b, c)).to_text(),
                    (a, b, c).to_text(),
                    ((a, Some(b)), Some(c)).to_text(),
                ];
                nested.extend(texts.into_iter().enumerate());
            }
        }
    }
    assert_eq!(nested.len(), 4 * short.len().pow(3));
    assert_ne!(None::<&str>.to_text(), Some("").to_text());
}
