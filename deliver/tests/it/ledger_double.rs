//! A log in memory, and what a courier needs around it.

use std::sync::{Arc, Mutex};

use deliver::{Batch, Source, SourceError, Surroundings};
use model::{Logged, ManualClock, Timestamp};
use tokio::sync::watch;

use crate::samples;

/// A log in memory.
pub(crate) struct Memory {
    records: Mutex<Vec<Logged>>,
    grown: watch::Sender<u64>,
}

impl Memory {
    /// A log of `alerts` alerts.
    pub(crate) fn of_alerts(alerts: u64) -> Arc<Self> {
        let memory = Self { records: Mutex::default(), grown: watch::Sender::new(0) };
        memory.append(alerts);
        Arc::new(memory)
    }

    /// Appends alerts, each with its index in its id and user.
    pub(crate) fn append(&self, alerts: u64) {
        let mut records = self.records.lock().unwrap();
        let first = records.len() as u64;
        records.extend((first..first + alerts).map(|index| {
            let mut alert = samples::alert();
            alert.id = format!("al_{index:032x}");
            alert.entities.insert("user.id".to_owned(), format!("user_{index}"));
            samples::logged_alert(index, alert)
        }));
        self.grown.send_replace(records.len() as u64);
    }

    /// Appends any record.
    pub(crate) fn push(&self, record: model::Record) {
        let mut records = self.records.lock().unwrap();
        let index = records.len() as u64;
        records.push(samples::logged(index, record));
        self.grown.send_replace(records.len() as u64);
    }

    /// What a courier works with.
    pub(crate) fn around(self: &Arc<Self>, seed: u64) -> Surroundings {
        Surroundings {
            source: Arc::clone(self) as Arc<dyn Source>,
            grown: self.grown.subscribe(),
            clock: Arc::new(ManualClock::new(Timestamp::from_secs(1_760_000_100))),
            teller: samples::teller(false),
            seed,
        }
    }
}

impl Source for Memory {
    fn read(&self, from: u64, max: usize) -> Result<Batch, SourceError> {
        let records = self.records.lock().unwrap();
        let end = records.len() as u64;
        let from = usize::try_from(from).unwrap().min(records.len());
        let read: Vec<Logged> = records[from..].iter().take(max).cloned().collect();
        Ok(Batch { next: (from + read.len()) as u64, records: read, end })
    }
}
