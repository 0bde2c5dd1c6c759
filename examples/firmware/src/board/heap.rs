//! An allocator for what cannot do without one.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const BYTES: usize = 32 * 1024;

/// Memory that is given out from its beginning, and never taken back.
#[repr(C, align(8))]
struct Heap {
    bytes: UnsafeCell<[u8; BYTES]>,
    used: AtomicUsize,
}

#[global_allocator]
static HEAP: Heap = Heap { bytes: UnsafeCell::new([0; BYTES]), used: AtomicUsize::new(0) };

// SAFETY: the bytes are only handed out, each of them once.
unsafe impl Sync for Heap {}

// SAFETY: there is one core, and no interrupt allocates. What is given out begins behind all that
// was given out before, is aligned, as far as the heap itself is, and ends within it.
unsafe impl GlobalAlloc for Heap {
    // `cargo xtask embedded` looks for allocators by their names, which are gone once inlined.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let begin = self.used.load(Relaxed).next_multiple_of(layout.align());
        let end = begin.saturating_add(layout.size());
        if layout.align() > align_of::<Self>() || end > BYTES {
            return ptr::null_mut();
        }
        self.used.store(end, Relaxed);
        self.bytes.get().cast::<u8>().wrapping_add(begin)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
