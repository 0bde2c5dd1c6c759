//! Makes the log of a busy site from a seed, blemishes included.

use super::calendar::Date;

#[path = "generate/random.rs"]
mod random;
#[path = "generate/site.rs"]
mod site;
#[path = "generate/traffic.rs"]
mod traffic;

use random::Random;
use traffic::{Hit, START, Traffic};

/// Yields the bytes of a Combined Log Format log in blocks, cut anywhere, as reads would be.
///
/// The same seed makes the same log on every machine, and a shorter log is the beginning of a
/// longer one. However long the log, it has at most 50,000 users and 5,000 paths.
#[derive(Debug)]
pub struct Generator {
    traffic: Traffic,
    random: Random,
    /// Lines still to come, not counting blank ones.
    left: u64,
    /// A line that will be written once more, and after how many others.
    echo: Option<(u32, Vec<u8>)>,
    pending: Vec<u8>,
}

const BLOCK_BYTES: usize = 64 * 1024;

/// A block is cut after the line that fills it, and few lines are longer than this.
const PENDING_BYTES: usize = BLOCK_BYTES + 1024;

const BLANKS: [&[u8]; 4] = [b"", b" ", b"\t", b" \t "];

/// What spoils a date, and how far behind its bracket.
const BAD_DATES: [(usize, &[u8]); 6] =
    [(1, b"00"), (1, b"32"), (4, b"may"), (13, b"24"), (19, b"60"), (22, b"*")];

/// What follows the date of a line that is no request.
const BAD_TAILS: [&[u8]; 8] = [
    br#""\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\xA1\xD5" 400 226 "-" "-""#,
    br#""\x03\x00\x00/*\xE0\x00\x00\x00\x00\x00Cookie:" 400 226 "-" "-""#,
    br#""-" 408 - "-" "-""#,
    br#""GET / HTTP/1.1" OK 512 "-" "-""#,
    br#""GET / HTTP/1.1" 200 9223372036854775808 "-" "-""#,
    br#""GET / HTTP/1.1"  200 512 "-" "-""#,
    br#""GET / HTTP/1.1" 200 512 "-""#,
    b"\"GET / HTTP/1.1\"\t200\t512\t\"-\"\t\"-\"",
];

impl Generator {
    /// A log of `lines` lines, blank ones not counted.
    pub fn new(lines: u64, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let traffic = Traffic::new(random.next());
        Generator { traffic, random, left: lines, echo: None, pending: Vec::new() }
    }

    fn push_line(&mut self) {
        if self.random.one_in(3_000) {
            let blank = self.random.pick(&BLANKS);
            self.pending.extend_from_slice(blank);
            self.end_line();
        }
        if let Some((0, line)) = self.echo.take_if(|(others, _)| *others == 0) {
            self.pending.extend_from_slice(&line);
        } else {
            self.push_new_line();
        }
        self.end_line();
        self.left -= 1;
    }

    fn push_new_line(&mut self) {
        let mut hit = self.traffic.next_hit();
        hit.at = START.max(hit.at - self.lateness());
        let start = self.pending.len();
        if self.random.one_in(2_000) {
            self.push_malformed(&hit);
            return;
        }
        push_hit(&mut self.pending, &hit);
        match &mut self.echo {
            Some((others, _)) => *others -= 1,
            None if self.random.one_in(400) => {
                let others = self.random.below(40);
                self.echo = Some((others, self.pending[start..].to_vec()));
            }
            None => {}
        }
    }

    /// Seconds a line comes late: few do, most of them by little; a minute or more is rare.
    fn lateness(&mut self) -> i64 {
        let seconds = match self.random.below(4_000) {
            0 => self.random.pick(&[60, 61, 90, 600]),
            1 => self.random.between(61, 7_200),
            2..120 => self.random.between(1, 8),
            120..160 => self.random.between(9, 50),
            _ => 0,
        };
        i64::from(seconds)
    }

    fn push_malformed(&mut self, hit: &Hit) {
        let start = self.pending.len();
        match self.random.below(10) {
            0..3 => {
                push_hit(&mut self.pending, hit);
                let len = (self.pending.len() - start) as u32;
                let kept = self.random.between(1, len - 1);
                self.pending.truncate(start + kept as usize);
            }
            3 | 4 => {
                push_hit(&mut self.pending, hit);
                let (at, wrong) = self.random.pick(&BAD_DATES);
                let line = &mut self.pending[start..];
                let bracket = line.iter().position(|byte| *byte == b'[').expect("before the date");
                line[bracket + at..][..wrong.len()].copy_from_slice(wrong);
            }
            5 => {
                let noise = (0..8).map(|_| self.random.next() | 0x8080_8080_8080_8080);
                self.pending.extend(noise.flat_map(u64::to_le_bytes));
            }
            _ => {
                push_beginning(&mut self.pending, hit);
                let tail = self.random.pick(&BAD_TAILS);
                self.pending.extend_from_slice(tail);
            }
        }
    }

    fn end_line(&mut self) {
        let end: &[u8] = if self.random.one_in(500) { b"\r\n" } else { b"\n" };
        self.pending.extend_from_slice(end);
    }
}

impl Iterator for Generator {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        while self.left > 0 && self.pending.len() < BLOCK_BYTES {
            self.push_line();
        }
        if self.pending.is_empty() {
            return None;
        }
        let end = self.pending.len().min(BLOCK_BYTES);
        let mut rest = Vec::with_capacity(PENDING_BYTES);
        rest.extend_from_slice(&self.pending[end..]);
        self.pending.truncate(end);
        Some(std::mem::replace(&mut self.pending, rest))
    }
}

fn push_hit(out: &mut Vec<u8>, hit: &Hit) {
    push_beginning(out, hit);
    out.push(b'"');
    out.extend_from_slice(hit.method.as_bytes());
    out.push(b' ');
    site::push_target(out, hit.target);
    // Machines of one kind still speak the old version, and some scanners the oldest.
    out.extend_from_slice(match hit.user % 8 {
        _ if hit.status == 400 => b"\" ",
        0 => b" HTTP/1.0\" ",
        _ => b" HTTP/1.1\" ",
    });
    site::push_number(out, hit.status.into());
    out.push(b' ');
    match hit.bytes {
        0 => out.push(b'-'),
        bytes => site::push_number(out, bytes),
    }
    out.extend_from_slice(b" \"");
    match hit.referer {
        Some(page) if page != hit.target => {
            out.extend_from_slice(b"https://www.example.org");
            site::push_target(out, page);
        }
        Some(_) if hit.user.is_multiple_of(5) => {
            out.extend_from_slice(br#"https://search.example.com/?q=\"streams\""#);
        }
        _ => out.push(b'-'),
    }
    out.extend_from_slice(b"\" \"");
    site::push_agent(out, hit.user);
    out.push(b'"');
}

/// `host - user [dd/Mon/yyyy:HH:MM:SS ±zzzz] `. One of the site's servers writes local time.
fn push_beginning(out: &mut Vec<u8>, hit: &Hit) {
    let (offset, zone) = if hit.user % 8 == 3 { (7_200, b" +0200] ") } else { (0, b" +0000] ") };
    let local = hit.at + offset;
    let date = Date::from_days(local.div_euclid(86_400));
    let second = local.rem_euclid(86_400);

    site::push_host(out, hit.user);
    out.extend_from_slice(if hit.user % 100 == 99 { b" - frank [" } else { b" - - [" });
    push_two(out, date.day.into());
    out.push(b'/');
    out.extend_from_slice(date.month_name().as_bytes());
    out.push(b'/');
    push_two(out, date.year / 100);
    push_two(out, date.year % 100);
    for part in [second / 3_600, second / 60 % 60, second % 60] {
        out.push(b':');
        push_two(out, part);
    }
    out.extend_from_slice(zone);
}

fn push_two(out: &mut Vec<u8>, number: i64) {
    out.extend([b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
}

#[cfg(test)]
#[path = "generate/tests.rs"]
mod tests;
