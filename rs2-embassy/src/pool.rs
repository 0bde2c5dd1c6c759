//! Tasks of embassy for futures of any type.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;

/// A future on its way to a task of a pool. It stays in reach of who sends it until the task takes
/// it, so that it can be given back when there is no free task.
#[derive(Clone)]
pub struct Parcel<F> {
    future: Rc<Cell<Option<F>>>,
}

impl<F> Parcel<F> {
    /// Packs a future.
    pub fn new(future: F) -> Self {
        Self { future: Rc::new(Cell::new(Some(future))) }
    }

    /// Takes the future, if nobody has.
    pub fn take(&self) -> Option<F> {
        self.future.take()
    }
}

impl<F: Future<Output = ()> + 'static> Parcel<F> {
    /// What the task opens.
    pub fn sealed(&self) -> Rc<dyn Sealed> {
        Rc::new(Self { future: self.future.clone() })
    }
}

impl<F> core::fmt::Debug for Parcel<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Parcel(..)")
    }
}

/// A [`Parcel`] whose type nobody needs to know.
pub trait Sealed {
    /// The future.
    fn open(&self) -> Pin<Box<dyn Future<Output = ()>>>;
}

impl<F: Future<Output = ()> + 'static> Sealed for Parcel<F> {
    fn open(&self) -> Pin<Box<dyn Future<Output = ()>>> {
        let future = self.take();
        Box::pin(async move {
            if let Some(future) = future {
                future.await;
            }
        })
    }
}

/// Makes a spawner of a fixed number of embassy tasks, for any futures.
///
/// embassy's tasks are not generic: their memory is a static of the program, so the program has to
/// make them, and their futures are boxed. A future for which there is no free task comes back, and
/// the operator then drives it in place.
///
/// The program must depend on `embassy-executor`. The feature `alloc` is needed.
///
/// ```ignore
/// rs2_embassy::task_pool! {
///     /// Four tasks for what may run beside the pipeline.
///     pub struct Workers: 4;
/// }
///
/// #[embassy_executor::task]
/// async fn main_task(spawner: embassy_executor::Spawner) {
///     let readings = sensors.par_eval_map_on_rs2(Workers::new(spawner), 4, read);
/// }
/// ```
#[macro_export]
macro_rules! task_pool {
    ($(#[$about:meta])* $vis:vis struct $Name:ident: $size:literal;) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        $vis struct $Name {
            spawner: ::embassy_executor::Spawner,
        }

        impl $Name {
            /// The pool on the executor of `spawner`.
            $vis fn new(spawner: ::embassy_executor::Spawner) -> Self {
                Self { spawner }
            }
        }

        const _: () = {
            #[::embassy_executor::task(pool_size = $size)]
            async fn run(parcel: $crate::__alloc::rc::Rc<dyn $crate::pool::Sealed>) {
                parcel.open().await;
            }

            impl<F> ::rs2_core::task::Spawner<F> for $Name
            where
                F: ::core::future::Future<Output = ()> + 'static,
            {
                fn spawn(&self, future: F) -> Result<(), ::rs2_core::error::Rejected<F>> {
                    let parcel = $crate::pool::Parcel::new(future);
                    match run(parcel.sealed()) {
                        Ok(token) => {
                            self.spawner.spawn(token);
                            Ok(())
                        }
                        Err(_) => {
                            let future = parcel.take().expect("no task has taken it");
                            Err(::rs2_core::error::Rejected(future))
                        }
                    }
                }
            }
        };
    };
}
