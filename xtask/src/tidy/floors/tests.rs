use super::super::finding::places;
use super::*;

fn found(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_modules(&Source::scan(path, text), &mut findings);
    findings
}

fn found_in_crates(path: &str, text: &str) -> Vec<Finding> {
    let names = [("rs2-stream", ""), ("rs2-core", "rs2-core"), ("rs2-std", "rs2-std")];
    let adapters = [("rs2-tokio", "rs2-tokio"), ("rs2-smol", "rs2-smol"), ("xtask", "xtask")];
    let package = |(name, dir): (&str, &str)| Package {
        name: name.to_owned(),
        dir: dir.to_owned(),
        features: Vec::new(),
    };
    let packages: Vec<Package> = names.into_iter().chain(adapters).map(package).collect();
    let mut findings = Vec::new();
    check_crates(&Source::scan(path, text), &packages, &mut findings);
    findings
}

#[test]
fn the_ground_may_not_use_what_stands_on_it() {
    for file in ["time/timer.rs", "task/mod.rs", "store/heap.rs", "error.rs", "sync.rs"] {
        let path = format!("rs2-core/src/{file}");
        for module in ["machine", "metrics", "slots", "state", "op", "source"] {
            assert_eq!(found(&path, &format!("use crate::{module}::X;")).len(), 1, "{file}");
        }
        assert_eq!(found(&path, "use crate::{error::Full, time, task::X as Y};"), []);
    }
}

#[test]
fn the_stairs_may_use_the_ground_and_each_other_and_nothing_above() {
    let findings =
        found("rs2-core/src/machine/drive.rs", "use crate::time::X;\nfn f(x: crate::op::X) {}");
    assert_eq!(places(&findings), [(2, "floor 1 may not use `op` of floor 2")]);
    assert_eq!(found("rs2-core/src/state/limits.rs", "use crate::metrics::Losses;"), []);
    assert_eq!(found("rs2-core/src/slots/mod.rs", "use crate::source::X;").len(), 1);
}

#[test]
fn a_room_may_not_use_another_however_the_path_is_written() {
    let what = "room `op::flow` may not use room `op::group`";
    for path in [
        "use crate::op::group::Chunk;",
        "use super::super::group::Chunk;",
        "use crate::{time::X, op::{group::{Chunk, Y}}};",
        "mod tests { use super::super::super::group::Chunk; }",
        "fn f() { crate::op::group::f::<u8>() }",
        "macro_rules! m { () => { $crate::op::group::f() } }",
    ] {
        let findings = found("rs2-core/src/op/flow/hub.rs", path);
        assert!(!findings.is_empty(), "{path}");
        assert!(findings.iter().all(|finding| finding.what == what), "{path}: {findings:?}");
    }
    assert_eq!(found("rs2-core/src/op/flow/hub.rs", "use crate::source::X;").len(), 1);
    assert_eq!(found("rs2-core/src/source/unfold.rs", "use crate::op::map::X;").len(), 1);
    assert_eq!(found("rs2-core/src/op/flow/hub.rs", "use crate::op::MapExt;").len(), 1);
}

#[test]
fn a_room_may_use_itself_and_the_corridor_may_use_every_room() {
    let own = "use super::lanes::Lanes;\nuse crate::op::flow::X;\npub(crate) fn f() {}\n\
        mod tests { use super::*; use super::super::lanes; }";
    assert_eq!(found("rs2-core/src/op/flow/hub.rs", own), []);
    assert_eq!(found("rs2-core/src/op/flow/mod.rs", "use self::hub::X;\nuse crate::time::Y;"), []);
    assert_eq!(found("rs2-core/src/op/mod.rs", "pub use crate::op::flow::X;"), []);
}

#[test]
fn what_follows_an_inner_module_is_again_in_the_file() {
    let text = "mod a { fn f() { {} } }\nuse super::lanes::X;\nuse super::super::group::Y;";
    let findings = found("rs2-core/src/op/flow/hub.rs", text);
    assert_eq!(places(&findings), [(3, "room `op::flow` may not use room `op::group`")]);
}

#[test]
fn comments_and_texts_draw_no_arrow() {
    let text = "/// [`x`](crate::op::x)\nconst A: &str = \"crate::op::x\"; // crate::op::x";
    assert_eq!(found("rs2-core/src/time/mod.rs", text), []);
}

#[test]
fn a_module_without_a_floor_and_a_path_to_the_roof_are_found() {
    assert_eq!(found("rs2-core/src/attic/mod.rs", "").len(), 1);
    let findings = found("rs2-core/src/op/flow/hub.rs", "use crate::prelude::*;");
    assert_eq!(places(&findings), [(1, "`crate::prelude` stands on no floor")]);
    assert_eq!(found("rs2-core/src/lib.rs", "pub use crate::op::*;"), []);
}

#[test]
fn adapters_may_use_the_core_and_not_each_other_nor_what_is_above() {
    assert_eq!(found_in_crates("rs2-tokio/src/lib.rs", "use rs2_core::X; use rs2_tokio::Y;"), []);
    let findings = found_in_crates("rs2-tokio/src/lib.rs", "use rs2_smol::X;\nuse rs2_std::Y;");
    let what = ["rs2_tokio may not use rs2_smol", "rs2_tokio may not use rs2_std"];
    assert_eq!(places(&findings), [(1, what[0]), (2, what[1])]);
    assert_eq!(found_in_crates("rs2-core/src/lib.rs", "use rs2_tokio::X;").len(), 1);
    assert_eq!(found_in_crates("rs2-std/src/lib.rs", "use rs2_tokio::X;"), []);
    assert_eq!(found_in_crates("src/lib.rs", "pub use rs2_std::X; pub use rs2_core::*;"), []);
}

#[test]
fn examples_know_the_facade_alone() {
    assert_eq!(found_in_crates("examples/a/main.rs", "use rs2_stream::prelude::*;"), []);
    let findings = found_in_crates("examples/a/main.rs", "\nuse rs2_core::X;");
    assert_eq!(places(&findings), [(2, "an example may not use rs2_core")]);
    assert_eq!(found_in_crates("tests/laws.rs", "use rs2_core::X;"), []);
}
