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

use super::answer::{Alert, Answer, Hour, Page, Scan, Sessions};
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
    let (seen, full) = (Losses::new(), Losses::new());
    let dictionary = RefCell::new(Dictionary::new(settings.max_keys));
    let events = Cell::new(0_u64);

    let hits = requests
        .deduplicate_by_time_in_rs2(
            settings.limits(&seen),
            DedupConfig {
                within: EventTime::RESOLUTION,
                watermark_delay: settings.watermark_delay,
            },
            Request::clone,
            |request| EventTime::from_millis(request.ts_ms),
        )
        .map_rs2(|request| {
            let hit = dictionary.borrow_mut().hit(&request);
            if hit.is_none() {
                full.stop();
            }
            hit.filter(|_| !full.is_stopped())
        })
        .take_while_rs2(Option::is_some)
        .filter_map_rs2(identity)
        .inspect_rs2(|_| events.set(events.get() + 1));

    let mut hits = hits.broadcast_rs2(LAG);
    let parts = Parts { settings, full: &full, dictionary: &dictionary };
    let (sessions, hourly, alerts, top_pages, mut scans) = tokio::join!(
        parts.sessions(hits.branch()),
        parts.hourly(hits.branch()),
        parts.alerts(hits.branch()),
        parts.top_pages(hits.branch()),
        parts.scans(hits.branch()),
    );
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
        top_pages,
        scans,
        ..Answer::default()
    })
}

/// The five analyses, each over all hits.
struct Parts<'a> {
    settings: Settings,
    full: &'a Losses,
    dictionary: &'a RefCell<Dictionary>,
}

impl Parts<'_> {
    fn limits(&self) -> Limits<SeededHeap> {
        self.settings.limits(self.full)
    }

    fn windows(&self, size: Duration, slide: Duration) -> TimeWindowConfig {
        TimeWindowConfig::new(size, slide, self.settings.watermark_delay)
            .expect("the lengths are constants that fit")
    }

    async fn sessions(&self, hits: impl Stream<Item = Hit>) -> Sessions {
        let config =
            SessionConfig { gap: 30 * MINUTE, watermark_delay: self.settings.watermark_delay };
        hits.aggregate_sessions_by_time_in_rs2(self.limits(), config, |hit| hit.user, time, Count)
            .fold_sync_rs2(Sessions::default(), add_session)
            .await
    }

    async fn hourly(&self, hits: impl Stream<Item = Hit>) -> Vec<Hour> {
        let hours = self.windows(60 * MINUTE, 60 * MINUTE);
        hits.aggregate_by_time_in_rs2(self.limits(), hours, time, Traffic)
            .map_rs2(hour)
            .collect_rs2()
            .await
    }

    async fn alerts(&self, hits: impl Stream<Item = Hit>) -> Vec<Alert> {
        let quarters = self.windows(15 * MINUTE, 5 * MINUTE);
        hits.aggregate_by_time_in_rs2(self.limits(), quarters, time, Errors)
            .filter_rs2(|window| window.value.is_alarming())
            .throttle_by_time_rs2(30 * MINUTE, |window| window.end_time)
            .map_rs2(alert)
            .collect_rs2()
            .await
    }

    async fn top_pages(&self, hits: impl Stream<Item = Hit>) -> Vec<Page> {
        hits.keyed_map_in_rs2(self.limits(), |hit| hit.path, count)
            .fold_sync_rs2(TopPages::new(self.dictionary), TopPages::update)
            .await
            .into_pages()
    }

    async fn scans(&self, hits: impl Stream<Item = Hit>) -> Vec<Scan> {
        let attack = Pattern::begin(|response: &Response| response.is_missing)
            .times(5)
            .consecutive()
            .within(MINUTE);
        let delay = self.settings.watermark_delay;
        hits.map_rs2(Response::from)
            .pattern_by_time_in_rs2(self.limits(), attack, delay, |r| r.host, |r| r.time)
            .map_rs2(|found| scan(&found, &self.dictionary.borrow()))
            .collect_rs2()
            .await
    }
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
    fn limits(&self, losses: &Losses) -> Limits<SeededHeap> {
        let heap = Heap::bounded(self.max_keys).seeded(self.hash_seed);
        Limits::of(heap).on_full(OnFull::Stop).report_to(losses)
    }
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
