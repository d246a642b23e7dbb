//! What evaluators said, and of which models and tools: each evaluation joined with what it refers
//! to.
//!
//! It refers to a span, a trace, a record or a session, in this order; what names none of them may
//! say itself which model it is about. Scores, models and versions are told to whoever may read
//! metadata; nothing that was said is.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Row};

use crate::QueryError;
use crate::query::Limits;
use crate::reader::{Reader, sql_error};
use crate::views::literal;

/// What was evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The model that answered; of a tool's call nothing.
    pub model: Option<String>,
    /// The tool that was called; of a model's answer nothing.
    pub tool: Option<String>,
    /// The service that called it.
    pub service: Option<String>,
    /// Where that runs (`deployment.environment.name`).
    pub deployment: Option<String>,
    /// Its version (`service.version`).
    pub version: Option<String>,
}

/// A score, and what it was given to.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// The evaluation's name.
    pub name: String,
    /// The score.
    pub score: f64,
    /// What it was given to: of a trace or session each model that took part in it. Nothing where
    /// that was not recorded.
    pub subjects: Vec<Subject>,
}

/// What an evaluation says that it is about.
#[derive(Default)]
struct Reference {
    tenant: String,
    trace: Option<String>,
    span: Option<String>,
    session: Option<String>,
    index: Option<i64>,
    own: Subject,
}

/// Traces, sessions or records that are looked up in one statement.
const TOGETHER: usize = 500;
/// Records that are read for them at most, in each file.
const MOST: usize = 50_000;

impl Reader {
    /// The newest `limit` evaluations with a score whose time is within `from` to `to`, nanoseconds
    /// since the epoch. What they are about is looked for in all files that are open.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn evaluations(
        &self,
        from: i64,
        to: i64,
        limit: usize,
    ) -> Result<Vec<Evaluated>, QueryError> {
        let failed = |error: rusqlite::Error| sql_error(&error, &Limits::default());
        let mut said = Vec::new();
        for schema in self.schemas.iter().rev() {
            let left = limit - said.len();
            let sql = said_in(schema, self.scope.condition("r.tenant").as_deref(), left);
            said.extend(read(&self.connection, &sql, (from, to), evaluation).map_err(failed)?);
        }
        let known = self.known(said.iter().map(|(_, _, reference)| reference)).map_err(failed)?;
        let evaluated = said.into_iter().map(|(name, score, reference)| {
            let subjects = known.subjects(reference);
            Evaluated { name, score, subjects }
        });
        Ok(evaluated.collect())
    }

    /// Looks up what is referred to.
    fn known<'r>(
        &self,
        references: impl Iterator<Item = &'r Reference>,
    ) -> rusqlite::Result<Known> {
        let (mut traces, mut sessions, mut indexes) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for reference in references {
            traces.extend(reference.trace.as_deref().map(literal));
            indexes.extend(reference.index.map(|index| index.to_string()));
            if reference.trace.is_none() && reference.index.is_none() {
                sessions.extend(reference.session.as_deref().map(literal));
            }
        }
        let mut known = Known::default();
        for (column, values) in [("trace_id", traces), ("session_id", sessions), ("id", indexes)] {
            let values: Vec<String> = values.into_iter().collect();
            for some in values.chunks(TOGETHER) {
                let condition = format!("r.{column} IN ({})", some.join(", "));
                for schema in &self.schemas {
                    let found = read(&self.connection, &called_in(schema, &condition), (), call)?;
                    for call in found {
                        known.add(call, column);
                    }
                }
            }
        }
        Ok(known)
    }
}

/// A call of a model or a tool.
struct Called {
    tenant: String,
    trace: Option<String>,
    span: Option<String>,
    session: Option<String>,
    index: i64,
    subject: Subject,
}

/// Calls by what refers to them, and their tenant.
#[derive(Default)]
struct Known(HashMap<(String, String), BTreeSet<Subject>>);

impl Known {
    fn add(&mut self, called: Called, found_by: &str) {
        let Called { tenant, trace, span, session, index, subject } = called;
        let mut put = |key: String| {
            self.0.entry((tenant.clone(), key)).or_default().insert(subject.clone());
        };
        match (found_by, trace, session) {
            ("trace_id", Some(trace), _) => {
                if let Some(span) = &span {
                    put(format!("span {trace} {span}"));
                }
                if subject.model.is_some() {
                    put(format!("trace {trace}"));
                }
            }
            ("session_id", _, Some(session)) if subject.model.is_some() => {
                put(format!("session {session}"));
            }
            ("id", ..) => put(format!("record {index}")),
            _ => {}
        }
    }

    fn subjects(&self, reference: Reference) -> Vec<Subject> {
        let Reference { tenant, trace, span, session, index, own } = reference;
        let keys = [
            trace.as_ref().zip(span).map(|(trace, span)| format!("span {trace} {span}")),
            trace.map(|trace| format!("trace {trace}")),
            index.map(|index| format!("record {index}")),
            session.map(|session| format!("session {session}")),
        ];
        let mut found = keys.into_iter().flatten().filter_map(|key| {
            let of_key = self.0.get(&(tenant.clone(), key))?;
            Some(of_key.iter().cloned().collect::<Vec<_>>())
        });
        found.next().unwrap_or_else(|| own.model.is_some().then_some(own).into_iter().collect())
    }
}

/// All attributes of a row, as JSON.
const ATTRIBUTES: &str = "'{' || concat_ws(',',
    (SELECT a.fragment FROM {s}.attribute_set a WHERE a.id = r.shared), r.attributes) || '}'";
const SCORE: &str = "'$.\"gen_ai.evaluation.score.value\"'";
/// The spellings of each, those of the conventions of today first.
const MODEL: &[&str] = &["gen_ai.response.model", "gen_ai.request.model"];
const DEPLOYMENT: &[&str] = &[
    "deployment.environment.name",
    "resource.deployment.environment.name",
    "deployment.environment",
    "resource.deployment.environment",
];
const VERSION: &[&str] = &["service.version", "resource.service.version"];

/// The first of these attributes that is there, as an expression.
fn attribute(names: &[&str]) -> String {
    let each = names.iter().map(|name| format!("json_extract({ATTRIBUTES}, '$.\"{name}\"')"));
    format!("CAST(coalesce({}, NULL) AS TEXT)", each.collect::<Vec<_>>().join(", "))
}

/// The evaluations of a file.
fn said_in(schema: &str, tenant: Option<&str>, limit: usize) -> String {
    let sql = format!(
        "SELECT iif(r.door = 'events', r.name, coalesce(r.event_target, r.name)),
             json_extract({ATTRIBUTES}, {SCORE}), r.tenant, r.trace_id, r.span_id, r.session_id,
             r.event_target, coalesce(r.response_model, r.request_model, {}), r.service, {}, {}
         FROM {{s}}.record r
         WHERE r.kind = 'evaluation' AND r.time BETWEEN ?1 AND ?2
             AND json_type({ATTRIBUTES}, {SCORE}) IN ('integer', 'real') AND {}
         ORDER BY r.time DESC LIMIT {limit}",
        attribute(MODEL),
        attribute(DEPLOYMENT),
        attribute(VERSION),
        tenant.unwrap_or("1"),
    );
    sql.replace("{s}", schema)
}

fn evaluation(row: &Row<'_>) -> rusqlite::Result<(String, f64, Reference)> {
    let name: Option<String> = row.get(0)?;
    let target: Option<String> = row.get(6)?;
    let own = Subject {
        model: row.get(7)?,
        tool: None,
        service: row.get(8)?,
        deployment: row.get(9)?,
        version: row.get(10)?,
    };
    let reference = Reference {
        tenant: row.get(2)?,
        trace: row.get(3)?,
        span: row.get(4)?,
        session: row.get(5)?,
        index: target.and_then(|target| target.parse().ok()),
        own,
    };
    Ok((name.unwrap_or_default(), row.get(1)?, reference))
}

/// The calls of a file that fit `condition`.
fn called_in(schema: &str, condition: &str) -> String {
    let sql = format!(
        "SELECT r.tenant, r.trace_id, r.span_id, r.session_id, r.id,
             iif(r.kind = 'tool_call', NULL, coalesce(r.response_model, r.request_model)),
             iif(r.kind = 'tool_call', (SELECT t.name FROM {{s}}.tool_call t
                 WHERE CAST(t.id >> 16 AS INTEGER) = r.id AND t.executed = 1), NULL),
             r.service, {}, {}
         FROM {{s}}.record r
         WHERE {condition} AND r.kind IN ('interaction', 'embedding', 'tool_call') LIMIT {MOST}",
        attribute(DEPLOYMENT),
        attribute(VERSION),
    );
    sql.replace("{s}", schema)
}

fn call(row: &Row<'_>) -> rusqlite::Result<Called> {
    let subject = Subject {
        model: row.get(5)?,
        tool: row.get(6)?,
        service: row.get(7)?,
        deployment: row.get(8)?,
        version: row.get(9)?,
    };
    Ok(Called {
        tenant: row.get(0)?,
        trace: row.get(1)?,
        span: row.get(2)?,
        session: row.get(3)?,
        index: row.get(4)?,
        subject,
    })
}

fn read<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    statement.query_map(parameters, row)?.collect()
}
