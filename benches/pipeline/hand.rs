//! The same answer by one loop over plain collections, all steps in one place.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use hashbrown::{HashMap, HashSet};

use super::answer::{Alert, Answer, Hour, Scan, Sessions};
use super::dictionary::{Dictionary, Hit};
use super::request::Request;
use super::top_pages::{PathHits, TopPages};
use super::traffic::{ErrorShare, Totals};

const MINUTE: i64 = 60_000;

struct Open {
    first: i64,
    last: i64,
    events: u64,
}

struct Loop {
    watermark: i64,
    late: u64,
    duplicates: u64,
    events: u64,
    seen: HashSet<Request>,
    sweep_at: usize,
    open: HashMap<u32, Vec<Open>>,
    sessions: Sessions,
    hours: BTreeMap<i64, Totals>,
    hourly: Vec<Hour>,
    slices: BTreeMap<i64, ErrorShare>,
    next_window: i64,
    last_alert_end: Option<i64>,
    alerts: Vec<Alert>,
    hits: HashMap<u32, u64>,
    waiting: BinaryHeap<Reverse<(i64, u64, u32, bool)>>,
    arrivals: u64,
    misses: HashMap<u32, VecDeque<i64>>,
    scans: Vec<(u32, i64, i64)>,
}

pub fn analyse(requests: impl Iterator<Item = Request>, delay_ms: i64) -> Answer {
    let dictionary = RefCell::new(Dictionary::new(5_000_000));
    let mut top = TopPages::new(&dictionary);
    let mut state = Loop::new();
    for request in requests {
        let ts = request.ts_ms;
        if ts < state.watermark {
            state.late += 1;
            continue;
        }
        if !state.seen.insert(request.clone()) {
            state.duplicates += 1;
            continue;
        }
        let hit = dictionary.borrow_mut().hit(&request).expect("few keys");
        state.count(hit);
        let hits = state.hits.entry(hit.path).or_insert(0);
        *hits += 1;
        top = top.update(PathHits { path: hit.path, hits: *hits });
        let reached = ts.saturating_sub(delay_ms);
        if reached > state.watermark {
            state.watermark = reached;
            state.advance();
        }
    }
    state.watermark = i64::MAX;
    state.advance();
    for (_, open) in std::mem::take(&mut state.open) {
        open.iter().for_each(|run| add_session(&mut state.sessions, run));
    }
    let dictionary = dictionary.borrow();
    let mut scans: Vec<Scan> = state
        .scans
        .iter()
        .map(|(host, first_ms, last_ms)| Scan {
            host: dictionary.host(*host).to_owned(),
            first_ms: *first_ms,
            last_ms: *last_ms,
        })
        .collect();
    scans.sort_by(|a, b| (a.last_ms, &a.host, a.first_ms).cmp(&(b.last_ms, &b.host, b.first_ms)));
    Answer {
        late: state.late,
        duplicates: state.duplicates,
        events: state.events,
        sessions: Sessions { users: dictionary.users(), ..state.sessions },
        hourly: state.hourly,
        alerts: state.alerts,
        top_pages: top.into_pages(),
        scans,
        ..Answer::default()
    }
}

fn add_session(sessions: &mut Sessions, run: &Open) {
    sessions.count += 1;
    sessions.bounces += u64::from(run.events == 1);
    sessions.longest_ms = sessions.longest_ms.max(run.last - run.first);
}

impl Loop {
    fn new() -> Self {
        Self {
            watermark: i64::MIN,
            late: 0,
            duplicates: 0,
            events: 0,
            seen: HashSet::new(),
            sweep_at: 64,
            open: HashMap::new(),
            sessions: Sessions::default(),
            hours: BTreeMap::new(),
            hourly: Vec::new(),
            slices: BTreeMap::new(),
            next_window: i64::MIN,
            last_alert_end: None,
            alerts: Vec::new(),
            hits: HashMap::new(),
            waiting: BinaryHeap::new(),
            arrivals: 0,
            misses: HashMap::new(),
            scans: Vec::new(),
        }
    }

    fn count(&mut self, hit: Hit) {
        self.events += 1;
        self.extend_session(hit);
        let hour = hit.ts_ms - hit.ts_ms.rem_euclid(60 * MINUTE);
        self.hours.entry(hour).or_default().add(hit);
        let slice = hit.ts_ms - hit.ts_ms.rem_euclid(5 * MINUTE);
        self.slices.entry(slice).or_default().add(hit.into());
        self.waiting.push(Reverse((hit.ts_ms, self.arrivals, hit.host, hit.status == 404)));
        self.arrivals += 1;
    }

    fn extend_session(&mut self, hit: Hit) {
        let (ts, gap) = (hit.ts_ms, 30 * MINUTE);
        let open = self.open.entry(hit.user).or_default();
        let (watermark, sessions) = (self.watermark, &mut self.sessions);
        open.retain(|run| {
            let is_over = run.last + gap <= watermark;
            if is_over {
                add_session(sessions, run);
            }
            !is_over
        });
        let mut joined = Open { first: ts, last: ts, events: 1 };
        open.retain(|run| {
            let touches = ts < run.last + gap && run.first < ts + gap;
            if touches {
                joined.first = joined.first.min(run.first);
                joined.last = joined.last.max(run.last);
                joined.events += run.events;
            }
            !touches
        });
        open.push(joined);
    }

    fn advance(&mut self) {
        let watermark = self.watermark;
        if self.seen.len() >= self.sweep_at {
            self.seen.retain(|request| request.ts_ms >= watermark);
            self.sweep_at = (2 * self.seen.len()).max(64);
        }
        self.close_hours();
        self.close_windows();
        while let Some(Reverse((ts, _, host, is_miss))) = self.waiting.peek().copied() {
            if ts > watermark {
                break;
            }
            self.waiting.pop();
            self.look(ts, host, is_miss);
        }
    }

    fn close_hours(&mut self) {
        while let Some(hour) = self.hours.first_entry() {
            if hour.key().saturating_add(60 * MINUTE) > self.watermark {
                break;
            }
            let (start_ms, totals) = hour.remove_entry();
            self.hourly.push(Hour {
                start_ms,
                events: totals.events,
                users: totals.users(),
                errors: totals.errors,
                bytes: totals.bytes,
            });
        }
    }

    fn close_windows(&mut self) {
        while let Some((&slice, _)) = self.slices.first_key_value() {
            let window = self.next_window.max(slice - 10 * MINUTE);
            if window.saturating_add(15 * MINUTE) > self.watermark {
                return;
            }
            let mut share = ErrorShare::default();
            for (_, part) in self.slices.range(window..window + 15 * MINUTE) {
                share.add(*part);
            }
            self.alarm(window, share);
            self.next_window = window + 5 * MINUTE;
            if slice < self.next_window {
                self.slices.pop_first();
            }
        }
    }

    fn alarm(&mut self, window: i64, share: ErrorShare) {
        let end = window + 15 * MINUTE;
        let is_quiet = self.last_alert_end.is_none_or(|last| end >= last + 30 * MINUTE);
        if share.is_alarming() && is_quiet {
            self.last_alert_end = Some(end);
            let ErrorShare { events, errors } = share;
            self.alerts.push(Alert { window_start_ms: window, events, errors });
        }
    }

    fn look(&mut self, ts: i64, host: u32, is_miss: bool) {
        if !is_miss {
            self.misses.remove(&host);
            return;
        }
        let misses = self.misses.entry(host).or_default();
        misses.push_back(ts);
        if misses.len() > 5 {
            misses.pop_front();
        }
        if misses.len() == 5 && ts - misses[0] < MINUTE {
            self.scans.push((host, misses[0], ts));
            self.misses.remove(&host);
        }
    }
}
