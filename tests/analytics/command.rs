//! The example as a command: what it prints where, and how it ends.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{cases, naive};

/// The example's binary, built anew if its source has changed.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        const NAME: &str = "real_time_analytics_pipeline";
        let test = std::env::current_exe().expect("the test's own path");
        let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps/test");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--example", NAME, "--manifest-path"]);
        build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        build.arg("--target-dir").arg(profile.parent().expect("the target folder"));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo starts").success(), "the example does not build");
        profile.join("examples").join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX))
    })
}

fn example(args: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(args: &[&str]) -> Output {
    example(args).output().expect("the example starts")
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file for the test");
    path.to_str().expect("UTF-8").to_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// One clear line on standard error and nothing on standard output.
fn assert_refused(output: &Output, code: i32, about: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert_eq!(stdout(output), "", "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains(about), "{stderr} does not tell about {about}");
}

#[test]
fn several_inputs_give_the_naive_answer_and_every_malformed_line_in_the_dead_letters() {
    let folder = folder("inputs");
    let logs: Vec<Vec<u8>> = (0..3).map(|seed| cases::nasty_log(seed, 400)).collect();
    let paths: Vec<String> =
        logs.iter().enumerate().map(|(n, log)| write(&folder, &format!("{n}.log"), log)).collect();
    let dead = folder.join("dead.jsonl");
    let dead = dead.to_str().unwrap();
    let mut args = vec!["--format", "json", "--dead-letter", dead, "--watermark-delay=7"];
    for path in &paths {
        args.extend(["--input", path]);
    }
    let output = run(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = naive::answer(&logs, 7);
    assert_eq!(stdout(&output), expected.json + "\n");

    let letters = fs::read_to_string(dead).unwrap();
    let letters: Vec<Value> =
        letters.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(letters.len(), expected.malformed.len());
    for (letter, bad) in letters.iter().zip(&expected.malformed) {
        assert_eq!(letter["input"], paths[bad.input].as_str());
        assert_eq!(letter["line"], bad.line);
        assert_eq!(letter["text"], bad.text.as_str());
        assert!(!letter["reason"].as_str().unwrap().is_empty());
        assert!(!bad.reason_is_too_long && letter["reason"] != "too long");
        assert_eq!(letter.as_object().unwrap().len(), 4);
    }
}

#[test]
fn a_line_of_more_than_a_mebibyte_is_a_dead_letter_with_its_beginning() {
    let folder = folder("long");
    let mut log = cases::nasty_log(1, 30);
    log.push(b'\n');
    log.extend(vec![b'x'; (1 << 20) + 1]);
    log.extend_from_slice(b"\r\n");
    log.extend(vec![b' '; 3 << 20]);
    log.push(b'\n');
    let path = write(&folder, "long.log", &log);
    let dead = folder.join("dead.jsonl");
    let output = run(&["--format=json", "--input", &path, "--dead-letter", dead.to_str().unwrap()]);
    assert_eq!(stdout(&output), naive::answer(&[log], 60).json + "\n");
    let letters = fs::read_to_string(dead).unwrap();
    let last: Value = serde_json::from_str(letters.lines().last().unwrap()).unwrap();
    assert_eq!(last["reason"], "too long");
    assert!(last["text"].as_str().unwrap().starts_with("xxxx"));
}

#[test]
fn standard_input_is_an_input_like_any_other() {
    let log = cases::nasty_log(4, 200);
    let mut child = example(&["--input", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the example starts");
    child.stdin.take().unwrap().write_all(&log).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stdout(&output), naive::answer(&[log], 60).json + "\n");
}

#[test]
fn an_empty_input_gives_zeros_and_empty_lists() {
    let folder = folder("empty");
    let path = write(&folder, "empty.log", b"");
    let output = run(&["--input", &path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), naive::answer(&[Vec::new()], 60).json + "\n");
}

#[test]
fn a_generated_log_is_the_same_for_the_same_seed_and_has_something_to_show() {
    let args = ["--format", "json", "--generate", "60000", "--seed", "5"];
    let (first, second) = (run(&args), run(&args));
    assert_eq!(stdout(&first), stdout(&second));
    let answer: Value = serde_json::from_str(&stdout(&first)).unwrap();
    assert_eq!(answer["lines"], 60_000);
    for field in ["malformed", "late", "duplicates"] {
        assert!(answer[field].as_u64().unwrap() > 0, "{field}");
    }
    for field in ["hourly", "alerts", "top_pages", "scans"] {
        assert!(!answer[field].as_array().unwrap().is_empty(), "{field}");
    }
    assert_ne!(stdout(&first), stdout(&run(&["--format=json", "--generate=60000", "--seed=6"])));
}

#[test]
fn bad_options_and_inputs_are_one_line_and_exit_code_2() {
    let folder = folder("refused");
    let log = write(&folder, "good.log", &cases::nasty_log(1, 10));
    let folder = folder.to_str().unwrap();
    assert_refused(&run(&["--input", "/no/such/file"]), 2, "/no/such/file");
    assert_refused(&run(&["--input", &log, "--input", "/no/such/file"]), 2, "/no/such/file");
    assert_refused(&run(&["--input", folder]), 2, folder);
    assert_refused(&run(&["--watermark-delay", "-1"]), 2, "--watermark-delay");
    assert_refused(&run(&["--nonsense"]), 2, "--nonsense");
    assert_refused(&run(&["--format", "xml"]), 2, "--format");
    assert_refused(
        &run(&["--input", &log, "--dead-letter", "/no/such/dir/x"]),
        2,
        "/no/such/dir/x",
    );
    assert_refused(&run(&["--input", &log, "--report", "/no/such/dir/x"]), 2, "/no/such/dir/x");
    for option in ["--dead-letter", "--report"] {
        assert_refused(&run(&["--input", &log, option, &log]), 2, option);
    }
    let both = format!("{folder}/both");
    assert_refused(&run(&["--report", &both, "--dead-letter", &both]), 2, "the same file");
    assert_eq!(fs::read(&log).unwrap(), cases::nasty_log(1, 10));
}

#[cfg(target_os = "linux")]
#[test]
fn errors_while_reading_or_writing_are_exit_code_2() {
    // Reading a process's own memory from the start fails after a successful open.
    assert_refused(&run(&["--input", "/proc/self/mem", "--format", "json"]), 2, "/proc/self/mem");
    let folder = folder("full");
    let log = write(&folder, "bad.log", &b"not a request\n".repeat(5_000));
    assert_refused(&run(&["--input", &log, "--dead-letter", "/dev/full"]), 2, "/dev/full");
    let log = write(&folder, "few.log", b"not a request\n");
    assert_refused(&run(&["--input", &log, "--dead-letter", "/dev/full"]), 2, "/dev/full");
    assert!(run(&["--generate", "10", "--report", "/dev/null"]).status.success());
    let output = example(&["--generate", "10"])
        .stdout(fs::File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn too_many_keys_are_one_line_and_exit_code_1() {
    let refused = run(&["--generate", "5000", "--max-keys", "10", "--format", "json"]);
    assert_refused(&refused, 1, "--max-keys 10");
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    for format in ["json", "text"] {
        let mut child =
            example(&["--generate", "20000", "--format", format]).spawn().expect("starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn the_report_is_one_page_that_needs_nothing_else() {
    let folder = folder("report");
    let report = folder.join("report.html");
    fs::write(&report, vec![b'x'; 1 << 20]).expect("an older, longer report");
    let output = run(&["--generate", "20000", "--report", report.to_str().unwrap()]);
    assert!(output.status.success());
    let page = fs::read_to_string(report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") || page.starts_with("<!doctype html>"));
    assert!(page.contains("<svg") && page.trim_end().ends_with("</html>"));
    for outside in ["src=", "href=\"http", "url(", "@import", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().expect("kill");
    assert!(sent.success());
}

/// Ctrl-C while the command waits for more of standard input.
#[cfg(unix)]
#[test]
fn ctrl_c_prints_the_answer_for_what_was_read() {
    let log = cases::nasty_log(9, 300);
    let whole: Vec<u8> = log[..=log.iter().rposition(|byte| *byte == b'\n').unwrap()].to_vec();
    let mut child = example(&["--input", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&whole).unwrap();
    stdin.flush().unwrap();
    wait_until_idle(&child);
    interrupt(&child);
    let since = Instant::now();
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    let status = child.wait().unwrap();
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    drop(stdin);
    assert_eq!(status.code(), Some(130));
    assert_eq!(answer, naive::answer(&[whole], 60).json + "\n");
}

/// Ctrl-C while the command waits for somebody to write to a pipe that is its input.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_command_that_waits_for_an_input_to_open() {
    let pipe = folder("pipe").join("log");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let input = pipe.to_str().expect("UTF-8");
    let child = example(&["--input", input, "--format", "json"]).spawn().expect("starts");
    wait_until_idle(&child);
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(stdout(&output), naive::answer(&[Vec::new()], 60).json + "\n");
}

/// Ctrl-C in the middle of work: whatever was read is answered for.
#[cfg(unix)]
#[test]
fn ctrl_c_also_ends_a_command_that_is_busy() {
    let child = example(&["--generate", "1000000000", "--format", "json"]).spawn().expect("starts");
    // Long enough to be busy; too short would only make the answer smaller.
    let mut started = Instant::now();
    while started.elapsed() < Duration::from_millis(300) {
        std::thread::yield_now();
    }
    interrupt(&child);
    started = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(output.status.code(), Some(130));
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert!(answer["lines"].as_u64().unwrap() < 1_000_000_000);
}

/// Waits until the process has used no more time on the processor for a while.
#[cfg(unix)]
fn wait_until_idle(child: &Child) {
    let stat = format!("/proc/{}/stat", child.id());
    let used = || {
        let stat = fs::read_to_string(&stat).unwrap_or_default();
        let fields: Vec<&str> = stat.split_whitespace().collect();
        fields.get(13..15).map(|times| times.join(" "))
    };
    let (mut before, mut since) = (used(), Instant::now());
    let began = Instant::now();
    while since.elapsed() < Duration::from_millis(400) && began.elapsed() < Duration::from_secs(20)
    {
        std::thread::yield_now();
        let now = used();
        if now != before {
            (before, since) = (now, Instant::now());
        }
    }
}
