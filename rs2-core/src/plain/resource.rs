//! The plain names of brackets, whose releases need a spawner.

/// The methods of `PlainExt` that hold a resource.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource_methods {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the items of this stream and then those of the stream that `use_fn` makes with a
        /// resource, and releases that after both:
        /// [`bracket_on_rs2`](rs2_core::op::ResourceExt::bracket_on_rs2) with this runtime's tasks.
        ///
        /// The resource is there before the first item of this stream is taken. To use it *on* the
        /// items of this stream, move the stream into the `use_fn` of [`bracket`].
        ///
        /// # Shape
        /// The items of both, in order.
        /// # End and errors
        /// That of [`bracket`].
        /// # Cancel safety
        /// That of [`bracket`]: this stream and the inner one are dropped before the release
        /// begins.
        /// # Cost
        /// One clone of the resource, one allocation for the release. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let rows = from_iter(["header"]).bracket_rs2(
        ///     async { "connection" },
        ///     |connection| from_iter(["row", connection]),
        ///     async |connection| assert_eq!(connection, "connection"),
        /// );
        /// assert_eq!(rows.collect_rs2::<Vec<&str>>().await, ["header", "row", "connection"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "finally")]
        fn bracket_rs2<A, U, St, L, Fut>(
            self,
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketBehind<Self, $Spawner, A, U, St, L, Fut>
        where
            Self: Sized,
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt<Item = Self::Item>,
            L: FnOnce(A::Output) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            self.bracket_on_rs2($spawner, acquire, use_fn, release)
        }

        /// [`bracket_rs2`](Self::bracket_rs2) under another name.
        ///
        /// # Examples
        /// ```
        #[doc = $before]
        /// let rows = empty().bracket_rs(
        ///     async { "connection" },
        ///     |_connection| from_iter([1, 2]),
        ///     async |_connection| (),
        /// );
        /// assert_eq!(rows.collect_rs2::<Vec<u32>>().await, [1, 2]);
        #[doc = $after]
        /// ```
        fn bracket_rs<A, U, St, L, Fut>(
            self,
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketBehind<Self, $Spawner, A, U, St, L, Fut>
        where
            Self: Sized,
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt<Item = Self::Item>,
            L: FnOnce(A::Output) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            self.bracket_rs2(acquire, use_fn, release)
        }

        /// [`bracket_rs2`](Self::bracket_rs2) for `Result`s: the first `Err` of either stream ends
        /// both, and `release` is told how it came to that:
        /// [`bracket_case_on_rs2`](rs2_core::op::ResourceExt::bracket_case_on_rs2) with this
        /// runtime's tasks.
        ///
        /// # Shape
        /// The items of both, in order, up to the first `Err`.
        /// # End and errors
        /// At an `Err` the release is awaited, then comes the `Err`, then the end. Otherwise that
        /// of [`bracket_case`].
        /// # Cancel safety
        /// That of [`bracket`]: this stream and the inner one are dropped before the release
        /// begins.
        /// # Cost
        /// That of [`bracket_rs2`](Self::bracket_rs2), and one clone of the error.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let rows = from_iter([Ok(1), Err("bad header")]).bracket_case_rs2(
        ///     async { "connection" },
        ///     |_connection| from_iter([Ok(2)]),
        ///     async |_connection, exit| assert_eq!(exit, ExitCase::Errored("bad header")),
        /// );
        /// assert_eq!(rows.collect_rs2::<Vec<_>>().await, [Ok(1), Err("bad header")]);
        #[doc = $after]
        /// ```
        fn bracket_case_rs2<A, U, St, L, Fut, T, E>(
            self,
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketCaseBehind<Self, $Spawner, A, U, St, L, Fut, E>
        where
            Self: Sized + $crate::op::ResourceExt<Item = Result<T, E>>,
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt<Item = Result<T, E>>,
            E: Clone,
            L: FnOnce(A::Output, $crate::op::ExitCase<E>) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            self.bracket_case_on_rs2($spawner, acquire, use_fn, release)
        }

        /// [`bracket_case_rs2`](Self::bracket_case_rs2) under another name.
        ///
        /// # Examples
        /// ```
        #[doc = $before]
        /// let rows = empty::<Result<u32, &str>>().bracket_case(
        ///     async { "connection" },
        ///     |_connection| from_iter([Ok(1)]),
        ///     async |_connection, exit| assert_eq!(exit, ExitCase::Completed),
        /// );
        /// assert_eq!(rows.collect_rs2::<Vec<_>>().await, [Ok(1)]);
        #[doc = $after]
        /// ```
        fn bracket_case<A, U, St, L, Fut, T, E>(
            self,
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketCaseBehind<Self, $Spawner, A, U, St, L, Fut, E>
        where
            Self: Sized + $crate::op::ResourceExt<Item = Result<T, E>>,
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt<Item = Result<T, E>>,
            E: Clone,
            L: FnOnce(A::Output, $crate::op::ExitCase<E>) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            self.bracket_case_rs2(acquire, use_fn, release)
        }
    };
}

/// The sources that hold a resource.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource_sources {
    (
        $Timer:ty, $timer:expr, $Spawner:ty, $spawner:expr, $seed:expr,
        $before:literal, $after:literal
    ) => {
        /// Yields the items of the stream that `use_fn` makes with a resource; `release` takes the
        /// resource when that stream ends or is dropped:
        /// [`bracket_on`](rs2_core::op::bracket_on) with this runtime's tasks.
        ///
        /// The resource is a clone for `use_fn` and the original for `release`: usually an `Arc`,
        /// or a handle that can be cloned.
        ///
        /// # Shape
        /// The items of the inner stream, in order.
        /// # End and errors
        /// When the inner stream ends, it is dropped, the release is awaited, and then the bracket
        /// ends. `Err` items are items like any other: [`bracket_case`] sees them. A panic in
        /// `use_fn` or the inner stream goes through; the next poll or the drop releases. A panic
        /// in `release` goes through where it is awaited.
        /// # Cancel safety
        /// A dropped `next()` loses nothing. Dropping the stream drops the inner one and starts the
        /// release; if it has to wait, a task of the runtime finishes it. Where the runtime takes
        /// no task, it is dropped and counted in `losses()`. A service that must see its resources
        /// released before it exits uses [`bracket_on`](rs2_core::op::bracket_on) with a
        /// [`Scope`](rs2_core::op::Scope); so do brackets within each other whose releases must not
        /// overlap. A signal that interrupts belongs into `use_fn`, where the release is awaited;
        /// outside, it drops the bracket.
        /// # Cost
        /// One clone of the resource, one allocation for the release. No clock.
        /// # Examples
        /// ```
        #[doc = $before]
        /// # use std::sync::{Arc, Mutex};
        /// let log = Arc::new(Mutex::new(vec!["acquired"]));
        /// let rows = bracket(
        ///     async { log.clone() },
        ///     |_log| from_iter(1..=3),
        ///     async |log: Arc<Mutex<Vec<&str>>>| log.lock().unwrap().push("released"),
        /// );
        /// // Two of three: the bracket is dropped, and releases all the same.
        /// assert_eq!(rows.take_rs2(2).collect_rs2::<Vec<u32>>().await, [1, 2]);
        /// assert_eq!(*log.lock().unwrap(), ["acquired", "released"]);
        #[doc = $after]
        /// ```
        #[doc(alias = "using")]
        #[doc(alias = "finally")]
        pub fn bracket<A, U, St, L, Fut>(
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketOn<$Spawner, A, U, St, L, Fut>
        where
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt,
            L: FnOnce(A::Output) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            $crate::op::bracket_on($spawner, acquire, use_fn, release)
        }

        /// [`bracket`] over a stream of `Result`s, which ends after the first `Err`; `release` is
        /// told how it came to that: [`bracket_case_on`](rs2_core::op::bracket_case_on) with this
        /// runtime's tasks.
        ///
        /// # Shape
        /// The items of the inner stream, in order, up to the first `Err`.
        /// # End and errors
        /// At an `Err` the inner stream is dropped and the release awaited, with
        /// [`Errored`](rs2_core::op::ExitCase::Errored) and a clone of the error. Then comes the
        /// `Err`, and then the end: whoever stops reading at the `Err` finds the resource released.
        /// After the end of the inner stream it is
        /// [`Completed`](rs2_core::op::ExitCase::Completed), in every other case
        /// [`Canceled`](rs2_core::op::ExitCase::Canceled) with the cause.
        /// # Cancel safety
        /// That of [`bracket`].
        /// # Cost
        /// That of [`bracket`], and one clone of the error.
        /// # Examples
        /// ```
        #[doc = $before]
        /// let rows = bracket_case(
        ///     async { "connection" },
        ///     |_connection| from_iter([Ok(1), Err("bad row"), Ok(3)]),
        ///     async |_connection, exit| assert_eq!(exit, ExitCase::Errored("bad row")),
        /// );
        /// assert_eq!(rows.collect_rs2::<Vec<_>>().await, [Ok(1), Err("bad row")]);
        #[doc = $after]
        /// ```
        pub fn bracket_case<A, U, St, L, Fut, T, E>(
            acquire: A,
            use_fn: U,
            release: L,
        ) -> $crate::op::resource::BracketCaseOn<$Spawner, A, U, St, L, Fut, E>
        where
            A: ::core::future::Future<Output: Clone>,
            U: FnOnce(A::Output) -> St,
            St: $crate::op::ResourceExt<Item = Result<T, E>>,
            E: Clone,
            L: FnOnce(A::Output, $crate::op::ExitCase<E>) -> Fut,
            Fut: ::core::future::Future<Output = ()>,
            $Spawner: $crate::op::resource::Host<Fut>,
        {
            $crate::op::bracket_case_on($spawner, acquire, use_fn, release)
        }
    };
}
