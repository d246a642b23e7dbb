//! What a person waits for: search, query, visibility and restart over many records.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::conversation::Template;
use crate::ingest::{catch_up, load_count};
use crate::say;
use crate::served::Served;

/// Options of `questions`.
#[derive(Args)]
pub(crate) struct Options {
    /// Records to ask about
    #[arg(long, default_value_t = 1_000_000)]
    records: u64,
    /// Use the records that an earlier run left
    #[arg(long)]
    keep: bool,
}

/// Loads, asks, restarts.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let folder = data.join("questions");
    if !options.keep {
        let _ = std::fs::remove_dir_all(&folder);
    }
    let served = Served::start(binary, &folder, "http://127.0.0.1:9").await?;
    if !options.keep {
        let template = Arc::new(Template::new(100, 2048, 3));
        load_count(&template, 4, options.records / 100).await?;
        catch_up(&served, options.records).await?;
    }
    ask(&served, options.records).await?;
    visibility(&served).await?;
    drop(served);
    let served = Served::start(binary, &folder, "http://127.0.0.1:9").await?;
    say(&format!("  restart         ready after {:.2} s", served.ready.as_secs_f64()));
    let (_, took) = served.command(&["verify"])?;
    say(&format!("  verify          {:.1} s for the whole log", took.as_secs_f64()));
    Ok(())
}

async fn ask(served: &Served, records: u64) -> Result<()> {
    say(&format!(
        "questions over {records} records (median of 5; through the API, then the whole command)"
    ));
    let user: serde_json::Value = serde_json::from_str(
        &served.ask("/api/v1/query", Some(json!({"sql": "SELECT user_id, session_id FROM records WHERE user_id IS NOT NULL LIMIT 1"}).to_string())).await?.0,
    )?;
    let (user, session) = (text(&user["rows"][0][0])?, text(&user["rows"][0][1])?);
    let queries = [
        (
            "by user",
            format!(
                "SELECT time, model, status FROM records WHERE user_id = '{user}' ORDER BY time_unix_nano DESC LIMIT 50"
            ),
        ),
        (
            "by session",
            format!("SELECT time, model FROM records WHERE session_id = '{session}' LIMIT 1000"),
        ),
        ("count by kind", "SELECT kind, count(*) FROM records GROUP BY kind".to_owned()),
        (
            "newest",
            "SELECT \"index\", time FROM records ORDER BY \"index\" DESC LIMIT 20".to_owned(),
        ),
    ];
    for (name, sql) in &queries {
        let body = json!({"sql": sql}).to_string();
        let api = median(served, "/api/v1/query", Some(&body)).await?;
        let (_, command) = served.command(&["query", sql])?;
        say(&format!(
            "  query {name:<14} {:.1} ms; command {:.1} ms",
            millis(api),
            millis(command)
        ));
    }
    for words in ["orchestra", "simpler%20bread", "%22price%20of%20bread%22"] {
        let api = median(served, &format!("/api/v1/search?q={words}"), None).await?;
        let (_, command) =
            served.command(&["search", &words.replace("%20", " ").replace("%22", "\"")])?;
        say(&format!(
            "  search {words:<26} {:.1} ms; command {:.1} ms",
            millis(api),
            millis(command)
        ));
    }
    Ok(())
}

/// From the acknowledgement of one record to the query that finds it.
async fn visibility(served: &Served) -> Result<()> {
    let mut worst = Duration::ZERO;
    for number in 0..10 {
        let event =
            json!({"type": "feedback", "action": "thumbs_up", "id": format!("visible-{number}")});
        served.ask("/v1/events", Some(event.to_string())).await?;
        let begin = Instant::now();
        let sql =
            json!({"sql": "SELECT count(*) FROM records WHERE kind = 'feedback'"}).to_string();
        loop {
            let (answer, _) = served.ask("/api/v1/query", Some(sql.clone())).await?;
            let answer: serde_json::Value = serde_json::from_str(&answer)?;
            if answer["rows"][0][0].as_u64() > Some(number) {
                break;
            }
        }
        worst = worst.max(begin.elapsed());
    }
    say(&format!(
        "  visible         {:.0} ms after the acknowledgement, worst of 10",
        millis(worst)
    ));
    Ok(())
}

async fn median(served: &Served, path: &str, body: Option<&str>) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(served.ask(path, body.map(str::to_owned)).await?.1);
    }
    times.sort_unstable();
    Ok(times[2])
}

fn text(value: &serde_json::Value) -> Result<&str> {
    value.as_str().context("a record with a user and a session")
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
