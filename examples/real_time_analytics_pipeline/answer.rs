//! What the log amounts to, in the order in which JSON prints it.

use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Lines that are not blank.
    pub lines: u64,
    /// Lines that are no request.
    pub malformed: u64,
    /// Requests that came after the watermark had passed them.
    pub late: u64,
    /// Requests seen before.
    pub duplicates: u64,
    /// The other requests. Everything below is about these.
    pub events: u64,
    pub sessions: Sessions,
    /// Hours that have events, in order.
    pub hourly: Vec<Hour>,
    pub alerts: Vec<Alert>,
    pub top_pages: Vec<Page>,
    pub scans: Vec<Scan>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sessions {
    pub count: u64,
    /// Sessions of one event.
    pub bounces: u64,
    pub longest_ms: i64,
    /// Distinct pairs of host and agent.
    pub users: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Hour {
    pub start_ms: i64,
    pub events: u64,
    pub users: u64,
    pub errors: u64,
    /// Wide enough for the sum of any number of lines.
    pub bytes: u128,
}

/// A window in which more than a fifth of the requests failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Alert {
    pub window_start_ms: i64,
    pub events: u64,
    pub errors: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    pub path: String,
    pub hits: u64,
}

/// Five 404 responses to one host in less than a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scan {
    pub host: String,
    pub first_ms: i64,
    pub last_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_fields_in_order_and_sums_beyond_64_bits_as_plain_numbers() {
        let answer = Answer {
            lines: 9,
            malformed: 1,
            late: 2,
            duplicates: 3,
            events: 4,
            sessions: Sessions { count: 5, bounces: 6, longest_ms: 7, users: 8 },
            hourly: vec![Hour {
                start_ms: -3_600_000,
                events: 1,
                users: 2,
                errors: 3,
                bytes: 1 << 64,
            }],
            alerts: vec![Alert { window_start_ms: 300_000, events: 20, errors: 5 }],
            top_pages: vec![Page { path: "/\"\u{1}".to_owned(), hits: 2 }],
            scans: vec![Scan { host: "h".to_owned(), first_ms: 1, last_ms: 2 }],
        };
        let json = serde_json::to_string(&answer).expect("an answer has no map and no failure");
        let expected = concat!(
            r#"{"lines":9,"malformed":1,"late":2,"duplicates":3,"events":4,"#,
            r#""sessions":{"count":5,"bounces":6,"longest_ms":7,"users":8},"#,
            r#""hourly":[{"start_ms":-3600000,"events":1,"users":2,"errors":3,"#,
            r#""bytes":18446744073709551616}],"#,
            r#""alerts":[{"window_start_ms":300000,"events":20,"errors":5}],"#,
            r#""top_pages":[{"path":"/\"\u0001","hits":2}],"#,
            r#""scans":[{"host":"h","first_ms":1,"last_ms":2}]}"#,
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn an_empty_answer_is_zeros_and_empty_lists() {
        let json = serde_json::to_string(&Answer::default()).expect("as above");
        let expected = concat!(
            r#"{"lines":0,"malformed":0,"late":0,"duplicates":0,"events":0,"#,
            r#""sessions":{"count":0,"bounces":0,"longest_ms":0,"users":0},"#,
            r#""hourly":[],"alerts":[],"top_pages":[],"scans":[]}"#,
        );
        assert_eq!(json, expected);
    }
}
