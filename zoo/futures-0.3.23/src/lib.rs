//! Nothing but tests: the simulator against a bug of futures-util 0.3.23.
