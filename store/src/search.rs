//! Full-text search over what was said, newest first.
//!
//! A message is a hit when it has all words of the query. Hits come newest first: an analyst asks
//! for the latest, and ranking by relevance would have to score every match of a frequent word.

use std::time::Duration;

use model::{Kind, TenantId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Row, ToSql, params_from_iter};

use crate::QueryError;
use crate::query::Limits;
use crate::reader::{Reader, sql_error};
use crate::terms::Terms;

/// What a search is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Records of this kind.
    pub kind: Option<Kind>,
    /// Records of this user, as the store has it: a pseudonym.
    pub user: Option<String>,
    /// Records of this session.
    pub session: Option<String>,
    /// Records that happened at this time or later.
    pub since: Option<Timestamp>,
    /// Records that happened at this time or earlier.
    pub until: Option<Timestamp>,
    /// Records of this tenant.
    pub tenant: Option<TenantId>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hit {
    /// The index of its record.
    pub index: u64,
    /// When the record happened, nanoseconds since the epoch.
    pub time: Timestamp,
    /// The record's kind.
    pub kind: String,
    /// The record's user.
    pub user_id: Option<String>,
    /// The record's session.
    pub session_id: Option<String>,
    /// The record's model.
    pub model: Option<String>,
    /// Whether the message went into the model (`input`) or came out of it (`output`).
    pub direction: String,
    /// The message's role.
    pub role: String,
    /// The message's type: `text`, `tool_call`, …
    pub r#type: String,
    /// Its text around the first word that was looked for.
    pub snippet: String,
}

/// Up to how many records a filter may leave for the search to go through them as a set. Beyond
/// that a hit comes soon enough when each match is looked up by itself.
const SET: i64 = 50_000;

/// Characters of a snippet.
const SNIPPET: usize = 160;

/// Records that words are followed to, where facets and pages are counted over them.
const MATCHES: usize = 200_000;
/// The same where phrases have to be looked for in the texts.
const PHRASES: usize = 20_000;

/// How long a search may take.
const TIME: Duration = Duration::from_secs(10);

impl Reader {
    /// Finds messages with all words of `text`, newest first. `text` is words, `pre*` and
    /// `"exact phrases"`; whatever else it holds only separates words.
    ///
    /// # Errors
    /// When `text` has no word, or the search takes longer than ten seconds.
    pub fn search(
        &self,
        text: &str,
        filters: &Filters,
        limit: usize,
    ) -> Result<Vec<Hit>, QueryError> {
        let terms = Terms::parse(text);
        if terms.is_empty() {
            return Err(QueryError::NoWords);
        }
        if !self.scope.content {
            return Ok(Vec::new());
        }
        let limits = Limits { time: TIME, ..Limits::default() };
        let _watch = self.guard.within(limits.time);
        let mut hits = Vec::new();
        for schema in self.schemas.iter().rev() {
            if hits.len() < limit {
                self.search_day(schema, &terms, filters, limit, &mut hits)
                    .map_err(|error| sql_error(&error, &limits))?;
            }
        }
        Ok(hits)
    }

    /// The records that have a message with all words of `text`, by their ledger indexes, rising;
    /// and whether these are all: of very many the newest are given.
    ///
    /// # Errors
    /// When `text` has no word, or it takes longer than ten seconds.
    pub fn matching(&self, text: &str) -> Result<(Vec<i64>, bool), QueryError> {
        let terms = Terms::parse(text);
        if terms.is_empty() {
            return Err(QueryError::NoWords);
        }
        let mut found = Vec::new();
        if !self.scope.content {
            return Ok((found, true));
        }
        let limits = Limits { time: TIME, ..Limits::default() };
        let _watch = self.guard.within(limits.time);
        let most = if terms.has_phrases() { PHRASES } else { MATCHES };
        for schema in self.schemas.iter().rev() {
            if found.len() < most {
                self.match_day(schema, &terms, most, &mut found)
                    .map_err(|error| sql_error(&error, &limits))?;
            }
        }
        let is_all = found.len() < most;
        found.reverse();
        Ok((found, is_all))
    }

    fn match_day(
        &self,
        schema: &str,
        terms: &Terms,
        most: usize,
        found: &mut Vec<i64>,
    ) -> rusqlite::Result<()> {
        let texts = if terms.has_phrases() {
            format!("(SELECT text FROM {schema}.message m WHERE m.id = s.rowid)")
        } else {
            "NULL".to_owned()
        };
        let sql = format!(
            "SELECT s.rowid >> 16, {texts} FROM {schema}.message_text s
             WHERE s.message_text MATCH ?1 ORDER BY s.rowid DESC"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([terms.expression()])?;
        while found.len() < most {
            let Some(row) = next(&mut rows)? else { break };
            let record: i64 = row.get(0)?;
            let text = row.get_ref(1)?.as_str_or_null()?;
            let is_one = text.is_none_or(|text| terms.phrases_match(text));
            if is_one && found.last() != Some(&record) {
                found.push(record);
            }
        }
        Ok(())
    }

    /// Of each of these records the text around the first word that is looked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn snippets(&self, text: &str, records: &[i64]) -> Result<Vec<(i64, String)>, QueryError> {
        let terms = Terms::parse(text);
        let mut snippets = Vec::new();
        if !self.scope.content || terms.is_empty() {
            return Ok(snippets);
        }
        let failed = |error: rusqlite::Error| sql_error(&error, &Limits::default());
        for schema in &self.schemas {
            let sql = format!(
                "SELECT s.rowid >> 16, m.text, m.tool_name FROM {schema}.message_text s
                 CROSS JOIN {schema}.message m ON m.id = s.rowid
                 WHERE s.message_text MATCH ?1 AND s.rowid BETWEEN ?2 AND ?3 LIMIT 1"
            );
            let mut statement = self.connection.prepare_cached(&sql).map_err(failed)?;
            for record in records {
                let range = (terms.expression(), record << 16, record << 16 | 0xffff);
                let mut rows = statement.query(range).map_err(failed)?;
                let Some(row) = next(&mut rows).map_err(failed)? else { continue };
                let text: Option<String> = row.get(1).map_err(failed)?;
                let tool: Option<String> = row.get(2).map_err(failed)?;
                if let Some(text) = crate::message::words(tool.as_deref(), text.as_deref()) {
                    snippets.push((*record, terms.snippet(&text, SNIPPET)));
                }
            }
        }
        Ok(snippets)
    }

    fn search_day(
        &self,
        schema: &str,
        terms: &Terms,
        filters: &Filters,
        limit: usize,
        hits: &mut Vec<Hit>,
    ) -> rusqlite::Result<()> {
        let mut condition = Condition::of(filters);
        if let Some(tenant) = &self.scope.tenant {
            condition.add("r.tenant =", Value::Text(tenant.0.clone()));
        }
        let Some(among) = self.narrow(schema, &condition)? else {
            return Ok(());
        };
        let sql = format!(
            "SELECT s.rowid >> 16, r.time, r.kind, r.user_id, r.session_id,
                 coalesce(r.response_model, r.request_model), m.direction, m.role, m.type,
                 m.text, m.tool_name
             FROM {schema}.message_text s
             CROSS JOIN {schema}.record r ON r.id = s.rowid >> 16
             CROSS JOIN {schema}.message m ON m.id = s.rowid
             WHERE s.message_text MATCH ? {among} {} ORDER BY s.rowid DESC",
            condition.sql
        );
        let expression = Value::Text(terms.expression());
        let set = if among.is_empty() { &[][..] } else { &condition.values };
        let values = [&[expression], set, &condition.values].concat();
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows =
            statement.query(params_from_iter(values.iter().map(|value| value as &dyn ToSql)))?;
        while hits.len() < limit {
            let Some(row) = next(&mut rows)? else { break };
            if let Some(hit) = hit(row, terms)? {
                hits.push(hit);
            }
        }
        Ok(())
    }

    /// A condition that goes through the records that the filters leave, when those are few;
    /// `None` when there are none.
    fn narrow(&self, schema: &str, condition: &Condition) -> rusqlite::Result<Option<String>> {
        if condition.values.is_empty() {
            return Ok(Some(String::new()));
        }
        let sql = format!(
            "SELECT count(*), min(id), max(id) FROM
                 (SELECT r.id FROM {schema}.record r WHERE 1 {} LIMIT {})",
            condition.sql,
            SET + 1
        );
        let (count, first, last) = self.connection.prepare_cached(&sql)?.query_row(
            params_from_iter(condition.values.iter()),
            |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Option<i64>>(1)?,
                    row.get::<_, Option<i64>>(2)?,
                ))
            },
        )?;
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(None);
        };
        if count > SET {
            return Ok(Some(String::new()));
        }
        Ok(Some(format!(
            "AND s.rowid BETWEEN {} AND {} AND s.rowid >> 16 IN
                 (SELECT r.id FROM {schema}.record r WHERE 1 {})",
            first << 16,
            last << 16 | 0xffff,
            condition.sql
        )))
    }
}

/// Filters as SQL over `record r`, with the values of its parameters.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn of(filters: &Filters) -> Self {
        let text = |text: &str| Value::Text(text.to_owned());
        let nanos = |time: Timestamp| Value::Integer(time.nanos());
        let terms = [
            ("r.kind =", filters.kind.map(|kind| text(kind.as_str()))),
            ("r.user_id =", filters.user.as_deref().map(text)),
            ("r.session_id =", filters.session.as_deref().map(text)),
            ("r.tenant =", filters.tenant.as_ref().map(|tenant| text(tenant.as_str()))),
            ("r.time >=", filters.since.map(nanos)),
            ("r.time <=", filters.until.map(nanos)),
        ];
        let mut condition = Self { sql: String::new(), values: Vec::new() };
        for (term, value) in terms {
            if let Some(value) = value {
                condition.add(term, value);
            }
        }
        condition
    }

    fn add(&mut self, term: &str, value: Value) {
        self.sql.extend(["AND ", term, " ? "]);
        self.values.push(value);
    }
}

/// The next row. A word in a script that SQLite's Unicode tables do not know is several words to
/// the index, which then refuses it as a phrase: nothing matches.
fn next<'r>(rows: &'r mut rusqlite::Rows<'_>) -> rusqlite::Result<Option<&'r Row<'r>>> {
    match rows.next() {
        Err(error) if error.to_string().contains("phrase queries are not supported") => Ok(None),
        other => other,
    }
}

fn hit(row: &Row<'_>, terms: &Terms) -> rusqlite::Result<Option<Hit>> {
    let text: Option<String> = row.get(9)?;
    let tool: Option<String> = row.get(10)?;
    let Some(text) = crate::message::words(tool.as_deref(), text.as_deref()) else {
        return Ok(None);
    };
    if terms.has_phrases() && !terms.phrases_match(&text) {
        return Ok(None);
    }
    Ok(Some(Hit {
        index: row.get::<_, i64>(0)?.cast_unsigned(),
        time: Timestamp(row.get(1)?),
        kind: row.get(2)?,
        user_id: row.get(3)?,
        session_id: row.get(4)?,
        model: row.get(5)?,
        direction: row.get(6)?,
        role: row.get(7)?,
        r#type: row.get(8)?,
        snippet: terms.snippet(&text, SNIPPET),
    }))
}
