//! What must hold between settings, and what only the machine can say of them.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use super::{Config, Problem};
use crate::proxy::Target;

/// Every rule that is broken.
pub(super) fn check(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    let listeners = [
        ("listen", &config.listen),
        ("otlp.grpc", &config.otlp.grpc),
        ("otlp.http", &config.otlp.http),
    ];
    for (key, address) in listeners {
        problems.extend(check_listener(config, key, address));
    }
    if config.tls.cert.is_some() != config.tls.key.is_some() {
        problems.push(Problem::new(
            "tls",
            "cert and key belong together: only one of them is set",
        ));
    }
    let files = [
        ("tls.cert", &config.tls.cert),
        ("tls.key", &config.tls.key),
        ("access.ingest_token_file", &config.access.ingest_token_file),
    ];
    for (key, file) in files {
        problems.extend(file.as_deref().and_then(|file| check_file(key, file)));
    }
    if config.access.require_ingest_token && config.access.ingest_token_file.is_none() {
        let what = "is set, but there is no token: set access.ingest_token_file";
        problems.push(Problem::new("access.require_ingest_token", what));
    }
    for (name, upstream) in &config.proxy.upstreams {
        if !upstream.url.starts_with("http://") && !upstream.url.starts_with("https://") {
            let key = format!("proxy.upstreams.{name}.url");
            problems.push(Problem::new(
                key,
                "is not a URL that begins with http:// or https://",
            ));
        }
        if Target::parse(&format!("/up/{name}/x")).is_none() {
            problems.push(Problem::new(
                format!("proxy.upstreams.{name}"),
                "cannot be a name in a path",
            ));
        }
    }
    if let Err(error) = config.inspect.check() {
        problems.push(Problem::new("inspect", error.to_string()));
    }
    problems
}

/// Whoever can reach a listener can write records, and read answers on their way: beyond this
/// machine only with TLS and a token.
fn check_listener(config: &Config, key: &str, address: &str) -> Option<Problem> {
    let Ok(mut addresses) = address.to_socket_addrs() else {
        return Some(Problem::new(
            key,
            "is not an address such as 127.0.0.1:8700",
        ));
    };
    let beyond = addresses.any(|address: SocketAddr| !address.ip().is_loopback());
    let guarded = config.tls.is_on() && config.access.require_ingest_token;
    (beyond && !guarded).then(|| {
        let what = "listens beyond this machine, where anyone could send records and see answers: \
                    set tls.cert and tls.key (or tls.self_signed), access.ingest_token_file and \
                    access.require_ingest_token = true";
        Problem::new(key, what)
    })
}

fn check_file(key: &str, file: &Path) -> Option<Problem> {
    let error = std::fs::File::open(file).err()?;
    Some(Problem::new(key, format!("{}: {error}", file.display())))
}
