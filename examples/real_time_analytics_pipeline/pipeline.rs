//! The analysis: requests in, one answer out.

use std::cell::{Cell, RefCell};
use std::convert::identity;
use std::time::Duration;

use futures_core::Stream;
use rs2_stream::event_time::{
    Count, DedupConfig, Pattern, PatternMatch, Session, SessionConfig, TimeWindowConfig,
    WindowValue,
};
use rs2_stream::metrics::{Loss, Losses};
use rs2_stream::prelude::*;
use rs2_stream::state::{Limits, OnFull};
use rs2_stream::store::{Heap, SeededHeap};

use super::answer::{Alert, Answer, Hour, Scan, Sessions};
use super::dictionary::{Dictionary, Hit};
use super::request::Request;
use super::top_pages::{PathHits, TopPages};
use super::traffic::{ErrorShare, Errors, Totals, Traffic};

const MINUTE: Duration = Duration::from_secs(60);

/// Items that may wait for the slowest of the five analyses.
const LAG: usize = 128;

/// How the log is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How far behind the latest request the watermark stays.
    pub watermark_delay: Duration,
    /// The most entries that a table may hold.
    pub max_keys: usize,
    /// For hashing.
    pub hash_seed: u64,
}

/// A table would have needed more entries than allowed; there is no answer then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyKeys;

/// Everything that requests tell; the counts of lines are left at zero.
pub async fn analyse<S>(requests: S, settings: Settings) -> Result<Answer, TooManyKeys>
where
    S: Stream<Item = Request>,
{
    let delay = settings.watermark_delay;
    let (seen, full) = (Losses::new(), Losses::new());
    let limits = || settings.limits().report_to(&full);
    let dictionary = RefCell::new(Dictionary::new(settings.max_keys));
    let events = Cell::new(0_u64);

    let hits = requests
        .deduplicate_by_time_in_rs2(
            settings.limits().report_to(&seen),
            DedupConfig { within: EventTime::RESOLUTION, watermark_delay: delay },
            Request::clone,
            |request| EventTime::from_millis(request.ts_ms),
        )
        .map_rs2(|request| dictionary.borrow_mut().hit(&request))
        .inspect_rs2(|hit| {
            if hit.is_none() {
                full.stop()
            }
        })
        .take_while_rs2(|_| !full.is_stopped())
        .filter_map_rs2(identity)
        .inspect_rs2(|_| events.set(events.get() + 1));
    let mut hits = hits.broadcast_rs2(LAG);

    let sessions = hits
        .branch()
        .aggregate_sessions_by_time_in_rs2(
            limits(),
            SessionConfig { gap: 30 * MINUTE, watermark_delay: delay },
            |hit| hit.user,
            time,
            Count,
        )
        .fold_sync_rs2(Sessions::default(), add_session);

    let hourly = hits
        .branch()
        .aggregate_by_time_in_rs2(limits(), windows(60 * MINUTE, 60 * MINUTE, delay), time, Traffic)
        .map_rs2(hour)
        .collect_rs2::<Vec<Hour>>();

    let alerts = hits
        .branch()
        .aggregate_by_time_in_rs2(limits(), windows(15 * MINUTE, 5 * MINUTE, delay), time, Errors)
        .filter_rs2(|window| window.value.is_alarming())
        .throttle_by_time_rs2(30 * MINUTE, |window| window.end_time)
        .map_rs2(alert)
        .collect_rs2::<Vec<Alert>>();

    let pages = hits
        .branch()
        .keyed_map_in_rs2(limits(), |hit| hit.path, count)
        .fold_sync_rs2(TopPages::new(&dictionary), TopPages::update);

    let attack = Pattern::begin(|response: &Response| response.is_missing)
        .times(5)
        .consecutive()
        .within(MINUTE);
    let scans = hits
        .branch()
        .map_rs2(Response::from)
        .pattern_by_time_in_rs2(limits(), attack, delay, |response| response.host, |r| r.time)
        .map_rs2(|found| scan(&found, &dictionary.borrow()))
        .collect_rs2::<Vec<Scan>>();

    let (sessions, hourly, alerts, pages, mut scans) =
        tokio::join!(sessions, hourly, alerts, pages, scans);
    if seen.is_stopped() || full.is_stopped() {
        return Err(TooManyKeys);
    }
    scans.sort_by(|a, b| (a.last_ms, &a.host, a.first_ms).cmp(&(b.last_ms, &b.host, b.first_ms)));
    Ok(Answer {
        late: seen.of(Loss::Late),
        duplicates: seen.of(Loss::Duplicate),
        events: events.get(),
        sessions: Sessions { users: dictionary.borrow().users(), ..sessions },
        hourly,
        alerts,
        top_pages: pages.into_pages(),
        scans,
        ..Answer::default()
    })
}

/// What the search for scans looks at.
#[derive(Clone, Copy)]
struct Response {
    time: EventTime,
    host: u32,
    is_missing: bool,
}

impl From<Hit> for Response {
    fn from(hit: Hit) -> Self {
        Response { time: time(&hit), host: hit.host, is_missing: hit.status == 404 }
    }
}

impl Settings {
    /// Tables that end the analysis rather than give a wrong answer.
    fn limits(&self) -> Limits<SeededHeap> {
        let heap = Heap::bounded(self.max_keys).seeded(self.hash_seed);
        Limits::of(heap).on_full(OnFull::Stop)
    }
}

fn windows(size: Duration, slide: Duration, delay: Duration) -> TimeWindowConfig {
    TimeWindowConfig::new(size, slide, delay).expect("the lengths are constants that fit")
}

fn time(hit: &Hit) -> EventTime {
    EventTime::from_millis(hit.ts_ms)
}

fn add_session(mut sessions: Sessions, session: Session<u32, u64>) -> Sessions {
    sessions.count += 1;
    sessions.bounces += u64::from(session.value == 1);
    let length = session.end_time.as_millis() - session.start_time.as_millis();
    sessions.longest_ms = sessions.longest_ms.max(length);
    sessions
}

fn hour(window: WindowValue<Totals>) -> Hour {
    let totals = window.value;
    Hour {
        start_ms: window.start_time.as_millis(),
        events: totals.events,
        users: totals.users(),
        errors: totals.errors,
        bytes: totals.bytes,
    }
}

fn alert(window: WindowValue<ErrorShare>) -> Alert {
    let ErrorShare { events, errors } = window.value;
    Alert { window_start_ms: window.start_time.as_millis(), events, errors }
}

fn count(hit: Hit, hits: &mut u64) -> PathHits {
    *hits += 1;
    PathHits { path: hit.path, hits: *hits }
}

fn scan(found: &PatternMatch<u32, Response>, dictionary: &Dictionary) -> Scan {
    Scan {
        host: dictionary.host(found.key).to_owned(),
        first_ms: found.start_time.as_millis(),
        last_ms: found.end_time.as_millis(),
    }
}
