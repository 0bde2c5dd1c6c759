//! The diagrams of the documentation, drawn by the operators themselves.

use rs2_core::prelude::*;
use rs2_test::marbles::check;
use rs2_test::ms;

fn capitals(batch: Vec<char>) -> Vec<char> {
    batch.into_iter().map(|item| item.to_ascii_uppercase()).collect()
}

#[test]
fn streams_joined_with_others() {
    check(["ab--c|", "-x-y--z|"], |[left, right], _| left.merge_rs2(right), "a(xb)-yc-z|");
    check(["ab-c|", "-----x-y|"], |[this, other], _| this.concat_rs2(other), "ab-c-x-y|");
    let joined = |left: char, right: char| left.max(right);
    check(
        ["ab--c|", "-x-y--z|"],
        |[left, right], _| left.zip_with_rs2(right, joined),
        "-x-y--(z|)",
    );
    check(
        ["ab--c|", "--x-y|", "1--23|"],
        |[this, first, second], _| this.interleave_rs2(vec![first, second]),
        "(a1)bx2(cy3)|",
    );
    check(
        ["ab--c|", "--x-y|"],
        |[this, other], _| this.interleave_strict_rs2(vec![other]),
        "a-(xb)-(yc)|",
    );
    check(["--ab|", "-x-y-|"], |[left, right], _| left.either_rs2(right), "-x-y-|");
}

#[test]
fn streams_of_several_items_in_one() {
    check(
        "a--bcde--|",
        |source, timer| source.chunk_within_on_rs2(timer, 3, ms(20)),
        "--a--{bcd}--e|",
    );
    let weight = |item: &char| item.to_digit(10).unwrap_or(0) as usize;
    check("23491|", |source, _| source.chunk_by_weight_rs2(6, weight), "--{23}(49)-(1|)");
    check("ab-cd|", |source, _| source.sliding_window_rs2(3), "---{abc}{bcd}|");
    check("abcde|", |source, _| source.batch_process_rs2(2, capitals), "-(AB)-(CD)-(E|)");
    check(
        "aAb-Ba|",
        |source, _| {
            let runs = source.group_adjacent_by_rs2(char::to_ascii_lowercase);
            runs.map_rs2(|(_, items)| items)
        },
        "--{aA}--{bB}(a|)",
    );
}

#[test]
fn items_alone_and_again() {
    check("", |source, _| emit('a').concat_rs2(source), "a");
    check("|", |source, _| empty().concat_rs2(source), "|");
    check("|", |source, _| repeat('a').take_rs2(3).concat_rs2(source), "(aaa|)");
}
