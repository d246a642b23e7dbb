//! Work for the processor, off the reactor: on as many threads as there are cores.
//!
//! More threads than cores would take turns, each with cold caches and memory of its own; a blocking
//! pool is for waiting, not for this.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

/// The work ended without a result: it panicked, and the panic was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work was not finished")]
pub(crate) struct Unfinished;

/// Runs `work` on a core of its own and waits for it without holding the reactor up.
///
/// # Errors
/// When the work panics.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unfinished> {
    let (give, result) = oneshot::channel();
    rayon::spawn(move || {
        // The pool would end the process.
        if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
            // Whoever waited may have gone.
            let _ = give.send(value);
        }
    });
    result.await.map_err(|_| Unfinished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_own_work_only() {
        assert_eq!(compute(|| 41 + 1).await, Ok(42));
        assert_eq!(compute(|| -> u8 { panic!("for this test") }).await, Err(Unfinished));
        assert_eq!(compute(|| 7).await, Ok(7));
    }
}
