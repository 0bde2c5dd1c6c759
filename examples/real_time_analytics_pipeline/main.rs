//! A web server's log as a stream: sessions, hourly traffic, error alerts, popular pages and
//! scanners, by the time in the log, in one pass and bounded memory.
//!
//! `cargo run --release --example real_time_analytics_pipeline` makes a log and analyses it;
//! `-- --help` tells the rest. The pipeline is in `pipeline.rs`, the steps before it in `run`.

mod answer;
mod args;
mod calendar;
mod dead_letter;
mod dictionary;
mod display;
mod generate;
mod input;
mod overwrite;
mod pipeline;
mod progress;
mod report;
mod request;
mod text;
mod timeline;
mod top_pages;
mod traffic;

use std::cell::{Cell, RefCell};
use std::env;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::pin::pin;
use std::process::{self, ExitCode};
use std::time::Duration;

use futures_util::sink;
use rs2_stream::prelude::*;

use answer::Answer;
use args::{Command, Format, Options};
use dead_letter::{BadLine, DeadLetters};
use display::visible;
use input::{Numbered, Source};
use pipeline::{Settings, TooManyKeys, analyse};
use progress::Progress;
use request::Request;

/// What the process says at its end.
const INTERRUPTED: i32 = 130;
const BAD_INPUT: u8 = 2;
const TOO_MANY_KEYS: u8 = 1;

fn main() -> ExitCode {
    let options = match args::parse(env::args_os().skip(1)) {
        Ok(Command::Run(options)) => options,
        Ok(Command::Help) => return finish_printing(print(args::USAGE.as_bytes())),
        Err(error) => return fail(&error),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let finished = match runtime {
        Ok(runtime) => {
            let finished = runtime.block_on(job(&options));
            // A read of standard input may never return: it is not waited for.
            runtime.shutdown_background();
            finished
        }
        Err(error) => return fail(&format!("cannot start: {error}")),
    };
    let Finished { answer, report, interrupted } = match finished {
        Ok(finished) => finished,
        Err(Failure::Input(error)) => return fail(&error),
        Err(Failure::TooManyKeys) => {
            complain(&format!("a table needs more than --max-keys {} entries", options.max_keys));
            return ExitCode::from(TOO_MANY_KEYS);
        }
    };
    if let Some(error) = report.and_then(|file| write_report(file, &answer, &options).err()) {
        return fail(&error);
    }
    let code = finish_printing(print_answer(&answer, options.format));
    if interrupted && code == ExitCode::SUCCESS {
        process::exit(INTERRUPTED);
    }
    code
}

/// What is left to do once everything is read.
struct Finished {
    answer: Answer,
    report: Option<File>,
    interrupted: bool,
}

/// Why there is no answer.
enum Failure {
    Input(String),
    TooManyKeys,
}

/// Opens everything, then reads it, or until Ctrl-C.
async fn job(options: &Options) -> Result<Finished, Failure> {
    let interrupted = Cell::new(false);
    let mut signal = pin!(ctrl_c(&interrupted));
    let wanted = options.clone();
    // Opening a pipe waits for who writes to it.
    let opening = tokio::task::spawn_blocking(move || open_all(&wanted));
    let opened = tokio::select! {
        opened = opening => opened.map_err(|error| Failure::Input(error.to_string()))?,
        () = &mut signal => {
            return Ok(Finished { answer: Answer::default(), report: None, interrupted: true });
        }
    };
    let (inputs, letters, report) = opened.map_err(Failure::Input)?;
    let answer = run(inputs, letters, options, signal).await?;
    Ok(Finished { answer, report, interrupted: interrupted.get() })
}

/// Opens the inputs, and then what is written.
fn open_all(options: &Options) -> Result<(Vec<Source>, DeadLetters, Option<File>), String> {
    overwrite::check(options)?;
    let inputs = input::open_all(options)?;
    Ok((inputs, DeadLetters::open(options)?, open_report(options)?))
}

/// Reads everything, or until the signal.
async fn run(
    inputs: Vec<Source>,
    letters: DeadLetters,
    options: &Options,
    signal: impl Future<Output = ()>,
) -> Result<Answer, Failure> {
    let settings = Settings {
        watermark_delay: Duration::from_secs(options.watermark_delay_s),
        max_keys: options.max_keys,
        hash_seed: rs2_stream::tokio::random_seed(),
    };
    let progress = Progress::new();
    let failure = RefCell::new(None);
    let letters = RefCell::new(letters);
    let malformed = Cell::new(0);

    let requests = from_iter(inputs)
        .flat_map_rs2(Source::lines)
        .interrupt_when_rs2(signal)
        .map_rs2(|read| read.map_err(|error| failure.replace(Some(error))).ok())
        .take_while_rs2(|read| read.is_some() && failure.borrow().is_none())
        .filter_map_rs2(|read| read.filter(|numbered| !numbered.line.is_blank()))
        .inspect_rs2(|_| progress.line())
        .map_rs2(parse)
        .inspect_rs2(|parsed| malformed.set(malformed.get() + u64::from(parsed.is_err())))
        .divert_rs2(
            Result::is_err,
            sink::unfold((), |(), parsed: Result<Request, BadLine>| {
                let written = parsed.err().map_or(Ok(()), |bad| letters.borrow_mut().write(&bad));
                let written = written.map_err(|error| note(&failure, options, &error));
                async move { written }
            }),
        )
        .filter_map_rs2(Result::ok);
    let analysed = analyse(requests, settings).await;

    progress.clear();
    if let Err(error) = letters.borrow_mut().flush() {
        note(&failure, options, &error);
    }
    if let Some(error) = failure.take() {
        return Err(Failure::Input(error));
    }
    let answer = analysed.map_err(|TooManyKeys| Failure::TooManyKeys)?;
    Ok(Answer { lines: progress.lines(), malformed: malformed.get(), ..answer })
}

/// Keeps the first failure to write a dead letter.
fn note(failure: &RefCell<Option<String>>, options: &Options, error: &io::Error) {
    let path = options.dead_letter.as_deref().unwrap_or(Path::new("dead letters"));
    failure.borrow_mut().get_or_insert_with(|| cannot_write(path, error));
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", visible(&path.to_string_lossy(), 500))
}

async fn ctrl_c(interrupted: &Cell<bool>) {
    match tokio::signal::ctrl_c().await {
        Ok(()) => interrupted.set(true),
        // Without a handler Ctrl-C ends the process as it always did.
        Err(_) => std::future::pending().await,
    }
}

fn parse(at: Numbered) -> Result<Request, BadLine> {
    let parsed =
        if at.line.is_cut() { Err("too long".into()) } else { request::parse(&at.line.bytes) };
    parsed.map_err(|why| BadLine { at, why })
}

/// Opens the report before anything is read, and leaves what it holds until there is a new one.
fn open_report(options: &Options) -> Result<Option<File>, String> {
    let Some(path) = &options.report else { return Ok(None) };
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    opened.map(Some).map_err(|error| cannot_write(path, &error))
}

fn write_report(file: File, answer: &Answer, options: &Options) -> Result<(), String> {
    let write = |file: File| {
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        let mut out = BufWriter::new(file);
        report::write_report(&mut out, answer, &title(options))?;
        out.flush()
    };
    let path = options.report.as_deref().unwrap_or(Path::new("report"));
    write(file).map_err(|error| cannot_write(path, &error))
}

fn title(options: &Options) -> String {
    match options.inputs.as_slice() {
        [] => format!("Generated log, seed {}", options.seed),
        [args::Input::Path(path)] => path.to_string_lossy().into_owned(),
        [args::Input::Stdin] => "Standard input".to_owned(),
        several => format!("{} logs", several.len()),
    }
}

fn print_answer(answer: &Answer, format: Format) -> io::Result<()> {
    let mut out = Vec::new();
    match format {
        Format::Text => text::write_text(&mut out, answer)?,
        Format::Json => {
            serde_json::to_writer(&mut out, answer)?;
            out.push(b'\n');
        }
    }
    print(&out)
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()
}

/// A reader that went away wants no more, and no complaint.
fn finish_printing(printed: io::Result<()>) -> ExitCode {
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cannot write the answer: {error}")),
    }
}

fn fail(error: &str) -> ExitCode {
    complain(error);
    ExitCode::from(BAD_INPUT)
}

fn complain(error: &str) {
    // Who does not listen misses it; the exit code tells all the same.
    let _ = writeln!(io::stderr(), "error: {error}");
}
