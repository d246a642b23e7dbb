//! Reads records (native JSON, one a line) and writes their events in a format, one a line: so that
//! programs in other languages can judge them.
//!
//! `format ocsf|ecs|cef|leef|native|sentinel|pagerduty|slack`, or `format webhook SECRET`, which
//! writes `{"headers": …, "body": …}`.

#![expect(clippy::print_stdout, reason = "it writes what it is asked for")]

use std::error::Error;
use std::io::BufRead as _;

use deliver::format::webhook::{self, SigningKey};
use deliver::{Format, Outgoing, Teller};
use model::{Clock as _, Logged, Record, SystemClock};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("ocsf", String::as_str);
    let secret = arguments.get(1).map(|secret| SigningKey::parse(secret)).transpose()?;
    let format = if name == "webhook" { "ocsf" } else { name };
    let format: Format = serde_json::from_value(Value::from(format))?;
    let teller = Teller {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: "log1".to_owned(),
        host: "recorder.example".to_owned(),
        content: false,
    };
    for (index, line) in (0..).zip(std::io::stdin().lock().lines()) {
        let record: Record = serde_json::from_str(&line?)?;
        let logged = Logged { index, log_time: record.time, record };
        for event in format.events(&logged, &teller) {
            match &secret {
                Some(key) => println!("{}", signed(&event, format, key)),
                None => println!("{}", String::from_utf8_lossy(&event.payload)),
            }
        }
    }
    Ok(())
}

fn signed(event: &Outgoing, format: Format, key: &SigningKey) -> Value {
    let body = webhook::body(event, format);
    let now = SystemClock.now();
    let headers = json!({
        "webhook-id": event.key,
        "webhook-timestamp": now.secs().to_string(),
        "webhook-signature": key.sign(&event.key, now, &body),
    });
    json!({"headers": headers, "body": String::from_utf8_lossy(&body)})
}
