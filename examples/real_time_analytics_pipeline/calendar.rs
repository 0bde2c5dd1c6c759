//! The Gregorian calendar as arithmetic on days since 1970-01-01.

/// A day of the calendar, extended to all years; month and day count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    pub year: i64,
    pub month: u32,
    pub day: u32,
}

pub const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;

/// From 0000-03-01, where the first era begins, to 1970-01-01.
const EPOCH_OFFSET: i64 = 719_468;

impl Date {
    /// The date, if the calendar has it.
    pub fn new(year: i64, month: u32, day: u32) -> Option<Self> {
        let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// Days since 1970-01-01: `days_from_civil` of Howard Hinnant's "chrono-Compatible Low-Level
    /// Date Algorithms". Years begin in March there, so that a leap day is the last of its year.
    pub fn to_days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let months_since_march = i64::from((self.month + 9) % 12);
        let day_of_year = (153 * months_since_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * ERA_DAYS + day_of_era - EPOCH_OFFSET
    }

    /// The date `days` after 1970-01-01: `civil_from_days` of the same paper.
    pub fn from_days(days: i64) -> Self {
        let days = days + EPOCH_OFFSET;
        let era = days.div_euclid(ERA_DAYS);
        let day_of_era = days.rem_euclid(ERA_DAYS);
        let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months_since_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * months_since_march + 2) / 5 + 1) as u32;
        let month = ((months_since_march + 2) % 12 + 1) as u32;
        Date { year: era * 400 + year_of_era + i64::from(month <= 2), month, day }
    }

    /// The month as logs spell it.
    pub fn month_name(self) -> &'static str {
        MONTHS[self.month as usize - 1]
    }
}

fn days_in_month(year: i64, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up from 0001-01-01 one day at a time, with the rules everyone learns at school.
    #[test]
    fn every_day_of_the_years_1_to_9999_is_one_after_the_day_before() {
        let mut days = -719_162;
        for year in 1..=9999_i64 {
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let february = if leap { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(lengths) {
                for day in 1..=length {
                    let date = Date::new(year, month, day).expect("the naive calendar has it");
                    assert_eq!(date.to_days(), days, "{date:?}");
                    assert_eq!(Date::from_days(days), date);
                    days += 1;
                }
                assert_eq!(Date::new(year, month, 0), None);
                assert_eq!(Date::new(year, month, length + 1), None);
            }
        }
        let after_the_last = Date { year: 10_000, month: 1, day: 1 };
        assert_eq!(after_the_last.to_days(), days);
    }

    #[test]
    fn the_epoch_is_day_zero_and_a_known_day_is_where_it_should_be() {
        assert_eq!(Date::from_days(0), Date { year: 1970, month: 1, day: 1 });
        assert_eq!(Date { year: 2015, month: 5, day: 17 }.to_days() * 86_400, 1_431_820_800);
        assert_eq!(Date::from_days(-719_163), Date { year: 0, month: 12, day: 31 });
    }

    #[test]
    fn months_outside_the_year_do_not_exist() {
        assert_eq!(Date::new(2015, 0, 1), None);
        assert_eq!(Date::new(2015, 13, 1), None);
    }
}
