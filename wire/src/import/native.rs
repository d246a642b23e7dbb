//! Records of Plainsight that come back as somebody's file.
//!
//! A file can say anything: what inspection writes is cleared and written anew, what only
//! Plainsight itself may say is refused, and a verified identity is one no more.

use model::{Class, Door, IdentifiedBy, Inspection, Record};

use super::line::{Imported, LineError};
use crate::json;

/// Reads a record, or a line of `plainsight tail`, which has the record inside.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, LineError> {
    let mut record = decode(bytes)?;
    if record.version != 1 {
        return Err(LineError::new("version", "is not 1"));
    }
    if record.kind.class() == Class::System {
        return Err(LineError::new("kind", "is one that only Plainsight itself may write"));
    }
    clear(&mut record);
    Ok(Imported::one(record))
}

fn decode(bytes: &[u8]) -> Result<Record, LineError> {
    let error = |error: model::DecodeError| {
        let message = error.to_string();
        LineError::new("record", message.strip_prefix("record ").unwrap_or(&message))
    };
    let is_logged = serde_json::from_slice::<Logged<'_>>(bytes).ok();
    match is_logged {
        Some(logged) => model::decode(logged.record.get().as_bytes()).map_err(error),
        None if json::parse(bytes).is_ok_and(|parsed| parsed.value.get("kind").is_some()) => {
            model::decode(bytes).map_err(error)
        }
        None => Err(LineError::new("kind", "is absent")),
    }
}

/// The record's place in somebody's ledger means nothing in ours.
#[derive(serde::Deserialize)]
struct Logged<'a> {
    #[serde(borrow)]
    record: &'a serde_json::value::RawValue,
}

fn clear(record: &mut Record) {
    record.source.door = Door::Import;
    record.source.dialect = Some("native".to_owned());
    record.findings = Vec::new();
    record.signals = Vec::new();
    record.inspection = Inspection::default();
    record.sealed = Vec::new();
    record.fingerprint = None;
    record.content_at = None;
    let claimed = record.actor.user.is_some();
    record.actor.identified_by =
        if claimed { IdentifiedBy::Telemetry } else { IdentifiedBy::Nobody };
}
