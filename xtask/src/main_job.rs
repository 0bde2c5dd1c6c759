//! The flagship example on generated lines: that it runs, that its counts add up, and that it
//! needs no more memory for more lines.

use crate::cmd::{self, Failure, Outcome};
use crate::memory;
use crate::steps::Steps;
use crate::workspace::Workspace;
use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Stdio;

/// The flagship example.
pub(crate) const NAME: &str = "real_time_analytics_pipeline";
const LINES: u64 = 200_000;
const MANY_LINES: u64 = 10_000_000;
const LIMIT_KIB: u64 = 64 * 1_024;

pub(crate) fn main_job(ws: &Workspace, steps: &mut Steps) -> Outcome {
    steps.step("main job", || {
        let args = ["build", "--release", "-p", &ws.facade().name, "--example", NAME];
        cmd::run(&mut ws.cargo(&args))?;
        let lines = LINES.to_string();
        let args = ["--generate", &lines, "--seed", "7", "--format", "json"];
        let answer = cmd::output(&mut cmd::command(program(ws), &ws.root, &args))?;
        check_answer(&answer)
    })?;
    let name = "memory of the main job";
    if !memory::is_readable() {
        steps.skip(name, "this system does not tell the memory of a process in /proc");
        return Ok(());
    }
    steps.step(name, || check_memory(ws))
}

fn program(ws: &Workspace) -> PathBuf {
    ws.target.join("release/examples").join(format!("{NAME}{EXE_SUFFIX}"))
}

fn check_memory(ws: &Workspace) -> Outcome {
    let lines = MANY_LINES.to_string();
    let args = ["--generate", &lines, "--seed", "7", "--format", "json"];
    let mut job = cmd::command(program(ws), &ws.root, &args);
    let started = job.stdout(Stdio::null()).spawn();
    let mut child = started.map_err(|error| Failure::at(&program(ws), &error))?;
    let peak = memory::peak_kib(&mut child, LIMIT_KIB)?;
    println!("{MANY_LINES} lines within {peak} KiB of resident memory, {LIMIT_KIB} KiB allowed");
    Ok(())
}

/// Every line that is not blank is counted in exactly one of four places.
fn check_answer(answer: &str) -> Outcome {
    let [lines, malformed, late, duplicates, events] =
        ["lines", "malformed", "late", "duplicates", "events"].map(|name| count(answer, name));
    let lines = lines?;
    let counted = malformed? + late? + duplicates? + events?;
    if lines == 0 || lines > LINES || lines != counted {
        let sum = format!("{lines} lines of {LINES}, but {counted} in all that was counted");
        return Err(Failure::new(sum));
    }
    let rest = ["sessions", "hourly", "alerts", "top_pages", "scans"];
    match rest.iter().find(|name| !answer.contains(&format!("\"{name}\":"))) {
        Some(name) => Err(Failure::new(format!("the answer has no {name}"))),
        None => Ok(()),
    }
}

/// The first number of this name, which is the one of the whole: the fields have a fixed order.
fn count(answer: &str, name: &str) -> Result<u64, Failure> {
    let (_, after) = answer.split_once(&format!("\"{name}\":")).unwrap_or_default();
    let digits = after.trim_start().split(|sign: char| !sign.is_ascii_digit()).next();
    let parsed = digits.unwrap_or_default().parse();
    parsed.map_err(|_| Failure::new(format!("the answer has no number of {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"lines": 10, "malformed": 1, "late": 2, "duplicates":3, "events":4,
        "sessions": {}, "hourly": [{"events": 9}], "alerts": [], "top_pages": [], "scans": []}"#;

    #[test]
    fn an_answer_that_adds_up_passes() {
        assert!(check_answer(ANSWER).is_ok());
    }

    #[test]
    fn a_line_counted_twice_a_missing_field_and_no_answer_are_found() {
        assert!(check_answer(&ANSWER.replace("\"late\": 2", "\"late\": 3")).is_err());
        assert!(check_answer(&ANSWER.replace("scans", "scan")).is_err());
        assert!(check_answer(&ANSWER.replace("\"lines\": 10", "\"lines\": []")).is_err());
        assert!(check_answer("").is_err());
    }
}
