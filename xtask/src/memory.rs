//! Watching how much memory a child process needs.

use crate::cmd::Failure;
use std::fs;
use std::process::Child;
use std::thread;
use std::time::Duration;

/// The kernel keeps the peak itself, so that only what is reached in the last instants can be
/// missed.
const EVERY: Duration = Duration::from_millis(50);

/// Whether the system tells the memory of a process.
pub(crate) fn is_readable() -> bool {
    peak_kib_of("self").is_some()
}

/// Waits for the child and tells its peak of resident memory in KiB. A child that exceeds
/// `limit_kib` is stopped at once, and so is one that nothing can be read of while it runs.
pub(crate) fn peak_kib(child: &mut Child, limit_kib: u64) -> Result<u64, Failure> {
    let pid = child.id().to_string();
    let mut peak = None;
    loop {
        peak = peak.max(peak_kib_of(&pid));
        if let Some(excess) = peak.filter(|peak| *peak > limit_kib) {
            stop(child)?;
            return Err(Failure::new(format!("needs {excess} KiB, more than {limit_kib} KiB")));
        }
        let ended = child.try_wait().map_err(|error| Failure::new(format!("wait: {error}")))?;
        match ended {
            None => thread::sleep(EVERY),
            Some(status) if !status.success() => return Err(Failure::new(status.to_string())),
            Some(_) => {
                return peak.ok_or_else(|| Failure::new("ended before it could be measured"));
            }
        }
    }
}

fn stop(child: &mut Child) -> Result<(), Failure> {
    let stopped = child.kill().and_then(|()| child.wait());
    stopped.map(drop).map_err(|error| Failure::new(format!("kill: {error}")))
}

fn peak_kib_of(pid: &str) -> Option<u64> {
    peak_in(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

/// The peak in the text of a status file; a process that has ended has no such line any more.
fn peak_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::process::Command;

    #[test]
    fn the_peak_is_read_from_its_line_only() {
        let status = "Name:\tx\nVmPeak:\t  9000 kB\nVmHWM:\t    4132 kB\nVmRSS:\t 12 kB\n";
        assert_eq!(peak_in(status), Some(4_132));
        assert_eq!(peak_in("Name:\tx\nState:\tZ (zombie)\n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_child_within_its_limit_passes_and_one_beyond_it_is_stopped() {
        if !is_readable() {
            return;
        }
        let sleep = |seconds: &str| Command::new("sleep").arg(seconds).spawn();
        let mut short = sleep("0.2").expect("there is a program that sleeps");
        assert!(peak_kib(&mut short, 1_000_000).is_ok_and(|peak| peak > 100));
        let mut long = sleep("600").expect("there is a program that sleeps");
        assert!(peak_kib(&mut long, 1).is_err());
        assert!(long.try_wait().is_ok_and(|ended| ended.is_some()));
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_fails_is_a_failure_whatever_it_needed() {
        let mut child = Command::new("false").spawn().expect("there is a program that fails");
        assert!(peak_kib(&mut child, u64::MAX).is_err());
    }
}
