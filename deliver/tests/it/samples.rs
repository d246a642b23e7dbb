//! Records of every kind.

use std::collections::BTreeMap;

use deliver::Teller;
use model::{Alert, Kind, Logged, RaisedBy, Record, Severity, Timestamp};
use serde_json::{Value, json};

/// The teller of all tests.
pub(crate) fn teller(content: bool) -> Teller {
    Teller {
        version: "0.1.0".to_owned(),
        instance: "log1".to_owned(),
        host: "recorder.example".to_owned(),
        content,
    }
}

/// An alert with everything that an alert can have.
pub(crate) fn alert() -> Alert {
    let entity = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Alert {
        id: "al_0123456789abcdef0123456789abcdef".to_owned(),
        rule: RaisedBy {
            id: "7a0c9a4e-7f0c-4a6e-9d57-2b1f4f1f0a11".to_owned(),
            title: "Instruction override | in a \"tool\" result".to_owned(),
            digest: "ab".repeat(32),
        },
        severity: Severity::High,
        score: 0.87,
        reason: "The answer of lookup=orders told the model\nto ignore its instructions \\ rules"
            .to_owned(),
        action: "Open the session; suspend the key if it goes on.".to_owned(),
        tags: ["atlas.aml.t0051.001", "owasp.llm01.2025", "requirement.c-001"]
            .map(str::to_owned)
            .to_vec(),
        entities: BTreeMap::from([
            entity("user.id", "user_7f3a"),
            entity("session.id", "session-42"),
            entity("api_key", "key_19ce"),
            entity("client.address", "ip_5d20"),
            entity("gen_ai.agent.name", "order agent"),
            entity("gen_ai.tool.name", "lookup"),
            entity("gen_ai.request.model", "gpt-4o"),
        ]),
        evidence: vec![17, 18, 23],
        first_seen: Timestamp::from_millis(1_760_000_000_250),
        last_seen: Timestamp::from_millis(1_760_000_003_500),
        count: 1,
    }
}

/// An alert at its place in the log.
pub(crate) fn logged_alert(index: u64, alert: Alert) -> Logged {
    let record = Record {
        version: 1,
        kind: Kind::Alert,
        time: alert.last_seen,
        alert: Some(Box::new(alert)),
        ..Record::default()
    };
    logged(index, record)
}

/// A record at its place in the log.
pub(crate) fn logged(index: u64, record: Record) -> Logged {
    Logged { index, log_time: record.time.plus(std::time::Duration::from_millis(40)), record }
}

/// A record from JSON.
pub(crate) fn record(value: Value) -> Record {
    serde_json::from_value(value).unwrap()
}

/// A model call with findings, through the proxy.
pub(crate) fn interaction() -> Value {
    json!({
        "version": 1, "kind": "interaction", "time": 1_760_000_000_000_000_000_i64,
        "duration": 1_250_000_000,
        "source": {"door": "proxy", "service": "shop", "dialect": "openai"},
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
        "status": {"ok": true},
        "actor": {"identified_by": "token", "user": "user_7f3a", "session": "session-42",
            "roles": ["support"], "agent": "order agent", "api_key": "key_19ce",
            "client_address": "ip_5d20", "user_agent": "openai-python/2.1"},
        "call": {"operation": "chat", "provider": "openai", "request_model": "gpt-4o",
            "response_model": "gpt-4o-2024-08-06", "response_id": "chatcmpl-1",
            "finish_reasons": ["stop"], "usage": {"input_tokens": 120, "output_tokens": 30},
            "parameters": {"temperature": 0.2}, "server_address": "api.example:443",
            "tool_definitions": [{"name": "lookup"}]},
        "exchange": {"method": "POST", "path": "/openai/v1/chat/completions", "status": 200,
            "protocol": "HTTP/1.1", "request_bytes": 900, "response_bytes": 400},
        "content": [{"direction": "input", "message": 0, "role": "user", "origin": "user",
            "type": "text", "content": "my mail is [EMAIL_ADDRESS]"}],
        "attributes": {"deployment.environment.name": "test", "url.full": "a=b|c"},
        "findings": [{"type": "EMAIL_ADDRESS", "place": "content/0", "start": 11, "end": 26,
            "confidence": 0.99, "fingerprint": "000102030405060708090a0b0c0d0e0f",
            "action": "drop"}],
        "signals": [{"name": "instruction_override", "place": "content/0", "score": 0.7}]
    })
}

/// One record of every kind, with a call and without, with an event and without.
pub(crate) fn every_kind() -> Vec<Logged> {
    let mut all = vec![logged_alert(0, alert()), logged(1, record(interaction()))];
    let repeated = Alert { count: 100, entities: BTreeMap::new(), ..alert() };
    all.push(logged_alert(2, repeated));
    for (kind, action, outcome) in [
        ("sign_in", "login", "failure"),
        ("sign_in", "logout", "success"),
        ("sign_in", "token.refresh", "unknown"),
        ("account", "account.create", "success"),
        ("authorization", "role.grant", "denied"),
        ("configuration", "prompt.update", "success"),
        ("access", "record.read", "success"),
        ("amendment", "redact", "success"),
        ("feedback", "thumbs_down", "success"),
        ("system", "started", "success"),
    ] {
        let event = json!({"action": action, "outcome": outcome, "target": "it", "reason": "so"});
        all.push(logged(all.len() as u64, record(json!({"kind": kind, "event": event}))));
    }
    for kind in [
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
    ] {
        let mut full = interaction();
        full["kind"] = json!(kind);
        full["actor"]["client_address"] = json!("127.0.0.1");
        full["status"] = json!({"ok": false, "error_type": "timeout", "message": "no answer"});
        all.push(logged(all.len() as u64, record(full)));
        all.push(logged(all.len() as u64, record(json!({"kind": kind}))));
    }
    all
}
