//! The table of all routes: the one place that says who may use which. The gate reads it, and so do
//! the API's description (docs/openapi.json) and docs/roles.md.

use http::Method;
use schemars::JsonSchema;
use serde_json::Value;

pub(super) use super::route::{Access, Form, Media, Parameter, Route};
use super::{
    alerts, approvals, checkpoints, facets, integrity, oidc, people, query, rules, scores, session,
    settings, tokens, traces, unseal, vault,
};
use crate::judgement::{Suppression, Verdict};
use crate::people::Right;
use Access::{AllTenants, Anybody, Right as May, Session, Somebody};

/// The route of a method and a path as the router has it.
pub(super) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method.as_str() && route.path == path)
}

/// The methods of a path, between commas; empty where there is no such path.
pub(super) fn methods(path: &str) -> String {
    let methods = ROUTES.iter().filter(|route| route.path == path).map(|route| route.method);
    methods.collect::<Vec<_>>().join(", ")
}

/// Any JSON.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub(super) struct Any(#[expect(dead_code, reason = "only its schema is used")] Value);

const KINDS: &[&str] = &[
    "interaction",
    "tool_call",
    "retrieval",
    "embedding",
    "memory",
    "agent",
    "workflow",
    "agent_message",
    "guardrail",
    "exchange",
    "span",
    "log",
    "metric",
    "sign_in",
    "account",
    "authorization",
    "feedback",
    "evaluation",
    "configuration",
    "resource",
    "system",
    "access",
    "alert",
    "amendment",
];

const FORMATS: &[&str] = &["native", "otlp", "litellm", "langfuse", "anthropic", "openai"];

const LIMIT: Parameter = Parameter::new("limit", Form::Integer(1, 1000), "How many, at most");
const SPAN: &[Parameter] = &[
    Parameter::new("from", Form::Time, "The earliest time"),
    Parameter::new("to", Form::Time, "The latest time"),
    Parameter::new("since", Form::Time, "Another name of `from`"),
    Parameter::new("until", Form::Time, "Another name of `to`"),
];
/// Of some of these any of several values may be asked for, between commas; a comma that belongs to a
/// value has a backslash before it.
const FILTERS: &[Parameter] = &[
    Parameter::new(
        "kind",
        Form::Choices(KINDS),
        "What it is; any of several, between commas (`\\,` is a comma)",
    ),
    Parameter::new("user", Form::Text(512), "Whose: clear names or pseudonyms, between commas"),
    Parameter::new("session", Form::Text(512), "The session"),
    Parameter::new("tenant", Form::Text(64), "The tenant"),
];
/// The same where one value is taken.
const ONE_OF: &[Parameter] = &[
    Parameter::new("kind", Form::Choice(KINDS), "What it is"),
    Parameter::new("user", Form::Text(512), "Whose: a clear name or a pseudonym"),
    Parameter::new("session", Form::Text(512), "The session"),
    Parameter::new("tenant", Form::Text(64), "The tenant"),
];
/// What is asked of the columns in memory, and not of the store.
pub(super) const FURTHER: &[Parameter] = &[
    Parameter::new("agent", Form::Text(512), "The agent; any of several, between commas"),
    Parameter::new("model", Form::Text(512), "The model; any of several, between commas"),
    Parameter::new(
        "tool",
        Form::Text(512),
        "A tool that was asked for, or executed; any of several, between commas",
    ),
    Parameter::new(
        "service",
        Form::Text(512),
        "The sender's service; any of several, between commas",
    ),
    Parameter::new("status", Form::Choice(&["ok", "error"]), "How it ended"),
    Parameter::new(
        "finding",
        Form::Text(64),
        "A type of what was found in it; any of several, between commas",
    ),
    Parameter::new("trace", Form::Text(64), "The trace"),
    Parameter::new("attack", Form::Flag, "Only what looks like an attack"),
    Parameter::new("score_from", Form::Integer(0, 100), "The lowest attack score, in hundredths"),
    Parameter::new(
        "score_below",
        Form::Integer(1, 101),
        "The attack score that is not reached, in hundredths",
    ),
    Parameter::new("refused", Form::Flag, "Only what a model refused"),
    WORDS,
];
const CURSOR: Parameter =
    Parameter::new("cursor", Form::Integer(0, INDEX), "`next` of the page before");

const UP_TO: Parameter =
    Parameter::new("cursor", Form::Integer(0, INDEX), "Only those that sign no more records");
const VIEW: Parameter = Parameter::new(
    "view",
    Form::Choice(&["table", "items"]),
    "Columns and rows, or objects with a total",
);
/// What an identity provider sends back; it may send more.
const BACK: &[Parameter] = &[
    Parameter::new("code", Form::Text(4096), "The provider's code"),
    Parameter::new("state", Form::Text(512), "What was sent there"),
    Parameter::new("iss", Form::Text(2048), "The provider (RFC 9207)"),
    Parameter::new("error", Form::Text(512), "Why not"),
    Parameter::new("error_description", Form::Text(4096), "Why not"),
    Parameter::new("error_uri", Form::Text(2048), "Why not"),
    Parameter::new("session_state", Form::Text(2048), "The provider's session"),
];
const ORDER: Parameter =
    Parameter::new("order", Form::Choice(&["desc", "asc"]), "Newest or oldest first");
const FORMAT: Parameter =
    Parameter::new("format", Form::Choice(&["jsonl", "csv"]), "JSON lines, or CSV");
const CONTENT: Parameter =
    Parameter::new("content", Form::Flag, "Whether what was said is in it, in JSON lines");
const BINS: Parameter =
    Parameter::new("bins", Form::Integer(1, 1000), "How many stretches of time");
const NAME: Parameter = Parameter::new("name", Form::Text(512), "A clear name or a pseudonym");
const WHO: Parameter = Parameter::new("who", Form::Text(512), "Who read");
const ACTION: Parameter = Parameter::new("action", Form::Text(64), "What they did");
const LIMIT_OF_ITEMS: Parameter =
    Parameter::new("limit", Form::Integer(1, 500), "How many, at most");
const ALERTS: &[Parameter] = &[
    Parameter::new(
        "state",
        Form::Choice(&["open", "judged", "suppressed", "all"]),
        "Whether somebody judged it",
    ),
    Parameter::new(
        "severity",
        Form::Choice(&["informational", "low", "medium", "high", "critical"]),
        "How bad it is",
    ),
    Parameter::new("rule", Form::Text(128), "The rule that raised it"),
    Parameter::new("user", Form::Text(512), "Whom it is about"),
];
const INDEX: u64 = (1 << 53) - 1;
const BEFORE: Parameter =
    Parameter::new("before", Form::Integer(0, INDEX), "Only records with a smaller index");
const WORDS: Parameter =
    Parameter::new("q", Form::Words(4000), "Words that were said, `pre*` and `\"exact phrases\"`");

/// All of them.
pub(super) static ROUTES: &[Route] = &[
    // The session.
    Route::get("/api/v1/session", "Who is signed in", Somebody).gives::<session::Me>(),
    Route::post("/api/v1/session", "Signs in", Anybody)
        .takes::<session::SignIn>()
        .gives::<session::SignedIn>()
        .or(&[401, 403, 415]),
    Route::delete("/api/v1/session", "Signs out", Session),
    Route::post("/api/v1/session/first", "Takes the first link, or an invitation", Anybody)
        .takes::<session::Welcome>()
        .gives::<session::SignedIn>()
        .or(&[403, 415]),
    Route::put("/api/v1/session/password", "Sets a new password", Session)
        .takes::<session::NewPassword>()
        .empty()
        .or(&[415]),
    Route::post("/api/v1/session/totp", "Begins to enrol a second factor", Session)
        .takes::<session::Password>()
        .gives::<session::Enrolment>()
        .or(&[415]),
    Route::put("/api/v1/session/totp", "Confirms it with a code", Session)
        .takes::<session::Code>()
        .empty()
        .or(&[415]),
    Route::get("/api/v1/session/methods", "How one can sign in", Anybody).gives::<oidc::Methods>(),
    Route::get("/api/v1/session/oidc", "Off to the identity provider", Anybody).sees().or(&[404]),
    Route::get("/api/v1/session/oidc/callback", "Back from the identity provider", Anybody)
        .with(&[BACK])
        .sees(),
    // People and tokens.
    Route::get("/api/v1/people", "Who has an account", May(Right::People))
        .gives::<people::Everybody>(),
    Route::post("/api/v1/people", "Invites somebody", May(Right::Admit))
        .takes::<people::Invited>()
        .gives::<people::Admitted>()
        .makes()
        .repeats()
        .or(&[409, 415]),
    Route::patch("/api/v1/people/{name}", "Changes role, tenant or state", May(Right::Admit))
        .takes::<people::Changed>()
        .gives::<people::Admitted>()
        .repeats()
        .or(&[404, 409, 415]),
    Route::delete("/api/v1/people/{name}", "Takes an account away", May(Right::Admit))
        .or(&[404, 409]),
    Route::get("/api/v1/tokens", "One's own tokens; all, with the right `people`", Somebody)
        .gives::<tokens::Tokens>(),
    Route::post("/api/v1/tokens", "Makes a token, which is shown once", Somebody)
        .takes::<tokens::Wanted>()
        .gives::<tokens::Made>()
        .makes()
        .repeats()
        .or(&[409, 415]),
    Route::delete("/api/v1/tokens/{token}", "Takes a token away", Somebody).or(&[404]),
    // Records.
    Route::get("/api/v1/records", "Records, newest first, a page at a time", May(Right::Metadata))
        .with(&[FILTERS, FURTHER, SPAN, &[BEFORE, CURSOR, LIMIT, VIEW, ORDER]])
        .gives::<Any>(),
    Route::get("/api/v1/facets", "How many records there are of each value", May(Right::Metadata))
        .with(&[FILTERS, FURTHER, SPAN])
        .gives::<facets::Counts>(),
    Route::get("/api/v1/histogram", "How many records there are over time", May(Right::Metadata))
        .with(&[FILTERS, FURTHER, SPAN, &[BINS]])
        .gives::<facets::TimeLine>(),
    Route::get("/api/v1/scores", "How attack scores are spread", May(Right::Metadata))
        .with(&[FILTERS, FURTHER, SPAN])
        .gives::<scores::Spread>(),
    Route::get("/api/v1/overview", "What is happening", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>(),
    Route::get("/api/v1/traces/{trace}", "The steps of a run", May(Right::Metadata))
        .gives::<traces::Together>()
        .or(&[404]),
    Route::get("/api/v1/sessions/{session}", "A conversation", May(Right::Metadata))
        .gives::<traces::Together>()
        .or(&[404]),
    Route::get("/api/v1/users", "Who acts, and how much", May(Right::Metadata))
        .with(&[SPAN, &[NAME, CURSOR, LIMIT_OF_ITEMS]])
        .gives::<Any>(),
    Route::get("/api/v1/users/{user}", "What one does, and when", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>()
        .or(&[404]),
    Route::get("/api/v1/agents", "Which agents act, and how much", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>(),
    Route::get("/api/v1/agents/{agent}", "What one does, and when", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>()
        .or(&[404]),
    Route::get("/api/v1/models", "How each model does", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>(),
    Route::get("/api/v1/tools", "How each tool does", May(Right::Metadata))
        .with(&[SPAN])
        .gives::<Any>(),
    Route::get("/api/v1/access", "Who read what; one's own, without `audit`", May(Right::Metadata))
        .with(&[SPAN, &[WHO, ACTION, CURSOR, LIMIT]])
        .gives::<Any>(),
    Route::get("/api/v1/records/{index}", "A record, whole", May(Right::Metadata))
        .gives::<Any>()
        .or(&[404, 410]),
    Route::get("/api/v1/records/{index}/unseal", "What of it is sealed", May(Right::Unseal))
        .gives::<Any>()
        .or(&[404, 410]),
    Route::post("/api/v1/records/{index}/unseal", "Opens a sealed original", May(Right::Unseal))
        .takes::<unseal::Wanted>()
        .gives::<Any>()
        .or(&[404, 410, 415]),
    Route::get("/api/v1/records/{index}/proof", "That it is in the log", May(Right::Metadata))
        .gives::<integrity::Proven>()
        .or(&[404, 410]),
    Route::get("/api/v1/export", "Records as JSON lines or CSV, as a stream", May(Right::Metadata))
        .with(&[FILTERS, FURTHER, SPAN, &[FORMAT, CONTENT]])
        .gives_any(&["application/x-ndjson", "text/csv"]),
    Route::get("/api/v1/live", "What comes, as server-sent events", May(Right::Metadata))
        .gives_other("text/event-stream"),
    Route::get("/api/v1/integrity", "The signed log as it is", May(Right::Metadata)).gives::<Any>(),
    Route::get(
        "/api/v1/integrity/checkpoints",
        "The checkpoints that were signed, newest first",
        May(Right::Metadata),
    )
    .with(&[&[UP_TO, LIMIT_OF_ITEMS]])
    .gives::<checkpoints::Checkpoints>(),
    Route::post("/api/v1/integrity/verify", "Has the log verified", May(Right::Verify))
        .gives::<integrity::Begun>()
        .accepts(),
    Route::get("/api/v1/integrity/runs/{run}", "How a verification goes", May(Right::Metadata))
        .gives::<Any>()
        .or(&[404]),
    Route::get("/api/v1/rules", "The rules in force", May(Right::Metadata)).gives::<Any>(),
    Route::get("/api/v1/rules/{rule}", "A rule, with its text", May(Right::Metadata))
        .gives::<Any>()
        .or(&[404]),
    Route::post("/api/v1/rules/test", "Tries a rule on history", May(Right::Triage))
        .takes::<rules::Trial>()
        .gives::<Any>()
        .or(&[415]),
    Route::get("/api/v1/coverage", "What the rules see", May(Right::Metadata)).gives::<Any>(),
    Route::get("/api/v1/approvals", "Requests to read many originals", May(Right::Unseal))
        .gives::<approvals::Requests>(),
    Route::post("/api/v1/approvals", "Asks for a second person's word", May(Right::Unseal))
        .takes::<approvals::Wanted>()
        .gives::<approvals::Shown>()
        .makes()
        .repeats()
        .or(&[409, 415]),
    Route::post("/api/v1/approvals/{approval}", "Gives one's word for another", May(Right::Unseal))
        .gives::<approvals::Shown>()
        .repeats()
        .or(&[404, 409]),
    Route::get("/api/v1/search", "Words in what was said, newest first", May(Right::Content))
        .with(&[&[WORDS.required()], ONE_OF, SPAN, &[LIMIT]])
        .gives::<Any>(),
    Route::post("/api/v1/query", "One SELECT over the views", May(Right::Metadata))
        .takes::<query::Question>()
        .gives::<Any>()
        .or(&[415]),
    Route::get("/api/v1/tail", "New rows as server-sent events", May(Right::Metadata))
        .with(&[&[Parameter::new("after", Form::Integer(0, INDEX), "Only those after this index")]])
        .gives_other("text/event-stream"),
    Route::get(
        "/api/v1/log",
        "The newest records whole, as JSON lines",
        AllTenants(Right::Content),
    )
    .with(&[&[
        Parameter::new("last", Form::Integer(0, INDEX), "How many to begin with"),
        Parameter::new("follow", Form::Flag, "Whether to go on with those that come"),
    ]])
    .gives_other("application/x-ndjson"),
    Route::get("/api/v1/status", "How far everything is", May(Right::Metadata)).gives::<Any>(),
    // Alerts.
    Route::get("/api/v1/alerts", "What was raised, newest first", May(Right::Metadata))
        .with(&[ALERTS, SPAN, &[CURSOR, LIMIT_OF_ITEMS]])
        .gives::<alerts::Page>(),
    Route::get("/api/v1/alerts/{alert}", "An alert, and similar ones", May(Right::Metadata))
        .gives::<alerts::Shown>()
        .or(&[404]),
    Route::post(
        "/api/v1/alerts/{alert}/verdict",
        "Says whether an alert was right",
        May(Right::Triage),
    )
    .takes::<Verdict>()
    .gives::<alerts::Told>()
    .repeats()
    .or(&[404, 415]),
    Route::post(
        "/api/v1/suppressions",
        "Passes over alerts for a while",
        AllTenants(Right::Triage),
    )
    .takes::<Suppression>()
    .gives::<alerts::Told>()
    .repeats()
    .or(&[415]),
    // Set up.
    Route::get("/api/v1/settings", "What is set, without secrets", AllTenants(Right::Settings))
        .gives::<Any>(),
    Route::post("/api/v1/settings/policy/test", "Tries the policy on a text", May(Right::Metadata))
        .takes::<settings::Trial>()
        .gives::<Any>()
        .or(&[415]),
    Route::get("/api/v1/sinks", "How each sink is doing", AllTenants(Right::Settings))
        .gives::<Any>(),
    Route::post("/api/v1/sinks/{sink}/test", "Sends a test alert", AllTenants(Right::Configure))
        .gives::<settings::Tried>()
        .or(&[404]),
    Route::get("/api/v1/openapi.json", "This description", Anybody).gives::<Any>(),
    Route::post("/api/v1/import", "Records of another tool's export", AllTenants(Right::Configure))
        .with(&[&[
            Parameter::new("format", Form::Choice(FORMATS), "The export's format"),
            Parameter::new("time", Form::Integer(0, INDEX), "The time of records that have none"),
        ]])
        .takes_other("application/octet-stream")
        .gives::<Any>()
        .or(&[413, 415]),
    Route::post("/api/v1/vault/rotate", "Makes new keys", AllTenants(Right::Configure))
        .takes::<vault::Question>()
        .gives::<Any>()
        .or(&[409, 415]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_choice_and_no_route_is_there_twice() {
        for kind in KINDS {
            assert!(model::Kind::named(kind).is_some(), "{kind}");
        }
        let formats: Vec<&str> =
            wire::import::Format::ALL.iter().map(|format| format.as_str()).collect();
        assert_eq!(formats, FORMATS);
        let mut names: Vec<_> = ROUTES.iter().map(|route| (route.path, route.method)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
