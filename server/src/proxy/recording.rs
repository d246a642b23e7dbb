//! One call's recording, on a task of its own beside the forwarding.
//!
//! The request part is recorded as soon as its body is through, the answer part when the answer
//! ends or breaks off, in that order. Nothing here can hold back or change a forwarded byte.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use model::Outcome;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::call::CallStart;
use super::happening::{AnswerEnd, Happening};
use super::keep::Keep;
use super::recorded_headers::RecordedHeaders;
use super::request::{self, Known};
use crate::identity::Resolver;

/// What every recording needs.
pub(super) struct Context {
    pub(super) keep: Keep,
    pub(super) resolver: Arc<Resolver>,
    pub(super) headers: RecordedHeaders,
    /// How much of each body is recorded, in bytes.
    pub(super) max_recorded_body: usize,
}

/// The recording of one call.
pub(super) struct Recording {
    context: Arc<Context>,
    call: Arc<CallStart>,
    inbox: UnboundedReceiver<Happening>,
    answer: Answer,
    request: Option<JoinHandle<Known>>,
    end: Option<AnswerEnd>,
}

impl Recording {
    pub(super) fn new(
        context: Arc<Context>,
        call: CallStart,
        inbox: UnboundedReceiver<Happening>,
        content_seen: Arc<AtomicBool>,
    ) -> Self {
        let answer = Answer::new(context.max_recorded_body, content_seen);
        Self { context, call: Arc::new(call), inbox, answer, request: None, end: None }
    }

    /// Follows the call to its end and records it.
    pub(super) async fn run(mut self) {
        while self.request.is_none() || self.end.is_none() {
            match self.inbox.recv().await {
                Some(happening) => self.take(happening),
                None => break,
            }
        }
        self.conclude().await;
    }

    fn take(&mut self, happening: Happening) {
        match happening {
            Happening::Request(end) => {
                let (context, call) = (Arc::clone(&self.context), Arc::clone(&self.call));
                self.request = Some(tokio::spawn(request::record(context, call, *end)));
            }
            Happening::Answer(head) => self.answer.begin(&self.call, head),
            Happening::Chunk { at, bytes } => self.answer.push(at, &bytes),
            Happening::End(end) => self.end = Some(end),
        }
    }

    async fn conclude(self) {
        let Some(request) = self.request else {
            return self.context.keep.losses.lose(2);
        };
        let Ok(known) = request.await else {
            return self.context.keep.losses.lose(2);
        };
        // Nobody told of an end: the client went away before there was an answer.
        let end = self.end.unwrap_or_else(|| AnswerEnd::own(Outcome::ClientDisconnected, 0));
        let part = self.answer.into_part(&self.call, known, end, &self.context.headers).await;
        self.context.keep.or_lose(part).await;
    }
}
