//! The documented views: what `plainsight query` reads.
//!
//! Each is the union of the same SELECT over every attached day file, written so that SQLite can
//! push a condition into each arm and use its index. Names and columns are a contract; a test
//! holds them fast. They do not compute what a column of a day file does not say. What somebody may
//! not see is not in the views that they are given.

use model::TenantId;

/// What of the store somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// This tenant only.
    pub tenant: Option<TenantId>,
    /// Whether what was said is seen, and what senders wrote into attributes.
    pub content: bool,
}

impl Default for Scope {
    /// Everything.
    fn default() -> Self {
        Self { tenant: None, content: true }
    }
}

impl Scope {
    /// A condition on the tenant that `column` says; nothing where every tenant is seen.
    pub(crate) fn condition(&self, column: &str) -> Option<String> {
        let tenant = self.tenant.as_ref()?;
        Some(format!("{column} = {}", literal(tenant.as_str())))
    }
}

/// A text as SQL has it. SQLite knows no other escape, and ends a statement at a NUL, which no text
/// in the store has.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "\u{fffd}").replace('\'', "''"))
}

/// A view: its name, and its SELECTs over one file, whose schema stands as `{s}`.
pub(crate) struct View {
    pub(crate) name: &'static str,
    /// Put around the union, where rows of several files are one (`{union}`).
    around: Option<&'static str>,
    arms: &'static [Arm],
}

/// A SELECT over one file.
struct Arm {
    select: &'static str,
    /// Which rows of the table it has; all where it is empty.
    rows: &'static str,
    /// Whose a row is.
    tenant: &'static str,
    /// What of it only those see who may see content, and what stands there for others.
    content: &'static [(&'static str, &'static str)],
}

impl View {
    /// `CREATE TEMP VIEW` over the files with these schema names.
    pub(crate) fn definition(&self, schemas: &[String], scope: &Scope) -> String {
        let arms: Vec<String> = schemas
            .iter()
            .flat_map(|schema| self.arms.iter().map(move |arm| arm.sql(schema, scope, None)))
            .collect();
        let union = arms.join("\nUNION ALL\n");
        let body = match self.around {
            Some(around) => around.replace("{union}", &union),
            None => union,
        };
        format!("CREATE TEMP VIEW {} AS\n{body};\n", self.name)
    }

    /// Its first SELECT over one file, of the rows that fit `condition`.
    pub(crate) fn first_select(&self, schema: &str, scope: &Scope, condition: &str) -> String {
        let first = self.arms.first();
        first.map(|arm| arm.sql(schema, scope, Some(condition))).unwrap_or_default()
    }
}

impl Arm {
    fn sql(&self, schema: &str, scope: &Scope, condition: Option<&str>) -> String {
        let mut sql = self.select.to_owned();
        if !scope.content {
            for (seen, hidden) in self.content {
                sql = sql.replace(seen, hidden);
            }
        }
        let rows = Some(self.rows.to_owned()).filter(|rows| !rows.is_empty());
        let conditions = [rows, scope.condition(self.tenant), condition.map(str::to_owned)];
        let conditions: Vec<String> = conditions.into_iter().flatten().collect();
        if !conditions.is_empty() {
            sql = format!("{sql} WHERE {}", conditions.join(" AND "));
        }
        sql.replace("{s}", schema)
    }
}

const RECORD_ARM: Arm = Arm {
    select: RECORD,
    rows: "",
    tenant: "r.tenant",
    content: &[("r.error_message AS", "CAST(NULL AS TEXT) AS"), (ATTRIBUTES, "'{' || '}'")],
};

const ASKED_ARM: Arm = Arm {
    select: ASKED_CALL,
    rows: "t.executed = 0 AND t.folded_into IS NULL",
    tenant: "t.tenant",
    content: &[],
};

const MESSAGE_ARM: Arm = Arm {
    select: MESSAGE,
    rows: "",
    tenant: "(SELECT o.tenant FROM {s}.record o WHERE o.id = m.id >> 16)",
    content: &[("m.text AS text", "CAST(NULL AS TEXT) AS text")],
};

const TOOL_CALL_ARM: Arm = Arm {
    select: TOOL_CALL,
    rows: "t.folded_into IS NULL",
    tenant: "t.tenant",
    content: &[(ARGUMENTS, "NULL"), (RESULT, "NULL")],
};

/// An arm over `record`.
const fn of_kind(select: &'static str, rows: &'static str) -> Arm {
    let content = &[
        ("r.event_reason AS reason", OWN_REASON),
        (ATTRIBUTES, "'{' || '}'"),
        (
            OWN_ATTRIBUTES,
            "iif(r.door = 'plainsight', '{' || r.attributes || '}', '{}') AS attributes",
        ),
    ];
    Arm { select, rows, tenant: "r.tenant", content }
}

/// An arm over a table with a tenant, without content.
const fn of_counts(select: &'static str, rows: &'static str, tenant: &'static str) -> Arm {
    Arm { select, rows, tenant, content: &[] }
}

const OWN_REASON: &str = "iif(r.door = 'plainsight', r.event_reason, NULL) AS reason";
const OWN_ATTRIBUTES: &str = "'{' || r.attributes || '}' AS attributes";
const ATTRIBUTES: &str = "'{' || concat_ws(',',
        (SELECT a.fragment FROM {s}.attribute_set a WHERE a.id = r.shared), r.attributes)
        || '}'";
const ARGUMENTS: &str =
    "coalesce(t.arguments, (SELECT m.text FROM {s}.message m WHERE m.id = t.arguments_at))";
const RESULT: &str =
    "coalesce(t.result, (SELECT m.text FROM {s}.message m WHERE m.id = t.result_at))";

/// One row a thing that a user would count.
pub(crate) const RECORDS: View =
    View { name: "records", around: None, arms: &[RECORD_ARM, ASKED_ARM] };

const fn plain(name: &'static str, arms: &'static [Arm]) -> View {
    View { name, around: None, arms }
}

/// All views.
pub(crate) const VIEWS: &[View] = &[
    RECORDS,
    plain("messages", &[MESSAGE_ARM]),
    plain("tool_calls", &[TOOL_CALL_ARM]),
    plain("findings", &[of_kind(FINDING, "")]),
    plain("alerts", &[of_kind(ALERT, "r.kind = 'alert'")]),
    plain("access", &[of_kind(ACCESS, "r.kind = 'access'")]),
    plain("events", &[of_kind(EVENT, EVENT_KINDS)]),
    plain("metrics", &[of_kind(METRIC, "r.kind = 'metric'")]),
    View { name: "entities", around: Some(ENTITIES), arms: &[of_counts(ENTITY, "", "e.tenant")] },
    plain("rollup_minute", &[of_counts(ROLLUP_MINUTE, "u.count > 0", "u.tenant")]),
    plain("rollup_quarter", &[of_counts(ROLLUP_QUARTER, "u.count > 0", "u.tenant")]),
    plain("rollup_hour", &[of_counts(ROLLUP_HOUR, "u.count > 0", "u.tenant")]),
    plain("rollup_tool", &[of_counts(ROLLUP_TOOL, "u.count > 0", "u.tenant")]),
    plain("rollup_finish", &[of_counts(ROLLUP_FINISH, "u.count > 0", "u.tenant")]),
    plain("rollup_finding", &[of_counts(ROLLUP_FINDING, "u.count > 0", "u.tenant")]),
];

const EVENT_KINDS: &str = "r.kind IN ('sign_in', 'account', 'authorization', 'feedback',
    'evaluation', 'configuration', 'resource', 'guardrail', 'system', 'access', 'alert',
    'amendment')";

const RECORD: &str = r#"SELECT r.id AS "index", iso_time(r.log_time) AS log_time,
    iso_time(r.time) AS time, r.time AS time_unix_nano, r.kind AS kind, r.tenant AS tenant,
    r.user_id AS user_id, coalesce(r.user_source, 'nobody') AS user_source,
    r.session_id AS session_id, r.roles AS roles, r.agent AS agent, r.api_key AS api_key,
    r.client_address AS client_address, r.user_agent AS user_agent, r.door AS door,
    r.service AS service, r.dialect AS dialect, r.name AS name, r.operation AS operation,
    r.provider AS provider, coalesce(r.response_model, r.request_model) AS model,
    r.request_model AS request_model, r.response_model AS response_model, r.stream AS stream,
    r.status AS status, r.error_type AS error_type,
    r.error_message AS error_message, r.http_status AS http_status, r.http_method AS http_method,
    r.http_path AS http_path, r.outcome AS outcome, r.input_tokens AS input_tokens,
    r.output_tokens AS output_tokens, r.cache_read_tokens AS cache_read_tokens,
    r.cache_write_tokens AS cache_write_tokens, r.reasoning_tokens AS reasoning_tokens,
    r.duration / 1e6 AS duration_ms, r.first_chunk / 1e6 AS time_to_first_token_ms,
    r.finish_reason AS finish_reason, r.trace_id AS trace_id, r.span_id AS span_id,
    r.parent_span_id AS parent_span_id, r.request_bytes AS request_bytes,
    r.response_bytes AS response_bytes, r.truncated AS truncated,
    iif(r.partial, 'partial', 'complete') AS inspection, r.finding_count AS finding_count,
    r.attack_score AS attack_score,
    '{' || concat_ws(',',
        (SELECT a.fragment FROM {s}.attribute_set a WHERE a.id = r.shared), r.attributes)
        || '}' AS attributes, r.parts AS parts, r.repeats AS repeats,
    r.refused AS refused
FROM {s}.record r"#;

/// A call that a model asked for and that nobody was seen to execute. Every column has the affinity
/// that it has in [`RECORD`]: only then does SQLite take the union apart, which ordering by an
/// index needs.
const ASKED_CALL: &str = r"SELECT CAST(t.id >> 16 AS INTEGER), iso_time(t.log_time),
    iso_time(t.time), t.time, CAST('tool_call' AS TEXT), t.tenant, t.user_id,
    coalesce(iif(t.user_id IS NULL, NULL, 'record'), 'nobody'), t.session_id, CAST(NULL AS TEXT),
    t.agent, CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT),
    t.service, CAST(NULL AS TEXT), t.name, CAST('execute_tool' AS TEXT), CAST(NULL AS TEXT),
    coalesce(t.model, NULL), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS INTEGER),
    CAST(CASE t.failed WHEN 0 THEN 'ok' WHEN 1 THEN 'error' END AS TEXT), CAST(NULL AS TEXT),
    CAST(NULL AS TEXT), CAST(NULL AS INTEGER), CAST(NULL AS TEXT), CAST(NULL AS TEXT),
    CAST(NULL AS TEXT), CAST(NULL AS INTEGER), CAST(NULL AS INTEGER), CAST(NULL AS INTEGER),
    CAST(NULL AS INTEGER), CAST(NULL AS INTEGER), t.duration / 1e6, NULL / 1e6,
    CAST(NULL AS TEXT), t.trace_id, CAST(NULL AS TEXT), CAST(NULL AS TEXT),
    CAST(NULL AS INTEGER), CAST(NULL AS INTEGER), CAST(0 AS INTEGER),
    iif(0, 'partial', 'complete'), CAST(0 AS INTEGER), CAST(NULL AS REAL), '{' || '}',
    CAST(1 AS INTEGER), CAST(0 AS INTEGER), CAST(0 AS INTEGER)
FROM {s}.tool_call t";

const MESSAGE: &str = "SELECT m.id >> 16 AS record_index, m.direction AS direction,
    m.position AS position, m.role AS role, m.origin AS origin, m.name AS name, m.type AS type,
    m.text AS text, m.tool_call_id AS tool_call_id, m.tool_name AS tool_name,
    m.mime_type AS mime_type, m.size AS size
FROM {s}.message m";

const TOOL_CALL: &str = r#"SELECT t.id >> 16 AS "index", t.asked_by AS record_index,
    iso_time(t.time) AS time, t.time AS time_unix_nano, t.tenant AS tenant, t.call_id AS call_id,
    t.name AS name,
    coalesce(t.arguments, (SELECT m.text FROM {s}.message m WHERE m.id = t.arguments_at))
        AS arguments,
    coalesce(t.result, (SELECT m.text FROM {s}.message m WHERE m.id = t.result_at)) AS result,
    t.executed AS executed, CASE t.failed WHEN 0 THEN 'ok' WHEN 1 THEN 'error' END AS status,
    t.duration / 1e6 AS duration_ms, t.user_id AS user_id, t.session_id AS session_id,
    t.agent AS agent, t.model AS model, t.service AS service, t.trace_id AS trace_id
FROM {s}.tool_call t"#;

const FINDING: &str = r#"SELECT f.record AS "index", f.type AS type, f.subtype AS subtype,
    f.place AS place, f.start AS start, f.end AS end, f.confidence AS confidence,
    lower(hex(f.fingerprint)) AS fingerprint, f.action AS action, iso_time(r.time) AS time,
    r.time AS time_unix_nano, r.kind AS kind, r.tenant AS tenant, r.user_id AS user_id,
    r.session_id AS session_id
FROM {s}.finding f JOIN {s}.record r ON r.id = f.record"#;

const ALERT: &str = r#"SELECT r.id AS "index", iso_time(r.time) AS time, r.time AS time_unix_nano,
    r.tenant AS tenant, json_extract('{' || r.attributes || '}', '$.id') AS id, r.name AS name,
    json_extract('{' || r.attributes || '}', '$.severity') AS severity,
    r.event_action AS action, r.event_outcome AS outcome, r.event_target AS target,
    r.event_reason AS reason, r.user_id AS user_id, r.session_id AS session_id,
    json_extract('{' || r.attributes || '}', '$.score') AS score,
    json_extract('{' || r.attributes || '}', '$.count') AS count,
    json_extract('{' || r.attributes || '}', '$.rule.id') AS rule,
    json_extract('{' || r.attributes || '}', '$.action') AS recommended,
    json_extract('{' || r.attributes || '}', '$.tags') AS tags,
    json_extract('{' || r.attributes || '}', '$.evidence') AS evidence,
    json_extract('{' || r.attributes || '}', '$.entities') AS entities,
    '{' || r.attributes || '}' AS attributes
FROM {s}.record r"#;

const ACCESS: &str = r#"SELECT r.id AS "index", iso_time(r.time) AS time,
    r.time AS time_unix_nano, r.tenant AS tenant, r.user_id AS user_id,
    r.event_action AS action, r.event_target AS target, r.event_outcome AS outcome,
    r.event_reason AS reason, r.client_address AS client_address,
    '{' || r.attributes || '}' AS attributes
FROM {s}.record r"#;

const EVENT: &str = r#"SELECT r.id AS "index", iso_time(r.time) AS time,
    r.time AS time_unix_nano, r.kind AS kind, r.tenant AS tenant, r.user_id AS user_id,
    r.session_id AS session_id, r.event_action AS action, r.event_outcome AS outcome,
    r.event_target AS target, r.event_reason AS reason, r.name AS name, r.service AS service,
    r.client_address AS client_address, '{' || r.attributes || '}' AS attributes
FROM {s}.record r"#;

const METRIC: &str = r#"SELECT r.id AS "index", iso_time(r.time) AS time,
    r.time AS time_unix_nano, r.tenant AS tenant, r.service AS service, r.name AS name,
    json_extract('{' || r.attributes || '}', '$.value') AS value,
    json_extract('{' || r.attributes || '}', '$.sum') AS sum,
    json_extract('{' || r.attributes || '}', '$.count') AS count,
    json_extract('{' || r.attributes || '}', '$.unit') AS unit,
    '{' || concat_ws(',',
        (SELECT a.fragment FROM {s}.attribute_set a WHERE a.id = r.shared), r.attributes)
        || '}' AS attributes
FROM {s}.record r"#;

const ENTITY: &str = "SELECT e.type AS type, e.value AS value, e.tenant AS tenant,
    e.first_seen AS first_seen, e.last_seen AS last_seen, e.count AS count
FROM {s}.entity e";

const ENTITIES: &str = "SELECT type, value, tenant, iso_time(min(first_seen)) AS first_seen,
    iso_time(max(last_seen)) AS last_seen, sum(count) AS count
FROM ({union}) GROUP BY type, value, tenant HAVING sum(count) > 0";

/// The columns of every roll-up but the first.
macro_rules! rollup {
    ($table:literal, $columns:literal) => {
        concat!(
            "SELECT iso_time(u.bucket) AS time, u.bucket AS time_unix_nano, u.tenant AS tenant, ",
            $columns,
            ", u.count AS count, u.errors AS errors, u.input_tokens AS input_tokens,
    u.output_tokens AS output_tokens, u.duration / 1e6 AS duration_ms_sum, u.sketch AS sketch,
    u.refusals AS refusals, u.findings AS findings, u.attacks AS attacks,
    u.first_chunk AS first_chunk, u.output AS output
FROM {s}.",
            $table,
            " u"
        )
    };
}

const ROLLUP_MINUTE: &str =
    rollup!("rollup_minute", "u.kind AS kind, u.model AS model, u.service AS service");
const ROLLUP_QUARTER: &str =
    rollup!("rollup_quarter", "u.kind AS kind, u.model AS model, u.service AS service");
const ROLLUP_HOUR: &str = rollup!(
    "rollup_hour",
    "u.kind AS kind, u.model AS model, u.service AS service, u.user_id AS user_id"
);
const ROLLUP_TOOL: &str =
    rollup!("rollup_tool", "u.kind AS state, u.model AS tool, u.service AS service");
const ROLLUP_FINDING: &str = rollup!(
    "rollup_finding",
    "u.kind AS kind, u.model AS model, u.service AS service, u.user_id AS type"
);
const ROLLUP_FINISH: &str = rollup!(
    "rollup_finish",
    "u.kind AS kind, u.model AS model, u.service AS service, u.user_id AS finish_reason"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_there_to_be_hidden() {
        for arm in [RECORD_ARM, MESSAGE_ARM, TOOL_CALL_ARM] {
            for (seen, _) in arm.content {
                assert!(arm.select.contains(seen), "{seen}");
            }
        }
        for select in [ALERT, ACCESS, EVENT] {
            assert!(select.contains(OWN_ATTRIBUTES) && select.contains("r.event_reason AS reason"));
        }
        assert!(METRIC.contains(ATTRIBUTES) && RECORD.contains(ATTRIBUTES));
    }
}
