//! `plainsight inspect test`: what a policy and its detectors do to a text, and whether they do
//! what is expected.
//!
//! Keeps nothing, and shows the text only as it is kept.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use inspect::{Explained, ExplainedFinding, Inspector};
use model::{Origin, TenantId};
use serde::Deserialize;
use serde_json::{Value, json};
use vault::EphemeralKeys;

use crate::cli::Verdict;
use crate::output::{self, Format};
use crate::policy;

/// The largest text, and the largest file of expectations.
const LARGEST: u64 = 64 << 20;

/// Options of `inspect test`.
#[derive(Args)]
pub(crate) struct Options {
    /// The text; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,

    /// The configuration, instead of plainsight.toml where there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Whose text it is: system, user, assistant, tool, retrieved, memory or agent
    #[arg(long, default_value = "user", value_parser = origin)]
    origin: Origin,

    /// The tenant
    #[arg(long, value_name = "TENANT", default_value = TenantId::DEFAULT)]
    tenant: String,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    /// Check expectations instead: lines {"text", "spans": [{"start", "end", "type"}]}, places in
    /// code points, types as TYPE or TYPE/subtype
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    expect: Option<PathBuf>,
}

fn origin(name: &str) -> Result<Origin, String> {
    let read = serde_json::from_value(Value::String(name.to_owned()));
    read.map_err(|_| {
        "expected system, user, assistant, tool, retrieved, memory or agent".to_owned()
    })
}

/// Inspects a text, or checks expectations.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let tester = Tester::new(options)?;
    match &options.expect {
        Some(file) => tester.check(file, options.json),
        None => tester.show(&options.file, options.json),
    }
}

struct Tester {
    inspector: Inspector,
    keys: EphemeralKeys,
    tenant: TenantId,
    origin: Origin,
    /// The names of the operator's detectors.
    own: Vec<String>,
}

impl Tester {
    fn new(options: &Options) -> Result<Self> {
        let (inspector, policy) = policy::inspector(options.config.as_deref())?;
        Ok(Self {
            inspector,
            keys: EphemeralKeys::generate()?,
            tenant: TenantId(options.tenant.clone()),
            origin: options.origin,
            own: policy.detector.into_iter().map(|detector| detector.name).collect(),
        })
    }

    fn explain(&self, text: &str) -> Explained {
        self.inspector.explain(text, &self.tenant, Some(self.origin), &self.keys)
    }

    fn show(&self, file: &Path, as_json: bool) -> Result<Verdict> {
        let explained = self.explain(&read(file)?);
        if as_json {
            output::say(&serde_json::to_string_pretty(&explained)?);
            return Ok(Verdict::Fine);
        }
        let columns = ["place", "type", "confidence", "action", "shown"].map(str::to_owned);
        let rows: Vec<Vec<Value>> = explained.findings.iter().map(row).collect();
        output::rows(&columns, &rows, Format::Table)?;
        output::say("");
        output::say(&without_control(&explained.redacted));
        if let Some(why) = &explained.incomplete {
            output::complain(why);
        }
        Ok(Verdict::Fine)
    }

    fn check(&self, file: &Path, as_json: bool) -> Result<Verdict> {
        let expectations = expectations(&read(file)?)?;
        let mut checked = Checked { own: &self.own, expected: 0, wrong: Vec::new() };
        for (line, expected) in &expectations {
            checked.add(*line, expected, &self.explain(&expected.text).findings);
        }
        let (expected, wrong) = (checked.expected, checked.wrong.len());
        if as_json {
            let answer =
                json!({"texts": expectations.len(), "expected": expected, "wrong": checked.wrong});
            output::say(&serde_json::to_string_pretty(&answer)?);
        } else {
            let columns = ["line", "wrong", "type", "start", "end"];
            let cells = |wrong: &Value| columns.map(|name| wrong[name].clone()).to_vec();
            let rows: Vec<Vec<Value>> = checked.wrong.iter().map(cells).collect();
            if wrong > 0 {
                output::rows(&columns.map(str::to_owned), &rows, Format::Table)?;
            }
            output::say(&format!(
                "{} texts, {expected} values expected, {wrong} wrong",
                expectations.len()
            ));
        }
        Ok(if wrong == 0 { Verdict::Fine } else { Verdict::FoundWrong })
    }
}

/// A finding as a row of the table.
fn row(finding: &ExplainedFinding) -> Vec<Value> {
    vec![
        json!(format!("{}:{}", finding.line, finding.column)),
        json!(name(finding)),
        json!(format!("{:.2}", finding.confidence)),
        json!(finding.action),
        json!(finding.shown),
    ]
}

fn name(finding: &ExplainedFinding) -> String {
    match finding.subtype {
        Some(subtype) => format!("{}/{subtype}", finding.kind),
        None => finding.kind.to_owned(),
    }
}

/// A line of a file of expectations.
#[derive(Deserialize)]
struct Expected {
    text: String,
    spans: Vec<Span>,
}

/// A value that is to be found.
#[derive(Deserialize)]
struct Span {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: String,
}

impl Span {
    /// Whether a finding is of this type and covers it whole.
    fn is_met_by(&self, finding: &ExplainedFinding) -> bool {
        let named = self.kind == finding.kind || self.kind == name(finding);
        named && finding.start <= self.start && self.end <= finding.end
    }
}

fn expectations(text: &str) -> Result<Vec<(usize, Expected)>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(position, line)| {
            // The line itself is not quoted: it may be sensitive.
            let expected = serde_json::from_str(line).map_err(|error| {
                anyhow::anyhow!(
                    "line {}: column {}: is no expectation",
                    position + 1,
                    error.column()
                )
            })?;
            Ok((position + 1, expected))
        })
        .collect()
}

/// What was expected and what was wrong.
struct Checked<'a> {
    /// The names of the operator's detectors.
    own: &'a [String],
    expected: usize,
    wrong: Vec<Value>,
}

impl Checked<'_> {
    /// Compares the findings of one text. What is expected and not found is wrong, and what a
    /// detector of the operator finds where nothing is expected; other findings are passed over.
    fn add(&mut self, line: usize, expected: &Expected, findings: &[ExplainedFinding]) {
        self.expected += expected.spans.len();
        let missed =
            expected.spans.iter().filter(|span| !findings.iter().any(|f| span.is_met_by(f)));
        self.wrong.extend(missed.map(|span| {
            json!({"line": line, "wrong": "missed", "type": span.kind, "start": span.start, "end": span.end})
        }));
        let unexpected = findings.iter().filter(|finding| {
            let own = finding.subtype.is_some_and(|name| self.own.iter().any(|own| own == name));
            own && !expected.spans.iter().any(|span| overlaps(span, finding))
        });
        self.wrong.extend(unexpected.map(|finding| {
            json!({"line": line, "wrong": "not expected", "type": name(finding), "start": finding.start, "end": finding.end})
        }));
    }
}

const fn overlaps(span: &Span, finding: &ExplainedFinding) -> bool {
    finding.start < span.end && span.start < finding.end
}

/// Reads a file or standard input; bytes that are no UTF-8 are replaced.
fn read(file: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let name =
        if file == Path::new("-") { "standard input".into() } else { file.to_string_lossy() };
    let limit = LARGEST + 1;
    let count = if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    if count.with_context(|| name.to_string())? as u64 > LARGEST {
        bail!("{name}: is larger than 64 MiB");
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A text that cannot drive the terminal.
fn without_control(text: &str) -> String {
    let plain =
        |char: char| if char.is_control() && char != '\n' && char != '\t' { ' ' } else { char };
    text.chars().map(plain).collect()
}
