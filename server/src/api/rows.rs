//! The SQL of a page of records.
//!
//! Does not run it.

use model::{Kind, TenantId, Timestamp};
use store::Span;

/// What a page is narrowed to.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters {
    pub(super) kind: Option<Kind>,
    /// A pseudonym.
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
    pub(super) tenant: Option<TenantId>,
    pub(super) span: Span,
    /// Only records with an index below this one.
    pub(super) before: Option<u64>,
}

impl Filters {
    /// A SELECT over the view `records`, newest first. It gives `limit` rows, and the further rows
    /// of the last index, so that the next page can begin before that index and lose none.
    pub(super) fn select(&self, limit: usize) -> String {
        let condition = self.condition();
        let window = format!(
            "SELECT \"index\" AS place FROM records WHERE {condition} \
             ORDER BY \"index\" DESC LIMIT {limit}"
        );
        format!(
            "SELECT * FROM records WHERE {condition} \
             AND \"index\" >= (SELECT min(place) FROM ({window})) ORDER BY \"index\" DESC"
        )
    }

    fn condition(&self) -> String {
        let nanos = |time: Timestamp| time.nanos().to_string();
        let terms = [
            self.kind.map(|kind| format!("kind = {}", literal(kind.as_str()))),
            self.user.as_deref().map(|user| format!("user_id = {}", literal(user))),
            self.session.as_deref().map(|session| format!("session_id = {}", literal(session))),
            self.tenant.as_ref().map(|tenant| format!("tenant = {}", literal(tenant.as_str()))),
            self.span.since.map(|since| format!("time_unix_nano >= {}", nanos(since))),
            self.span.until.map(|until| format!("time_unix_nano <= {}", nanos(until))),
            self.before
                .map(|before| format!("\"index\" < {}", before.min(i64::MAX.unsigned_abs()))),
        ];
        let terms: Vec<String> = terms.into_iter().flatten().collect();
        if terms.is_empty() { "1".to_owned() } else { terms.join(" AND ") }
    }
}

/// A text as SQL has it: in quotes, those within doubled. SQLite knows no other escape, and ends a
/// statement at a NUL, which no text in the store has.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "\u{fffd}").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_stays_within_its_literal() {
        let filters =
            Filters { session: Some("a' OR '1'='1\0 --".to_owned()), ..Filters::default() };
        assert_eq!(filters.condition(), "session_id = 'a'' OR ''1''=''1\u{fffd} --'");
    }

    #[test]
    fn every_filter_narrows() {
        let filters = Filters {
            kind: Some(Kind::SignIn),
            user: Some("u_1".to_owned()),
            session: Some("s".to_owned()),
            tenant: Some(TenantId::default()),
            span: Span { since: Some(Timestamp(1)), until: Some(Timestamp(2)) },
            before: Some(u64::MAX),
        };
        assert_eq!(
            filters.condition(),
            "kind = 'sign_in' AND user_id = 'u_1' AND session_id = 's' AND tenant = 'default' \
             AND time_unix_nano >= 1 AND time_unix_nano <= 2 AND \"index\" < 9223372036854775807"
        );
        assert_eq!(Filters::default().condition(), "1");
    }
}
