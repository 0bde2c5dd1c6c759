//! What happens on the site: an agenda of actors, each of whom does one thing and comes back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::random::Random;
use super::site::{self, CRAWLERS, FEED_READERS, MONITOR, PAGES, SCANNERS, Target, User, VISITORS};

/// One request as the server answered it.
#[derive(Debug)]
pub struct Hit {
    /// Seconds since the epoch.
    pub at: i64,
    pub user: User,
    pub method: &'static str,
    pub target: Target,
    pub status: u16,
    pub bytes: u64,
    pub referer: Option<Target>,
}

/// The requests of the site from 2015-05-17 on, in order of time.
#[derive(Debug)]
pub struct Traffic {
    random: Random,
    agenda: BinaryHeap<Reverse<Actor>>,
    /// Gives actors due at the same second an order.
    turns: u64,
    /// When the servers behind the site fail half of what they are asked.
    outage: Range<i64>,
    /// When a link to one page is passed around.
    rush: Range<i64>,
    rush_page: u32,
    next_scan: i64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Actor {
    at: i64,
    turn: u64,
    user: User,
    role: Role,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// Lets visitors and scanners in, once a second.
    Door,
    Visitor(Visit),
    Poller {
        period: u32,
    },
    Crawler,
    Scanner {
        gap: u32,
        left: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visit {
    /// The page itself, then one of its assets after the other.
    asks: Target,
    page: Target,
    assets_left: u32,
    pages_left: u32,
}

/// 2015-05-17 00:00:00 UTC.
pub const START: i64 = 1_431_820_800;

/// With what a visit brings, and the machines, this makes about three lines a second.
const VISITS_PER_1000_S: u32 = 330;

/// Visits by hour of the day, in percent of the average.
const RHYTHM: [u32; 24] = [
    45, 35, 30, 28, 30, 40, 60, 85, 105, 120, 130, 135, 135, 130, 130, 130, 130, 135, 145, 155,
    160, 145, 110, 75,
];

/// More actors than a busy hour brings; visitors beyond them are turned away.
const MAX_ACTORS: usize = 10_000;

impl Traffic {
    pub fn new(seed: u64) -> Self {
        let mut traffic = Traffic {
            random: Random::new(seed),
            agenda: BinaryHeap::new(),
            turns: 0,
            outage: START + 1_500..START + 2_400,
            rush: START + 600..START + 900,
            rush_page: 17,
            next_scan: START + 120,
        };
        traffic.enter(START, MONITOR, Role::Door);
        traffic.enter(START, MONITOR, Role::Poller { period: 60 });
        for user in FEED_READERS {
            // Half an hour is where one session ends and the next begins.
            let period = [1_800, 1_800, 1_799, 900, 3_600][user as usize % 5];
            traffic.enter(START + i64::from(user) * 37, user, Role::Poller { period });
        }
        for user in CRAWLERS {
            traffic.enter(START, user, Role::Crawler);
        }
        traffic
    }

    pub fn next_hit(&mut self) -> Hit {
        loop {
            let Reverse(Actor { at, user, role, .. }) =
                self.agenda.pop().expect("the door, the pollers and the crawlers always return");
            match role {
                Role::Door => self.open_door(at),
                Role::Visitor(visit) => return self.visit(at, user, visit),
                Role::Poller { period } => {
                    self.enter(at + i64::from(period), user, role);
                    let target = if user == MONITOR { Target::Health } else { Target::Feed(user) };
                    let method = if user == MONITOR { "HEAD" } else { "GET" };
                    return self.answer(at, user, method, target, None);
                }
                Role::Crawler => {
                    let pause = self.random.between(8, 40);
                    self.enter(at + i64::from(pause), user, role);
                    let target = match self.random.below(12) {
                        0 => Target::Gone(self.random.below(40)),
                        _ => Target::Page(self.random.below(PAGES)),
                    };
                    return self.answer(at, user, "GET", target, None);
                }
                Role::Scanner { gap, left } => return self.scan(at, user, gap, left),
            }
        }
    }

    fn enter(&mut self, at: i64, user: User, role: Role) {
        self.turns += 1;
        self.agenda.push(Reverse(Actor { at, turn: self.turns, user, role }));
    }

    fn open_door(&mut self, now: i64) {
        self.enter(now + 1, MONITOR, Role::Door);
        self.change_weather(now);

        let hour = now.rem_euclid(86_400) / 3_600;
        let rush = self.rush.contains(&now);
        let rate = VISITS_PER_1000_S * RHYTHM[hour as usize] / 100 * if rush { 5 } else { 1 };
        // Twice the rate at most, the rate on average, and the remainder by chance.
        let visits = (rate * self.random.below(1_000) / 500 + self.random.below(1_000)) / 1_000;
        for _ in 0..visits {
            if self.agenda.len() < MAX_ACTORS {
                self.welcome(now, rush);
            }
        }
        if now >= self.next_scan {
            self.next_scan = now + i64::from(self.random.between(1_200, 14_400));
            let user = SCANNERS.start + self.random.below(SCANNERS.end - SCANNERS.start);
            // Fifteen seconds apart, five requests take exactly a minute; fourteen, just less.
            let gap = self.random.pick(&[0, 1, 3, 14, 15]);
            let left = self.random.between(4, 30);
            self.enter(now, user, Role::Scanner { gap, left });
        }
    }

    fn welcome(&mut self, now: i64, rush: bool) {
        let user = VISITORS.start + self.random.rank(VISITORS.end - VISITORS.start, 8);
        let page = if rush && self.random.percent(80) {
            Target::Page(self.rush_page)
        } else {
            self.choose_page()
        };
        let bounces = self.random.percent(45);
        let (assets_left, pages_left) =
            if bounces { (0, 0) } else { (self.random.below(7), self.random.below(6)) };
        self.enter(now, user, Role::Visitor(Visit { asks: page, page, assets_left, pages_left }));
    }

    /// The next outage and the next rush, once the last one is over.
    fn change_weather(&mut self, now: i64) {
        if now >= self.outage.end {
            let start = now + i64::from(self.random.between(4 * 3_600, 10 * 3_600));
            self.outage = start..start + i64::from(self.random.between(240, 1_500));
        }
        if now >= self.rush.end {
            let start = now + i64::from(self.random.between(3 * 3_600, 12 * 3_600));
            self.rush = start..start + i64::from(self.random.between(180, 1_200));
            self.rush_page = self.random.rank(PAGES, 3);
        }
    }

    fn visit(&mut self, at: i64, user: User, visit: Visit) -> Hit {
        let Visit { asks, page, assets_left, pages_left } = visit;
        if assets_left > 0 {
            let asks = match self.random.below(50) {
                0 => Target::Asset(self.random.between(6, 11)),
                _ => Target::Asset(assets_left - 1),
            };
            let next = Visit { asks, assets_left: assets_left - 1, ..visit };
            let pause = self.random.below(2);
            self.enter(at + i64::from(pause), user, Role::Visitor(next));
        } else if pages_left > 0 {
            let pause = match self.random.below(64) {
                0 => self.random.pick(&[1_799, 1_800, 1_800, 1_801]),
                _ => self.random.between(3, 120),
            };
            let page = self.choose_page();
            let assets_left = self.random.below(7);
            let next = Visit { asks: page, page, assets_left, pages_left: pages_left - 1 };
            self.enter(at + i64::from(pause), user, Role::Visitor(next));
        }
        let method = match asks {
            Target::Search { .. } if self.random.one_in(20) => "POST",
            _ => "GET",
        };
        self.answer(at, user, method, asks, Some(page))
    }

    fn choose_page(&mut self) -> Target {
        match self.random.below(100) {
            0..15 => Target::Page(0),
            15..17 => Target::Gone(self.random.rank(40, 2)),
            17..21 => Target::Search { topic: self.random.rank(40, 1), token: self.random.next() },
            21..24 => {
                Target::Campaign { page: self.random.rank(20, 1), reader: self.random.next() }
            }
            _ => Target::Page(self.random.rank(PAGES, 3)),
        }
    }

    fn scan(&mut self, at: i64, user: User, gap: u32, left: u32) -> Hit {
        if left > 0 {
            let pause = if gap == 0 { self.random.below(7) } else { gap };
            self.enter(at + i64::from(pause), user, Role::Scanner { gap, left: left - 1 });
        }
        let method = self.random.pick(&["GET", "GET", "GET", "POST", "HEAD", "OPTIONS"]);
        let probe = Target::Probe(self.random.below(24));
        self.answer(at, user, method, probe, None)
    }

    fn answer(
        &mut self,
        at: i64,
        user: User,
        method: &'static str,
        target: Target,
        referer: Option<Target>,
    ) -> Hit {
        let failed = self.outage.contains(&at) && self.random.percent(60);
        let status =
            if failed { self.random.pick(&[500, 502, 503, 503, 504]) } else { self.status(target) };
        let bytes = match status {
            304 => 0,
            _ if method == "HEAD" => 0,
            200 | 206 => site::size(target),
            _ => 312,
        };
        Hit { at, user, method, target, status, bytes, referer }
    }

    fn status(&mut self, target: Target) -> u16 {
        let chance = self.random.below(1_000);
        match target {
            Target::Probe(_) if chance < 120 => self.random.pick(&[400, 403, 200, 301]),
            Target::Probe(_) => 404,
            Target::Gone(_) if chance < 300 => 301,
            Target::Gone(_) => 404,
            Target::Feed(_) if chance < 700 => 304,
            Target::Asset(11) => 206,
            Target::Asset(_) if chance < 250 => 304,
            Target::Page(_) | Target::Campaign { .. } if chance < 30 => 304,
            Target::Page(_) | Target::Search { .. } if chance < 33 => 500,
            Target::Page(_) if chance < 45 => 301,
            _ => 200,
        }
    }
}
