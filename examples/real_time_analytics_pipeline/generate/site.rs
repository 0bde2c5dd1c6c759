//! The site that is asked and the users who ask: names worked out from numbers, none stored.

use super::random::scramble;

/// Who asks. The first numbers are machines, in the order of the ranges below.
pub type User = u32;

pub const MONITOR: User = 0;
pub const FEED_READERS: std::ops::Range<User> = 1..25;
pub const CRAWLERS: std::ops::Range<User> = 25..31;
pub const SCANNERS: std::ops::Range<User> = 31..80;
pub const VISITORS: std::ops::Range<User> = 80..50_000;

/// Pages by popularity; page 0 is the front page.
pub const PAGES: u32 = (SECTIONS.len() * TOPICS.len() * LEAVES.len()) as u32;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Page(u32),
    /// A page by a link that a newsletter made for one reader.
    Campaign {
        page: u32,
        reader: u64,
    },
    Asset(u32),
    Search {
        topic: u32,
        token: u64,
    },
    Feed(u32),
    /// A page that moved away years ago.
    Gone(u32),
    /// What a scanner hopes to find.
    Probe(u32),
    Health,
}

const SECTIONS: [&str; 8] =
    ["blog", "docs", "articles", "projects", "guides", "talks", "news", "photos"];

const TOPICS: [&str; 40] = [
    "rust",
    "linux",
    "postgres",
    "kernel",
    "networking",
    "storage",
    "backup",
    "monitoring",
    "security",
    "testing",
    "compilers",
    "editors",
    "shell",
    "containers",
    "queues",
    "caching",
    "search",
    "logging",
    "metrics",
    "tracing",
    "streams",
    "time",
    "unicode",
    "fonts",
    "maps",
    "weather",
    "astronomy",
    "cycling",
    "gardening",
    "cooking",
    "music",
    "radio",
    "robots",
    "sensors",
    "printing",
    "keyboards",
    "terminals",
    "games",
    "travel",
    "trains",
];

const LEAVES: [&str; 15] = [
    "",
    "introduction",
    "getting-started",
    "tutorial.html",
    "examples.html",
    "faq",
    "changelog",
    "reference",
    "history",
    "part-1.html",
    "part-2.html",
    "part-3.html",
    "comments",
    "print",
    "gallery",
];

const ASSETS: [&str; 12] = [
    "/css/style.css",
    "/css/reset.css",
    "/js/app.js",
    "/js/search.js",
    "/images/logo.png",
    "/images/banner.png",
    "/favicon.ico",
    "/fonts/serif.woff2",
    "/images/icons.svg",
    "/robots.txt",
    "/sitemap.xml",
    "/downloads/dataset.tar.gz",
];

const FEEDS: [&str; 4] =
    ["/feed.xml", "/feed.xml?format=atom", "/blog/comments.xml", "/news/?flav=rss20"];

const PROBES: [&str; 24] = [
    "/wp-login.php",
    "/wp-admin/",
    "/xmlrpc.php",
    "/phpmyadmin/index.php",
    "/pma/scripts/setup.php",
    "/admin.php",
    "/administrator/index.php",
    "/.env",
    "/.git/config",
    "/backup.sql",
    "/db.zip",
    "/cgi-bin/test.cgi",
    "/cgi-bin/php?-d+allow_url_include%3Don",
    "/manager/html",
    "/solr/",
    "/server-status",
    "/old/index.php?page=../../../../etc/passwd",
    "/shell.php?cmd=id;ls -la",
    "/search.php?q=%27%20OR%201=1--",
    "/?x=${jndi:ldap://127.0.0.1/a}",
    "/login.action",
    "/search.asp?q=<script>alert(1)</script>",
    "/HNAP1/",
    "/\\\"quoted\\\"?a=\\\\",
];

/// Systems and browsers in all combinations, also those that nobody ever saw.
const SYSTEMS: [&str; 8] = [
    "Windows NT 6.1; WOW64",
    "Windows NT 6.3; WOW64",
    "Macintosh; Intel Mac OS X 10_10_3",
    "X11; Linux x86_64",
    "X11; Ubuntu; Linux x86_64",
    "iPhone; CPU iPhone OS 8_3 like Mac OS X",
    "iPad; CPU OS 8_3 like Mac OS X",
    "Linux; Android 5.0; SM-G900F",
];
const BROWSERS: [&str; 6] = [
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.152 Safari/537.36",
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/43.0.2357.65 Safari/537.36",
    "AppleWebKit/600.5.17 (KHTML, like Gecko) Version/8.0.5 Safari/600.5.17",
    "AppleWebKit/600.1.4 (KHTML, like Gecko) Version/8.0 Mobile/12F70 Safari/600.1.4",
    "Gecko/20100101 Firefox/37.0",
    "Gecko/20100101 Firefox/38.0",
];

const ROBOTS: [&str; 6] = [
    "Tiny Tiny RSS/1.15 (http://tt-rss.org/)",
    "UniversalFeedParser/5.1.3",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +http://www.example.com/bot.html)",
    "Mozilla/5.0 (compatible; archive_bot +http://archive.example.org/bot)",
    "Mozilla/5.0 zgrab/0.x",
    "() { :;}; /bin/ping -c1 127.0.0.1",
];

/// Agents as some clients really send them; the first two are not UTF-8.
const ODD_AGENTS: [&[u8]; 6] = [
    b"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Caf\xe9 Toolbar)",
    b"T\xc3\xa9l\xc3\xa9phone/1.0 \xf0\x9f\x93 (truncated)",
    b"",
    b"-",
    br#"Mozilla/5.0 (\"quoted\"; path C:\\Program Files\\)"#,
    "Ĉirkaŭ/2.1 (地図; 検索)".as_bytes(),
];

/// Writes the host. Every address is from a range that is set aside for tests and examples.
pub fn push_host(out: &mut Vec<u8>, user: User) {
    let spread = scramble(u64::from(user));
    let number = |out: &mut Vec<u8>, bits: u64| push_number(out, bits & 0xff);
    if user < SCANNERS.start {
        out.extend_from_slice(if CRAWLERS.contains(&user) { b"crawl-" } else { b"poll-" });
        number(out, u64::from(user));
        out.extend_from_slice(b".bots.example.com");
    } else if user < VISITORS.start {
        out.extend_from_slice(b"203.0.113.");
        number(out, u64::from(user));
    } else if user % 16 == 5 {
        // Many users behind one address.
        out.extend_from_slice(b"proxy-");
        number(out, spread % 60);
        out.extend_from_slice(b".campus.example.edu");
    } else if user % 16 == 6 {
        out.extend_from_slice(b"2001:db8:");
        push_hex(out, spread >> 48);
        out.extend_from_slice(b"::");
        push_hex(out, u64::from(user));
    } else if user % 4 == 1 {
        out.extend_from_slice(b"host-");
        push_number(out, u64::from(user));
        out.extend_from_slice(b".dsl.example.net");
    } else {
        out.extend_from_slice(if spread & 1 == 0 { b"198.18." } else { b"198.19." });
        number(out, u64::from(user) >> 8);
        out.push(b'.');
        number(out, u64::from(user));
    }
}

pub fn push_agent(out: &mut Vec<u8>, user: User) {
    let spread = scramble(!u64::from(user)) as usize;
    let robot = |first: usize| ROBOTS[first + spread % 2].as_bytes();
    match user {
        MONITOR => out.extend_from_slice(b"uptime/3.1"),
        _ if FEED_READERS.contains(&user) => out.extend_from_slice(robot(0)),
        _ if CRAWLERS.contains(&user) => out.extend_from_slice(robot(2)),
        _ if SCANNERS.contains(&user) => out.extend_from_slice(robot(4)),
        _ if spread.is_multiple_of(97) => {
            out.extend_from_slice(ODD_AGENTS[spread / 97 % ODD_AGENTS.len()]);
        }
        _ => {
            let (system, browser) = (spread % SYSTEMS.len(), spread / 97 % BROWSERS.len());
            for part in ["Mozilla/5.0 (", SYSTEMS[system], ") ", BROWSERS[browser]] {
                out.extend_from_slice(part.as_bytes());
            }
        }
    }
}

pub fn push_target(out: &mut Vec<u8>, target: Target) {
    let text: &[&str] = match target {
        Target::Page(0) => &["/"],
        Target::Page(page) | Target::Campaign { page, .. } => {
            // A step that shares no factor with PAGES mixes the sections among the popular pages.
            let mixed = (page * 1_811 % PAGES) as usize;
            let (section, topic) = (mixed % SECTIONS.len(), mixed / SECTIONS.len() % TOPICS.len());
            let leaf = mixed / SECTIONS.len() / TOPICS.len();
            &["/", SECTIONS[section], "/", TOPICS[topic], "/", LEAVES[leaf]]
        }
        Target::Asset(asset) => &[ASSETS[asset as usize % ASSETS.len()]],
        Target::Search { topic, .. } => &["/search?q=", TOPICS[topic as usize % TOPICS.len()]],
        Target::Feed(feed) => &[FEEDS[feed as usize % FEEDS.len()]],
        Target::Gone(page) => &["/old/", TOPICS[page as usize % TOPICS.len()], ".html"],
        Target::Probe(probe) => &[PROBES[probe as usize % PROBES.len()]],
        Target::Health => &["/health"],
    };
    text.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
    if let Target::Campaign { reader: token, .. } | Target::Search { token, .. } = target {
        out.extend_from_slice(if matches!(target, Target::Search { .. }) {
            b"&token="
        } else {
            b"?utm_source=letter&reader="
        });
        push_hex(out, token);
    }
}

/// What an answer to `target` weighs: always the same, as files do.
pub fn size(target: Target) -> u64 {
    match target {
        Target::Asset(11) => 3_221_225_472,
        Target::Page(n) | Target::Campaign { page: n, .. } => 4_000 + scramble(n.into()) % 40_000,
        Target::Asset(n) => 500 + scramble(u64::from(n) << 16) % 60_000,
        Target::Search { topic, token } => 2_000 + scramble(token ^ u64::from(topic)) % 9_000,
        Target::Feed(n) => 30_000 + u64::from(n) * 1_117,
        Target::Gone(_) | Target::Probe(_) => 324,
        Target::Health => 2,
    }
}

pub fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn push_hex(out: &mut Vec<u8>, number: u64) {
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(1);
    out.extend(
        (0..digits).rev().map(|digit| b"0123456789abcdef"[(number >> (4 * digit)) as usize & 15]),
    );
}
