//! `/api/v1/people`: who has an account; invitations, changes, removals.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::caller::Caller;
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::time::Iso;
use super::whole::Whole;
use crate::people::{Account, Role};
use crate::refusal::Refusal;

/// A person.
#[derive(Serialize, JsonSchema)]
pub(super) struct Person {
    name: String,
    role: Role,
    /// Sees this tenant only.
    tenant: Option<String>,
    /// `invited`, `active` or `disabled`.
    state: &'static str,
    /// Whether signing in takes a second factor.
    second_factor: bool,
    /// Whether an identity provider signs them in.
    federated: bool,
    created: Iso,
}

/// All of them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Everybody {
    items: Vec<Person>,
    /// Always null: there is one page.
    next: Option<String>,
}

/// Who is to be invited.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invited {
    #[schemars(
        length(min = 1, max = 64),
        regex(pattern = r"^[a-z0-9][a-z0-9._@-]*$"),
        extend("not" = {"const": "admin"})
    )]
    name: String,
    role: Role,
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9._-]+$"))]
    tenant: Option<String>,
}

/// What is to be changed; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::option_option, reason = "null is a value, and another than left out")]
pub(super) struct Changed {
    role: Option<Role>,
    /// A tenant, or null for all of them.
    #[serde(default, deserialize_with = "said")]
    #[schemars(
        with = "Option<String>",
        length(min = 1, max = 64),
        regex(pattern = r"^[A-Za-z0-9._-]+$")
    )]
    tenant: Option<Option<String>>,
    disabled: Option<bool>,
    /// Whether password and second factor are taken away, and a new link is given.
    #[serde(default)]
    invite_again: bool,
}

/// A person, with the link that sets their password. It is shown once.
#[derive(Serialize, JsonSchema)]
pub(super) struct Admitted {
    person: Person,
    /// Path and fragment of the link; null where nobody was invited.
    link: Option<String>,
}

/// Tells null, which is a value, from what was left out.
#[expect(clippy::option_option, reason = "null is a value, and another than left out")]
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Everybody>, Refusal> {
    let names = parameters.finish()?;
    let accounts = shared.people.accounts().into_iter();
    let items: Vec<Person> =
        accounts.filter(|account| manages(&caller, account)).map(person).collect();
    shared.note_access(&caller, "people.list", &names, items.len()).await;
    Ok(Json(Everybody { items, next: None }))
}

pub(super) async fn invite(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<(StatusCode, Json<Admitted>), Refusal> {
    let Invited { name, role, tenant } = body(&bytes)?;
    let tenant = within(&caller, tenant)?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let asked = (name.clone(), tenant.clone());
    let invited =
        shared.hashing(move |shared| Ok(shared.people.invite(&asked.0, role, asked.1)?)).await?;
    let attributes = [("role", role.as_str().to_owned()), ("tenant", tenant.unwrap_or_default())];
    shared.keep_change(before, &caller.name, "person.invite", Some(&name), attributes).await?;
    let link = Some(link(&name, invited.expose()));
    let account = shared.people.account(&name).ok_or(Refusal::NotFound)?;
    Ok((StatusCode::CREATED, Json(Admitted { person: person(account), link })))
}

pub(super) async fn change(
    caller: Caller,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Whole(bytes): Whole,
) -> Result<Json<Admitted>, Refusal> {
    let Changed { role, tenant, disabled, invite_again } = body(&bytes)?;
    check_managed(&shared, &caller, &name)?;
    if *caller.name == *name && (role.is_some() || tenant.is_some()) {
        // Nobody gives themselves rights.
        return Err(Refusal::Forbidden);
    }
    let tenant = tenant.map(|tenant| within(&caller, tenant)).transpose()?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let attributes = [
        ("role", role.map(|role| role.as_str().to_owned()).unwrap_or_default()),
        ("tenant", tenant.clone().flatten().unwrap_or_default()),
        ("disabled", disabled.map(|disabled| disabled.to_string()).unwrap_or_default()),
        ("invite_again", invite_again.to_string()),
    ];
    let asked = name.clone();
    let changed = shared.hashing(move |shared| {
        let account = shared.people.amend(&asked, role, tenant, disabled)?;
        let secret = invite_again.then(|| shared.people.invite_again(&asked)).transpose()?;
        Ok((account, secret))
    });
    let (_, secret) = changed.await?;
    shared.keep_change(before, &caller.name, "person.change", Some(&name), attributes).await?;
    let link = secret.map(|secret| link(&name, secret.expose()));
    let account = shared.people.account(&name).ok_or(Refusal::NotFound)?;
    Ok(Json(Admitted { person: person(account), link }))
}

pub(super) async fn remove(
    caller: Caller,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Refusal> {
    parameters.finish()?;
    check_managed(&shared, &caller, &name)?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let asked = name.clone();
    shared.hashing(move |shared| Ok(shared.people.remove(&asked)?)).await?;
    shared.keep_change(before, &caller.name, "person.remove", Some(&name), []).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One who sees one tenant only knows those who see the same.
fn manages(caller: &Caller, account: &Account) -> bool {
    let own = caller.tenant.as_ref().map(model::TenantId::as_str);
    own.is_none() || account.tenant.as_deref() == own
}

fn check_managed(shared: &Shared, caller: &Caller, name: &str) -> Result<(), Refusal> {
    let account = shared.people.account(name).filter(|account| manages(caller, account));
    account.map(drop).ok_or(Refusal::NotFound)
}

/// One who sees one tenant only admits others to that one only.
fn within(caller: &Caller, tenant: Option<String>) -> Result<Option<String>, Refusal> {
    match &caller.tenant {
        Some(own) if tenant.as_deref() == Some(own.as_str()) => Ok(tenant),
        Some(_) => Err(Refusal::Forbidden),
        None => Ok(tenant),
    }
}

fn person(account: Account) -> Person {
    let is_active = account.password.is_some() || account.federated.is_some();
    Person {
        state: match (account.disabled, is_active) {
            (true, _) => "disabled",
            (false, true) => "active",
            (false, false) => "invited",
        },
        second_factor: account.second_factor.is_some(),
        federated: account.federated.is_some(),
        created: Iso(account.created),
        name: account.name,
        role: account.role,
        tenant: account.tenant,
    }
}

/// The secret is behind `#`, so that no server and no proxy sees it.
fn link(name: &str, secret: &str) -> String {
    format!("/welcome?name={name}#{secret}")
}
