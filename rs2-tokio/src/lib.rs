//! rs2-tokio
