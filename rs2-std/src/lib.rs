//! rs2-std
