//! One side of a conversation while it is put together: what went into the model, or came out.

use model::{Body, Direction, Origin, Role, Segment};

/// The messages of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    direction: Direction,
    segments: Vec<Segment>,
    /// Ordinal of the message that is being read.
    message: u32,
}

/// Who speaks in a message.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    pub(crate) role: Role,
    pub(crate) name: Option<String>,
}

impl Conversation {
    /// A side on which nothing was said yet.
    pub(crate) const fn new(direction: Direction) -> Self {
        Self { direction, segments: Vec::new(), message: 0 }
    }

    /// Which side it is.
    pub(crate) const fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether nothing was said.
    pub(crate) const fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Adds to the message that is being read. Empty text says nothing and is left out.
    pub(crate) fn say(&mut self, author: &Author, body: Body) {
        let origin = match &body {
            Body::ToolResult { .. } => Origin::Tool,
            Body::Document { .. } => Origin::Retrieved,
            _ => author.role.origin(),
        };
        self.say_from(author, origin, body);
    }

    /// Adds to the message that is being read, from an origin other than the author's.
    pub(crate) fn say_from(&mut self, author: &Author, origin: Origin, body: Body) {
        if let Body::Text { content } | Body::Reasoning { content } | Body::Refusal { content } =
            &body
            && content.is_empty()
        {
            return;
        }
        self.segments.push(Segment {
            direction: self.direction,
            message: self.message,
            role: author.role,
            origin,
            name: author.name.clone(),
            body,
        });
    }

    /// Ends the message. One that said nothing takes no ordinal.
    pub(crate) fn end_message(&mut self) {
        if self.segments.last().is_some_and(|last| last.message == self.message) {
            self.message += 1;
        }
    }

    /// Gives the next message its ordinal, for choices that come with an index.
    pub(crate) const fn number(&mut self, message: u32) {
        self.message = message;
    }

    /// Takes over what `other` says. `false` when it says something else than what is here
    /// already; then nothing changes. Where one says all that the other does, and more, it is kept.
    pub(crate) fn absorb(&mut self, other: &mut Self) -> bool {
        if other.is_within(self) {
            return true;
        }
        if self.is_within(other) {
            std::mem::swap(self, other);
            return true;
        }
        false
    }

    /// Whether all that is said here is said in `other`, in the same order.
    fn is_within(&self, other: &Self) -> bool {
        let mut others = other.segments.iter();
        self.segments.iter().all(|segment| others.any(|other| same(segment, other)))
    }

    /// Puts the messages of `first` before these.
    pub(crate) fn prepend(&mut self, mut first: Self) {
        if first.is_within(self) {
            return;
        }
        for segment in &mut self.segments {
            segment.message += first.message;
        }
        self.message += first.message;
        first.segments.append(&mut self.segments);
        self.segments = first.segments;
    }

    /// Puts the messages of `last` after these.
    pub(crate) fn append(&mut self, mut last: Self) {
        for segment in &mut last.segments {
            segment.message += self.message;
        }
        self.message += last.message;
        self.segments.append(&mut last.segments);
    }

    /// The segments, with the tools' names added to results that only say which call they answer.
    pub(crate) fn into_segments(mut self) -> Vec<Segment> {
        let mut calls: Vec<(String, String)> = Vec::new();
        for segment in &mut self.segments {
            match &mut segment.body {
                Body::ToolCall { id: Some(id), name, .. } => calls.push((id.clone(), name.clone())),
                Body::ToolResult { id: Some(id), name: name @ None, .. } => {
                    // Results follow their calls closely, so the search from the end is short.
                    let call = calls.iter().rev().take(RECENT_CALLS).find(|(call, _)| call == id);
                    *name = call.map(|(_, name)| name.clone());
                }
                _ => {}
            }
        }
        self.segments
    }
}

/// How far back the call of a result is looked for.
const RECENT_CALLS: usize = 64;

/// Whether two segments say the same. The media type and the author's name may be missing from one.
fn same(one: &Segment, other: &Segment) -> bool {
    if one.role != other.role {
        return false;
    }
    match (&one.body, &other.body) {
        (
            Body::ToolResult { id, result, .. },
            Body::ToolResult { id: other_id, result: other_result, .. },
        ) => id == other_id && result == other_result,
        (
            Body::ToolCall { id, name, arguments },
            Body::ToolCall { id: other_id, name: other_name, arguments: other_arguments },
        ) => {
            name == other_name
                && arguments == other_arguments
                && (id.is_none() || other_id.is_none() || id == other_id)
        }
        (Body::Blob(one), Body::Blob(other)) => one.hash == other.hash,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(texts: &[&str]) -> Conversation {
        let mut conversation = Conversation::new(Direction::Input);
        for text in texts {
            let author = Author { role: Role::User, name: None };
            conversation.say(&author, Body::Text { content: (*text).to_owned() });
            conversation.end_message();
        }
        conversation
    }

    #[test]
    fn what_is_repeated_is_kept_once() {
        let mut all = said(&["a", "b", "c"]);
        assert!(all.absorb(&mut said(&["a", "c"])));
        assert!(!all.absorb(&mut said(&["c", "a"])));
        assert_eq!(all.segments.len(), 3);
        let mut some = said(&["b"]);
        assert!(some.absorb(&mut said(&["a", "b", "c"])));
        assert_eq!(some.segments.len(), 3);
    }

    #[test]
    fn what_comes_first_shifts_the_rest() {
        let mut all = said(&["b"]);
        all.prepend(said(&["a"]));
        let ordinals: Vec<_> = all.into_segments().iter().map(|segment| segment.message).collect();
        assert_eq!(ordinals, [0, 1]);
    }
}
