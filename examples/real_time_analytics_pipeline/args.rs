//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::{Arg, Parser};

use super::display::visible;

pub const USAGE: &str = "\
Reads web server logs in Combined Log Format as a stream and tells what they amount to.

Usage: real_time_analytics_pipeline [OPTIONS]

  --input PATH            read this log, `-` for standard input; may be given several times
  --watermark-delay SECS  how far out of order lines may come before they are late (60)
  --format text|json      how to print the answer (text)
  --dead-letter PATH      write the lines that do not parse here, as JSON Lines
  --report FILE.html      write a page with charts here
  --generate N            without --input: make a log of N lines (1000000)
  --seed S                without --input: make this one of the possible logs (1)
  --max-keys N            the most entries a table may hold (5000000)
  -h, --help              print this text
";

#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Run(Options),
    Help,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// None means to generate a log.
    pub inputs: Vec<Input>,
    pub watermark_delay_s: u64,
    pub format: Format,
    pub dead_letter: Option<PathBuf>,
    pub report: Option<PathBuf>,
    pub generate: u64,
    pub seed: u64,
    pub max_keys: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Path(PathBuf),
    Stdin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

/// How much of a wrong argument an error repeats.
const MAX_SHOWN: usize = 200;

impl Default for Options {
    fn default() -> Self {
        Options {
            inputs: Vec::new(),
            watermark_delay_s: 60,
            format: Format::Text,
            dead_letter: None,
            report: None,
            generate: 1_000_000,
            seed: 1,
            max_keys: 5_000_000,
        }
    }
}

/// Reads the arguments, the program's name not among them. An error is one line for the user.
pub fn parse<I>(args: I) -> Result<Command, String>
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let mut parser = Parser::from_args(args.into_iter().map(Into::into));
    let mut options = Options::default();
    let mut only_generating = None;
    while let Some(arg) = parser.next().map_err(|error| visible(&error.to_string(), MAX_SHOWN))? {
        let option = match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long(name) => format!("--{name}"),
            Arg::Short(letter) => format!("-{letter}"),
            Arg::Value(value) => {
                let value = quote(&value);
                return Err(format!("unexpected argument {value}: a log is given as --input PATH"));
            }
        };
        let value = &mut || parser.value().map_err(|_| format!("{option} needs a value"));
        match option.as_str() {
            "--input" => options.inputs.push(input(value()?)),
            "--watermark-delay" => options.watermark_delay_s = number(&option, &value()?)?,
            "--format" => options.format = format_named(&value()?)?,
            "--dead-letter" => options.dead_letter = Some(value()?.into()),
            "--report" => options.report = Some(value()?.into()),
            "--generate" => options.generate = number(&option, &value()?)?,
            "--seed" => options.seed = number(&option, &value()?)?,
            "--max-keys" => options.max_keys = max_keys(&option, &value()?)?,
            _ => return Err(format!("unknown option {}: see --help", visible(&option, MAX_SHOWN))),
        }
        if matches!(option.as_str(), "--generate" | "--seed") {
            only_generating = Some(option);
        }
    }
    match only_generating {
        Some(option) if !options.inputs.is_empty() => {
            Err(format!("{option} makes a log and cannot be given together with --input"))
        }
        _ => Ok(Command::Run(options)),
    }
}

fn input(value: OsString) -> Input {
    if value == "-" { Input::Stdin } else { Input::Path(value.into()) }
}

fn format_named(value: &OsStr) -> Result<Format, String> {
    match value.to_str() {
        Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        _ => Err(format!("--format is text or json, not {}", quote(value))),
    }
}

fn max_keys(option: &str, value: &OsStr) -> Result<usize, String> {
    match usize::try_from(number(option, value)?) {
        Ok(0) => Err(format!("{option} must be at least 1, not {}", quote(value))),
        // More than memory can count is no limit.
        keys => Ok(keys.unwrap_or(usize::MAX)),
    }
}

fn number(option: &str, value: &OsStr) -> Result<u64, String> {
    let digits = value.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        None | Some("") => Err(format!("{option} needs a whole number, not {}", quote(value))),
        Some(digits) => digits
            .parse()
            .map_err(|_| format!("{option} is at most {}, not {}", u64::MAX, quote(value))),
    }
}

fn quote(value: &OsStr) -> String {
    format!("\"{}\"", visible(&value.to_string_lossy(), MAX_SHOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Options {
        match parse(args) {
            Ok(Command::Run(options)) => options,
            other => panic!("{args:?}: {other:?}"),
        }
    }

    fn error(args: &[&str]) -> String {
        let error = parse(args).expect_err("a bad command line");
        assert!(!error.is_empty() && !error.contains(char::is_control), "one line: {error:?}");
        error
    }

    #[test]
    fn without_arguments_everything_is_at_its_default() {
        assert_eq!(run(&[]), Options::default());
    }

    #[test]
    fn every_option_is_read_with_a_space_or_an_equals_sign() {
        let expected = Options {
            inputs: vec![Input::Path("a".into()), Input::Stdin, Input::Path("--b".into())],
            watermark_delay_s: u64::MAX,
            format: Format::Json,
            dead_letter: Some("dead".into()),
            report: Some("r.html".into()),
            max_keys: 1,
            ..Options::default()
        };
        let line = "--input a --input - --input=--b --watermark-delay 18446744073709551615 \
                    --format json --dead-letter=dead --report r.html --max-keys=1";
        assert_eq!(run(&line.split(' ').collect::<Vec<_>>()), expected);
        let generated = run(&["--generate", "0", "--seed=18446744073709551615"]);
        assert_eq!((generated.generate, generated.seed), (0, u64::MAX));
        assert_eq!(run(&["--seed", "1", "--seed", "2"]).seed, 2);
    }

    #[test]
    fn help_wins_over_what_follows_it() {
        assert_eq!(parse(["--help", "--nonsense"]), Ok(Command::Help));
        assert_eq!(parse(["-h"]), Ok(Command::Help));
        for option in ["input", "watermark-delay", "format", "dead-letter", "report", "generate"] {
            assert!(USAGE.contains(&format!("--{option} ")), "{option}");
        }
    }

    #[test]
    fn an_error_is_one_line_that_names_the_option_and_the_value() {
        let rows: [(&[&str], &str); 18] = [
            (&["--input"], "--input needs a value"),
            (&["--watermark-delay"], "--watermark-delay needs a value"),
            (&["--watermark-delay", "-5"], r#"--watermark-delay needs a whole number, not "-5""#),
            (&["--watermark-delay", "1.5"], r#"--watermark-delay needs a whole number, not "1.5""#),
            (&["--watermark-delay="], r#"--watermark-delay needs a whole number, not """#),
            (&["--generate", "+1"], r#"--generate needs a whole number, not "+1""#),
            (&["--seed", "\u{663}\n"], r#"--seed needs a whole number, not "٣\n""#),
            (
                &["--generate", "18446744073709551616"],
                r#"--generate is at most 18446744073709551615, not "18446744073709551616""#,
            ),
            (&["--max-keys", "0"], r#"--max-keys must be at least 1, not "0""#),
            (&["--format", "xml"], r#"--format is text or json, not "xml""#),
            (&["--colour"], "unknown option --colour: see --help"),
            (&["--colour=red"], "unknown option --colour: see --help"),
            (&["-x"], "unknown option -x: see --help"),
            (&["--a\nb\u{1b}"], r"unknown option --a\nb\u{1b}: see --help"),
            (
                &["access.log"],
                r#"unexpected argument "access.log": a log is given as --input PATH"#,
            ),
            (&["--", "--seed"], r#"unexpected argument "--seed": a log is given as --input PATH"#),
            (
                &["--generate", "5", "--input", "a"],
                "--generate makes a log and cannot be given together with --input",
            ),
            (
                &["--input", "a", "--seed", "5"],
                "--seed makes a log and cannot be given together with --input",
            ),
        ];
        for (args, expected) in rows {
            assert_eq!(error(args), expected, "{args:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_need_not_be_utf8_but_numbers_must() {
        use std::os::unix::ffi::OsStringExt;
        let bad = OsString::from_vec(b"\xff".to_vec());
        let path = parse(["--input".into(), bad.clone()]);
        let inputs = vec![Input::Path(bad.clone().into())];
        assert_eq!(path, Ok(Command::Run(Options { inputs, ..Options::default() })));
        let seed = parse(["--seed".into(), bad]);
        assert_eq!(seed, Err("--seed needs a whole number, not \"\u{fffd}\"".to_owned()));
    }
}
