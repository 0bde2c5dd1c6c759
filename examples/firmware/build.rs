//! The memory of a lm3s6965evb, and the linker script of cortex-m-rt.
use std::{env, fs, path::PathBuf};

const MEMORY: &str = "MEMORY {
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM : ORIGIN = 0x20000000, LENGTH = 64K
}
";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_DEVICE").is_none() {
        return;
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo tells where to write"));
    fs::write(out.join("memory.x"), MEMORY).expect("it can be written there");
    // The names of the chip's interrupts, of which the programs use none.
    fs::write(out.join("device.x"), "").expect("it can be written there");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=--nmagic");
}
