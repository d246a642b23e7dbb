//! What the machine can do at best: the same bytes hashed, compressed, encrypted and appended,
//! without parsing, inspection, sockets or an index. The same bytes are those of the records, or
//! those that came in, which are fewer.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use model::{Class, Clock, SystemClock, TenantId};
use rayon::prelude::*;
use vault::{Subject, Vault};

/// Records in one group; the recorder's groups are of this order under load.
const GROUP: usize = 1000;

/// The records of a request as the recorder would write them: decoded and inspected, but for the
/// pseudonyms, which are as long as what they stand for.
pub(crate) fn records(request: &[u8]) -> Result<Vec<Vec<u8>>> {
    let decoded = wire::otlp::decode_protobuf(wire::otlp::Signal::Traces, request)?;
    let inspector = inspect::Inspector::new(&inspect::Policy::default())?;
    let keys = vault::EphemeralKeys::generate()?;
    let record = |observation: model::Observation| {
        let mut record = observation.into_exposed();
        inspector.inspect(&mut record, &keys);
        model::encode(&record)
    };
    Ok(decoded.observations.into_iter().map(record).collect())
}

/// A request in as many pieces as it has spans, as it came.
pub(crate) fn pieces(request: &[u8], spans: usize) -> Vec<Vec<u8>> {
    let size = request.len().div_ceil(spans.max(1)).max(1);
    request.chunks(size).map(<[u8]>::to_vec).collect()
}

/// Appends these records again and again for `time`; gives records a second.
pub(crate) fn measure(data: &Path, records: &[Vec<u8>], time: Duration) -> Result<f64> {
    let vault = Vault::open(data)?;
    let signer =
        ledger::Signer::open_or_create(&data.join("keys/ledger.key"), "bench.example/log")?;
    let options =
        ledger::LogOptions { origin: "bench.example/log".to_owned(), segment_bytes: 64 << 20 };
    let mut log = ledger::Log::open(&data.join("ledger"), options, signer)?;
    let texts: Vec<&[u8]> = records.iter().map(Vec::as_slice).cycle().take(GROUP).collect();
    let subjects: Vec<Subject> = (0..GROUP).map(|n| Subject::User(format!("u_{n}"))).collect();
    let tenant = TenantId::default();
    let begin = Instant::now();
    let mut appended = 0_usize;
    while begin.elapsed() < time {
        let entries: Vec<ledger::Entry> = texts
            .par_iter()
            .zip(&subjects)
            .map(|(text, subject)| {
                let sealed = vault.seal(&tenant, subject, Class::Traffic, text)?;
                Ok(ledger::Entry {
                    class: Class::Traffic as u8,
                    tenant: sealed.tenant,
                    key: sealed.key,
                    commitment: sealed.commitment,
                    payload: sealed.payload,
                })
            })
            .collect::<Result<_, vault::VaultError>>()?;
        vault.sync()?;
        log.append(&entries, SystemClock.now().nanos())?;
        appended += entries.len();
    }
    Ok(appended as f64 / begin.elapsed().as_secs_f64())
}
