//! What a generated log promises: its size, its bounds, and every blemish it should have.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::super::request::{Request, parse};
use super::site::{PAGES, Target};
use super::*;

fn log(lines: u64, seed: u64) -> Vec<u8> {
    Generator::new(lines, seed).flatten().collect()
}

fn lines(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\n").expect("every line ends with LF");
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn requests(log: &[u8]) -> Vec<Request> {
    lines(log).filter_map(|line| parse(line).ok()).collect()
}

#[test]
fn a_log_has_as_many_lines_that_are_not_blank_as_asked_for() {
    for count in [0, 1, 2, 999, 20_000] {
        let log = log(count, 7);
        assert_eq!(lines(&log).filter(|line| !is_blank(line)).count() as u64, count);
    }
}

#[test]
fn the_same_seed_makes_the_same_log_and_a_shorter_one_is_its_beginning() {
    let long = log(5_000, 3);
    assert_eq!(long, log(5_000, 3));
    assert!(long.starts_with(&log(1_234, 3)));
    assert_ne!(long, log(5_000, 4));
}

#[test]
fn blocks_are_full_but_for_the_last_and_cut_lines_in_two() {
    let blocks: Vec<_> = Generator::new(20_000, 1).collect();
    let (last, full) = blocks.split_last().expect("20,000 lines are several blocks");
    assert!(full.iter().all(|block| block.len() == BLOCK_BYTES));
    assert!(!last.is_empty() && last.len() <= BLOCK_BYTES);
    assert!(full.iter().any(|block| !block.ends_with(b"\n")));
}

#[test]
fn all_targets_together_have_at_most_5_000_paths() {
    let tokens = [0, u64::MAX].into_iter();
    let pages =
        (0..PAGES).flat_map(|page| [Target::Page(page), Target::Campaign { page, reader: 9 }]);
    let others = (0..1_000)
        .flat_map(|n| [Target::Asset(n), Target::Feed(n), Target::Gone(n), Target::Probe(n)]);
    let searches =
        tokens.flat_map(|token| (0..40).map(move |topic| Target::Search { topic, token }));
    let paths: HashSet<Vec<u8>> = pages
        .chain(others)
        .chain(searches)
        .chain([Target::Health])
        .map(|target| {
            let mut text = Vec::new();
            site::push_target(&mut text, target);
            text.split(|byte| *byte == b'?').next().unwrap_or_default().to_vec()
        })
        .collect();
    assert!((4_000..=5_000).contains(&paths.len()), "{}", paths.len());
}

#[test]
fn all_users_have_a_host_and_an_agent_that_parse() {
    let users: HashSet<(String, String)> = (0..site::VISITORS.end)
        .map(|user| {
            let mut line = Vec::new();
            site::push_host(&mut line, user);
            line.extend_from_slice(b" - - [17/May/2015:00:00:00 +0000] \"GET /\" 200 1 \"-\" \"");
            site::push_agent(&mut line, user);
            line.push(b'"');
            let request = parse(&line).expect("a well-formed line");
            (request.host().to_owned(), request.agent().to_owned())
        })
        .collect();
    assert!((45_000..=50_000).contains(&users.len()), "{}", users.len());
}

#[test]
fn a_day_has_about_three_lines_a_second_a_quiet_night_and_a_busy_evening() {
    let requests = requests(&log(260_000, 11));
    let (first, last) = (requests[0].ts_ms, requests[requests.len() - 1].ts_ms);
    assert_eq!(first, 1_431_820_800_000);
    let per_second = requests.len() as f64 * 1_000.0 / (last - first) as f64;
    assert!((2.5..3.5).contains(&per_second), "{per_second}");

    let hour_of = |request: &Request| request.ts_ms.rem_euclid(86_400_000) / 3_600_000;
    let in_hour = |hour| requests.iter().filter(|request| hour_of(request) == hour).count();
    assert!(in_hour(20) > 2 * in_hour(3));
}

#[test]
fn about_one_line_in_2_000_is_malformed_for_many_reasons() {
    let log = log(100_000, 5);
    let mut reasons = BTreeMap::<&str, usize>::new();
    for malformed in lines(&log).filter(|line| !is_blank(line)).filter_map(|line| parse(line).err())
    {
        *reasons.entry(malformed.reason).or_default() += 1;
    }
    assert!((25..100).contains(&reasons.values().sum::<usize>()), "{reasons:?}");
    for reason in ["bad date", "no target", "no agent"] {
        assert!(reasons.contains_key(reason), "{reason}: {reasons:?}");
    }
}

#[test]
fn some_lines_are_blank_some_end_in_cr_lf_and_some_are_not_utf8() {
    let log = log(50_000, 5);
    let crlf = log.windows(2).filter(|pair| *pair == b"\r\n").count();
    assert!((20..500).contains(&crlf), "{crlf}");
    assert!(lines(&log).any(is_blank));
    assert!(requests(&log).iter().any(|request| request.agent().contains('\u{fffd}')));
}

#[test]
fn lines_come_late_some_beyond_a_minute_and_some_come_twice() {
    let requests = requests(&log(100_000, 5));
    let mut newest = i64::MIN;
    let mut lags = BTreeMap::<i64, usize>::new();
    for request in &requests {
        newest = newest.max(request.ts_ms);
        *lags.entry((newest - request.ts_ms) / 1_000).or_default() += 1;
    }
    let lag = |range| lags.range(range).map(|(_, count)| count).sum::<usize>();
    assert!((1_000..10_000).contains(&lag(1..=50)), "{lags:?}");
    assert!(lag(60..=60) > 0, "exactly at the border: {lags:?}");
    assert!((10..200).contains(&lag(61..=i64::MAX)), "{lags:?}");

    let mut seen = HashSet::new();
    let twice = requests.iter().filter(|request| !seen.insert(*request)).count();
    assert!((100..2_000).contains(&twice), "{twice}");
}

#[test]
fn a_day_has_alerts_scans_and_pauses_of_exactly_half_an_hour() {
    let mut requests = requests(&log(260_000, 11));
    requests.sort_by_key(|request| request.ts_ms);

    let mut quarters = BTreeMap::<i64, (u32, u32)>::new();
    let mut last_seen = HashMap::<(&str, &str), i64>::new();
    let mut missing = HashMap::<&str, VecDeque<i64>>::new();
    let (mut pauses, mut scans) = (0, 0);
    for request in &requests {
        let quarter = quarters.entry(request.ts_ms / 900_000).or_default();
        quarter.0 += 1;
        quarter.1 += u32::from(request.status >= 400);
        let last = last_seen.insert((request.host(), request.agent()), request.ts_ms);
        pauses += usize::from(last.is_some_and(|last| request.ts_ms - last == 1_800_000));

        let recent = missing.entry(request.host()).or_default();
        if request.status != 404 {
            recent.clear();
            continue;
        }
        recent.push_back(request.ts_ms);
        if recent.len() > 5 {
            recent.pop_front();
        }
        if recent.len() == 5 && request.ts_ms - recent[0] < 60_000 {
            scans += 1;
            recent.clear();
        }
    }
    let alerts = quarters.values().filter(|(events, errors)| errors * 5 > *events).count();
    assert!((2..40).contains(&alerts), "{alerts} of {}", quarters.len());
    assert!(scans >= 5, "{scans}");
    assert!(pauses >= 100, "{pauses}");
}
