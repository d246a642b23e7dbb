//! The types of events, and what each says.

use model::Kind;

/// A type of event.
pub(super) struct Type {
    /// Its name on the wire.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What it tells, for the schema.
    pub(super) about: &'static str,
}

/// All types.
pub(super) const TYPES: [Type; 8] = [
    Type {
        name: "sign_in",
        kind: Kind::SignIn,
        about: "somebody signed in or out, or tried to; a token was issued or ended",
    },
    Type {
        name: "account",
        kind: Kind::Account,
        about: "an account was made, changed, locked or removed",
    },
    Type {
        name: "authorization",
        kind: Kind::Authorization,
        about: "a permission was asked for, granted, denied or taken away",
    },
    Type { name: "feedback", kind: Kind::Feedback, about: "a person's opinion of an answer" },
    Type { name: "evaluation", kind: Kind::Evaluation, about: "an evaluator's result" },
    Type {
        name: "configuration",
        kind: Kind::Configuration,
        about: "a prompt, model, policy or setting was changed",
    },
    Type {
        name: "resource",
        kind: Kind::Resource,
        about: "use of something that costs or may run out: tokens, money, processors",
    },
    Type { name: "guardrail", kind: Kind::Guardrail, about: "a guardrail's verdict" },
];

/// The type of this name.
pub(super) fn named(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|kind| kind.name == name)
}
