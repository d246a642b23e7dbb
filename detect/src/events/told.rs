//! What each session was told already: chats repeat their history in every call, and a text is an
//! event once.
//!
//! Bounded: the sessions that were used longest ago are forgotten first.

use aws_lc_rs::digest::{Context, SHA256};
use hashbrown::HashSet;
use model::{Body, Direction, Kind, Part, Record, Segment};
use serde_json::Value as Json;

use crate::bounded::Bounded;

/// The most sessions that are remembered.
const MOST_SESSIONS: usize = 50_000;
/// The most segments that are remembered of one session.
const MOST_OF_ONE: usize = 8_192;
/// The most segments that are remembered together.
const MOST_TOGETHER: usize = 1_000_000;

/// The first half of a SHA-256: two texts that share it cannot be made.
type Print = u128;

/// What of a record the memory knows: prints of its session, its segments, its tools' definitions.
/// Making them is work that needs no memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prints {
    session: Option<Print>,
    segments: Vec<Print>,
    definitions: Vec<Print>,
}

/// Which segments and definitions of a record are new to its session.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    pub(super) segments: Vec<bool>,
    pub(super) definitions: Vec<bool>,
}

impl Prints {
    /// The prints of a record; those of definitions only where somebody wants to see them.
    pub(super) fn of(record: &Record, with_definitions: bool) -> Self {
        let Some(session) = session(record) else { return Self::default() };
        let executed = record.kind == Kind::ToolCall;
        let segments = record.content.iter().map(|segment| print(segment, executed)).collect();
        let definitions = definitions(record).iter().filter(|_| with_definitions);
        let definitions = definitions.map(|definition| {
            let mut context = tagged("definition");
            json(&mut context, definition);
            finished(context)
        });
        Self { session: Some(session), segments, definitions: definitions.collect() }
    }
}

/// The memory.
#[derive(Debug)]
pub(super) struct Told {
    sessions: Bounded<Print, HashSet<Print>>,
    together: usize,
}

impl Default for Told {
    fn default() -> Self {
        Self { sessions: Bounded::new(MOST_SESSIONS), together: 0 }
    }
}

impl Told {
    /// What of a record is new to its session.
    ///
    /// Always new is what the record itself brings: what a model answered, the last message that
    /// went in, and all of a record that is not a call or a step around calls.
    pub(super) fn news(&mut self, record: &Record, prints: &Prints) -> News {
        let Some(session) = prints.session else {
            return News {
                segments: vec![true; record.content.len()],
                definitions: vec![true; definitions(record).len()],
            };
        };
        let last = last_input(record);
        let fresh = |segment: &Segment| match record.kind {
            Kind::Interaction if record.part == Part::Content => false,
            Kind::Interaction => {
                segment.direction == Direction::Output || Some(segment.message) == last
            }
            Kind::Agent | Kind::Workflow => false,
            _ => true,
        };
        let new = self.remember(session, &prints.segments);
        let segments = record.content.iter().zip(new).map(|(one, new)| new || fresh(one)).collect();
        let definitions = match prints.definitions.as_slice() {
            [] => Vec::new(),
            prints => self.remember(session, prints),
        };
        News { segments, definitions }
    }

    fn remember(&mut self, session: Print, prints: &[Print]) -> Vec<bool> {
        let (known, gone) = self.sessions.entry(&session, HashSet::new);
        let before = known.len();
        let mut new = Vec::with_capacity(prints.len());
        for print in prints {
            let full = known.len() >= MOST_OF_ONE;
            new.push(if full { !known.contains(print) } else { known.insert(*print) });
        }
        self.together += known.len() - before;
        self.together -= gone.map_or(0, |gone| gone.len());
        while self.together > MOST_TOGETHER {
            let Some(gone) = self.sessions.pop_oldest() else { break };
            self.together -= gone.len();
        }
        new
    }
}

/// The tools that a call offers.
fn definitions(record: &Record) -> &[Json] {
    record.call.as_ref().map_or(&[], |call| &call.tool_definitions)
}

/// The session of a record, or its trace, within its tenant.
fn session(record: &Record) -> Option<Print> {
    let mut context = tagged(record.tenant.as_str());
    match (&record.actor.session, record.trace_id) {
        (Some(session), _) => {
            part(&mut context, b"session");
            part(&mut context, session.as_bytes());
        }
        (None, Some(trace)) => {
            part(&mut context, b"trace");
            part(&mut context, &trace.0);
        }
        (None, None) => return None,
    }
    Some(finished(context))
}

/// The ordinal of the last message that went in.
fn last_input(record: &Record) -> Option<u32> {
    let input = record.content.iter().filter(|segment| segment.direction == Direction::Input);
    input.map(|segment| segment.message).max()
}

/// What a segment says, by whom: an answer that comes back as history is the same.
fn print(segment: &Segment, executed: bool) -> Print {
    let mut context = tagged(segment.origin.as_str());
    match &segment.body {
        Body::Text { content } => part(&mut context, content.as_bytes()),
        Body::Reasoning { content } => {
            part(&mut context, b"reasoning");
            part(&mut context, content.as_bytes());
        }
        Body::ToolCall { name, arguments, .. } => {
            part(&mut context, if executed { b"executed" } else { b"asked for" });
            part(&mut context, name.as_bytes());
            json(&mut context, arguments);
        }
        Body::ToolResult { id, result, .. } => {
            part(&mut context, b"result");
            part(&mut context, id.as_deref().unwrap_or_default().as_bytes());
            json(&mut context, result);
        }
        other => {
            part(&mut context, b"other");
            let _ = serde_json::to_writer(Digest(&mut context), other);
        }
    }
    finished(context)
}

fn tagged(tag: &str) -> Context {
    let mut context = Context::new(&SHA256);
    part(&mut context, tag.as_bytes());
    context
}

/// Adds bytes after their length, so that no two lists of parts are the same bytes.
fn part(context: &mut Context, bytes: &[u8]) {
    context.update(&bytes.len().to_le_bytes());
    context.update(bytes);
}

fn json(context: &mut Context, value: &Json) {
    let _ = serde_json::to_writer(Digest(context), value);
}

fn finished(context: Context) -> Print {
    let digest = context.finish();
    let half = digest.as_ref().first_chunk::<16>().copied().unwrap_or_default();
    Print::from_le_bytes(half)
}

/// Writes into a digest.
struct Digest<'c>(&'c mut Context);

impl std::io::Write for Digest<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
