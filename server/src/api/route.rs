//! What a route is: method, path, what it takes and gives, and who may use it.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::people::{Right, Role};

/// One route of the API.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// What it does, in a sentence.
    pub(super) about: &'static str,
    pub(super) access: Access,
    pub(super) parameters: &'static [&'static [Parameter]],
    pub(super) body: Media,
    pub(super) answer: Media,
    /// The status of success.
    pub(super) status: u16,
    /// What else it may answer, beside what every route may.
    pub(super) errors: &'static [u16],
    /// Whether it heeds `idempotency-key`.
    pub(super) repeats: bool,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody, signed in or not.
    Anybody,
    /// Everybody who is signed in, and every token.
    Somebody,
    /// Everybody who is signed in, and no token.
    Session,
    /// Who has this right.
    Right(Right),
    /// Who has this right, and is not limited to one tenant.
    AllTenants(Right),
}

/// A body.
#[derive(Clone, Copy)]
pub(super) enum Media {
    /// None.
    Nothing,
    /// JSON, and its schema.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Something else.
    Other(&'static str),
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) form: Form,
    pub(super) is_required: bool,
}

/// What a parameter may be.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A text of so many characters at most.
    Text(usize),
    /// A text of so many characters at most, with a letter or a digit in it.
    Words(usize),
    /// A text that fits an expression of JSON schema.
    Pattern(&'static str),
    /// A whole number within bounds.
    Integer(u64, u64),
    /// `true` or `false`.
    Flag,
    /// RFC 3339, or seconds or milliseconds since the epoch.
    Time,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Some of these, between commas.
    Choices(&'static [&'static str]),
}

impl Access {
    /// The right that is needed.
    pub(super) const fn right(self) -> Option<Right> {
        match self {
            Self::Right(right) | Self::AllTenants(right) => Some(right),
            Self::Anybody | Self::Somebody | Self::Session => None,
        }
    }

    /// The roles that may.
    pub(super) fn roles(self) -> Vec<Role> {
        match self.right() {
            Some(right) => Role::with(right).collect(),
            None => Role::ALL.to_vec(),
        }
    }
}

impl Media {
    /// Whether it is JSON.
    pub(super) const fn is_json(self) -> bool {
        matches!(self, Self::Json(_))
    }
}

impl Route {
    const fn new(
        method: &'static str,
        path: &'static str,
        about: &'static str,
        access: Access,
    ) -> Self {
        Self {
            method,
            path,
            about,
            access,
            parameters: &[],
            body: Media::Nothing,
            answer: Media::Nothing,
            status: 200,
            errors: &[],
            repeats: false,
        }
    }

    pub(super) const fn get(path: &'static str, about: &'static str, access: Access) -> Self {
        Self::new("GET", path, about, access)
    }

    pub(super) const fn post(path: &'static str, about: &'static str, access: Access) -> Self {
        Self::new("POST", path, about, access)
    }

    pub(super) const fn put(path: &'static str, about: &'static str, access: Access) -> Self {
        Self::new("PUT", path, about, access)
    }

    pub(super) const fn patch(path: &'static str, about: &'static str, access: Access) -> Self {
        Self::new("PATCH", path, about, access)
    }

    pub(super) const fn delete(path: &'static str, about: &'static str, access: Access) -> Self {
        Self::new("DELETE", path, about, access).empty()
    }

    /// What it may be asked with.
    pub(super) const fn with(self, parameters: &'static [&'static [Parameter]]) -> Self {
        Self { parameters, ..self }
    }

    /// JSON that it takes.
    pub(super) const fn takes<T: JsonSchema>(self) -> Self {
        Self { body: Media::Json(schema::<T>), ..self }
    }

    /// JSON that it gives.
    pub(super) const fn gives<T: JsonSchema>(self) -> Self {
        Self { answer: Media::Json(schema::<T>), ..self }
    }

    /// Something else that it gives.
    pub(super) const fn gives_other(self, media: &'static str) -> Self {
        Self { answer: Media::Other(media), ..self }
    }

    /// One of these that it gives.
    pub(super) const fn gives_any(self, media: &'static [&'static str]) -> Self {
        Self { answer: Media::OneOf(media), ..self }
    }

    /// Something else that it takes.
    pub(super) const fn takes_other(self, media: &'static str) -> Self {
        Self { body: Media::Other(media), ..self }
    }

    /// It gives nothing.
    pub(super) const fn empty(self) -> Self {
        Self { answer: Media::Nothing, status: 204, ..self }
    }

    /// It makes something.
    pub(super) const fn makes(self) -> Self {
        Self { status: 201, ..self }
    }

    /// It sends a browser elsewhere.
    pub(super) const fn sees(self) -> Self {
        Self { answer: Media::Nothing, status: 303, ..self }
    }

    /// It begins something.
    pub(super) const fn accepts(self) -> Self {
        Self { status: 202, ..self }
    }

    /// What else it may answer.
    pub(super) const fn or(self, errors: &'static [u16]) -> Self {
        Self { errors, ..self }
    }

    /// It heeds `idempotency-key`.
    pub(super) const fn repeats(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// All parameters of the query.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.parameters.iter().flat_map(|parameters| parameters.iter())
    }
}

impl Parameter {
    pub(super) const fn new(name: &'static str, form: Form, about: &'static str) -> Self {
        Self { name, about, form, is_required: false }
    }

    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}
