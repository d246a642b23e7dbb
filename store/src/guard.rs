//! Keeps foreign SQL to reading the documented views, within its time.
//!
//! Three walls: files are opened read-only, an authorizer refuses all but reading views, and a
//! progress handler ends what takes too long. It does not bound the memory of a sort, which
//! SQLite keeps in memory here so that no row reaches the disk in the clear; the time limit
//! bounds how much can be read into one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

/// How many of SQLite's steps pass between two looks at the clock: about a tenth of a millisecond.
const STEPS: i32 = 5_000;

/// The longest text or blob that SQL may build, bytes.
const LENGTH: i32 = 64 << 20;

/// Whether foreign SQL is being compiled, and until when a statement may run.
#[derive(Clone)]
pub(crate) struct Guard {
    foreign: Arc<AtomicBool>,
    deadline: Arc<AtomicU64>,
    start: Instant,
}

impl Guard {
    /// Puts a connection under guard.
    pub(crate) fn new(connection: &mut Connection) -> rusqlite::Result<Self> {
        let guard = Self {
            foreign: Arc::new(AtomicBool::new(false)),
            deadline: Arc::new(AtomicU64::new(u64::MAX)),
            start: Instant::now(),
        };
        let foreign = Arc::clone(&guard.foreign);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            if foreign.load(Ordering::Relaxed) { judge(&context) } else { Authorization::Allow }
        }))?;
        let clock = guard.clone();
        connection.progress_handler(STEPS, Some(move || clock.is_late()))?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LENGTH)?;
        connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 4 << 20)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000)?;
        Ok(guard)
    }

    /// Sets the time from now on, for as long as the answer lives.
    pub(crate) fn within(&self, time: Duration) -> Watch<'_> {
        let now = self.start.elapsed().as_millis();
        let end = now.saturating_add(time.as_millis());
        self.deadline.store(u64::try_from(end).unwrap_or(u64::MAX), Ordering::Relaxed);
        Watch(self)
    }

    /// Runs `compile` with the authorizer on.
    pub(crate) fn compile<T>(&self, compile: impl FnOnce() -> T) -> T {
        self.foreign.store(true, Ordering::Relaxed);
        let result = compile();
        self.foreign.store(false, Ordering::Relaxed);
        result
    }

    fn is_late(&self) -> bool {
        self.start.elapsed().as_millis() >= u128::from(self.deadline.load(Ordering::Relaxed))
    }
}

/// Lifts the time limit when it goes.
pub(crate) struct Watch<'g>(&'g Guard);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.deadline.store(u64::MAX, Ordering::Relaxed);
    }
}

/// Reading a view, and what a view reads; functions, but none that reaches outside.
fn judge(context: &AuthContext<'_>) -> Authorization {
    let is_allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, column_name } => {
            // No column: a table whose rows are only counted, as a view's are by `count(*)`.
            column_name.is_empty()
                || context.accessor.is_some()
                || (context.database_name == Some("temp") && !table_name.starts_with("sqlite_"))
                || TABLE_FUNCTIONS.contains(&table_name)
        }
        AuthAction::Function { function_name } => !is_dangerous(function_name),
        AuthAction::Pragma { pragma_name, .. } => {
            matches!(pragma_name, "table_info" | "table_xinfo")
        }
        _ => false,
    };
    if is_allowed { Authorization::Allow } else { Authorization::Deny }
}

const TABLE_FUNCTIONS: &[&str] =
    &["json_each", "json_tree", "pragma_table_info", "pragma_table_xinfo"];

fn is_dangerous(function: &str) -> bool {
    let name = function.to_ascii_lowercase();
    name.starts_with("sqlcipher")
        || name.starts_with("sqlite_")
        || name.starts_with("fts")
        || matches!(name.as_str(), "load_extension" | "readfile" | "writefile" | "edit")
}
