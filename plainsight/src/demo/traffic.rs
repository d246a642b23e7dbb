//! Sends the company's conversations and sign-ins through the server's own doors.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::company::{APPS, App, Dialect, PEOPLE};
use crate::remote::Client;

/// Between two conversations.
const PAUSE: Duration = Duration::from_millis(150);

/// The simulated traffic.
pub(crate) struct Traffic {
    client: Client,
    turn: usize,
}

impl Traffic {
    /// Traffic towards the server that `client` speaks to.
    pub(crate) const fn new(client: Client) -> Self {
        Self { client, turn: 0 }
    }

    /// Sends conversations until the process ends. An error of one does not stop the next: the
    /// fake model answers with errors on purpose.
    pub(crate) async fn run(mut self) {
        loop {
            if let Err(error) = self.step().await {
                tracing::warn!(%error, "a simulated conversation failed");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One person signs in now and then, and has one conversation.
    async fn step(&mut self) -> Result<()> {
        let turn = self.turn;
        self.turn += 1;
        let person = PEOPLE[turn % PEOPLE.len()];
        let app = &APPS[(turn / 2) % APPS.len()];
        let prompt = app.prompts[(turn / 3) % app.prompts.len()];
        let session = format!("{}-{}", app.name, turn / PEOPLE.len());
        if turn % PEOPLE.len() == turn / PEOPLE.len() % PEOPLE.len() {
            self.sign_in(person, &session, turn).await?;
        }
        self.converse(app, person, &session, prompt).await
    }

    async fn sign_in(&self, person: &str, session: &str, turn: usize) -> Result<()> {
        let outcome = if turn % 5 == 4 { "failure" } else { "success" };
        let event = json!({"type": "sign_in", "user": person, "session": session,
            "action": "login", "outcome": outcome, "client_address": format!("203.0.113.{}", turn % 250),
            "id": format!("demo-sign-in-{turn}")});
        self.client.post("/v1/events", &[], &event).await.context("sign-in event")?;
        Ok(())
    }

    /// Asks, runs the tool if the model wants one, and asks again with its answer.
    async fn converse(&self, app: &App, person: &str, session: &str, prompt: &str) -> Result<()> {
        let mut messages = match app.dialect {
            Dialect::Anthropic => vec![],
            _ => vec![json!({"role": "system", "content": app.system})],
        };
        messages.push(json!({"role": "user", "content": prompt}));
        let answer = self.ask(app, person, session, &messages).await?;
        if let Some(call) = tool_call(&answer) {
            messages.extend(tool_answer(app, &answer, &call));
            self.ask(app, person, session, &messages).await?;
        }
        Ok(())
    }

    async fn ask(
        &self,
        app: &App,
        person: &str,
        session: &str,
        messages: &[Value],
    ) -> Result<Value> {
        let path = match app.dialect {
            Dialect::Anthropic => "/anthropic/v1/messages",
            _ => "/openai/v1/chat/completions",
        };
        let headers = [
            ("x-plainsight-user", person),
            ("x-plainsight-session", session),
            ("x-plainsight-agent", app.name),
            ("authorization", "Bearer sk-demo-not-a-real-key"),
        ];
        // The fake model answers with errors, too, and that is part of the show.
        let body = request(app, messages).to_string();
        let (_, answer) = self.client.send(path, &headers, body.into()).await?;
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }
}

fn request(app: &App, messages: &[Value]) -> Value {
    let mut request = json!({"model": app.model, "messages": messages, "max_tokens": 300});
    match app.dialect {
        Dialect::Anthropic => request["system"] = json!(app.system),
        Dialect::OpenAiStream => request["stream"] = json!(true),
        Dialect::OpenAi => {}
    }
    if let Some(tool) = app.tool {
        let schema = json!({"type": "object", "properties": {"query": {"type": "string"}}});
        request["tools"] = match app.dialect {
            Dialect::Anthropic => json!([{"name": tool, "input_schema": schema}]),
            _ => json!([{"type": "function", "function": {"name": tool, "parameters": schema}}]),
        };
    }
    request
}

/// The tool call of an answer: its message as sent back in the next request, and its id.
fn tool_call(answer: &Value) -> Option<String> {
    let open_ai = answer["choices"][0]["message"]["tool_calls"][0]["id"].as_str();
    let anthropic = || {
        let block = &answer["content"][0];
        block["id"].as_str().filter(|_| block["type"] == json!("tool_use"))
    };
    open_ai.or_else(anthropic).map(str::to_owned)
}

fn tool_answer(app: &App, answer: &Value, call: &str) -> [Value; 2] {
    let found = "status: delivered; contact: customer-17@example.com";
    match app.dialect {
        Dialect::Anthropic => [
            json!({"role": "assistant", "content": answer["content"]}),
            json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call,
                "content": found}]}),
        ],
        _ => [
            answer["choices"][0]["message"].clone(),
            json!({"role": "tool", "tool_call_id": call, "content": found}),
        ],
    }
}
