//! How many random inputs a test tries.

use proptest::prelude::ProptestConfig;
use std::env;

/// So many random inputs, or as many as the environment asks for: `cargo xtask disorder` does, and
/// reads what is printed then. No file of failures: a failing input becomes a test of its own.
#[allow(clippy::disallowed_methods, reason = "a test has nobody who could pass the number in")]
pub fn cases(cases: u32) -> ProptestConfig {
    let asked = env::var("RS2_CASES").ok();
    let cases = asked.as_ref().map_or(cases, |asked| asked.parse().expect("RS2_CASES: a number"));
    if asked.is_some() {
        println!("random inputs: {cases}");
    }
    let rejects = ProptestConfig::default().max_global_rejects.max(cases);
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_global_rejects: rejects,
        ..ProptestConfig::default()
    }
}
