//! The keys of one operator, on a meter that others share.

use crate::metrics::{Meter, ResourceError};
use crate::sync::Arc;

/// Tells a meter of each key that an operator holds, and gives all back when it is dropped. Without
/// a meter everything is allowed.
#[derive(Debug)]
pub(crate) struct Tally {
    meter: Option<Arc<dyn Meter + Send + Sync>>,
    bytes_per_key: u64,
    keys: usize,
}

impl Tally {
    pub(crate) fn new(meter: Option<Arc<dyn Meter + Send + Sync>>, bytes_per_key: usize) -> Self {
        Self { meter, bytes_per_key: bytes_per_key as u64, keys: 0 }
    }

    /// Asks for one more key.
    pub(crate) fn admit(&mut self) -> Result<(), ResourceError> {
        let Some(meter) = &self.meter else { return Ok(()) };
        meter.key_created()?;
        meter.allocate(self.bytes_per_key).inspect_err(|_| meter.key_removed())?;
        self.keys += 1;
        Ok(())
    }

    /// Whether the meter refuses whatever it is asked: to make room would not help.
    pub(crate) fn is_open(&self) -> bool {
        self.meter.as_ref().is_some_and(|meter| meter.is_open())
    }

    /// Whether somebody else may refuse.
    pub(crate) fn is_metered(&self) -> bool {
        self.meter.is_some()
    }

    /// Gives back what is beyond the number of keys that there are.
    #[inline]
    pub(crate) fn settle(&mut self, keys: usize) {
        let Some(meter) = &self.meter else { return };
        while self.keys > keys {
            meter.release(self.bytes_per_key);
            meter.key_removed();
            self.keys -= 1;
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.settle(0);
    }
}
