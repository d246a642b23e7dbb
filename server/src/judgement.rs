//! What people say of alerts: which were right, and which to pass over. Both are records, so that
//! detection reads them as it reads everything else, and a replay knows them.

use std::collections::BTreeMap;

use model::{Clock, Kind, Observation, TenantId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::record::{Record, RecordError};
use crate::recorder;
use crate::unseal::LONGEST_REASON;
use crate::wording::{SAYS_SOMETHING, says_something};

/// The most entities that a suppression names.
const MOST_ENTITIES: usize = 32;

/// Who says something, and of whose alerts.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Who.
    pub name: String,
    /// The tenant of the alerts.
    pub tenant: TenantId,
}

impl Speaker {
    /// One who speaks of the alerts of an installation that serves one tenant.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), tenant: TenantId::default() }
    }
}

/// Whether an alert was right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What it was.
    pub verdict: Opinion,
    /// Why. It is recorded.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub reason: String,
}

/// What an alert was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// It was right.
    TruePositive,
    /// It was not.
    FalsePositive,
}

/// Alerts that are not to be raised for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The rule, by its id; every rule where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What the alert's entities must be: `user.id`, `session.id`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<String, String>,
    /// Until when, RFC 3339.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub until: jiff::Timestamp,
    /// Why. It is recorded.
    #[schemars(length(min = 1, max = 1000), regex(pattern = SAYS_SOMETHING))]
    pub reason: String,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum JudgementError {
    /// A field is not as it must be.
    #[error("{0} {1}")]
    Field(&'static str, &'static str),
    /// It could not be recorded.
    #[error("could not record it: {0}")]
    Record(#[from] RecordError),
}

/// Records a verdict of `speaker` on the alert `id`; returns the index of the record.
///
/// # Errors
/// When the id or the reason is none, or it cannot be recorded.
pub async fn judge(
    recorder: &dyn Record,
    speaker: &Speaker,
    id: &str,
    verdict: &Verdict,
    clock: &dyn Clock,
) -> Result<u64, JudgementError> {
    let digits = id.strip_prefix("al_").unwrap_or_default();
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(JudgementError::Field("alert", "is no alert's id"));
    }
    check_reason(&verdict.reason, false)?;
    let mut said = own(Kind::Feedback, "alert.verdict", &verdict.reason, speaker, clock.now());
    let record = said.expose_mut();
    record.attributes = [("verdict".to_owned(), json!(verdict.verdict))].into();
    if let Some(event) = &mut record.event {
        event.target = Some(id.to_owned());
    }
    keep(recorder, said).await
}

/// Records a suppression by `speaker`; returns the index of the record.
///
/// # Errors
/// When it names neither a rule nor an entity, has no reason, has ended already, or cannot be
/// recorded.
pub async fn suppress(
    recorder: &dyn Record,
    speaker: &Speaker,
    suppression: &Suppression,
    clock: &dyn Clock,
) -> Result<u64, JudgementError> {
    let Suppression { rule, entities, until, reason } = suppression;
    if rule.as_ref().is_none_or(String::is_empty) && entities.is_empty() {
        return Err(JudgementError::Field("rule", "or entities must be given"));
    }
    if entities.len() > MOST_ENTITIES {
        return Err(JudgementError::Field("entities", "has more than 32 members"));
    }
    check_reason(reason, true)?;
    let now = clock.now();
    if until.as_nanosecond() <= i128::from(now.nanos()) {
        return Err(JudgementError::Field("until", "has passed"));
    }
    let mut said = own(Kind::Configuration, "alert.suppress", reason, speaker, now);
    let record = said.expose_mut();
    // Text, since a number of 19 digits could look like somebody's.
    record.attributes = [("until".to_owned(), json!(until.to_string()))].into();
    let entities = entities.iter().map(|(name, value)| (format!("entity.{name}"), json!(value)));
    record.attributes.extend(entities);
    if let Some(event) = &mut record.event {
        event.target.clone_from(rule);
    }
    keep(recorder, said).await
}

fn check_reason(reason: &str, is_needed: bool) -> Result<(), JudgementError> {
    if reason.chars().count() > LONGEST_REASON {
        return Err(JudgementError::Field("reason", "is longer than 1,000 characters"));
    }
    if is_needed && !says_something(reason, LONGEST_REASON) {
        return Err(JudgementError::Field("reason", "has no word"));
    }
    Ok(())
}

fn own(kind: Kind, action: &str, reason: &str, speaker: &Speaker, now: Timestamp) -> Observation {
    let mut said = recorder::system(action, reason, now);
    let record = said.expose_mut();
    record.kind = kind;
    record.tenant = speaker.tenant.clone();
    record.actor.user = Some(speaker.name.clone());
    said
}

async fn keep(recorder: &dyn Record, said: Observation) -> Result<u64, JudgementError> {
    let receipts = recorder.record(vec![said]).await?;
    Ok(receipts.first().map_or(0, |receipt| receipt.index()))
}
