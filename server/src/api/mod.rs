//! The API: who may ask what, reading the record, judging alerts, people, imports; and what anybody
//! may fetch: checkpoint, tiles, health, metrics.
//!
//! Every reading is itself recorded, with the names of the filters and the number of rows, and never
//! with a value. Nothing here writes to the log but through the recorder.

// Who may ask what.
mod caller;
mod gate;
mod openapi;
mod repeats;
mod roles;
mod route;
mod routes;

// What they are answered from.
mod cost;
mod evaluations;
mod filters;
mod in_force;
mod items;
mod parameters;
mod reading;
mod retention;
mod rows;
mod runs;
mod stores;
mod time;
mod whole;

// The routes.
mod accesses;
mod alerts;
mod approvals;
mod checkpoints;
mod export;
mod facets;
mod import;
mod integrity;
mod live;
mod log;
mod models;
mod oidc;
mod overview;
mod people;
mod public;
mod query;
mod records;
mod rules;
mod scores;
mod search;
mod session;
mod settings;
mod status;
mod tail;
mod tokens;
mod traces;
mod unseal;
mod users;
mod vault;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, patch, post, put};

pub use openapi::document as openapi;
pub use reading::Reading;
pub use roles::reference as roles_reference;

use reading::Shared;

/// All paths of the API. Those under `/api` are in the table of routes, too; whatever is not is
/// refused.
pub fn router(reading: Reading) -> Router {
    let shared = Shared::new(reading);
    let gated = people_routes()
        .merge(reading_routes())
        .route("/api/v1/alerts/{alert}/verdict", post(alerts::verdict))
        .route("/api/v1/suppressions", post(alerts::suppress))
        .route("/api/v1/import", post(import::import))
        .route("/api/v1/vault/rotate", post(vault::rotate))
        .route_layer(from_fn_with_state(shared.clone(), gate::pass));
    let sealed = Router::new()
        .route("/api/v1/records/{index}/unseal", get(unseal::list).post(unseal::open))
        .route_layer(from_fn_with_state(shared.clone(), gate::pass))
        .route_layer(from_fn_with_state(shared.clone(), unseal::watch));
    let public = Router::new()
        .route("/checkpoint", get(public::checkpoint))
        .route("/tile/{*path}", get(public::tile))
        .route("/healthz", get(public::healthz))
        .route("/readyz", get(public::readyz))
        .route("/metrics", get(public::metrics));
    gated.merge(sealed).layer(whole::bound()).merge(public).with_state(shared)
}

fn people_routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/session", get(session::show).post(session::begin).delete(session::end))
        .route("/api/v1/session/first", post(session::first))
        .route("/api/v1/session/password", put(session::set_password))
        .route("/api/v1/session/totp", post(session::enrol).put(session::confirm))
        .route("/api/v1/session/methods", get(oidc::methods))
        .route("/api/v1/session/oidc", get(oidc::depart))
        .route("/api/v1/session/oidc/callback", get(oidc::arrive))
        .route("/api/v1/approvals", get(approvals::list).post(approvals::ask))
        .route("/api/v1/approvals/{approval}", post(approvals::approve))
        .route("/api/v1/people", get(people::list).post(people::invite))
        .route("/api/v1/people/{name}", patch(people::change).delete(people::remove))
        .route("/api/v1/tokens", get(tokens::list).post(tokens::make))
        .route("/api/v1/tokens/{token}", delete(tokens::revoke))
}

fn reading_routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/records", get(records::list))
        .route("/api/v1/records/{index}", get(records::one))
        .route("/api/v1/facets", get(facets::facets))
        .route("/api/v1/histogram", get(facets::histogram))
        .route("/api/v1/scores", get(scores::spread))
        .route("/api/v1/overview", get(overview::overview))
        .route("/api/v1/traces/{trace}", get(traces::trace))
        .route("/api/v1/sessions/{session}", get(traces::session))
        .route("/api/v1/users", get(users::users))
        .route("/api/v1/users/{user}", get(users::user))
        .route("/api/v1/agents", get(users::agents))
        .route("/api/v1/agents/{agent}", get(users::agent))
        .route("/api/v1/models", get(models::models))
        .route("/api/v1/tools", get(models::tools))
        .route("/api/v1/access", get(accesses::list))
        .route("/api/v1/alerts", get(alerts::list))
        .route("/api/v1/alerts/{alert}", get(alerts::show))
        .route("/api/v1/records/{index}/proof", get(integrity::proof))
        .route("/api/v1/export", get(export::export))
        .route("/api/v1/live", get(live::live))
        .route("/api/v1/integrity", get(integrity::show))
        .route("/api/v1/integrity/checkpoints", get(checkpoints::list))
        .route("/api/v1/integrity/verify", post(integrity::verify))
        .route("/api/v1/integrity/runs/{run}", get(integrity::run))
        .route("/api/v1/rules", get(rules::list))
        .route("/api/v1/rules/test", post(rules::test))
        .route("/api/v1/rules/{rule}", get(rules::show))
        .route("/api/v1/coverage", get(rules::coverage))
        .route("/api/v1/settings", get(settings::show))
        .route("/api/v1/settings/policy/test", post(settings::try_policy))
        .route("/api/v1/sinks", get(settings::sinks))
        .route("/api/v1/sinks/{sink}/test", post(settings::try_sink))
        .route("/api/v1/openapi.json", get(openapi::show))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/query", post(query::query))
        .route("/api/v1/tail", get(tail::tail))
        .route("/api/v1/log", get(log::log))
        .route("/api/v1/status", get(status::status))
}
