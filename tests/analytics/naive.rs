//! The numbers of the analytics job once more, slow and obvious.
//!
//! Everything is read into memory and every number is computed on its own, by sorting and
//! grouping whole lists. It shares no code with the job, so that a wrong idea in one of the two
//! shows as a difference.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::Chars;

const MAX_LINE_BYTES: usize = 1024 * 1024;
const MINUTE_MS: i128 = 60_000;
const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";

/// One malformed line.
pub(crate) struct Bad {
    /// Index of the input it stands in.
    pub(crate) input: usize,
    /// Its number there, from 1, blank lines counted.
    pub(crate) line: u64,
    pub(crate) reason_is_too_long: bool,
    /// The whole line, also when it is too long: the job may keep any beginning of such a line.
    pub(crate) text: String,
}

/// What the job should say.
pub(crate) struct Outcome {
    /// The object of `--format json` without a space, fields in the order of its description.
    /// It is text because a sum of bytes may need more than 64 bits.
    pub(crate) json: String,
    /// In reading order.
    pub(crate) malformed: Vec<Bad>,
}

struct Event {
    host: String,
    ts: i128,
    method: String,
    target: String,
    status: u32,
    bytes: u128,
    agent: String,
}

/// The answer for `inputs`, the raw bytes of each input in order, with a watermark that is
/// `delay_s` seconds behind.
pub(crate) fn answer(inputs: &[Vec<u8>], delay_s: u64) -> Outcome {
    let mut lines = 0;
    let mut malformed = Vec::new();
    let mut parsed = Vec::new();
    for (input, bytes) in inputs.iter().enumerate() {
        for (index, line) in split_lines(bytes).into_iter().enumerate() {
            if line.iter().all(|&byte| byte == b' ' || byte == b'\t') {
                continue;
            }
            lines += 1;
            let too_long = line.len() > MAX_LINE_BYTES;
            let text = String::from_utf8_lossy(line).into_owned();
            match parse(&text) {
                Some(event) if !too_long => parsed.push(event),
                _ => malformed.push(Bad {
                    input,
                    line: index as u64 + 1,
                    reason_is_too_long: too_long,
                    text,
                }),
            }
        }
    }
    let parsed_count = parsed.len();
    let in_time = without_late(parsed, delay_s);
    let in_time_count = in_time.len();
    let events = without_duplicates(in_time);
    let json = object(&[
        ("lines", &lines),
        ("malformed", &malformed.len()),
        ("late", &(parsed_count - in_time_count)),
        ("duplicates", &(in_time_count - events.len())),
        ("events", &events.len()),
        ("sessions", &sessions(&events)),
        ("hourly", &list(hourly(&events))),
        ("alerts", &list(alerts(&events))),
        ("top_pages", &list(top_pages(&events))),
        ("scans", &list(scans(&events))),
    ]);
    Outcome { json, malformed }
}

/// The lines without their LF and without the one CR that belongs to it. A CR at the end of an
/// input belongs to no LF and stays.
fn split_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' {
            let line = &bytes[start..at];
            lines.push(line.strip_suffix(b"\r").unwrap_or(line));
            start = at + 1;
        }
    }
    if start < bytes.len() {
        lines.push(&bytes[start..]);
    }
    lines
}

fn without_late(parsed: Vec<Event>, delay_s: u64) -> Vec<Event> {
    // 128 bits hold every difference, so no delay is too long.
    let delay_ms = i128::from(delay_s) * 1000;
    // Stands for minus infinity: no time minus no delay comes near it.
    let mut watermark = i128::MIN;
    let mut in_time = Vec::new();
    for event in parsed {
        if event.ts >= watermark {
            watermark = watermark.max(event.ts - delay_ms);
            in_time.push(event);
        }
    }
    in_time
}

fn without_duplicates(mut events: Vec<Event>) -> Vec<Event> {
    let mut seen = BTreeSet::new();
    events.retain(|event| {
        let Event { host, ts, method, target, status, bytes, agent: _ } = event;
        let request = (method.clone(), target.clone());
        seen.insert((host.clone(), *ts, request, *status, *bytes))
    });
    events
}

fn sessions(events: &[Event]) -> String {
    let mut times: BTreeMap<(&str, &str), Vec<i128>> = BTreeMap::new();
    for event in events {
        times.entry((&event.host, &event.agent)).or_default().push(event.ts);
    }
    let mut all: Vec<Vec<i128>> = Vec::new();
    for key_times in times.values_mut() {
        key_times.sort();
        let mut open: Vec<i128> = Vec::new();
        for &ts in key_times.iter() {
            if open.last().is_some_and(|&last| ts >= last + 30 * MINUTE_MS) {
                all.push(std::mem::take(&mut open));
            }
            open.push(ts);
        }
        all.push(open);
    }
    let lengths = all.iter().map(|session| session[session.len() - 1] - session[0]);
    object(&[
        ("count", &all.len()),
        ("bounces", &all.iter().filter(|session| session.len() == 1).count()),
        ("longest_ms", &lengths.max().unwrap_or(0)),
        ("users", &times.len()),
    ])
}

fn hourly(events: &[Event]) -> Vec<String> {
    let hour_ms = 60 * MINUTE_MS;
    let mut hours: BTreeMap<i128, Vec<&Event>> = BTreeMap::new();
    for event in events {
        // Euclid's division rounds down below zero, too.
        hours.entry(event.ts.div_euclid(hour_ms) * hour_ms).or_default().push(event);
    }
    let mut rows = Vec::new();
    for (start_ms, inside) in hours {
        let users: BTreeSet<_> = inside.iter().map(|event| (&event.host, &event.agent)).collect();
        rows.push(object(&[
            ("start_ms", &start_ms),
            ("events", &inside.len()),
            ("users", &users.len()),
            ("errors", &errors(&inside)),
            ("bytes", &inside.iter().map(|event| event.bytes).sum::<u128>()),
        ]));
    }
    rows
}

fn alerts(events: &[Event]) -> Vec<String> {
    let mut windows: BTreeMap<i128, Vec<&Event>> = BTreeMap::new();
    for event in events {
        let latest_start = event.ts.div_euclid(5 * MINUTE_MS) * (5 * MINUTE_MS);
        for start in [latest_start - 10 * MINUTE_MS, latest_start - 5 * MINUTE_MS, latest_start] {
            assert!(start <= event.ts && event.ts < start + 15 * MINUTE_MS);
            windows.entry(start).or_default().push(event);
        }
    }
    let mut rows = Vec::new();
    let mut last_passed_end: Option<i128> = None;
    for (window_start_ms, inside) in windows {
        let count = inside.len();
        let errors = errors(&inside);
        if count < 20 || errors * 5 <= count {
            continue;
        }
        let end = window_start_ms + 15 * MINUTE_MS;
        if last_passed_end.is_none_or(|last| end >= last + 30 * MINUTE_MS) {
            last_passed_end = Some(end);
            rows.push(object(&[
                ("window_start_ms", &window_start_ms),
                ("events", &count),
                ("errors", &errors),
            ]));
        }
    }
    rows
}

fn errors(events: &[&Event]) -> usize {
    events.iter().filter(|event| event.status >= 400).count()
}

fn top_pages(events: &[Event]) -> Vec<String> {
    let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
    for event in events {
        let path = match event.target.find('?') {
            Some(at) => &event.target[..at],
            None => &event.target,
        };
        *hits.entry(path).or_default() += 1;
    }
    let mut pages: Vec<(&str, u64)> = hits.into_iter().collect();
    pages.sort_by_key(|&(path, hits)| (Reverse(hits), path.as_bytes()));
    pages.truncate(10);
    pages
        .into_iter()
        .map(|(path, hits)| object(&[("path", &quote(path)), ("hits", &hits)]))
        .collect()
}

fn scans(events: &[Event]) -> Vec<String> {
    let mut hosts: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in events {
        hosts.entry(&event.host).or_default().push(event);
    }
    let mut matches = Vec::new();
    for (host, mut of_host) in hosts {
        // A stable sort keeps the reading order among equal times.
        of_host.sort_by_key(|event| event.ts);
        let mut run = Vec::new();
        for event in of_host {
            if event.status != 404 {
                run.clear();
                continue;
            }
            run.push(event.ts);
            if run.len() < 5 {
                continue;
            }
            let first = run[run.len() - 5];
            if event.ts - first < MINUTE_MS {
                matches.push((event.ts, host, first));
                run.clear();
            }
        }
    }
    matches.sort();
    matches
        .into_iter()
        .map(|(last, host, first)| {
            object(&[("host", &quote(host)), ("first_ms", &first), ("last_ms", &last)])
        })
        .collect()
}

/// A JSON object of values that are JSON already.
fn object(fields: &[(&str, &dyn Display)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

fn list(rows: Vec<String>) -> String {
    format!("[{}]", rows.join(","))
}

fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always JSON")
}

fn parse(text: &str) -> Option<Event> {
    let mut rest = Reader(text.chars());
    let host = rest.word()?;
    let _ident = rest.word()?;
    let _user = rest.word()?;
    rest.expect("[")?;
    let ts = rest.time()?;
    rest.expect("] ")?;
    let request = rest.quoted()?;
    rest.expect(" ")?;
    let status = rest.number(3)?;
    rest.expect(" ")?;
    let bytes = byte_count(&rest.word()?)?;
    let _referer = rest.quoted()?;
    rest.expect(" ")?;
    let agent = rest.quoted()?;
    if rest.0.next().is_some() {
        return None;
    }
    let (method, target) = request.split_once(' ')?;
    let (method, target) = (method.to_string(), without_protocol(target).to_string());
    if method.is_empty() || target.is_empty() {
        return None;
    }
    Some(Event { host, ts, method, target, status, bytes, agent })
}

/// What is left of a line.
struct Reader<'a>(Chars<'a>);

impl Reader<'_> {
    fn expect(&mut self, wanted: &str) -> Option<()> {
        for wanted in wanted.chars() {
            if self.0.next()? != wanted {
                return None;
            }
        }
        Some(())
    }

    /// One or more characters other than space, and the space after them.
    fn word(&mut self) -> Option<String> {
        let mut word = String::new();
        loop {
            match self.0.next()? {
                ' ' if word.is_empty() => return None,
                ' ' => return Some(word),
                other => word.push(other),
            }
        }
    }

    /// A field in quotes, escapes kept as written.
    fn quoted(&mut self) -> Option<String> {
        self.expect("\"")?;
        let mut field = String::new();
        loop {
            match self.0.next()? {
                '"' => return Some(field),
                '\\' => field.extend(['\\', self.0.next()?]),
                other => field.push(other),
            }
        }
    }

    /// Exactly `width` digits.
    fn number(&mut self, width: usize) -> Option<u32> {
        let mut number = 0;
        for _ in 0..width {
            number = number * 10 + self.0.next()?.to_digit(10)?;
        }
        Some(number)
    }

    /// A number of two digits, from 0 to `max`.
    fn pair(&mut self, max: u32) -> Option<u32> {
        self.number(2).filter(|&pair| pair <= max)
    }

    /// `dd/Mon/yyyy:HH:MM:SS ±zzzz` in milliseconds since the epoch.
    fn time(&mut self) -> Option<i128> {
        let day = self.pair(31)?;
        self.expect("/")?;
        let name = [self.0.next()?, self.0.next()?, self.0.next()?];
        let month = MONTHS.split(' ').position(|month| month.chars().eq(name))?;
        self.expect("/")?;
        let year = self.number(4)?;
        self.expect(":")?;
        let hour = self.pair(23)?;
        self.expect(":")?;
        let minute = self.pair(59)?;
        self.expect(":")?;
        let second = self.pair(59)?;
        self.expect(" ")?;
        let sign = match self.0.next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let zone_hour = self.pair(23)?;
        let zone_minute = self.pair(59)?;
        if year == 0 || day == 0 || day > month_days(year)[month] {
            return None;
        }
        let before_month: u32 = month_days(year)[..month].iter().sum();
        let days = days_before_year(year) + before_month + day - 1;
        let since_epoch = i128::from(days) - i128::from(days_before_year(1970));
        let local_s = since_epoch * 86_400 + i128::from(hour * 3600 + minute * 60 + second);
        let offset_s = sign * i128::from(zone_hour * 3600 + zone_minute * 60);
        Some((local_s - offset_s) * 1000)
    }
}

fn month_days(year: u32) -> [u32; 12] {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// Days from the first day of year 1 to the first day of `year`.
fn days_before_year(year: u32) -> u32 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

fn byte_count(word: &str) -> Option<u128> {
    if word == "-" {
        return Some(0);
    }
    if !word.chars().all(|char| char.is_ascii_digit()) {
        return None;
    }
    word.parse::<i64>().ok()?.try_into().ok()
}

/// Takes one ` HTTP/n.n` off the end.
fn without_protocol(rest: &str) -> &str {
    let chars: Vec<char> = rest.chars().collect();
    match chars[..] {
        [.., ' ', 'H', 'T', 'T', 'P', '/', '0'..='9', '.', '0'..='9'] => {
            &rest[..rest.len() - " HTTP/n.n".len()]
        }
        _ => rest,
    }
}
