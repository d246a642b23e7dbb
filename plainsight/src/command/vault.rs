//! `plainsight vault`: the state of the keys, and new ones. Shows no key.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use model::SystemClock;
use serde_json::{Value, json};
use server::rotation::{self, Rotated, Rotation};
use store::{Limits, Span};
use vault::{NextRoot, RootEpoch, RootKey, RootSource, Status, TenantStatus};

use crate::cli::{Data, Verdict};
use crate::command::{serve, unseal};
use crate::files::{Files, reader};
use crate::output;
use crate::read::Server;

/// The variable with the next root key, where that is kept elsewhere.
const NEW_ROOT_KEY: &str = "PLAINSIGHT_NEW_ROOT_KEY";
const SECONDS_A_DAY: i64 = 86_400;

/// What is done with the keys.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Show epochs, counts and ages, and where the root key comes from
    Status(StatusOptions),
    /// Make new keys for what is recorded from now on; what was recorded stays readable
    Rotate(RotateOptions),
}

/// Options of `vault status`.
#[derive(Args)]
pub(crate) struct StatusOptions {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
}

/// Options of `vault rotate`.
#[derive(Args)]
pub(crate) struct RotateOptions {
    /// Rotate the root key, which wraps the tenants' keys, and not these
    #[arg(long)]
    root: bool,
    /// Where the new root key is kept [default: in the file, where the old one is]. For
    /// `environment` it is read from PLAINSIGHT_NEW_ROOT_KEY
    #[arg(long, value_enum, requires = "root")]
    to: Option<Place>,
    #[command(flatten)]
    data: Data,
}

/// Where a root key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Place {
    /// In the data directory
    File,
    /// In the environment of the server
    Environment,
}

pub(crate) fn run(action: &Action) -> Result<Verdict> {
    match action {
        Action::Status(options) => status(options),
        Action::Rotate(options) => rotate(options),
    }
}

fn status(options: &StatusOptions) -> Result<Verdict> {
    let files = Files::open(&options.data.data, None)?;
    let status = files.vault().status()?;
    let sealed = sealed_originals(&files).ok();
    if options.json {
        output::say(&serde_json::to_string_pretty(&as_json(&status, sealed))?);
    } else {
        for line in as_text(&status, sealed) {
            output::say(&line);
        }
    }
    Ok(Verdict::Fine)
}

/// How many there are of the records that the operational copy still has.
fn sealed_originals(files: &Files) -> Result<u64> {
    let sql = "SELECT count(*) FROM findings WHERE action = 'seal'";
    let table = files.store(Span::default())?.query(sql, &Limits::default())?;
    let rows: Vec<Vec<u64>> = serde_json::from_value(serde_json::to_value(&table.rows)?)?;
    rows.first().and_then(|row| row.first().copied()).context("no count")
}

fn rotate(options: &RotateOptions) -> Result<Verdict> {
    let rotated = match Server::of(&options.data.data)? {
        Some(server) => {
            ensure!(
                options.to != Some(Place::Environment),
                "stop the server first: where its root key comes from changes"
            );
            by_server(&server, options.root)?
        }
        None => by_hand(options)?,
    };
    output::say(&match rotated {
        Rotated::Tenants(tenants) => format!(
            "{tenants} tenants have new keys for what is recorded from now on; what was recorded \
             stays readable"
        ),
        Rotated::Root(epoch) => format!(
            "the root key is of epoch {epoch}; the one before is retired, and opens only backups \
             of its time"
        ),
    });
    if options.to == Some(Place::Environment) {
        output::say("start the server with the new key in PLAINSIGHT_ROOT_KEY from now on");
    }
    Ok(Verdict::Fine)
}

fn by_server(server: &Server, root: bool) -> Result<Rotated> {
    let answer = server.post("/api/v1/vault/rotate", &json!({"root": root}))?;
    let number = |name: &str| answer.get(name).and_then(Value::as_u64);
    if let Some(tenants) = number("tenants") {
        return Ok(Rotated::Tenants(tenants));
    }
    let epoch = number("root_epoch").and_then(|epoch| u32::try_from(epoch).ok());
    epoch.map(Rotated::Root).context("the server's answer is not understood")
}

fn by_hand(options: &RotateOptions) -> Result<Rotated> {
    let data = &options.data.data;
    ensure!(exists(data)?, "there is no vault in {}", data.display());
    serve::runtime()?.block_on(async {
        let engine = unseal::open(data)?;
        let rotation = rotation(options, engine.vault.root_source());
        let rotated = rotation.and_then(|rotation| Ok(rotation::rotate(&engine.vault, rotation)?));
        let noted = match &rotated {
            Ok(rotated) => {
                rotation::note(&*engine.recorder, &reader(), *rotated, &SystemClock).await
            }
            Err(_) => Ok(()),
        };
        engine.close().await;
        noted.context("the keys were rotated, but that is not on record")?;
        rotated
    })
}

fn exists(data: &Path) -> Result<bool> {
    Ok(data.join("vault").join("vault.db").try_exists()?)
}

fn rotation(options: &RotateOptions, source: RootSource) -> Result<Rotation> {
    if !options.root {
        return Ok(Rotation::Tenants);
    }
    Ok(Rotation::Root(match (options.to, source) {
        (Some(Place::File), _) | (None, RootSource::File) => NextRoot::File,
        (Some(Place::Environment), _) => {
            let key = std::env::var(NEW_ROOT_KEY)
                .with_context(|| format!("the new root key belongs into {NEW_ROOT_KEY}"))?;
            NextRoot::Given(RootKey::parse(&key).context(NEW_ROOT_KEY)?)
        }
        (None, RootSource::Given) => bail!(
            "say where the new root key is kept: --to file, or --to environment with the key in \
             {NEW_ROOT_KEY}"
        ),
    }))
}

const fn source(source: RootSource) -> &'static str {
    match source {
        RootSource::File => "file",
        RootSource::Given => "environment",
    }
}

fn as_json(status: &Status, sealed: Option<u64>) -> Value {
    json!({
        "root": {
            "source": source(status.source),
            "epochs": status.roots.iter().map(|root| root_json(root, status)).collect::<Vec<_>>(),
        },
        "tenants": status.tenants.iter().map(|tenant| tenant_json(tenant, status))
            .collect::<Vec<_>>(),
        "subjects": status.subjects,
        "destroyed_keys": status.destroyed,
        "pseudonyms": status.pseudonyms,
        "oldest_data_key": status.oldest.map(date),
        "sealed_originals": sealed,
    })
}

fn root_json(root: &RootEpoch, status: &Status) -> Value {
    json!({
        "epoch": root.epoch,
        "since": date(root.since),
        "age_days": status.today - root.since,
        "retired": root.retired.map(date),
        "key_is_here": root.is_here,
    })
}

fn tenant_json(tenant: &TenantStatus, status: &Status) -> Value {
    json!({
        "id": hex::encode(tenant.id),
        "epoch": tenant.epoch,
        "since": date(tenant.since),
        "age_days": status.today - tenant.since,
        "data_keys": tenant.data_keys,
        "earlier_data_keys": tenant.earlier_data_keys,
    })
}

fn as_text(status: &Status, sealed: Option<u64>) -> Vec<String> {
    let mut lines = vec![format!("root key: from the {}", source(status.source))];
    for RootEpoch { epoch, since, retired, is_here } in &status.roots {
        let until = retired.map_or(String::new(), |day| format!(", retired {}", date(day)));
        let kept = if retired.is_some() && *is_here { ", kept" } else { "" };
        let age = status.today - since;
        lines.push(format!("  epoch {epoch}: since {} ({age} days){until}{kept}", date(*since)));
    }
    lines.push(format!("tenants: {}", status.tenants.len()));
    for tenant in &status.tenants {
        let TenantStatus { id, epoch, since, data_keys, earlier_data_keys } = tenant;
        let age = status.today - since;
        lines.push(format!(
            "  {}: epoch {epoch} since {} ({age} days), {data_keys} data keys, \
             {earlier_data_keys} of earlier epochs",
            hex::encode(id),
            date(*since)
        ));
    }
    lines.push(format!("subjects: {}", status.subjects));
    lines.push(format!("destroyed data keys: {}", status.destroyed));
    lines.push(format!("pseudonyms: {}", status.pseudonyms));
    let oldest = status.oldest.map_or_else(|| "none".to_owned(), date);
    lines.push(format!("oldest data key: {oldest}"));
    let sealed = sealed.map_or_else(|| "not known".to_owned(), |count| count.to_string());
    lines.push(format!("sealed originals: {sealed}"));
    lines
}

/// A day as a date (RFC 3339 full-date, UTC).
fn date(day: i64) -> String {
    let moment = jiff::Timestamp::from_second(day.saturating_mul(SECONDS_A_DAY));
    moment.map_or_else(|_| day.to_string(), |moment| moment.strftime("%F").to_string())
}
