//! Numbers, times and hostile text as a person reads them.

use super::calendar::Date;

/// The number with a comma between thousands.
pub fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things, as in `1 error` and `22 errors`.
pub fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// The share of `part` in `whole`, and zero of nothing.
pub fn percent(part: u64, whole: u64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    format!("{share:.1} %")
}

/// The number of bytes with three digits or so.
pub fn bytes(number: u128) -> String {
    const UNITS: [&str; 9] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
    let (mut scaled, mut unit) = (number as f64, 0);
    // What would be rounded to 1024 of a unit is one of the next.
    while scaled >= 1023.5 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    let decimals = if unit == 0 || scaled >= 99.95 { 0 } else { 1 };
    format!("{scaled:.decimals$} {}", UNITS[unit])
}

/// A length of time in hours, minutes and seconds.
pub fn duration(ms: i64) -> String {
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, rest) = (ms / 1_000 % 60, ms % 1_000);
    match (hours, minutes, rest) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{seconds}.{rest:03} s"),
        (0, ..) => format!("{minutes} min {seconds:02} s"),
        _ => format!("{} h {minutes:02} min {seconds:02} s", grouped(hours.unsigned_abs())),
    }
}

/// The day in UTC, as `2015-05-17`.
pub fn utc_day(ms: i64) -> String {
    let date = date(ms);
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// The time in UTC to the minute, as `2015-05-17 10:05`.
pub fn utc_minute(ms: i64) -> String {
    let minute = ms.div_euclid(60_000).rem_euclid(1_440);
    format!("{} {:02}:{:02}", utc_day(ms), minute / 60, minute % 60)
}

/// The time in UTC to the second, as `2015-05-17 10:05:03`.
pub fn utc_second(ms: i64) -> String {
    format!("{}:{:02}", utc_minute(ms), ms.div_euclid(1_000).rem_euclid(60))
}

/// The day in UTC on which the time lies.
pub fn date(ms: i64) -> Date {
    Date::from_days(ms.div_euclid(86_400_000))
}

/// Text from a log with everything escaped that a terminal or a browser would act upon rather
/// than show (controls, changes of the writing direction, what has no shape), cut to `max` signs.
pub fn visible(text: &str, max: usize) -> String {
    let mut shown = String::new();
    let mut room = max;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let escaped: String = match sign {
            '"' | '\'' | '\\' => sign.to_string(),
            _ => sign.escape_debug().collect(),
        };
        let width = escaped.chars().count();
        let needed = width + usize::from(signs.peek().is_some());
        if needed > room {
            shown.push('…');
            break;
        }
        room -= width;
        shown.push_str(&escaped);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn grouping_adds_commas_and_nothing_else(number in any::<u128>()) {
            let text = grouped(number);
            prop_assert_eq!(text.replace(',', ""), number.to_string());
            let mut groups = text.split(',');
            prop_assert!((1..=3).contains(&groups.next().map_or(0, str::len)));
            prop_assert!(groups.all(|group| group.len() == 3));
        }

        #[test]
        fn visible_text_is_bounded_and_harmless(text in any::<String>(), max in 1..40_usize) {
            let shown = visible(&text, max);
            prop_assert!(shown.chars().count() <= max);
            prop_assert!(!shown.contains(char::is_control));
            let overrides = ['\u{202a}', '\u{202d}', '\u{202e}', '\u{2066}'];
            prop_assert!(!shown.contains(overrides));
        }

        #[test]
        fn plain_text_that_fits_is_shown_as_it_is(text in r#"[ -~éßж漢]{0,30}"#) {
            prop_assert_eq!(visible(&text, 30), text);
        }

        #[test]
        fn any_number_has_a_text(
            ms in any::<i64>(),
            number in any::<u128>(),
            part in any::<u64>(),
        ) {
            for text in [utc_second(ms), duration(ms), bytes(number), percent(part, 7)] {
                prop_assert!(!text.is_empty());
            }
        }
    }

    #[test]
    fn controls_and_overrides_are_escaped_and_long_text_is_cut() {
        assert_eq!(visible("a\u{1b}[31m\n", 40), "a\\u{1b}[31m\\n");
        assert_eq!(visible("\u{202e}\u{200b}\u{85}\u{0}", 40), "\\u{202e}\\u{200b}\\u{85}\\0");
        assert_eq!(visible(r#"\x16"'"#, 40), r#"\x16"'"#);
        assert_eq!(visible("abcdef", 6), "abcdef");
        assert_eq!(visible("abcdefg", 6), "abcde…");
        assert_eq!(visible("abcd\n", 5), "abcd…");
    }

    #[test]
    fn times_are_utc_also_before_the_epoch() {
        assert_eq!(utc_second(1_431_857_103_999), "2015-05-17 10:05:03");
        assert_eq!(utc_minute(-1), "1969-12-31 23:59");
        assert_eq!(utc_second(-62_135_596_800_000 - 86_340_000), "0000-12-31 00:01:00");
    }

    #[test]
    fn amounts_have_the_unit_a_person_would_choose() {
        assert_eq!(grouped(1_234_567_u64), "1,234,567");
        assert_eq!(counted(1, "hour"), "1 hour");
        assert_eq!(counted(2_000, "hour"), "2,000 hours");
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(1024 * 1024 - 1), "1.0 MiB");
        assert_eq!(bytes(150 << 30), "150 GiB");
        assert_eq!(percent(1_775, 3_223), "55.1 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(duration(0), "0 s");
        assert_eq!(duration(59_000), "59 s");
        assert_eq!(duration(1_500), "1.500 s");
        assert_eq!(duration(3_723_000), "1 h 02 min 03 s");
        assert_eq!(duration(61_000), "1 min 01 s");
    }
}
