//! One line of a Combined Log Format log, parsed.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use memchr::{memchr, memchr2};

use super::calendar::{Date, MONTHS};

/// One request of the log: what the line says, without what nobody reads later.
///
/// Two requests are equal when they are the same request seen twice: host, time, method, whole
/// target, status and bytes agree. The agent is not compared.
#[derive(Clone, Debug)]
pub struct Request {
    /// Host, method, target and agent without gaps: one allocation, shared by all clones, and
    /// all the text that equality looks at in one piece.
    text: Arc<str>,
    /// Where in `text` host, method and target end, in this order.
    ends: [u32; 3],
    /// Milliseconds since 1970-01-01 00:00:00 UTC.
    pub ts_ms: i64,
    pub status: u16,
    pub bytes: u64,
}

impl Request {
    pub fn host(&self) -> &str {
        &self.text[..self.end(0)]
    }

    #[cfg(test)]
    pub fn method(&self) -> &str {
        &self.text[self.end(0)..self.end(1)]
    }

    pub fn target(&self) -> &str {
        &self.text[self.end(1)..self.end(2)]
    }

    /// The target up to its first `?`.
    pub fn path(&self) -> &str {
        let target = self.target();
        memchr(b'?', target.as_bytes()).map_or(target, |query| &target[..query])
    }

    pub fn agent(&self) -> &str {
        &self.text[self.end(2)..]
    }

    fn end(&self, part: usize) -> usize {
        self.ends[part] as usize
    }

    /// Host, method and target. `ends` says where one becomes the next.
    fn compared_text(&self) -> &str {
        &self.text[..self.end(2)]
    }
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.ts_ms == other.ts_ms
            && self.bytes == other.bytes
            && self.status == other.status
            && self.ends == other.ends
            && self.compared_text() == other.compared_text()
    }
}

impl Eq for Request {}

impl Hash for Request {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_i64(self.ts_ms);
        state.write_u64(self.bytes ^ u64::from(self.status).rotate_right(16));
        state.write(self.compared_text().as_bytes());
    }
}

/// Why a line is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    pub reason: &'static str,
}

impl From<&'static str> for Malformed {
    fn from(reason: &'static str) -> Self {
        Malformed { reason }
    }
}

/// Parses one line, given without the LF or CR LF that ended it:
/// `host ident user [dd/Mon/yyyy:HH:MM:SS ±zzzz] "METHOD target[ HTTP/n.n]" status bytes
/// "referer" "agent"`.
///
/// Bytes that are not UTF-8 become U+FFFD; escapes stay as they are written.
pub fn parse(line: &[u8]) -> Result<Request, Malformed> {
    let line = String::from_utf8_lossy(line);
    let line = &mut Cursor { rest: &line };

    let host = line.field().ok_or("no host")?;
    line.space().and_then(Cursor::field).ok_or("no ident")?;
    line.space().and_then(Cursor::field).ok_or("no user")?;
    let ts_ms = line.space().and_then(Cursor::date).ok_or("bad date")?;
    let request = line.space().and_then(Cursor::quoted).ok_or("no request")?;
    let (method, target) = method_and_target(request)?;
    let status = line.space().and_then(Cursor::field).and_then(status).ok_or("bad status")?;
    let bytes = line.space().and_then(Cursor::field).and_then(bytes).ok_or("bad bytes")?;
    line.space().and_then(Cursor::quoted).ok_or("no referer")?;
    let agent = line.space().and_then(Cursor::quoted).ok_or("no agent")?;
    line.end().ok_or("text after the agent")?;

    let (text, ends) = join([host, method, target, agent]).ok_or("too long")?;
    Ok(Request { text, ends, ts_ms, status, bytes })
}

/// What is left of a line. Each method takes one thing off its front, or nothing.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn space(&mut self) -> Option<&mut Self> {
        self.rest = self.rest.strip_prefix(' ')?;
        Some(self)
    }

    /// One or more characters other than space.
    fn field(&mut self) -> Option<&'a str> {
        let end = memchr(b' ', self.rest.as_bytes()).unwrap_or(self.rest.len());
        (end > 0).then(|| self.take(end))
    }

    /// What stands between a quote and the next one that no backslash escapes.
    fn quoted(&mut self) -> Option<&'a str> {
        let inside = self.rest.strip_prefix('"')?;
        let bytes = inside.as_bytes();
        let mut end = 0;
        loop {
            end += memchr2(b'"', b'\\', bytes.get(end..)?)?;
            if bytes[end] == b'"' {
                break;
            }
            // A backslash and the character after it are a pair. The later bytes of a long
            // character are neither quote nor backslash, so stepping over its first is enough.
            end += 2;
        }
        self.rest = &inside[end + 1..];
        Some(&inside[..end])
    }

    /// `[dd/Mon/yyyy:HH:MM:SS ±zzzz]` as milliseconds since the epoch, UTC.
    #[rustfmt::skip]
    fn date(&mut self) -> Option<i64> {
        let [
            b'[', d1, d2, b'/', ref month @ .., b'/', y1, y2, y3, y4,
            b':', h1, h2, b':', m1, m2, b':', s1, s2,
            b' ', sign, zh1, zh2, zm1, zm2, b']',
        ] = *self.rest.as_bytes().first_chunk::<28>()? else {
            return None;
        };
        let month = MONTHS.iter().position(|name| name.as_bytes() == month)? as u32 + 1;
        let year = digits(&[y1, y2, y3, y4]).filter(|year| *year > 0)?;
        let day = digits(&[d1, d2])?;
        let time = seconds(digits(&[h1, h2])?, digits(&[m1, m2])?, digits(&[s1, s2])?)?;
        let zone = seconds(digits(&[zh1, zh2])?, digits(&[zm1, zm2])?, 0)?;
        let offset = match sign { b'+' => zone, b'-' => -zone, _ => return None };
        let date = Date::new(year as i64, month, day as u32)?;
        self.take(28);
        Some((date.to_days() * 86_400 + time - offset) * 1_000)
    }

    fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }
}

/// Splits `METHOD target[ HTTP/n.n]`. The target may hold spaces, and may itself be `HTTP/1.0`.
fn method_and_target(request: &str) -> Result<(&str, &str), Malformed> {
    let (method, rest) = request.split_once(' ').ok_or("no target")?;
    if method.is_empty() {
        return Err("no method".into());
    }
    let target = match rest.as_bytes() {
        [target @ .., b' ', b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => {
            &rest[..target.len()]
        }
        _ => rest,
    };
    if target.is_empty() {
        return Err("no target".into());
    }
    Ok((method, target))
}

fn status(field: &str) -> Option<u16> {
    let bytes: [u8; 3] = field.as_bytes().try_into().ok()?;
    digits(&bytes).map(|status| status as u16)
}

fn bytes(field: &str) -> Option<u64> {
    if field == "-" {
        return Some(0);
    }
    digits(field.as_bytes()).filter(|bytes| *bytes <= i64::MAX as u64)
}

/// The number that decimal digits, and nothing but digits, write.
fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Seconds of a time of day that exists. A leap second does not.
fn seconds(hours: u64, minutes: u64, seconds: u64) -> Option<i64> {
    let exists = hours <= 23 && minutes <= 59 && seconds <= 59;
    exists.then_some((hours * 3_600 + minutes * 60 + seconds) as i64)
}

/// The parts in one allocation, and where the first three end; none if that needs over 32 bits.
fn join(parts: [&str; 4]) -> Option<(Arc<str>, [u32; 3])> {
    u32::try_from(parts.iter().map(|part| part.len()).sum::<usize>()).ok()?;
    let [host, method, target, _] = parts.map(|part| part.len() as u32);
    let ends = [host, host + method, host + method + target];
    Some((Arc::from(parts.concat()), ends))
}

#[cfg(test)]
#[path = "request/tests.rs"]
mod tests;
