//! What the console asks of the store: columns, facets, pages, time lines, roll-ups, words.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use model::{
    Actor, Body, Call, Direction, Fingerprint, IdentifiedBy, Kind, Logged, Origin, Record, Role,
    Sealed, Segment, Source, SpanId, Status, Timestamp, TraceId, Usage,
};
use store::{Columns, Functions, Limits, Question, Reader, Span, Writer};

use crate::say;

/// 2026-11-24T00:00:00Z.
const START: i64 = 1_795_478_400_000_000_000;
const DAY: i64 = 86_000_000_000_000;

/// Options of `console`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Records over a day, of 5,000 users and 12 models
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
}

/// Measures.
pub(crate) fn run(options: &Options, data: &Path) -> Result<()> {
    let folder = data.join("console");
    let _ = std::fs::remove_dir_all(&folder);
    let key = Sealed::new([7; 32]);
    let begun = Instant::now();
    write(&folder, &key, options.records)?;
    say(&format!("{:9.1} ms writing {} records", millis(begun), options.records));
    let begun = Instant::now();
    let reader = Reader::open(&folder, &key, Span::default(), &Functions::default())?;
    say(&format!("{:9.1} ms opening", millis(begun)));
    columns(&reader)?;
    queries(&reader)?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

fn write(folder: &Path, key: &Sealed<[u8; 32]>, records: u64) -> Result<()> {
    let mut writer = Writer::open(folder, key)?;
    let mut batch = Vec::with_capacity(5_000);
    for index in 0..records {
        batch.push(call(index, records).context("more records than a day has nanoseconds")?);
        if batch.len() == 5_000 || index + 1 == records {
            writer.apply(&batch)?;
            batch.clear();
        }
    }
    Ok(())
}

fn columns(reader: &Reader) -> Result<()> {
    let mut columns = Columns::default();
    for name in ["columns, cold", "columns, again"] {
        let begun = Instant::now();
        columns.refresh(reader)?;
        say(&format!("{:9.1} ms {name}: {} records", millis(begun), columns.len()));
    }
    let one = |text: &str| vec![text.to_owned()];
    let questions = [
        ("everything", Question::default()),
        ("one user", Question { user: one("user-77"), ..Question::default() }),
        (
            "errors of a model",
            Question { model: one("model-3"), has_failed: Some(true), ..Question::default() },
        ),
    ];
    for (name, question) in questions {
        let begun = Instant::now();
        let count = columns.facets(&question).1;
        say(&format!("{:9.1} ms facets of {name}: {count}", millis(begun)));
        let begun = Instant::now();
        let page = columns.page(&question, None, false, 100);
        say(&format!("{:9.1} ms page of {name}: {}", millis(begun), page.ids.len()));
        let begun = Instant::now();
        columns.histogram(&question, START, DAY / 60, 60);
        say(&format!("{:9.1} ms time line of {name}", millis(begun)));
    }
    for (name, skipped) in [("first", 0), ("last", 4_950)] {
        let begun = Instant::now();
        let users = columns.users(&Question::default(), skipped, 51);
        say(&format!("{:9.1} ms {name} page of users: {}", millis(begun), users.len()));
    }
    let begun = Instant::now();
    let scores = columns.scores(&Question::default());
    say(&format!("{:9.1} ms attack scores: {}", millis(begun), scores.count() + scores.without));
    for words in ["common", "word7 word8", "rare123"] {
        let begun = Instant::now();
        let (found, is_all) = reader.matching(words)?;
        say(&format!(
            "{:9.1} ms {} records with {words} (all: {is_all})",
            millis(begun),
            found.len()
        ));
        let question = Question { among: Some(found), ..Question::default() };
        let begun = Instant::now();
        columns.facets(&question);
        say(&format!("{:9.1} ms facets of {words}", millis(begun)));
    }
    Ok(())
}

fn queries(reader: &Reader) -> Result<()> {
    for sql in QUERIES {
        let begun = Instant::now();
        let rows = reader.query(sql, &Limits::default())?.rows.len();
        say(&format!("{:9.1} ms {rows} rows: {sql}", millis(begun)));
    }
    Ok(())
}

const QUERIES: &[&str] = &[
    "SELECT time_unix_nano / 900000000000 AS bin, sum(count), sum(errors),
        quantile(merge_sketches(sketch), 0.5), quantile(merge_sketches(sketch), 0.95),
        quantile(merge_sketches(first_chunk), 0.5) FROM rollup_quarter GROUP BY 1",
    "SELECT sum(count), quantile(merge_sketches(sketch), 0.5) FROM rollup_quarter",
    "SELECT model, service, sum(count), quantile(merge_sketches(output), 0.5)
        FROM rollup_quarter GROUP BY 1, 2",
    "SELECT count(DISTINCT value) FROM entities WHERE type = 'user' AND last_seen >= '2026'",
    "SELECT user_id, sum(count) AS n FROM rollup_hour GROUP BY 1 ORDER BY 2 DESC LIMIT 50",
    "SELECT time_unix_nano / 60000000000 AS bin, sum(count), quantile(merge_sketches(sketch), 0.5)
        FROM rollup_minute WHERE time_unix_nano < 1795478400000000000 + 21600000000000 GROUP BY 1",
    "SELECT severity, count(*) FROM alerts GROUP BY 1",
];

fn call(index: u64, records: u64) -> Option<Logged> {
    let step = DAY / i64::try_from(records).ok()?;
    let time = Timestamp(START + i64::try_from(index).ok()? * step);
    let spread = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let user = spread % 5_000;
    let print = [spread.to_be_bytes(), index.to_be_bytes()].concat();
    let rare =
        if index.is_multiple_of(1_000) { format!(" rare{}", index / 1_000) } else { String::new() };
    let text = format!("common word{} word{} text{rare}", spread % 50, spread % 51);
    let record = Record {
        version: 1,
        kind: if spread.is_multiple_of(7) { Kind::Retrieval } else { Kind::Interaction },
        source: Source { service: Some(format!("service-{}", spread % 4)), ..Source::default() },
        time,
        duration: Some(200_000_000 + spread % 3_000_000_000),
        trace_id: TraceId::from_slice(&print),
        span_id: SpanId::from_slice(&(index + 1).to_be_bytes()),
        fingerprint: Fingerprint::from_slice(&print),
        status: Status { ok: Some(!spread.is_multiple_of(97)), ..Status::default() },
        actor: Actor {
            identified_by: IdentifiedBy::Header,
            user: Some(format!("user-{user}")),
            session: Some(format!("session-{}", index / 5)),
            agent: Some(format!("agent-{}", user % 20)),
            ..Actor::default()
        },
        call: Some(Call {
            operation: "chat".to_owned(),
            request_model: Some(format!("model-{}", spread % 12)),
            usage: Usage {
                input_tokens: Some(spread % 2_000),
                output_tokens: Some(spread % 500),
                ..Usage::default()
            },
            time_to_first_chunk: Some(100_000_000 + spread % 900_000_000),
            finish_reasons: vec!["stop".to_owned()],
            ..Call::default()
        }),
        content: vec![Segment {
            direction: Direction::Input,
            message: 0,
            role: Role::User,
            origin: Origin::User,
            name: None,
            body: Body::Text { content: text },
        }],
        ..Record::default()
    };
    Some(Logged { index, log_time: time, record })
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
