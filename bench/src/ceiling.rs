//! What the machine can do at best: the same bytes hashed, compressed, encrypted and appended,
//! without parsing, inspection, sockets or an index.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use model::{Class, Clock, SystemClock, TenantId};
use rayon::prelude::*;
use vault::{Subject, Vault};

use crate::conversation::Random;

/// Records in one group; the recorder's groups are of this order under load.
const GROUP: usize = 1000;

/// Records a second over `time`, each of `size` bytes.
pub(crate) fn measure(data: &Path, size: usize, time: Duration) -> Result<f64> {
    let vault = Vault::open(data)?;
    let signer =
        ledger::Signer::open_or_create(&data.join("keys/ledger.key"), "bench.example/log")?;
    let options =
        ledger::LogOptions { origin: "bench.example/log".to_owned(), segment_bytes: 64 << 20 };
    let mut log = ledger::Log::open(&data.join("ledger"), options, signer)?;
    let mut random = Random(7);
    let texts: Vec<String> = (0..GROUP).map(|_| random.text(size)).collect();
    let subjects: Vec<Subject> = (0..GROUP).map(|n| Subject::User(format!("u_{n}"))).collect();
    let tenant = TenantId::default();
    let begin = Instant::now();
    let mut records = 0_usize;
    while begin.elapsed() < time {
        let entries: Vec<ledger::Entry> = texts
            .par_iter()
            .zip(&subjects)
            .map(|(text, subject)| {
                let sealed = vault.seal(&tenant, subject, Class::Traffic, text.as_bytes())?;
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
        records += entries.len();
    }
    Ok(records as f64 / begin.elapsed().as_secs_f64())
}
