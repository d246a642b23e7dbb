//! Authentication, 3002: a sign-in, a sign-out, a token's life.

use model::{Logged, Record};
use serde_json::Value;

use super::parts::{self, Class, Pivot};
use crate::format::Teller;
use crate::json::Object;

/// A sign-in.
pub(super) fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let class = Class { uid: 3002, activity: activity(record) };
    let service = record.source.service.as_deref().unwrap_or("unknown");
    let session = Object::default().maybe("uid", record.actor.session.as_deref());
    parts::activity(&class, logged, teller)
        .with("user", user(record))
        .with("service", Object::of("name", service))
        .with("src_endpoint", parts::src_endpoint(record))
        .object("session", session)
        .list(
            "observables",
            parts::observables([("user.uid", Pivot::User, record.actor.user.as_deref())]),
        )
        .with("unmapped", parts::unmapped(logged, teller))
        .into()
}

/// The user, else the account that it was tried with.
fn user(record: &Record) -> Object {
    if record.actor.user.is_some() || record.actor.api_key.is_some() {
        return parts::user(record);
    }
    let target = record.event.as_ref().and_then(|event| event.target.as_deref());
    Object::of("name", target.unwrap_or("unknown"))
}

fn activity(record: &Record) -> u32 {
    let action = record.event.as_ref().map(|event| event.action.as_str()).unwrap_or_default();
    match action {
        "login" | "logon" | "signin" | "sign_in" | "" => 1,
        "logout" | "logoff" | "signout" | "sign_out" => 2,
        _ => 99,
    }
}
