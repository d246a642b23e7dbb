//! A model without a model: answers of the OpenAI and Anthropic APIs, streamed and not, with tool
//! calls and errors where the last message asks for them.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::extract::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A running fake model.
pub(crate) struct FakeModel {
    address: SocketAddr,
}

impl FakeModel {
    /// Listens on a free port of the loopback interface.
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = axum::Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/messages", post(messages));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address })
    }

    /// The base URL for `--upstream`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn chat(Json(request): Json<Value>) -> Response {
    let said = last_text(&request);
    if said.contains("overload") {
        let error = json!({"error": {"message": "The engine is overloaded", "type": "server_error",
            "param": null, "code": "overloaded"}});
        return (StatusCode::SERVICE_UNAVAILABLE, Json(error)).into_response();
    }
    let answer = answer(&said, &request);
    if request["stream"] == json!(true) {
        chat_stream(&request, &answer)
    } else {
        chat_whole(&request, &answer)
    }
}

/// What the fake model says, or which tool it asks for.
enum Answer {
    Text(String),
    Tool { name: String, arguments: Value },
}

fn answer(said: &str, request: &Value) -> Answer {
    let tool = request["tools"][0]["function"]["name"]
        .as_str()
        .or_else(|| request["tools"][0]["name"].as_str());
    let answered =
        request["messages"].as_array().and_then(|messages| messages.last()).is_some_and(|last| {
            last["role"] == json!("tool") || last["content"][0]["type"] == json!("tool_result")
        });
    match tool {
        Some(name) if !answered => {
            Answer::Tool { name: name.to_owned(), arguments: json!({"query": said}) }
        }
        _ => Answer::Text(reply(said)),
    }
}

fn reply(said: &str) -> String {
    let lower = said.to_lowercase();
    if lower.contains("ignore") || lower.contains("system prompt") {
        return "I can't help with that: I keep to my instructions.".to_owned();
    }
    format!(
        "Here is what I found about your request. In short: {said} Let me know if you need more."
    )
}

fn chat_whole(request: &Value, answer: &Answer) -> Response {
    let (message, finish) = match answer {
        Answer::Text(text) => (json!({"role": "assistant", "content": text}), "stop"),
        Answer::Tool { name, arguments } => (
            json!({"role": "assistant", "content": null, "tool_calls": [{"id": id("call"),
                "type": "function", "function": {"name": name, "arguments": arguments.to_string()}}]}),
            "tool_calls",
        ),
    };
    Json(json!({"id": id("chatcmpl"), "object": "chat.completion", "created": 1,
        "model": request["model"], "choices": [{"index": 0, "message": message,
        "finish_reason": finish}], "usage": usage(request)}))
    .into_response()
}

fn chat_stream(request: &Value, answer: &Answer) -> Response {
    let id = id("chatcmpl");
    let chunk = |delta: Value, finish: Value| {
        event(&json!({"id": id, "object": "chat.completion.chunk", "created": 1,
            "model": request["model"], "choices": [{"index": 0, "delta": delta,
            "finish_reason": finish}]}))
    };
    let mut events = vec![chunk(json!({"role": "assistant", "content": ""}), Value::Null)];
    let finish = match answer {
        Answer::Text(text) => {
            let words = text.split_inclusive(' ');
            events.extend(words.map(|word| chunk(json!({"content": word}), Value::Null)));
            "stop"
        }
        Answer::Tool { name, arguments } => {
            events.push(chunk(json!({"tool_calls": [{"index": 0, "id": self::id("call"),
                "type": "function", "function": {"name": name, "arguments": arguments.to_string()}}]}),
                Value::Null));
            "tool_calls"
        }
    };
    events.push(chunk(json!({}), json!(finish)));
    events.push(event(&json!({"id": id, "object": "chat.completion.chunk", "created": 1,
        "model": request["model"], "choices": [], "usage": usage(request)})));
    events.push(Bytes::from_static(b"data: [DONE]\n\n"));
    sse(events)
}

async fn messages(Json(request): Json<Value>) -> Response {
    let (content, stop) = match answer(&last_text(&request), &request) {
        Answer::Text(text) => (json!({"type": "text", "text": text}), "end_turn"),
        Answer::Tool { name, arguments } => (
            json!({"type": "tool_use", "id": id("toolu"), "name": name, "input": arguments}),
            "tool_use",
        ),
    };
    let usage = usage(&request);
    Json(json!({"id": id("msg"), "type": "message", "role": "assistant",
        "model": request["model"], "content": [content], "stop_reason": stop,
        "stop_sequence": null, "usage": {"input_tokens": usage["prompt_tokens"],
        "output_tokens": usage["completion_tokens"]}}))
    .into_response()
}

/// The text of the last message, whichever of the two shapes it has.
fn last_text(request: &Value) -> String {
    let last = request["messages"].as_array().and_then(|messages| messages.last());
    let content = last.map_or(&Value::Null, |message| &message["content"]);
    let text = content.as_str().or_else(|| content[0]["text"].as_str());
    text.unwrap_or_default().to_owned()
}

/// Roughly four characters to a token, as the real ones have.
fn usage(request: &Value) -> Value {
    let prompt = request["messages"].to_string().len() / 4;
    json!({"prompt_tokens": prompt, "completion_tokens": 24, "total_tokens": prompt + 24})
}

fn id(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().simple())
}

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}

fn sse(events: Vec<Bytes>) -> Response {
    let stream = futures_util::stream::iter(events.into_iter().map(Ok::<_, Infallible>));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream)).into_response()
}
