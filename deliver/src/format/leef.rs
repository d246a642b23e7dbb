//! QRadar Log Event Extended Format 2.0:
//! `LEEF:2.0|vendor|product|version|event id|delimiter|key=value<tab>key=value…`.
//!
//! LEEF has no escapes: a tab or a line end in a value becomes a space, a pipe in the header a
//! slash. `devTime` is in milliseconds since the epoch, which needs no `devTimeFormat`.

use model::{Logged, Severity};

use super::facts::{self, Facts};
use super::{Teller, cef, severity};

/// A record as a LEEF line. Event id and `cat` are stable: QRadar identifies the event by them.
pub fn event(logged: &Logged, teller: &Teller) -> String {
    let record = &logged.record;
    let id = record.alert.as_ref().map_or(record.kind.as_str(), |alert| alert.rule.id.as_str());
    let mut line = String::from("LEEF:2.0");
    for field in ["Plainsight", "Plainsight", &teller.version, id] {
        line.push('|');
        line.extend(field.chars().map(|sign| if sign == '|' { '/' } else { plain(sign) }));
    }
    line.push_str("|x09|");
    for (position, (key, value)) in attributes(logged, teller).iter().enumerate() {
        if position > 0 {
            line.push('\t');
        }
        line.push_str(key);
        line.push('=');
        line.extend(value.chars().map(plain));
    }
    line
}

/// A sign that neither ends a value nor the line.
const fn plain(sign: char) -> char {
    match sign {
        '\t' | '\n' | '\r' => ' ',
        _ => sign,
    }
}

/// From 1 to 10.
const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 3,
        Severity::Medium => 5,
        Severity::High => 8,
        Severity::Critical => 10,
    }
}

fn attributes(logged: &Logged, teller: &Teller) -> Vec<(String, String)> {
    let record = &logged.record;
    let mut pairs = Vec::new();
    let mut put = |key: &str, value: String| pairs.push((key.to_owned(), value));
    put("cat", record.kind.as_str().to_owned());
    put("devTime", record.time.millis().to_string());
    put("sev", number(severity(logged)).to_string());
    put("identHostName", teller.host.clone());
    put("externalId", teller.key(logged.index, 0));
    put("msg", facts::sentence(record));
    for (name, value) in Facts::of(logged).into_iter() {
        let value = facts::text(&value);
        match name.as_str() {
            "plainsight.kind" | "rule.id" | "alert.reason" | "alert.severity" => {}
            "user.id" => put("usrName", value),
            "rule.title" => put("policy", value),
            "session.id" => put("sessionId", value),
            _ => put(&cef::own_key(&name), value),
        }
    }
    pairs
}
