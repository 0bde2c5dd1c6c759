//! Lines written from random parts are read back as those parts; everything else is refused.

use std::collections::hash_map::DefaultHasher;

use proptest::prelude::*;

use super::*;

const LINE: &str =
    r#"192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 404 12 "-" "agent""#;

fn parsed(line: &str) -> Request {
    parse(line.as_bytes()).unwrap_or_else(|malformed| panic!("{}: {line}", malformed.reason))
}

fn reason(line: &str) -> &'static str {
    parse(line.as_bytes()).expect_err(line).reason
}

/// `LINE` with one part replaced.
fn with(part: &str, by: &str) -> String {
    assert!(LINE.contains(part));
    LINE.replacen(part, by, 1)
}

fn hash(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.hash(&mut hasher);
    hasher.finish()
}

/// What may stand between quotes: no quote outside a pair, no backslash without its partner.
fn quotable() -> impl Strategy<Value = String> {
    let piece = prop_oneof![r#"[^"\\]"#, r"\\.", Just(" ".to_owned())];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    /// A date and the line's way to write it, computed without the code under test.
    fn moment()(
        days in -700_000_i64..2_900_000,
        hour in 0..24_i64,
        minute in 0..60_i64,
        second in 0..60_i64,
        east in any::<bool>(),
        zone_hours in 0..24_i64,
        zone_minutes in 0..60_i64,
    ) -> (i64, String) {
        let Date { year, month, day } = Date::from_days(days);
        let name = &"JanFebMarAprMayJunJulAugSepOctNovDec"[month as usize * 3 - 3..][..3];
        let sign = if east { '+' } else { '-' };
        let offset = (zone_hours * 60 + zone_minutes) * if east { 60 } else { -60 };
        let ts = days * 86_400 + hour * 3_600 + minute * 60 + second - offset;
        let text = format!(
            "{day:02}/{name}/{year:04}:{hour:02}:{minute:02}:{second:02} \
             {sign}{zone_hours:02}{zone_minutes:02}"
        );
        (ts * 1_000, text)
    }
}

proptest! {
    #[test]
    fn a_line_is_read_back_as_the_parts_it_was_written_from(
        host in "[^ ]{1,20}",
        ident in "[^ ]{1,5}",
        user in "[^ ]{1,5}",
        (ts_ms, date) in moment(),
        method in "[A-Z]{1,8}",
        target in quotable().prop_filter("not empty", |target| !target.is_empty()),
        version in prop_oneof![Just(""), Just(" HTTP/1.0"), Just(" HTTP/1.1"), Just(" HTTP/2.0")],
        status in 0..1_000_u16,
        bytes in prop_oneof![0..10_000_u64, Just(i64::MAX as u64)],
        (referer, agent) in (quotable(), quotable()),
    ) {
        let line = format!(
            "{host} {ident} {user} [{date}] \"{method} {target}{version}\" {status:03} {bytes} \
             \"{referer}\" \"{agent}\""
        );
        let request = parsed(&line);
        prop_assert_eq!(request.host(), host);
        prop_assert_eq!(request.ts_ms, ts_ms);
        prop_assert_eq!(request.method(), method);
        prop_assert_eq!(request.target(), &target);
        prop_assert_eq!(request.path(), target.split('?').next().unwrap_or_default());
        prop_assert_eq!((request.status, request.bytes), (status, bytes));
        prop_assert_eq!(request.agent(), agent);
    }

    #[test]
    fn any_bytes_are_a_request_or_malformed_but_never_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..120),
        at in 0..LINE.len(),
        cut in 0..20_usize,
    ) {
        let _ = parse(&bytes);
        let mut line = LINE.as_bytes().to_vec();
        line.splice(at..(at + cut).min(LINE.len()), bytes);
        let _ = parse(&line);
    }

    #[test]
    fn equality_looks_at_host_time_method_target_status_and_bytes_and_nothing_else(
        first in parts(),
        second in parts(),
    ) {
        let (a, b) = (parsed(&line_of(&first)), parsed(&line_of(&second)));
        let same = first[..6] == second[..6];
        prop_assert_eq!(a == b, same);
        prop_assert!(!same || hash(&a) == hash(&b));
    }
}

/// Host, time, method, target, status, bytes and agent, each one of two, so that equal ones
/// occur; some differ only in where one part ends and the next begins.
fn parts() -> impl Strategy<Value = [&'static str; 7]> {
    let two = |a, b| prop_oneof![3 => Just(a), 1 => Just(b)];
    let joined =
        prop_oneof![Just(["h", "GET", "T/"]), Just(["h", "GETT", "/"]), Just(["hG", "ET", "T/"])];
    (joined, two("00", "01"), two("200", "404"), two("1", "-"), two("x", "y")).prop_map(
        |([host, method, target], second, status, bytes, agent)| {
            [host, second, method, target, status, bytes, agent]
        },
    )
}

fn line_of([host, second, method, target, status, bytes, agent]: &[&str; 7]) -> String {
    format!(
        "{host} - - [17/May/2015:10:05:{second} +0000] \"{method} {target} HTTP/1.1\" \
         {status} {bytes} \"-\" \"{agent}\""
    )
}

#[test]
fn every_prefix_of_a_line_is_malformed_and_no_byte_may_follow_it() {
    for end in 0..LINE.len() {
        reason(&LINE[..end]);
    }
    for byte in 0..128_u8 {
        assert_eq!(reason(&format!("{LINE}{}", byte as char)), "text after the agent");
    }
}

#[test]
fn each_part_has_its_own_reason() {
    let rows = [
        ("192.0.2.7 ", " ", "no host"),
        ("7 -", "7  -", "no ident"),
        ("- - [", "-  [", "no user"),
        ("- - [", "- a b [", "bad date"),
        ("[", "", "bad date"),
        ("] ", "]", "no request"),
        ("] ", "]  ", "no request"),
        ("GET /a?b HTTP/1.1", "-", "no target"),
        ("GET /a?b HTTP/1.1", r"\x16\x03\x01", "no target"),
        ("GET /a?b HTTP/1.1", "GET  HTTP/1.1", "no target"),
        ("GET /a?b HTTP/1.1", "GET ", "no target"),
        ("GET", "", "no method"),
        ("1.1\"", r#"1.1\""#, "bad status"),
        ("404", "40", "bad status"),
        ("404", "4040", "bad status"),
        ("404", "4x4", "bad status"),
        ("404", "+44", "bad status"),
        (" 12 ", " +2 ", "bad bytes"),
        (" 12 ", " -2 ", "bad bytes"),
        (" 12 ", " 9223372036854775808 ", "bad bytes"),
        (" 12 ", " 99999999999999999999999999 ", "bad bytes"),
        (" 12 ", "  ", "bad bytes"),
        ("\"-\"", "-", "no referer"),
        ("\"-\" ", "\"-\"", "no agent"),
        ("\"agent\"", "\"agent\\\"", "no agent"),
    ];
    for (part, by, expected) in rows {
        let line = with(part, by);
        assert_eq!(reason(&line), expected, "{line}");
    }
}

#[test]
fn a_date_that_does_not_exist_is_malformed() {
    let dates = [
        "30/Feb/2016:00:00:00 +0000",
        "29/Feb/2015:00:00:00 +0000",
        "29/Feb/1900:00:00:00 +0000",
        "31/Apr/2015:00:00:00 +0000",
        "00/May/2015:00:00:00 +0000",
        "17/May/0000:00:00:00 +0000",
        "17/may/2015:00:00:00 +0000",
        "17/MAY/2015:00:00:00 +0000",
        "17/05./2015:00:00:00 +0000",
        "17/May/2015:24:00:00 +0000",
        "17/May/2015:00:60:00 +0000",
        "17/May/2015:00:00:60 +0000",
        "17/May/2015:00:00:00 +2400",
        "17/May/2015:00:00:00 +0060",
        "17/May/2015:00:00:00 00000",
        "17/May/2015:00:00:00 0000",
        "17/May/2015:00:00:00",
        "7/May/2015:00:00:00 +0000",
        " 7/May/2015:00:00:00 +0000",
        "17/May/15:00:00:00 +0000",
        "17/May/12015:00:00:00 +0000",
        "17/May/2015:0:00:00 +0000",
        "17/May/2015 00:00:00 +0000",
        "17/May/2015:00:00:00  +0000",
        "17-May-2015:00:00:00 +0000",
        "1\u{0667}/May/2015:00:00:00 +0000",
    ];
    for date in dates {
        assert_eq!(reason(&with("17/May/2015:10:05:03 +0000", date)), "bad date", "{date}");
    }
}

#[test]
fn the_ends_of_time_and_of_the_zones_are_read() {
    let at = |date| parsed(&with("17/May/2015:10:05:03 +0000", date)).ts_ms;
    assert_eq!(at("01/Jan/1970:00:00:00 +0000"), 0);
    assert_eq!(at("01/Jan/1970:00:00:00 +0001"), -60_000);
    assert_eq!(at("31/Dec/1969:23:59:59 -0000"), -1_000);
    assert_eq!(at("01/Jan/0001:00:00:00 +2359"), -62_135_596_800_000 - 86_340_000);
    assert_eq!(at("31/Dec/9999:23:59:59 -2359"), 253_402_300_799_000 + 86_340_000);
    assert_eq!(at("29/Feb/2000:12:00:00 +0200"), 951_818_400_000);
}

#[test]
fn a_request_may_hold_almost_anything_after_its_method() {
    let target = |request| {
        let request = parsed(&with("GET /a?b HTTP/1.1", request));
        (request.method().to_owned(), request.target().to_owned())
    };
    let rows = [
        ("GET /", "GET", "/"),
        ("GET HTTP/1.1", "GET", "HTTP/1.1"),
        ("GET   HTTP/1.1", "GET", " "),
        ("GET / HTTP/1.1 HTTP/1.0", "GET", "/ HTTP/1.1"),
        ("GET / HTTP/1.12", "GET", "/ HTTP/1.12"),
        ("GET / HTTP/2", "GET", "/ HTTP/2"),
        ("GET / http/1.1", "GET", "/ http/1.1"),
        ("GET / HTTP/1.1 ", "GET", "/ HTTP/1.1 "),
        (r#"GET /\"x\\\" y HTTP/1.1"#, "GET", r#"/\"x\\\" y"#),
        (r"\x16\x03 \x01", r"\x16\x03", r"\x01"),
        ("<script> ?", "<script>", "?"),
    ];
    for (request, method, rest) in rows {
        assert_eq!(target(request), (method.to_owned(), rest.to_owned()), "{request}");
    }
    assert_eq!(parsed(&with("/a?b", "?")).path(), "");
    assert_eq!(parsed(&with("/a?b", "/%61?b?c")).path(), "/%61");
}

#[test]
fn bytes_that_are_not_utf8_become_replacement_characters() {
    let line = b"h\xff - - [17/May/2015:10:05:03 +0000] \"GET /\xe9\x80 HTTP/1.1\" 200 - \
                 \"\\\xe9\" \"\xf0\x9f\"";
    let request = parse(line).expect("only the encoding is wrong");
    assert_eq!(request.host(), "h\u{fffd}");
    assert_eq!(request.target(), "/\u{fffd}");
    assert_eq!(request.agent(), "\u{fffd}");
    assert_eq!(request.bytes, 0);
}

#[test]
fn the_other_fields_may_be_empty_quotes_or_strange_words() {
    let request = parsed(
        "\"[\t\u{a0} \u{2003} ] [17/May/2015:10:05:03 +0000] \"GET /\" 000 \
         0000000000000000000007 \"\" \"\"",
    );
    assert_eq!((request.host(), request.agent()), ("\"[\t\u{a0}", ""));
    assert_eq!((request.status, request.bytes), (0, 7));
    assert_eq!(parsed(&with(" 12 ", " 9223372036854775807 ")).bytes, i64::MAX as u64);
}
