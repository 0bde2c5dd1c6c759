//! The sensor gateway on embassy.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::mem::size_of_val;
use core::panic::PanicInfo;
use core::pin::pin;
use cortex_m::Peripherals;
use firmware::board::{self, Console};
use firmware::{Reading, contacts, gateway, number, readings, rolling};
use rs2_core::metrics::{Counters, Loss, Losses};
use rs2_core::prelude::*;
use rs2_core::store::Inline;
use rs2_embassy::EmbassyTimer;

static DROPPED: Counters = Counters::new();

#[embassy_executor::task]
async fn app() {
    let dropped = Losses::in_static(&DROPPED);
    let (sensors, doors) = (readings(EmbassyTimer), contacts(EmbassyTimer));
    let sent = pin!(gateway(EmbassyTimer, sensors, doors, dropped.clone()));
    let all = size_of_val(&*sent);
    sent.for_each_rs2(async |sent| {
        // Without a debugger nobody listens.
        let _ = sent.write(&mut Console);
    })
    .await;
    let _ = Console.write_str("dropped ");
    let _ = number(&mut Console, dropped.of(Loss::Evicted) as u32);
    let _ = Console.write_str("\n");
    let window = rolling(empty(), Inline::<16>::new().seeded(1), |reading: &Reading| *reading);
    board::print_size("window", size_of_val(&window));
    board::print_size("stream", all);
    board::print_size("stack", board::most_used());
    board::succeed();
}

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(peripherals) = Peripherals::take() {
        board::start_ticks(peripherals.SYST);
    }
    board::run(|spawner| {
        if let Ok(task) = app() {
            spawner.spawn(task);
        }
    })
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::fail()
}
