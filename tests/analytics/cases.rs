//! Logs and lines that try to catch the analytics job out.

/// The same log for the same seed: about `lines` lines of few hosts, agents and paths, so that
/// everything collides, read in great disorder. What happens how often is drawn per seed and is
/// often "never", so that rare things also meet in otherwise plain logs.
pub(crate) fn nasty_log(seed: u64, lines: usize) -> Vec<u8> {
    let mut rng = Rng(seed);
    let mut server = Server::new(&mut rng);
    let malformed: Vec<Vec<u8>> =
        short_lines().into_iter().filter(|(_, parses)| !parses).map(|(line, _)| line).collect();
    let odds = Odds::draw(&mut rng);
    let mut past: Vec<Hit> = Vec::new();
    let mut log = Vec::new();
    for _ in 0..lines {
        if rng.percent(odds.blank) {
            log.extend(rng.pick(&[&b""[..], b" ", b"\t", b" \t  ", b" \r"]));
        } else if rng.percent(odds.malformed) {
            log.extend(rng.pick(&malformed));
        } else {
            let mut hit = server.next_hit(&mut rng);
            if !past.is_empty() && rng.percent(odds.duplicate) {
                hit = rng.pick(&past[past.len().saturating_sub(20)..]);
                // The agent is no part of what makes a duplicate.
                hit.agent = rng.pick(&server.agents);
            }
            let mut line = hit.line(&mut rng);
            if rng.percent(odds.damage) {
                damage(&mut line, &mut rng);
            }
            log.extend(line);
            past.push(hit);
        }
        log.extend(if rng.percent(odds.crlf) { &b"\r\n"[..] } else { b"\n" });
    }
    match rng.below(4) {
        0 => drop(log.pop()),
        1 => log.extend(b"\r"),
        _ => {}
    }
    log
}

fn damage(line: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.below(line.len() as u64) as usize;
    match rng.below(5) {
        0 => line.truncate(at),
        1 => drop(line.remove(at)),
        2 => line.insert(at, line[at]),
        3 => line.push(b'\r'),
        _ => line[at] = rng.pick(b" \t\r\n\"\\[]-?0:\x00\x80\xff"),
    }
}

/// How often things happen, in percent.
struct Odds {
    blank: u64,
    malformed: u64,
    duplicate: u64,
    damage: u64,
    crlf: u64,
}

impl Odds {
    fn draw(rng: &mut Rng) -> Self {
        Self {
            blank: rng.pick(&[0, 0, 2, 20]),
            malformed: rng.pick(&[0, 0, 2, 20]),
            duplicate: rng.pick(&[0, 2, 10, 50]),
            damage: rng.pick(&[0, 0, 1, 10]),
            crlf: rng.pick(&[0, 0, 50, 100]),
        }
    }
}

/// What a server draws from, separated by `|`. Bytes that are not UTF-8 make some of them equal.
const HOSTS: &[u8] = b"10.0.0.1|10.0.0.2|10.0.0.10|bad\xffhost|bad\xfehost|bad\xef\xbf\xbdhost";
const AGENTS: &[u8] = b"-||say \\\"hi\\\" \\\\|Mozilla/5.0 (X11)|\xc3(|\xef\xbf\xbd(";
const TARGETS: &[u8] = b"/|/a|/a?x=1|/a?x=2|/a?|/a??|/A|/a/|/b|/c|/d|/e|?|?q|*|/a b|/a HTTP/1.1|\
    http://h/a?b|/q\\\"uote\\\\?\\\"|/\xc3\xa9|/\xe9|/\xff?\xfe";
const METHODS: [&[u8]; 5] = [b"GET", b"GET", b"POST", b"get", br"\x16\x03"];

fn choices(texts: &'static [u8], count: u64) -> Vec<&'static [u8]> {
    texts.split(|&byte| byte == b'|').take(count as usize).collect()
}

/// One request as the server saw it.
#[derive(Clone)]
struct Hit {
    host: &'static [u8],
    time_s: i64,
    method: &'static [u8],
    target: &'static [u8],
    status: u64,
    bytes: u64,
    agent: &'static [u8],
}

/// Where the clock of a log starts: around the epoch, in a leap year, on the century that is
/// none, at both ends of the calendar, and in ordinary times.
const STARTS_S: [i64; 8] = [
    1_431_856_800,
    -5_400,
    951_782_400 - 3_600,
    -2_203_891_200 - 3_600,
    -62_135_596_800 + 90_000,
    253_402_300_799 - 900_000,
    0,
    1_431_907_199,
];
const FIRST_S: i64 = -62_135_596_800;
const LAST_S: i64 = 253_402_300_799;

/// Draws requests around a clock that advances slowly.
struct Server {
    clock_s: i64,
    /// The usual step of the clock is up to this many seconds.
    pace_s: u64,
    /// Usual distance behind the clock.
    disorder_s: u64,
    /// Percent.
    special_steps: u64,
    behind: u64,
    errors: u64,
    bursts: u64,
    huge: u64,
    far: u64,
    hosts: Vec<&'static [u8]>,
    agents: Vec<&'static [u8]>,
    targets: Vec<&'static [u8]>,
    burst: Option<Burst>,
}

/// A few requests in a row of one host: a scan, or a server that fails.
struct Burst {
    left: u64,
    host: &'static [u8],
    status: u64,
    step_s: u64,
}

impl Server {
    fn new(rng: &mut Rng) -> Self {
        Self {
            clock_s: rng.pick(&STARTS_S),
            pace_s: rng.pick(&[0, 2, 20, 60, 240]),
            disorder_s: rng.pick(&[1, 30, 60, 90, 600, 4_000]),
            special_steps: rng.pick(&[0, 2, 20]),
            behind: rng.pick(&[0, 10, 50, 100]),
            errors: rng.pick(&[0, 5, 20, 21, 60]),
            bursts: rng.pick(&[0, 1, 5, 20]),
            huge: rng.pick(&[0, 0, 3, 50]),
            far: rng.pick(&[0, 0, 0, 1]),
            hosts: choices(HOSTS, 1 + rng.below(6)),
            agents: choices(AGENTS, 1 + rng.below(6)),
            targets: choices(TARGETS, rng.pick(&[2, 9, 22])),
            burst: None,
        }
    }

    fn next_hit(&mut self, rng: &mut Rng) -> Hit {
        let mut host = rng.pick(&self.hosts);
        let mut status = rng.pick(&[200, 200, 206, 301, 304, 399, 0]);
        if rng.percent(self.errors) {
            status = rng.pick(&[400, 404, 404, 404, 500, 503, 999]);
        }
        if rng.percent(self.bursts) && self.burst.is_none() {
            let status = rng.pick(&[404, 404, 503]);
            let (left, step_s) = (5 + rng.below(20), rng.pick(&[0, 1, 5, 14, 15, 16]));
            self.burst = Some(Burst { left, host, status, step_s });
        }
        if let Some(burst) = self.burst.as_mut().filter(|_| rng.percent(95)) {
            (host, status) = (burst.host, burst.status);
            self.clock_s += burst.step_s as i64;
            burst.left -= 1;
            self.burst.take_if(|burst| burst.left == 0);
        } else {
            self.clock_s += self.step_s(rng);
        }
        self.clock_s = self.clock_s.min(LAST_S);
        Hit {
            host,
            time_s: self.time_s(rng),
            method: rng.pick(&METHODS),
            target: rng.pick(&self.targets),
            status,
            bytes: self.bytes(rng),
            agent: rng.pick(&self.agents),
        }
    }

    fn step_s(&self, rng: &mut Rng) -> i64 {
        if !rng.percent(self.special_steps) {
            return rng.below(self.pace_s + 1) as i64;
        }
        let to_border = |length_s: i64| length_s - self.clock_s.rem_euclid(length_s);
        let border_s = rng.below(3) as i64 - 1;
        match rng.below(8) {
            0 => to_border(300) + border_s,
            1 => to_border(3_600) + border_s,
            2 => 60 + border_s,
            3 | 4 => 1_800 + border_s,
            5 => 5_400,
            _ => 0,
        }
    }

    /// Mostly near the clock, often exactly where a rule changes its mind.
    fn time_s(&self, rng: &mut Rng) -> i64 {
        if rng.percent(self.far) {
            return if rng.percent(10) { self.clock_s + 86_400 } else { rng.pick(&STARTS_S) };
        }
        if !rng.percent(self.behind) {
            return self.clock_s;
        }
        let borders = [1, 59, 60, 61, 299, 300, 301, 899, 900, 1_799, 1_800, 1_801, 3_600];
        let usual = rng.below(self.disorder_s + 1) as i64;
        let behind_s = if rng.percent(80) { usual } else { rng.pick(&borders) };
        (self.clock_s - behind_s).max(FIRST_S)
    }

    fn bytes(&self, rng: &mut Rng) -> u64 {
        if rng.percent(self.huge) {
            return i64::MAX as u64 - rng.below(2);
        }
        rng.pick(&[0, 0, 1, 7, 512, 100_000])
    }
}

impl Hit {
    /// One of the many ways to write the same request.
    fn line(&self, rng: &mut Rng) -> Vec<u8> {
        let mut line = self.host.to_vec();
        line.extend(rng.pick(&[&b" - - ["[..], b" - - [", b" id bob [", b" - \xff\" ["]));
        line.extend(self.date(rng).as_bytes());
        line.extend(b"] \"");
        line.extend(self.method);
        line.push(b' ');
        line.extend(self.target);
        line.extend(rng.pick(&[&b" HTTP/1.1"[..], b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b""]));
        line.extend(format!("\" {:03} ", self.status).as_bytes());
        line.extend(match rng.below(8) {
            0 => format!("00{}", self.bytes).into_bytes(),
            1..=4 if self.bytes == 0 => b"-".to_vec(),
            _ => self.bytes.to_string().into_bytes(),
        });
        line.extend(rng.pick(&[&b" \"-\" \""[..], b" \"\" \"", br#" "http://\"x\"/" ""#]));
        line.extend(self.agent);
        line.push(b'"');
        line
    }

    fn date(&self, rng: &mut Rng) -> String {
        let zones_m = [0, 0, 0, 60, -300, 330, -210, 1_439, -1_439];
        let mut zone_m: i64 = rng.pick(&zones_m);
        if !(FIRST_S..=LAST_S).contains(&(self.time_s + zone_m * 60)) {
            zone_m = 0;
        }
        let local_s = self.time_s + zone_m * 60;
        let days = local_s.div_euclid(86_400);
        // The calendar repeats after 400 years.
        let (mut year, mut month) = (1970 + 400 * days.div_euclid(146_097), 0);
        let mut day = days.rem_euclid(146_097);
        while day >= year_days(year) {
            day -= year_days(year);
            year += 1;
        }
        while day >= month_days(year, month) {
            day -= month_days(year, month);
            month += 1;
        }
        let name = &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month..3 * month + 3];
        let second = local_s.rem_euclid(86_400);
        let sign = if zone_m < 0 || (zone_m == 0 && rng.percent(10)) { '-' } else { '+' };
        let clock = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
        let zone = format!("{sign}{:02}{:02}", zone_m.abs() / 60, zone_m.abs() % 60);
        format!("{:02}/{name}/{year:04}:{clock} {zone}", day + 1)
    }
}

fn year_days(year: i64) -> i64 {
    (0..12).map(|month| month_days(year, month)).sum()
}

fn month_days(year: i64, month: usize) -> i64 {
    let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
}

/// SplitMix64, so that a log depends on its seed alone.
struct Rng(u64);

impl Rng {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.word() % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize].clone()
    }
}

const PLAIN: &str = r#"h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;

/// A part of `PLAIN` and what may stand there instead, separated by `|`.
const PARSE: &[(&str, &str)] = &[
    ("h - -", "h a b|h\t - -|h - b\"o]b|h - [x]|h\u{a0}x - -|\u{feff}h - -|h\r - -|\0 - -"),
    ("17/May/2015", "31/May/2015|30/Apr/2015|29/Feb/2016|29/Feb/2000|01/Jan/1970"),
    ("17/May/2015", "01/Jan/0001|31/Dec/9999|29/Feb/0004|31/Aug/1969|28/Feb/1900"),
    ("17/May/2015:10:05:03 +0", "01/Jan/0001:00:00:00 +2|31/Dec/9999:23:59:59 -2"),
    ("10:05:03", "00:00:00|23:59:59"),
    ("+0000", "-0000|+2359|-2359|+0530|-0001"),
    ("GET /", r#"GET|GET *|GET ?|GET /a b|get /|GET  /|GET   |\x16\x03 \x01|\" x|GET '"#),
    ("GET /", "GET /\\\"|GET /\\\\|GET /\\\u{e9}|GET \u{fffd}|G\u{e9}T /|GE\\ T|\t \t"),
    ("GET / HTTP/1.1", "GET /|GET / HTTP/11|GET / HTTP/1.10|GET / http/1.1|GET / HTTP/x.1"),
    ("GET / HTTP/1.1", "GET / HTTP/1.1 HTTP/1.0|GET / HTTP/1.1 |GET /HTTP/1.1|GET HTTP/1.1"),
    ("GET / HTTP/1.1", r"GET  HTTP/9.9 HTTP/1.1|GET /\ HTTP/1.1|\ HTTP/1.1|\\ HTTP/1.1"),
    ("200", "000|100|404|500|999"),
    (" 1 ", " - | 0 | 007 | 9223372036854775807 | 000000000000000000000000000000000001 "),
    (r#""-" "-""#, r#""" ""|"\"" "\\"|"a b" "a\"b"|"\\\"" "\\"|"'" "\ "|" " " ""#),
    (r#""-" "-""#, "\"\t\" \"[]\"|\"\0\" \"\u{85}\u{2028}\"|\"\u{e9}\" \"\r\""),
];

/// The same for lines that do not parse.
const FAIL: &[(&str, &str)] = &[
    ("h - -", "h  - -| h - -|\th - - |h\t- -|- -|h -|h - bob smith|h - - |h -  "),
    ("- [", "-  [|-[|- |- (|- [ "),
    ("17/May/2015", "32/May/2015|00/May/2015|31/Apr/2015|29/Feb/2015|29/Feb/1900"),
    ("17/May/2015", "30/Feb/2016|31/Sep/2015|31/Jun/2015|31/Nov/2015|7/May/2015"),
    ("17/May/2015", " 7/May/2015|017/May/2015|+7/May/2015|17/may/2015|17/MAY/2015"),
    ("17/May/2015", "17/Mai/2015|17/05/2015|17/Sept/2015|17/ay /2015|17/May/0000"),
    ("17/May/2015", "17/May/15|17/May/12015|17/May/-001|17-May-2015|2015/May/17|"),
    ("10:05:03", "24:00:00|10:60:03|10:05:60|9:05:03| 9:05:03|10:5:03|10:05:3"),
    ("10:05:03", "10:05|10:05:03.5|10:05:03,000|10.05.03|1\u{660}:05:03|1\u{ff10}:05:03"),
    ("2015:10", "2015 10|2015T10|2015::10"),
    ("+0000", "+2400|-2400|+0060|-0099|+00:00|+000|+00000|0000| 0000|Z|GMT|\u{2212}0000|"),
    ("03 +", "03+|03  +|03\t+"),
    ("0000] ", "0000 |0000]|0000]  |0000 ] |0000]\t"),
    ("GET /", r#"GET | /|  /||GET /"|GET /\\"|"GET /|\"GET /""#),
    ("GET / HTTP/1.1", r"-||GET| |  HTTP/1.1|GET  HTTP/1.1| HTTP/1.1|GET /\|\x16\x03\x01\x00"),
    (r#""GET / HTTP/1.1""#, r#"GET|-|'GET /'|"GET /""|"GET /|GET /"|"GET /"x"#),
    ("\" 200", "\"200|\"  200|\"\t200|\" \"200"),
    ("200", "20|2000|2xx|-20|+20|2.0|-|\"200\"|\u{662}00|\u{ff12}00|"),
    (" 1 ", " 9223372036854775808 | 18446744073709551616 | 99999999999999999999999999999 "),
    (" 1 ", " -1 | +1 | 1.0 | 0x1 | 1e3 | -- | 1- | 1,000 | 1 2 | \u{ff11} | \"1\" "),
    (" 1 ", "  1 | 1  |  | |1 | 1"),
    (r#" "-" "-""#, r#"| | "-"| "-" | "-" "-| "-" -| - "-"| "-""-"| "-" "| "-"  "-""#),
    (r#" "-" "-""#, r#" "-" "-" | "-" "-" "-"| """ "-"| "-" "\"| "-" "\| "-" "a"b"#),
    (r#" "-" "-""#, " \"-\" \"a\"b\"| \"-\" '-'| \"-\" \"-\"x| \"-\" \"-\"\t|\t\"-\" \"-\""),
    (PLAIN, "x|\"|[|\\|\0|\u{b}|\u{a0}|\u{feff}|\u{85}|#|{\"host\": 1}|h - -|- - - -|\" \" \" \""),
];

/// Bytes that are no UTF-8.
const RAW: [(&[u8], bool); 8] = [
    (b"\xff \xff \xff [17/May/2015:10:05:03 +0000] \"\xff \xff\" 200 1 \"\xff\" \"\xff\"", true),
    (b"h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"\xe2\" \"\\\xe2\"", true),
    (b"h - - [17/May/2015:10:05:03 +0000] \"GET \xc3\\\" HTTP/1.1\" 200 1 \"\xf0\x9f\" \"\"", true),
    (b"h\xa0 - - [17/May/2015:10:05:03 +0000] \"\x80 \xed\xa0\x80\" 200 1 \"\" \"\xc0\xa2\"", true),
    (b"h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 2\xff0 1 \"-\" \"-\"", false),
    (b"h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 \xff \"-\" \"-\"", false),
    (b"h - - [17/May/2015:10:05:03\xa0+0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"", false),
    (b"h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"\\\"\xff", false),
];

/// Lines without their end and whether they parse. None is blank, and none holds an LF or ends
/// with a CR, so each is one line of a log in either style.
pub(crate) fn lines_with_verdict() -> Vec<(Vec<u8>, bool)> {
    let mut lines = short_lines();
    let longest = 1024 * 1024;
    for fill in [&b"a"[..], b"\xff", "\u{e9}".as_bytes()] {
        for (len, parses) in [(longest, true), (longest + 1, false)] {
            let mut line = PLAIN.as_bytes().to_vec();
            line.pop();
            while line.len() + fill.len() < len {
                line.extend(fill);
            }
            line.resize(len - 1, b'-');
            line.push(b'"');
            lines.push((line, parses));
        }
    }
    lines
}

fn short_lines() -> Vec<(Vec<u8>, bool)> {
    let mut lines = vec![(PLAIN.as_bytes().to_vec(), true)];
    for (changes, parses) in [(PARSE, true), (FAIL, false)] {
        for (part, instead) in changes {
            assert!(PLAIN.contains(part), "{part} is no part of the plain line");
            let changed = instead.split('|').map(|instead| PLAIN.replacen(part, instead, 1));
            lines.extend(changed.map(|line| (line.into_bytes(), parses)));
        }
    }
    lines.extend(RAW.map(|(line, parses)| (line.to_vec(), parses)));
    lines
}
