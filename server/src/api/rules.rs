//! `/api/v1/rules`: the rules in force, one with its text, and a trial of one on history; and
//! `/api/v1/coverage`: what they see.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use detect::{Coverage, Problem, Rule, RuleSet};
use inspect::Judges;
use model::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Reader, Span};

use super::caller::Caller;
use super::filters::Window;
use super::items::objects;
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::time::Iso;
use super::whole::Whole;
use crate::detector::hunt;
use crate::refusal::Refusal;

/// Records that a rule is tried on: the newest.
const RECORDS: u64 = 50_000;
/// Alerts of a trial that are told.
const ALERTS: usize = 100;
/// The longest rule text, in bytes.
const LONGEST: usize = 256 << 10;

/// A rule to be tried.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    /// The rule, in YAML (docs/rules.md).
    #[schemars(length(min = 1, max = 262_144))]
    yaml: String,
    from: Option<Iso>,
    to: Option<Iso>,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let scope = caller.scope();
    let (items, problems) = shared
        .blocking(move |shared| {
            let known = shared.rules.now(&shared.config.detect)?;
            let counts = shared.ask(&scope, Span::default(), counts)?;
            let shipped = shipped_names();
            let items = known.rules.rules().iter().map(|rule| {
                let mut told = told(rule, &shipped);
                told["alerts"] = counts.get(&rule.id).cloned().unwrap_or(json!(0));
                told
            });
            Ok((items.collect::<Vec<Value>>(), json!(known.problems)))
        })
        .await?;
    shared.note_access(&caller, "rules.list", &names, items.len()).await;
    Ok(Json(json!({"items": items, "problems": problems})))
}

pub(super) async fn show(
    caller: Caller,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let told = shared
        .blocking(move |shared| {
            let known = shared.rules.now(&shared.config.detect)?;
            let rule = known.rules.rules().iter().find(|rule| rule.id == id);
            let rule = rule.ok_or(Refusal::NotFound)?;
            let mut told = told(rule, &shipped_names());
            told["text"] = json!(known.files.text_of(rule));
            told["false_positives"] = json!(rule.false_positives);
            told["action"] = json!(rule.action);
            told["examples"] = rule
                .examples
                .iter()
                .map(|example| json!({"name": example.name, "matches": example.matches}))
                .collect();
            Ok(told)
        })
        .await?;
    shared.note_access(&caller, "rules.show", &names, 1).await;
    Ok(Json(told))
}

pub(super) async fn coverage(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let coverage = shared
        .blocking(|shared| {
            let known = shared.rules.now(&shared.config.detect)?;
            Ok(frameworks(&known.rules, known.coverage()?))
        })
        .await?;
    shared.note_access(&caller, "rules.coverage", &names, 0).await;
    Ok(Json(json!({"frameworks": coverage})))
}

/// Lists of what there is to see, each with the rules that see it.
fn frameworks(rules: &RuleSet, coverage: &Coverage) -> Value {
    let tagged = |start: &str, id: &str| {
        let tag = format!("{start}{}", id.to_lowercase().replace(':', "."));
        let rules = rules.rules().iter().filter(|rule| !rule.is_silent && rule.tags.contains(&tag));
        let rules: Vec<&str> = rules.map(|rule| rule.id.as_str()).collect();
        json!({"id": id, "title": id, "rules": rules})
    };
    let row = |row: &detect::Row| {
        let rules: Vec<&str> = row.rules.iter().map(|rule| rule.id.as_str()).collect();
        let id = row.id.as_deref().unwrap_or(&row.name);
        json!({"id": id, "title": row.name, "rules": rules, "reason": row.not_covered})
    };
    let ids = |start, ids: &std::collections::BTreeMap<String, usize>| -> Vec<Value> {
        ids.keys().map(|id| tagged(start, id)).collect()
    };
    let mut frameworks = vec![
        json!({"name": "MITRE ATLAS", "items": ids("atlas.", &coverage.atlas)}),
        json!({"name": "OWASP", "items": ids("owasp.", &coverage.owasp)}),
    ];
    frameworks.extend(coverage.peers.iter().map(
        |peer| json!({"name": peer.name, "items": peer.alerts.iter().map(row).collect::<Vec<_>>()}),
    ));
    let requirements: Vec<Value> = coverage.requirements.iter().map(row).collect();
    frameworks.push(json!({"name": "Requirements", "items": requirements}));
    json!(frameworks)
}

pub(super) async fn test(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Json<Value>, Refusal> {
    let Trial { yaml, from, to } = body(&bytes)?;
    if yaml.is_empty() || yaml.len() > LONGEST {
        return Err(Refusal::parameter("yaml", "is empty, or longer than 256 KiB"));
    }
    let to = to.map_or_else(|| shared.clock.now(), |to| to.0);
    let from = from.map_or(Timestamp(i64::MIN), |from| from.0);
    let asking = caller.clone();
    let told = shared
        .blocking(move |shared| {
            let (rules, problems) = RuleSet::load([("rule.yml", yaml.as_str())]);
            try_out(shared, &asking, rules, &problems, Window { from, to })
        })
        .await?;
    shared.note_access(&caller, "rules.test", &["yaml"], 0).await;
    Ok(Json(told))
}

fn try_out(
    shared: &Shared,
    caller: &Caller,
    rules: RuleSet,
    problems: &[Problem],
    window: Window,
) -> Result<Value, Refusal> {
    if rules.rules().is_empty() {
        return Ok(json!({"problems": problems, "records": 0, "count": 0, "alerts": []}));
    }
    let archive = shared.archive()?;
    let log = archive.ledger();
    let size = log.size().map_err(Refusal::internal)?;
    let place = |time: Timestamp| {
        crate::engine::first_since(log, time.nanos(), size).map_err(Refusal::internal)
    };
    let end = place(Timestamp(window.to.nanos().saturating_add(1)))?;
    let begin = place(window.from)?.max(end.saturating_sub(RECORDS));
    let (mut alerts, mut count) = (Vec::new(), 0_u64);
    // Somebody waits for it, and an operator's classifier takes its time.
    let judges = Judges::default();
    let records = hunt(archive, begin..end.max(begin), rules, &judges, |told| {
        if caller.sees(&told.tenant) {
            count += 1;
            if alerts.len() < ALERTS {
                alerts.push(json!(told.alert));
            }
        }
    });
    let records = records.map_err(Refusal::internal)?;
    // How many records another tenant has is nobody's business.
    let records = caller.tenant.is_none().then_some(records);
    Ok(json!({"problems": problems, "records": records, "count": count, "alerts": alerts}))
}

/// The names of the files that come with the program.
fn shipped_names() -> HashSet<&'static str> {
    detect::shipped().into_iter().map(|(name, _)| name).collect()
}

fn told(rule: &Rule, shipped: &HashSet<&str>) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "description": rule.description,
        "severity": rule.severity,
        "kind": if rule.is_correlation() { "correlation" } else { "detection" },
        "category": rule.category.map(detect::Category::as_str),
        "tags": rule.tags,
        "file": rule.file,
        "line": rule.line,
        "origin": if shipped.contains(rule.file.as_str()) { "shipped" } else { "own" },
        "is_silent": rule.is_silent,
    })
}

/// How many alerts each rule raised.
fn counts(reader: &Reader) -> Result<serde_json::Map<String, Value>, Refusal> {
    let sql =
        "SELECT rule, count(DISTINCT id) AS count FROM alerts WHERE rule IS NOT NULL GROUP BY 1";
    let rows = objects(reader, sql)?.into_iter().filter_map(|mut row| {
        let rule = row.remove("rule")?.as_str()?.to_owned();
        Some((rule, row.remove("count")?))
    });
    Ok(rows.collect())
}
