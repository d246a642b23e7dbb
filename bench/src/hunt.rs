//! How fast `plainsight hunt` takes rules over what was recorded.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::conversation::Template;
use crate::ingest::{catch_up, load_count};
use crate::served::Served;
use crate::{ceiling, say};

/// Options of `hunt`.
#[derive(Args)]
pub(crate) struct Options {
    /// Records to hunt in
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// Hunts of each rule, of which the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Use the records that an earlier run left
    #[arg(long)]
    keep: bool,
}

/// What rules look for.
const RULES: [(&str, &str); 3] = [
    (
        "words in a message",
        "  said: {content|contains: [submarine cable, kettle of fish, orchestra pit]}",
    ),
    ("a regular expression", "  said: {content|re: 'order [0-9]{7,}'}"),
    ("signs of the classifier", "  said: {signal.name: classifier}"),
];

/// Records, and hunts.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let folder = data.join("hunt");
    let template = Arc::new(Template::new(100, 2048, 3));
    if !options.keep {
        let _ = std::fs::remove_dir_all(&folder);
        let served = Served::start(binary, &folder, "http://127.0.0.1:9").await?;
        load_count(&template, 4, options.records / 100).await?;
        catch_up(&served, options.records).await?;
    }
    let encoded = ceiling::records(&template.fill(0))?;
    let record = encoded.iter().map(Vec::len).sum::<usize>() / encoded.len().max(1);
    say(&format!(
        "hunt over {} records of {record} B, median of {}",
        options.records, options.rounds
    ));
    for (name, detection) in RULES {
        let rule = data.join("hunt-rule.yml");
        std::fs::write(&rule, written(detection))?;
        let mut times = Vec::new();
        for _ in 0..options.rounds.max(1) {
            times.push(hunted(binary, &folder, &rule)?);
        }
        times.sort_unstable();
        let took = times.get(times.len() / 2).copied().unwrap_or_default();
        let bytes = options.records as f64 * record as f64;
        say(&format!(
            "  {name:<24} {:.2} s, {:.0} MB/s of stored records",
            took.as_secs_f64(),
            bytes / took.as_secs_f64() / 1e6
        ));
    }
    Ok(())
}

fn hunted(binary: &Path, data: &Path, rule: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let done = Command::new(binary).arg("hunt").arg(rule).arg("--data").arg(data).output()?;
    let took = begin.elapsed();
    let code = done.status.code().context("an exit code")?;
    ensure!(code < 2, "{}", String::from_utf8_lossy(&done.stderr));
    Ok(took)
}

fn written(detection: &str) -> String {
    format!(
        "title: A rule of this measurement\nid: 6f4f9f4e-8f0e-4d7e-9d0a-0f1b8c0f3a11\nstatus: stable\n\
         description: A rule of this measurement.\nauthor: Plainsight\ndate: 2026-11-30\n\
         logsource: {{product: genai, category: message}}\ndetection:\n{detection}\n  condition: said\n\
         falsepositives: [None]\nlevel: high\n"
    )
}
