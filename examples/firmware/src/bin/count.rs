//! How many instructions an item costs in an operator, on this processor and at this `opt-level`.
//! What the source and the end of the pipeline need is taken off.
#![no_std]
#![no_main]

use core::cell::Cell;
use core::fmt::Write;
use core::future::{Future, Pending, pending};
use core::hint::black_box;
use core::panic::PanicInfo;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use cortex_m::Peripherals;
use firmware::board::{self, Console};
use firmware::{Reading, Watch, judged, number, rolling};
use rs2_core::prelude::*;
use rs2_core::store::Inline;
use rs2_core::time::{Clock, Instant, Sleep, Timer};

const ITEMS: u32 = 1_000;

/// A millisecond later with each item.
#[derive(Clone)]
struct ByItem<'a>(&'a Cell<Instant>);

struct Never(Pending<()>);

impl Clock for ByItem<'_> {
    fn now(&self) -> Instant {
        self.0.get()
    }
}

impl Timer for ByItem<'_> {
    type Sleep = Never;

    fn sleep_until(&self, _: Instant) -> Never {
        Never(pending())
    }
}

impl Future for Never {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl Sleep for Never {
    fn reset(self: Pin<&mut Self>, _: Instant) {}
}

/// The instructions of a pipeline, over all items.
#[inline(never)]
fn cost<T>(items: impl Stream<Item = T>) -> u32 {
    let all = items.fold_sync_rs2((), |(), item| drop(black_box(item)));
    let mut all = pin!(all);
    let mut cx = Context::from_waker(Waker::noop());
    // A long run is given back in between.
    board::instructions(|| while all.as_mut().poll(&mut cx).is_pending() {})
}

fn line(operator: &str, with: u32, without: u32) {
    let instructions = with.saturating_sub(without);
    let _ = Console.write_str(operator);
    let _ = number(&mut Console, (instructions + ITEMS / 2) / ITEMS);
    let _ = Console.write_str("\n");
}

fn table() {
    let clock = Cell::new(Instant::ORIGIN);
    let items = || from_iter(0..ITEMS).map_rs2(black_box);
    let readings = || {
        from_iter(0..ITEMS).map_rs2(|number| {
            let value = 200 + (black_box(number) % 7) as i16;
            Reading { sensor: (number % 16) as u8, at: number * 5, value }
        })
    };
    let in_time =
        || items().inspect_rs2(|_| clock.set(clock.get().saturating_add(Duration::from_millis(1))));
    let keys = Inline::<16>::new().seeded(1);

    let of_items = cost(items());
    line("map ", cost(items().map_rs2(|n| n.wrapping_mul(3))), of_items);
    line("filter, half of them ", cost(items().filter_rs2(|n| n % 2 == 0)), of_items);
    let keyed = items().keyed_fold_in_rs2(keys, |n| (n % 16) as u8, 0, |n, sum| *sum += n);
    line("keyed update ", cost(keyed), of_items);
    let of_time = cost(in_time());
    let quiet = Duration::from_millis(10);
    line("debounce ", cost(in_time().debounce_on_rs2(ByItem(&clock), quiet)), of_time);
    let of_readings = cost(readings());
    let windows = rolling(readings(), keys, |reading: &Reading| *reading);
    line("keyed rolling window ", cost(windows), of_readings);
    let sensor = |reading: &Reading| reading.sensor;
    let value = |reading: &Reading| f64::from(reading.value);
    let judged = judged(readings(), keys, sensor, value, Watch::<8>::new(8, 4.0));
    line("two detectors of anomalies ", cost(judged), of_readings);
}

#[cortex_m_rt::entry]
fn main() -> ! {
    if let Some(peripherals) = Peripherals::take() {
        board::start_counter(peripherals.SYST);
        table();
        board::succeed();
    }
    board::fail()
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    board::fail()
}
