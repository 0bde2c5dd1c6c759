use super::*;

fn of(files: &[(&str, &str)]) -> Vec<Area> {
    let sources: Vec<Source> = files.iter().map(|(path, text)| Source::scan(path, text)).collect();
    areas(&sources)
}

/// The operators of all areas, in one line each.
fn lines(files: &[(&str, &str)]) -> Vec<String> {
    let line = |area: &str, one: &Operator| {
        let facts = [
            (one.timer, "timer"),
            (one.clock, "clock"),
            (one.spawns, "spawns"),
            (one.alloc, "alloc"),
        ];
        let facts = facts.iter().filter(|(is_so, _)| *is_so).map(|(_, fact)| format!(" {fact}"));
        let holds = one.holds.iter().map(|held| format!(" holds {held}"));
        format!("{area}: {} {:?}", one.name, one.twins) + &facts.chain(holds).collect::<String>()
    };
    let areas = of(files);
    let all = areas.iter().flat_map(|area| area.operators.iter().map(|one| line(&area.name, one)));
    all.collect()
}

const DOOR: &str = "rs2-core/src/op/door/mod.rs";

#[test]
fn a_method_of_a_door_is_an_operator_and_a_helper_is_none() {
    let door = "pub trait X {
        /// Yields it. Or not.
        fn x_rs2(self);
        fn helper(self);
    }
    fn y_rs2() {}";
    let areas = of(&[(DOOR, &format!("//! All of them.\n{door}"))]);
    assert_eq!((areas.len(), areas[0].about.as_str()), (1, "All of them"));
    assert_eq!((areas[0].operators.len(), areas[0].operators[0].yields.as_str()), (1, "Yields it"));
}

#[test]
fn the_forms_of_an_operator_are_one_row_with_the_facts_of_the_core() {
    let door = "pub trait X { fn x_on_rs2<T: Timer>(self, timer: T); fn z_in_rs2(self); }";
    let memory = "/// Yields.\n/// # Backpressure and memory\n/// Holds one item.\n";
    let plain =
        format!("{memory}fn x_rs2(self) -> X<$Timer, $Spawner>;\nfn z_rs2(self) -> Z<$Timer>;");
    let found = lines(&[(DOOR, door), ("rs2-core/src/plain/other.rs", &plain)]);
    assert_eq!(
        found,
        [r#"door: x_rs2 ["x_on_rs2"] timer holds one item"#, r#"door: z_rs2 ["z_in_rs2"]"#]
    );
}

#[test]
fn a_plain_name_alone_is_at_home_where_its_type_is() {
    let plain = "fn x_rs2(self) -> $crate::op::door::X<Self, $Spawner>;
        /// # Examples
        pub fn tick() -> $crate::source::Ticks<$Timer> {}
        pub fn handle() -> $crate::metrics::Handle {}";
    let door = (DOOR, "pub trait X { fn a_rs2(self); }");
    let found = lines(&[door, ("rs2-core/src/plain/other.rs", plain)]);
    assert_eq!(found, ["sources: tick [] timer", "door: a_rs2 []", "door: x_rs2 [] spawns"]);
}

#[test]
fn functions_that_tell_their_shape_are_operators() {
    let functions = "/// # Shape\npub fn read() {}\npub fn new() {}\n/// # Shape\nfn hidden() {}
        /// # Shape
        pub fn x_rs2(self) {}";
    assert_eq!(lines(&[("rs2-std/src/read.rs", functions)]), ["connectors: read [] alloc"]);
}

#[test]
fn an_operator_that_is_another_one_holds_what_that_holds() {
    let door = "pub trait X {
        /// Yields.
        /// # Backpressure and memory
        /// Holds one item.
        fn x_rs2(self);
        /// [`x_rs2`](Self::x_rs2) under another name.
        fn y_rs2(self);
    }";
    let found = lines(&[(DOOR, door)]);
    assert_eq!(found, ["door: x_rs2 [] holds one item", "door: y_rs2 [] holds one item"]);
}

#[test]
fn who_needs_an_allocator_is_told_by_the_features_around_it() {
    let method = "pub trait X {\n#[cfg(feature = \"alloc\")]\nfn x_rs2(self);\nfn y_rs2(self);\n}";
    assert_eq!(lines(&[(DOOR, method)]), ["door: x_rs2 [] alloc", "door: y_rs2 []"]);
    let whole = "#[cfg(feature = \"alloc\")]\npub trait X { fn x_rs2(self); }";
    assert_eq!(lines(&[(DOOR, whole)]), ["door: x_rs2 [] alloc"]);
    let corridor = ("rs2-core/src/op/mod.rs", "#[cfg(feature = \"alloc\")]\npub mod door;");
    let door = (DOOR, "pub trait X { fn x_rs2(self); }");
    assert_eq!(lines(&[door, corridor]), ["door: x_rs2 [] alloc"]);
    let other =
        ("rs2-core/src/op/mod.rs", "#[cfg(feature = \"alloc\")]\npub mod flow;\npub mod door;");
    assert_eq!(lines(&[door, other]), ["door: x_rs2 []"]);
}
