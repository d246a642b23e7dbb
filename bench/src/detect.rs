//! Records a second through detection: all shipped rules, beside `rsigma`'s own engine with the
//! same rules on the same events.
//!
//! The other engine gets the events as JSON that was made before, and its correlations read the
//! same event time; ours makes the events from records, remembers what each session was told, and
//! counts alerts. One core.

use std::time::{Duration, Instant};

use ::detect::{Category, Engine, Events, RuleSet};
use anyhow::{Result, ensure};
use model::{
    Body, Call, Direction, IdentifiedBy, Kind, Logged, Origin, Record, Role, Segment, Signal,
    Timestamp,
};
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent, LogSourceExtractor};
use serde_json::json;

use crate::english::prose;
use crate::random::Random;
use crate::say;

/// Options of `detect`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Records
    #[arg(long, default_value_t = 50_000)]
    records: u64,
    /// Users, each with one session
    #[arg(long, default_value_t = 1000)]
    users: u64,
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    let files = ::detect::shipped();
    let (rules, problems) = RuleSet::load(files.iter().copied());
    ensure!(problems.is_empty(), "{} problems", problems.len());
    let log = log(options);
    say(&format!("{} rules, {} records", rules.rules().len(), log.len()));
    ours(&rules, &log);
    theirs(&files, &log)
}

fn ours(rules: &RuleSet, log: &[Logged]) {
    let mut engine = Engine::new(rules.clone());
    let started = Instant::now();
    let alerts: usize = log.iter().map(|logged| engine.see(logged).len()).sum();
    told("detect", log.len(), started.elapsed(), alerts);
}

fn theirs(files: &[(&str, &str)], log: &[Logged]) -> Result<()> {
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    // It passes over rules of other categories, as ours does.
    engine.set_logsource_extractor(Some(LogSourceExtractor::new()));
    for (_, text) in files {
        engine.add_collection(&rsigma_parser::parse_sigma_yaml(text)?)?;
    }
    let events = events(log);
    let started = Instant::now();
    let mut matches = 0;
    for (seconds, event) in &events {
        matches += engine.process_event_at(&JsonEvent::borrow(event), *seconds).len();
    }
    told("rsigma, events made before", log.len(), started.elapsed(), matches);
    Ok(())
}

fn told(what: &str, records: usize, took: Duration, matches: usize) {
    let rate = records as f64 / took.as_secs_f64();
    say(&format!("{what}: {rate:.0} records/s, {matches} alerts or matches, {took:.2?}"));
}

/// The events of all records, with their seconds, as JSON.
fn events(log: &[Logged]) -> Vec<(i64, serde_json::Value)> {
    let mut events = Events::default();
    let mut made = Vec::new();
    for logged in log {
        events.of(logged, &|_: Category| true, &mut |event| {
            let category = ("category".to_owned(), json!(event.category.as_str()));
            let fields = event.fields().map(|(name, value)| (name.to_owned(), value.to_json()));
            let fields = fields.chain([category]);
            made.push((event.time.secs(), serde_json::Value::Object(fields.collect())));
        });
    }
    made
}

/// Chats of many users, a question and an answer each, with the history of the last turn; one in a
/// hundred has a sign of an attack.
fn log(options: &Options) -> Vec<Logged> {
    let mut random = Random::new(4);
    (0..options.records)
        .map(|index| {
            let user = index % options.users.max(1);
            let time =
                Timestamp::from_millis(1_760_000_000_000 + i64::try_from(index).unwrap_or(0) * 10);
            let mut text = || prose(&mut random, 600);
            let content = vec![
                said(
                    Direction::Input,
                    0,
                    Role::System,
                    "You are a helpful assistant of the shop.".to_owned(),
                ),
                said(Direction::Input, 1, Role::User, text()),
                said(Direction::Output, 0, Role::Assistant, text()),
            ];
            let mut record =
                Record { version: 1, kind: Kind::Interaction, time, content, ..Record::default() };
            record.actor.user = Some(format!("u_{user:032x}"));
            record.actor.session = Some(format!("session {user}"));
            record.actor.identified_by = IdentifiedBy::Token;
            record.call = Some(Call {
                operation: "chat".to_owned(),
                request_model: Some("gpt-5".to_owned()),
                ..Call::default()
            });
            if index % 100 == 0 {
                record.signals.push(Signal {
                    name: "instruction_override".to_owned(),
                    place: "content/1".to_owned(),
                    score: 0.9,
                });
            }
            Logged { index, log_time: time, record }
        })
        .collect()
}

fn said(direction: Direction, message: u32, role: Role, content: String) -> Segment {
    let origin = match role {
        Role::System => Origin::System,
        Role::Assistant => Origin::Assistant,
        _ => Origin::User,
    };
    Segment { direction, message, role, origin, name: None, body: Body::Text { content } }
}
