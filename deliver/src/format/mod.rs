//! Formats: a record at its place in the log to events of the outside world.
//!
//! Pure: no clock is read, nothing is sent. An envelope that depends on the moment of sending or on
//! a secret ([`syslog`], [`hec`], [`bulk`], [`webhook`], [`pagerduty`], [`asff`]) is put around by the sink.

pub mod asff;
pub mod bulk;
pub mod cef;
pub mod ecs;
pub mod hec;
pub mod leef;
mod native;
pub mod ocsf;
pub mod pagerduty;
pub mod sentinel;
pub mod slack;
pub mod syslog;
pub mod webhook;

mod atlas;
mod facts;
mod tags;
mod time;

pub(crate) use time::rfc3339;

use model::{Logged, Severity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;
use crate::outgoing::Outgoing;

/// How an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Open Cybersecurity Schema Framework 1.8.0, JSON.
    Ocsf,
    /// Elastic Common Schema, JSON.
    Ecs,
    /// ArcSight Common Event Format, version 0.
    Cef,
    /// QRadar Log Event Extended Format 2.0.
    Leef,
    /// The record as Plainsight keeps it, JSON.
    Native,
    /// A flat row for a table of Microsoft Sentinel, JSON.
    Sentinel,
    /// Events API v2 of PagerDuty, JSON, less its routing key.
    PagerDuty,
    /// A Slack message of blocks, JSON.
    Slack,
    /// AWS Security Finding Format, JSON, less its product and account.
    Asff,
}

/// Who tells: what every event says about its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teller {
    /// Version of the product.
    pub version: String,
    /// Which log the indices belong to: a short name without spaces, different for each log.
    pub instance: String,
    /// Name of the machine.
    pub host: String,
    /// Whether what was said is told too, redacted as it is kept.
    pub content: bool,
}

impl Teller {
    /// The key of the `part`-th event of the record at `index`.
    fn key(&self, index: u64, part: usize) -> String {
        match part {
            0 => format!("{}-{index}", self.instance),
            part => format!("{}-{index}-{part}", self.instance),
        }
    }
}

impl Format {
    /// The events that a record makes: one, or in OCSF also one for the sensitive data in it.
    pub fn events(self, logged: &Logged, teller: &Teller) -> Vec<Outgoing> {
        let texts = match self {
            Self::Ocsf => ocsf::events(logged, teller).iter().map(json::line).collect(),
            Self::Ecs => one(&ecs::event(logged, teller)),
            Self::Cef => vec![cef::event(logged, teller)],
            Self::Leef => vec![leef::event(logged, teller)],
            Self::Native => one(&native::event(logged, teller)),
            Self::Sentinel => one(&sentinel::row(logged, teller)),
            Self::PagerDuty => one(&pagerduty::event(logged, teller)),
            Self::Slack => one(&slack::message(logged, teller)),
            Self::Asff => asff::finding(logged, teller).iter().map(json::line).collect(),
        };
        let number = |(part, text)| outgoing(logged, teller.key(logged.index, part), text);
        texts.into_iter().enumerate().map(number).collect()
    }

    /// Whether it is one JSON object.
    pub const fn is_json(self) -> bool {
        !matches!(self, Self::Cef | Self::Leef)
    }

    /// Whether one type of sink alone takes it.
    pub(crate) const fn belongs_to_one(self) -> bool {
        matches!(self, Self::Sentinel | Self::PagerDuty | Self::Slack | Self::Asff)
    }

    /// The name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ocsf => "ocsf",
            Self::Ecs => "ecs",
            Self::Cef => "cef",
            Self::Leef => "leef",
            Self::Native => "native",
            Self::Sentinel => "sentinel",
            Self::PagerDuty => "pagerduty",
            Self::Slack => "slack",
            Self::Asff => "asff",
        }
    }
}

fn one(value: &Value) -> Vec<String> {
    vec![json::line(value)]
}

fn outgoing(logged: &Logged, key: String, text: String) -> Outgoing {
    let record = &logged.record;
    let alert = record.alert.as_deref();
    Outgoing {
        index: logged.index,
        subject: alert.map_or_else(|| key.clone(), |alert| alert.id.clone()),
        key,
        kind: record.kind.as_str(),
        severity: severity(logged),
        time: record.time,
        facts: facts::structured(logged),
        payload: text.into(),
    }
}

/// How bad a record is: an alert says it; a failure or a refusal is low; all else informs.
pub fn severity(logged: &Logged) -> Severity {
    let record = &logged.record;
    match &record.alert {
        Some(alert) => alert.severity,
        None if record.status.ok == Some(false) || facts::is_unsuccessful(record) => Severity::Low,
        None => Severity::Informational,
    }
}
