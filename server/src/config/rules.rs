//! What must hold between settings, and what only the machine can say of them.

use std::path::{Path, PathBuf};

use super::machine::Machine;
use super::{Config, Problem};
use crate::identity::JwtConfig;
use crate::proxy::Target;

/// The smallest segment that is worth a file.
const SEGMENT: u64 = 64 << 10;

/// Every rule that is broken.
pub(super) fn check(config: &Config, machine: &Machine) -> Vec<Problem> {
    let mut problems = check_listeners(config, machine);
    problems.extend(check_sizes(config));
    problems.extend(check_files(config, machine));
    problems.extend(check_pairs(config));
    problems.extend(check_upstreams(config));
    problems.extend(check_origin(&config.ledger.origin));
    problems.extend(config.identity.jwt.as_ref().and_then(check_jwt));
    problems.extend(check_sinks(&config.sinks));
    let broken = config.inspect.check(&|file| std::fs::read_to_string(file));
    problems.extend(within("inspect", &broken));
    let broken = inspect::Judges::check(config.detect.classifier.as_ref());
    problems.extend(within("detect", &broken));
    problems
}

/// The problems of a section.
fn within(section: &str, broken: &[inspect::PolicyError]) -> impl Iterator<Item = Problem> {
    broken.iter().map(move |one| Problem::of(format!("{section}.{}", one.key()), one.what()))
}

fn check_listeners(config: &Config, machine: &Machine) -> Vec<Problem> {
    let listeners = [
        ("listen", &config.listen),
        ("otlp.grpc", &config.otlp.grpc),
        ("otlp.http", &config.otlp.http),
    ];
    let mut problems = Vec::new();
    for (position, (key, address)) in listeners.iter().enumerate() {
        problems.extend(check_listener(config, machine, key, address));
        let before = listeners.iter().take(position);
        let same = before.filter(|(_, other)| other == address && !address.ends_with(":0"));
        problems.extend(same.map(|(other, _)| {
            Problem::of(*key, format!("is the address of {other}; each needs its own"))
        }));
    }
    problems
}

/// Whoever can reach a listener can write records, and read answers on their way: beyond this
/// machine only with TLS and a token.
fn check_listener(config: &Config, machine: &Machine, key: &str, address: &str) -> Option<Problem> {
    let Ok(addresses) = (machine.resolve)(address) else {
        let what = "is not an address such as 127.0.0.1:8700, or its host is not known";
        return Some(Problem::of(key, what));
    };
    let beyond = addresses.iter().any(|address| !address.ip().is_loopback());
    let guarded = config.tls.is_on() && config.access.require_ingest_token;
    (beyond && !guarded).then(|| {
        let what = "listens beyond this machine, where anyone could send records and see answers: \
                    set tls.cert and tls.key (or tls.self_signed), access.ingest_token_file and \
                    access.require_ingest_token = true";
        Problem::of(key, what)
    })
}

fn check_sizes(config: &Config) -> impl Iterator<Item = Problem> {
    let small = config.ledger.segment_bytes < SEGMENT;
    let segment = small.then(|| Problem::of("ledger.segment_bytes", "is less than 64KiB"));
    let counts = [
        ("otlp.max_body_bytes", config.otlp.max_body_bytes),
        ("recorder.queue_records", config.recorder.queue_records),
        ("recorder.queue_bytes", config.recorder.queue_bytes),
        ("recorder.body_bytes", config.recorder.body_bytes),
    ];
    let zeros = counts.into_iter().filter(|(_, count)| *count == 0);
    let zeros = zeros.map(|(key, _)| Problem::of(key, "is 0, so nothing could be recorded"));
    zeros.chain(segment)
}

fn check_files(config: &Config, machine: &Machine) -> Vec<Problem> {
    let named = |key: &str, file: &Option<PathBuf>| Some((key.to_owned(), file.clone()?));
    let jwt = config.identity.jwt.as_ref();
    let oidc = config.people.oidc.as_ref();
    let upstreams = config.proxy.upstreams.iter();
    let files = [
        named("tls.cert", &config.tls.cert),
        named("tls.key", &config.tls.key),
        named("access.ingest_token_file", &config.access.ingest_token_file),
        jwt.and_then(|jwt| named("identity.jwt.jwks_file", &jwt.jwks_file)),
        jwt.and_then(|jwt| named("identity.jwt.secret_file", &jwt.secret_file)),
        jwt.and_then(|jwt| named("identity.jwt.ca_file", &jwt.ca_file)),
        oidc.and_then(|oidc| named("people.oidc.client_secret_file", &oidc.client_secret_file)),
        oidc.and_then(|oidc| named("people.oidc.ca_file", &oidc.ca_file)),
    ];
    let authorities = upstreams.filter_map(|(name, upstream)| {
        named(&format!("proxy.upstreams.{name}.ca_file"), &upstream.ca_file)
    });
    let files = files.into_iter().flatten().chain(authorities);
    files.filter_map(|(key, file)| check_file(machine, &key, &file)).collect()
}

fn check_file(machine: &Machine, key: &str, file: &Path) -> Option<Problem> {
    let error = (machine.open)(file).err()?;
    Some(Problem::of(key, format!("{}: {error}", file.display())))
}

/// Settings that mean nothing without another.
fn check_pairs(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    if config.tls.cert.is_some() != config.tls.key.is_some() {
        let what = "cert and key belong together: only one of them is set";
        problems.push(Problem::of("tls", what));
    }
    if config.tls.cert.is_some() && config.tls.self_signed {
        let what = "is set beside tls.cert: one of them is enough";
        problems.push(Problem::of("tls.self_signed", what));
    }
    if config.access.require_ingest_token && config.access.ingest_token_file.is_none() {
        let what = "is set, but there is no token: set access.ingest_token_file";
        problems.push(Problem::of("access.require_ingest_token", what));
    }
    problems
}

fn check_sinks(sinks: &[deliver::Config]) -> Option<Problem> {
    let error = deliver::Config::check_all(sinks).err()?;
    Some(Problem::of(
        format!("sinks.{}", error.field),
        format!("{} (sink {})", error.what, error.sink),
    ))
}

fn check_upstreams(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, upstream) in &config.proxy.upstreams {
        let key = format!("proxy.upstreams.{name}");
        if let Err(error) = upstream.check() {
            problems.push(Problem::of(format!("{key}.url"), error.to_string()));
        }
        if Target::parse(&format!("/up/{name}/x")).is_none() {
            problems.push(Problem::of(key, "cannot be a name in a path"));
        }
    }
    problems
}

/// It is the name of a key in a signed note (C2SP signed-note), so it has neither spaces nor `+`.
fn check_origin(origin: &str) -> Option<Problem> {
    let wrong = |char: char| char.is_whitespace() || char.is_control() || char == '+';
    if !origin.is_empty() && !origin.contains(wrong) && !origin.contains("://") {
        return None;
    }
    let what = "is not a name such as logs.example.com/plainsight: neither scheme, space nor `+`";
    Some(Problem::of("ledger.origin", what))
}

fn check_jwt(jwt: &JwtConfig) -> Option<Problem> {
    let sources = [jwt.jwks_file.is_some(), jwt.jwks_url.is_some(), jwt.secret_file.is_some()];
    let count = sources.into_iter().filter(|set| *set).count();
    (count != 1).then(|| {
        let what = "needs exactly one of jwks_file, jwks_url and secret_file";
        Problem::of("identity.jwt", what)
    })
}
