//! What records are narrowed to, by the same parameters everywhere, and what that means for the
//! operational copy.

use model::{TenantId, Timestamp};
use store::{Of, Question, Scope, Span};

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use crate::people::Right;
use crate::refusal::Refusal;

/// The time that is looked at where it is not said.
const USUAL: std::time::Duration = std::time::Duration::from_hours(24);

/// How far from the epoch a stretch of time may begin or end, in nanoseconds: 146 years. Twice that
/// can be reckoned with.
const FURTHEST: i64 = i64::MAX / 2;

/// A stretch of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Window {
    /// `from` and `to`; the last 24 hours where they are not said.
    pub(super) fn of(parameters: &mut Parameters, shared: &Shared) -> Result<Self, Refusal> {
        let Span { since, until } = parameters.span()?;
        let to = until.unwrap_or_else(|| shared.clock.now());
        let usual = i64::try_from(USUAL.as_nanos()).unwrap_or(i64::MAX);
        let from = since.unwrap_or(Timestamp(to.nanos().saturating_sub(usual)));
        let within = |time: Timestamp| Timestamp(time.nanos().clamp(-FURTHEST, FURTHEST));
        Ok(Self { from: within(from), to: within(to) })
    }

    /// As the store takes it.
    pub(super) const fn span(&self) -> Span {
        Span { since: Some(self.from), until: Some(self.to) }
    }

    /// Its length in nanoseconds; nothing where it ends before it begins.
    pub(super) fn length(&self) -> i64 {
        self.to.nanos().saturating_sub(self.from.nanos()).max(0)
    }

    /// The same length of time before it, without its first moment.
    pub(super) fn before(&self) -> Self {
        Self {
            from: Timestamp(self.from.nanos().saturating_sub(self.length())),
            to: Timestamp(self.from.nanos().saturating_sub(1)),
        }
    }

    /// A condition on `time_unix_nano`.
    pub(super) fn condition(&self) -> String {
        format!("time_unix_nano BETWEEN {} AND {}", self.from.nanos(), self.to.nanos())
    }
}

/// What was asked for.
pub(super) struct Filters {
    question: Question,
    /// Words that were said.
    pub(super) words: Option<String>,
    session: Option<String>,
    trace: Option<String>,
    pub(super) scope: Scope,
    /// Which days are looked at.
    pub(super) span: Span,
}

/// A question, and whether it leaves exactly what was asked for.
pub(super) struct Resolved {
    pub(super) question: Question,
    pub(super) is_exact: bool,
}

impl Filters {
    /// Takes the filters out of the parameters. Words are for those only who may read what was said.
    pub(super) fn of(parameters: &mut Parameters, caller: &Caller) -> Result<Self, Refusal> {
        let span = parameters.span()?;
        let tenant = caller.narrow(parameters.text("tenant").map(TenantId));
        let words = parameters.text("q");
        if words.is_some() && !caller.rights.has(Right::Content) {
            return Err(Refusal::Forbidden);
        }
        let question = Question {
            tenant: tenant.map(|tenant| tenant.0),
            kind: parameters.several("kind"),
            user: parameters.several("user"),
            agent: parameters.several("agent"),
            model: parameters.several("model"),
            tool: parameters.several("tool"),
            service: parameters.several("service"),
            has_failed: parameters.text("status").map(|status| status == "error"),
            finding: parameters.several("finding"),
            not_kind: Vec::new(),
            score_from: parameters.hundredths("score_from")?,
            score_below: parameters.hundredths("score_below")?,
            is_attack: parameters.flag("attack")?,
            is_refused: parameters.flag("refused")?,
            from: span.since.map(Timestamp::nanos),
            to: span.until.map(Timestamp::nanos),
            among: None,
        };
        let (session, trace) = (parameters.text("session"), parameters.text("trace"));
        Ok(Self { question, words, session, trace, scope: caller.scope(), span })
    }

    /// Narrowed to a window, too.
    pub(super) fn within(mut self, window: Window) -> Self {
        self.span = window.span();
        self.question.from = Some(window.from.nanos());
        self.question.to = Some(window.to.nanos());
        self
    }

    /// Looks up what columns do not hold: clear names, words, sessions, traces. Blocks.
    pub(super) fn resolve(self, shared: &Shared) -> Result<Resolved, Refusal> {
        let Self { mut question, words, session, trace, scope, span } = self;
        let tenant = question.tenant.clone().map(TenantId).unwrap_or_default();
        for user in &mut question.user {
            *user = shared.pseudonym(&tenant, std::mem::take(user))?;
        }
        let mut is_exact = true;
        let session = session.as_deref().map(Of::Session);
        for of in session.into_iter().chain(trace.as_deref().map(Of::Trace)) {
            let indexes = shared.ask(&scope, span, |reader| Ok(reader.indexes_of(&of)?))?;
            question.among = Some(both(question.among, indexes));
        }
        if let Some(words) = words {
            let found = shared.ask(&scope, span, |reader| Ok(reader.matching(&words)?))?;
            is_exact = found.1;
            question.among = Some(both(question.among, found.0));
        }
        Ok(Resolved { question, is_exact })
    }
}

/// What is in both lists; the second one where there is no first.
fn both(one: Option<Vec<i64>>, other: Vec<i64>) -> Vec<i64> {
    let Some(mut one) = one else { return other };
    one.retain(|index| other.binary_search(index).is_ok());
    one
}
