//! The handle that a step of a stateful operator works on its state with.

use super::InMemory;
use super::shelf::Shelf;
use crate::sync::{Arc, Lock};
use alloc::boxed::Box;
use core::any::{Any, type_name};
use core::fmt;
use core::marker::PhantomData;

/// The state of one key, during one step.
///
/// Owned, so that the step's future can keep it. After the step it is detached: it reads nothing
/// and takes nothing.
pub struct StateAccess<B = InMemory> {
    cell: Arc<Lock<Cell>>,
    step: u64,
    backend: PhantomData<fn() -> B>,
}

/// The handle was kept beyond its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detached;

/// A value of any type, and the name of its type.
pub(crate) struct Value {
    inner: Box<dyn Any + Send>,
    type_name: &'static str,
}

/// Where an operator and the steps it runs, one after the other, meet.
#[derive(Default)]
pub(super) struct Cell {
    step: u64,
    value: Option<Value>,
    written: bool,
    /// Where the state is, when it is in a storage.
    pub(super) shelf: Option<Arc<Shelf>>,
}

/// The operator's end of the handles it gives out.
pub(crate) struct StateCell {
    cell: Arc<Lock<Cell>>,
}

/// What a step left.
pub(crate) struct Left {
    pub(crate) value: Option<Value>,
    pub(crate) written: bool,
}

impl StateCell {
    pub(crate) fn new() -> Self {
        Self { cell: Arc::new(Lock::new(Cell::default())) }
    }

    /// Begins a step on `value`; handles of earlier steps are detached.
    pub(crate) fn begin<B>(&self, value: Option<Value>) -> StateAccess<B> {
        self.begin_with(value, None)
    }

    /// Begins a step on what is on `shelf`.
    pub(crate) fn begin_at<B>(&self, shelf: Shelf) -> StateAccess<B> {
        self.begin_with(None, Some(Arc::new(shelf)))
    }

    fn begin_with<B>(&self, value: Option<Value>, shelf: Option<Arc<Shelf>>) -> StateAccess<B> {
        let step = self.cell.with(|cell| {
            cell.step += 1;
            cell.value = value;
            cell.written = false;
            cell.shelf = shelf;
            cell.step
        });
        StateAccess { cell: self.cell.clone(), step, backend: PhantomData }
    }

    /// Ends the step and takes back what it left.
    pub(crate) fn end(&self) -> Left {
        let (left, _shelf) = self.cell.with(|cell| {
            cell.step += 1;
            let left = Left { value: cell.value.take(), written: cell.written };
            (left, cell.shelf.take())
        });
        left
    }
}

impl<B> Clone for StateAccess<B> {
    fn clone(&self) -> Self {
        Self { cell: self.cell.clone(), step: self.step, backend: PhantomData }
    }
}

impl<B> StateAccess<B> {
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Cell) -> R) -> Result<R, Detached> {
        self.cell.with(|cell| if cell.step == self.step { Ok(act(cell)) } else { Err(Detached) })
    }
}

impl StateAccess<InMemory> {
    /// The state, if there is any.
    ///
    /// # Panics
    /// When the state of this key was written with another type; the message names both.
    #[track_caller]
    pub fn get<S: Clone + Send + 'static>(
        &self,
    ) -> impl Future<Output = Option<S>> + Send + use<S> {
        core::future::ready(self.read().ok().flatten())
    }

    /// The state, if there is any.
    ///
    /// # Errors
    /// [`Detached`] after the step.
    /// # Panics
    /// When the state of this key was written with another type; the message names both.
    #[track_caller]
    pub fn try_get<S: Clone + Send + 'static>(
        &self,
    ) -> impl Future<Output = Result<Option<S>, Detached>> + Send + use<S> {
        core::future::ready(self.read())
    }

    #[track_caller]
    fn read<S: Clone + Send + 'static>(&self) -> Result<Option<S>, Detached> {
        self.with(|cell| cell.value.as_ref().map(|value| value.typed::<S>().clone()))
    }

    /// Writes the state; its time to live begins anew.
    ///
    /// # Errors
    /// [`Detached`] after the step.
    /// # Panics
    /// When the state of this key was written with another type; the message names both.
    #[track_caller]
    pub fn set<S: Clone + Send + 'static>(
        &self,
        state: &S,
    ) -> impl Future<Output = Result<(), Detached>> + Send + use<S> {
        core::future::ready(self.with(|cell| {
            match &mut cell.value {
                Some(value) => *value.typed_mut::<S>() = state.clone(),
                None => cell.value = Some(Value::new(state.clone())),
            }
            cell.written = true;
        }))
    }

    /// Changes the state in place, beginning with its default; its time to live begins anew.
    /// Returns what `change` does.
    ///
    /// # Errors
    /// [`Detached`] after the step.
    /// # Panics
    /// When the state of this key was written with another type; the message names both.
    #[track_caller]
    pub fn update<S: Default + Send + 'static, R: Send, C: FnOnce(&mut S) -> R>(
        &self,
        change: C,
    ) -> impl Future<Output = Result<R, Detached>> + Send + use<S, R, C> {
        // The closure runs without the lock: it may use this handle, and then finds no state.
        let changed = self.with(|cell| cell.value.take()).map(|value| {
            let mut value = value.unwrap_or_else(|| Value::new(S::default()));
            (change(value.typed_mut()), value)
        });
        core::future::ready(changed.and_then(|(output, value)| {
            self.with(|cell| {
                cell.value = Some(value);
                cell.written = true;
                output
            })
        }))
    }

    /// Removes the state. Tells whether there was any.
    ///
    /// # Errors
    /// [`Detached`] after the step.
    pub fn delete(&self) -> impl Future<Output = Result<bool, Detached>> + Send + use<> {
        core::future::ready(self.with(|cell| cell.value.take().is_some()))
    }

    /// Whether there is state.
    pub fn exists(&self) -> impl Future<Output = bool> + Send + use<> {
        core::future::ready(self.with(|cell| cell.value.is_some()).unwrap_or(false))
    }

    /// Whether there is state.
    ///
    /// # Errors
    /// [`Detached`] after the step.
    pub fn try_exists(&self) -> impl Future<Output = Result<bool, Detached>> + Send + use<> {
        core::future::ready(self.with(|cell| cell.value.is_some()))
    }
}

impl Value {
    fn new<S: Send + 'static>(state: S) -> Self {
        Self { inner: Box::new(state), type_name: type_name::<S>() }
    }

    #[track_caller]
    fn typed<S: 'static>(&self) -> &S {
        match self.inner.downcast_ref() {
            Some(state) => state,
            None => two_types(self.type_name, type_name::<S>()),
        }
    }

    #[track_caller]
    fn typed_mut<S: 'static>(&mut self) -> &mut S {
        let held = self.type_name;
        match self.inner.downcast_mut() {
            Some(state) => state,
            None => two_types(held, type_name::<S>()),
        }
    }
}

#[track_caller]
fn two_types(held: &str, asked: &str) -> ! {
    panic!("the state of this key is a `{held}` and cannot be used as a `{asked}`")
}

impl<B> fmt::Debug for StateAccess<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateAccess").field("step", &self.step).finish_non_exhaustive()
    }
}

impl fmt::Display for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the step that this handle belongs to is over")
    }
}

impl core::error::Error for Detached {}
