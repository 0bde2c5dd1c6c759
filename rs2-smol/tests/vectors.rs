//! The vectors of time on smol's executor, whose time is virtual: the same, byte for byte, as on
//! any other clock.

#[path = "../../tests/vectors/timing.rs"]
mod vectors;

use async_executor::LocalExecutor;
use rs2_test::ManualTimer;

#[test]
fn the_vectors_on_smols_executor() {
    for &(op, input, expected) in vectors::VECTORS {
        let timer = ManualTimer::new();
        let executor = LocalExecutor::new();
        let task = executor.spawn(vectors::run(op, input, timer.clone()));
        let seen = timer.run_with(task, || executor.try_tick());
        assert_eq!(seen, expected, "{op:?} of {input}");
    }
}
