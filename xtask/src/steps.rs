//! Steps of a long chore: named while they run, listed at the end.

use crate::cmd::{Failure, Outcome};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What was done, how long it took, and what could not be done here.
#[derive(Debug)]
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(String, Duration)>,
    skipped: Vec<(String, String)>,
    failed: Option<String>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new(), skipped: Vec::new(), failed: None }
    }

    /// Runs one step. A failure carries the name of the step, and ends the chore.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Outcome) -> Outcome {
        println!("\n== {name}");
        let began = Instant::now();
        match work() {
            Ok(()) => {
                let took = began.elapsed();
                println!("== {name}: {}", seconds(took));
                self.done.push((name.to_owned(), took));
                Ok(())
            }
            Err(why) => {
                self.failed = Some(name.to_owned());
                Err(Failure::new(format!("{name}: {why}")))
            }
        }
    }

    /// Notes a step that cannot run here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        println!("\n== {name}: skipped, {why}");
        self.skipped.push((name.to_owned(), why.to_owned()));
    }

    /// Everything in one list.
    pub(crate) fn summary(&self, outcome: &Outcome) -> String {
        let mut text = String::from("\n");
        // Writing to a string cannot fail.
        for (name, took) in &self.done {
            let _ = writeln!(text, "{:>9}  {name}", seconds(*took));
        }
        for (name, why) in &self.skipped {
            let _ = writeln!(text, "  SKIPPED  {name}: {why}");
        }
        if let Some(name) = &self.failed {
            let _ = writeln!(text, "   FAILED  {name}; what comes after it did not run");
        }
        let all = seconds(self.started.elapsed());
        let _ = match outcome {
            Ok(()) if self.skipped.is_empty() => write!(text, "all passed in {all}"),
            Ok(()) if self.done.is_empty() => write!(text, "nothing could run here"),
            Ok(()) => write!(text, "passed in {all}, {} skipped", self.skipped.len()),
            Err(_) => write!(text, "failed after {all}"),
        };
        text
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_step_and_is_in_the_summary() {
        let mut steps = Steps::new();
        assert!(steps.step("first", || Ok(())).is_ok());
        steps.skip("second", "no tool for it");
        let outcome = steps.step("third", || Err(Failure::new("it broke")));
        let why = outcome.as_ref().expect_err("the third step fails").to_string();
        assert_eq!(why, "third: it broke");
        let summary = steps.summary(&outcome);
        assert!(summary.contains("s  first\n"), "{summary}");
        assert!(summary.contains("SKIPPED  second: no tool for it\n"), "{summary}");
        assert!(summary.contains("FAILED  third"), "{summary}");
        assert!(summary.contains("\nfailed after"), "{summary}");
    }

    #[test]
    fn what_was_skipped_is_never_called_all() {
        let mut steps = Steps::new();
        assert!(steps.summary(&Ok(())).contains("all passed"));
        steps.skip("one", "why");
        assert!(steps.summary(&Ok(())).ends_with("nothing could run here"));
        assert!(steps.step("two", || Ok(())).is_ok());
        let summary = steps.summary(&Ok(()));
        assert!(!summary.contains("all passed") && summary.ends_with("1 skipped"), "{summary}");
    }
}
