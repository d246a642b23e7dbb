//! ArcSight Common Event Format, version 0:
//! `CEF:0|vendor|product|version|event class id|name|severity|extension`.
//!
//! In the header `\` and `|` are escaped and line ends become spaces; in values `\`, `=` and line
//! ends are escaped. Nothing else has an escape, so all else stands as it is.

use std::fmt::Write as _;

use model::{Logged, Severity};

use super::facts::{self, Facts};
use super::{Teller, severity};

/// A record as a CEF line.
pub fn event(logged: &Logged, teller: &Teller) -> String {
    let record = &logged.record;
    let (id, name) = match record.alert.as_deref() {
        Some(alert) => (alert.rule.id.as_str(), alert.rule.title.as_str()),
        None => (record.kind.as_str(), record.kind.as_str()),
    };
    let mut line = String::from("CEF:0");
    for field in ["Plainsight", "Plainsight", &teller.version, id, name] {
        line.push('|');
        header(&mut line, field);
    }
    let _ = write!(line, "|{}|", number(severity(logged)));
    for (position, (key, value)) in extension(logged, teller).iter().enumerate() {
        if position > 0 {
            line.push(' ');
        }
        line.push_str(key);
        line.push('=');
        extension_value(&mut line, value);
    }
    line
}

/// From 0 to 10: Low 0–3, Medium 4–6, High 7–8, Very-High 9–10.
const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 3,
        Severity::Medium => 5,
        Severity::High => 8,
        Severity::Critical => 10,
    }
}

fn header(line: &mut String, field: &str) {
    for sign in field.chars() {
        match sign {
            '\\' | '|' => line.extend(['\\', sign]),
            '\n' | '\r' => line.push(' '),
            _ => line.push(sign),
        }
    }
}

fn extension_value(line: &mut String, value: &str) {
    for sign in value.chars() {
        match sign {
            '\\' | '=' => line.extend(['\\', sign]),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            _ => line.push(sign),
        }
    }
}

fn extension(logged: &Logged, teller: &Teller) -> Vec<(String, String)> {
    let record = &logged.record;
    let mut pairs = Vec::new();
    let mut put = |key: &str, value: String| pairs.push((key.to_owned(), value));
    put("rt", record.time.millis().to_string());
    put("externalId", teller.key(logged.index, 0));
    put("dvchost", teller.host.clone());
    put("deviceExternalId", teller.instance.clone());
    put("cat", record.kind.as_str().to_owned());
    put("msg", facts::sentence(record));
    if let Some(alert) = &record.alert {
        put("start", alert.first_seen.millis().to_string());
        put("end", alert.last_seen.millis().to_string());
        put("cnt", alert.count.to_string());
    }
    for (name, value) in Facts::of(logged).into_iter() {
        let value = facts::text(&value);
        match name.as_str() {
            "plainsight.kind" | "rule.id" | "rule.title" | "alert.reason" | "alert.count"
            | "alert.severity" => {}
            "user.id" => put("suid", value),
            "user_agent.original" => put("requestClientApplication", value),
            "http.request.method" => put("requestMethod", value),
            "url.path" => put("request", value),
            "event.outcome" => put("outcome", value),
            "event.reason" => put("reason", value),
            "event.action" => put("act", value),
            "http.request.body.size" => put("in", value),
            "http.response.body.size" => put("out", value),
            _ => match labelled(&name) {
                Some((key, label)) => {
                    put(key, value);
                    put(&format!("{key}Label"), label.to_owned());
                }
                None => put(&own_key(&name), value),
            },
        }
    }
    pairs
}

/// The custom fields with a label of their own, which every CEF reader knows.
fn labelled(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "session.id" => ("cs1", "session.id"),
        "gen_ai.request.model" => ("cs2", "gen_ai.request.model"),
        "gen_ai.agent.name" => ("cs3", "gen_ai.agent.name"),
        "alert.tags" => ("cs4", "alert.tags"),
        "alert.action" => ("cs5", "alert.action"),
        "alert.evidence" => ("cs6", "alert.evidence"),
        "plainsight.index" => ("cn1", "plainsight.index"),
        "alert.score" => ("cfp1", "alert.score"),
        _ => return None,
    })
}

/// A key of our own: the vendor's name, then the fact's in camel case, letters and digits only.
pub(super) fn own_key(name: &str) -> String {
    let name = name.strip_prefix("plainsight.").unwrap_or(name);
    let mut key = String::from("Plainsight");
    let mut starts = true;
    for sign in name.chars() {
        match sign {
            _ if !sign.is_ascii_alphanumeric() => starts = true,
            _ if std::mem::take(&mut starts) => key.push(sign.to_ascii_uppercase()),
            _ => key.push(sign),
        }
    }
    key
}
