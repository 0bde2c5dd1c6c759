//! The operators, one room for each area. Each area's trait is implemented for every stream.

pub mod combine;
pub mod consume;
#[cfg(feature = "alloc")]
pub mod event_time;
#[cfg(feature = "alloc")]
pub mod flow;
#[cfg(feature = "alloc")]
pub mod group;
pub mod keyed;
#[cfg(feature = "alloc")]
pub mod parallel;
pub mod select;
pub mod timing;
pub mod transform;

pub use combine::CombineExt;
pub use consume::ConsumeExt;
#[cfg(feature = "alloc")]
pub use event_time::EventTimeExt;
#[cfg(feature = "alloc")]
pub use flow::FlowExt;
#[cfg(feature = "alloc")]
pub use group::GroupExt;
pub use keyed::KeyedExt;
#[cfg(feature = "alloc")]
pub use parallel::ParallelExt;
pub use select::SelectExt;
pub use timing::TimingExt;
pub use transform::TransformExt;
