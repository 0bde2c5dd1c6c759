#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    firmware::board::fail()
}
#[cortex_m_rt::entry]
fn main() -> ! {
    firmware::board::fail()
}
