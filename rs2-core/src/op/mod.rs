//! The operators, one room for each area. Each area's trait is implemented for every stream.

#[cfg(feature = "alloc")]
pub mod group;
pub mod transform;

#[cfg(feature = "alloc")]
pub use group::GroupExt;
pub use transform::TransformExt;
