//! Counts what a program found of what was labelled.
//!
//! A label is hit when a finding overlaps it, whatever its type; the right type and the exact
//! range are counted beside. It prints nothing.

use std::collections::BTreeMap;

use super::group::{Group, family};
use super::rows::{Row, Span};

/// What was found of the labels of one type, or of one group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Labels {
    pub(crate) all: usize,
    /// Overlapped by a finding.
    pub(crate) hit: usize,
    /// Overlapped by a finding of the right family.
    pub(crate) typed: usize,
    /// Found from its first to its last character.
    pub(crate) exact: usize,
    pub(crate) characters: usize,
    /// Characters that no finding covers.
    pub(crate) leaked: usize,
}

/// How many findings there are, and how many of them overlap a label.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) all: usize,
    pub(crate) right: usize,
    /// On rows without labels.
    pub(crate) on_clean: usize,
    /// Of them, those that such a row denies: it says so of their type (`negative_for`), or of all.
    pub(crate) denied: usize,
}

/// What looks like a type, and is not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Negatives {
    pub(crate) rows: usize,
    /// Rows where something was found.
    pub(crate) found: usize,
}

/// One program on one set of rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    pub(crate) kinds: BTreeMap<String, Labels>,
    pub(crate) groups: BTreeMap<Group, Labels>,
    /// By the family of the finding.
    pub(crate) families: BTreeMap<String, Findings>,
    pub(crate) found: BTreeMap<Group, Findings>,
    pub(crate) negatives: BTreeMap<String, Negatives>,
    pub(crate) clean_characters: usize,
}

impl Labels {
    pub(crate) fn recall(&self) -> f64 {
        ratio(self.hit, self.all)
    }

    pub(crate) fn leaked_rate(&self) -> f64 {
        ratio(self.leaked, self.characters)
    }

    fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.hit += other.hit;
        self.typed += other.typed;
        self.exact += other.exact;
        self.characters += other.characters;
        self.leaked += other.leaked;
    }
}

impl Findings {
    /// The share of findings that overlap a label; 1 when there is none.
    pub(crate) fn precision(&self) -> f64 {
        if self.all == 0 { 1.0 } else { ratio(self.right, self.all) }
    }

    fn add(&mut self, judged: Judged) {
        self.all += 1;
        self.right += usize::from(judged.right);
        self.on_clean += usize::from(judged.on_clean);
        self.denied += usize::from(judged.denied);
    }
}

/// What a row says of a finding.
#[derive(Clone, Copy)]
struct Judged {
    right: bool,
    on_clean: bool,
    denied: bool,
}

impl Score {
    /// Judges the findings of each row.
    pub(crate) fn of(rows: &[Row], found: &[Vec<Span>]) -> Self {
        let mut score = Self::default();
        for (row, found) in rows.iter().zip(found) {
            score.judge(row, found);
        }
        score
    }

    fn judge(&mut self, row: &Row, found: &[Span]) {
        let clean = row.spans.is_empty();
        if clean {
            self.clean_characters += row.text.chars().count();
        }
        if let Some(kind) = &row.negative_for {
            let negatives = self.negatives.entry(kind.clone()).or_default();
            negatives.rows += 1;
            negatives.found += usize::from(!found.is_empty());
        }
        for span in &row.spans {
            let labels = label(span, found);
            self.kinds.entry(span.kind.clone()).or_default().add(&labels);
            self.groups.entry(Group::of(&span.kind)).or_default().add(&labels);
        }
        let mut ends: BTreeMap<Group, usize> = BTreeMap::new();
        for finding in in_order(found) {
            let right = row.spans.iter().any(|span| span.overlaps(finding));
            let end = ends.entry(Group::of(&finding.kind)).or_default();
            // Several findings of a group in one place are one false positive.
            let on_clean = clean && finding.start >= *end;
            let denied =
                on_clean && row.negative_for.as_deref().is_none_or(|no| names(no, finding));
            let judged = Judged { right, on_clean, denied };
            *end = finding.end.max(*end);
            let name = family(&finding.kind).to_owned();
            self.families.entry(name).or_default().add(judged);
            self.found.entry(Group::of(&finding.kind)).or_default().add(judged);
        }
    }

    /// Labels of every type that is sought.
    pub(crate) fn sought(&self) -> Labels {
        let mut sum = Labels::default();
        let groups = self.groups.iter().filter(|(group, _)| **group != Group::NotSought);
        groups.for_each(|(_, labels)| sum.add(labels));
        sum
    }

    /// How many of `count` there are in 1,000 characters of the rows without labels.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        1000.0 * ratio(count, self.clean_characters)
    }

    /// Findings on rows without labels.
    pub(crate) fn false_count(&self, groups: &[Group]) -> usize {
        groups.iter().filter_map(|group| self.found.get(group)).map(|found| found.on_clean).sum()
    }

    /// Of them, those that their row denies. Most of these rows are somebody's examples of what one
    /// rule must not find, and some of them have another's secret: a row that is no token of GitLab
    /// is a token of GitHub, and labelled so elsewhere.
    pub(crate) fn denied_count(&self, groups: &[Group]) -> usize {
        groups.iter().filter_map(|group| self.found.get(group)).map(|found| found.denied).sum()
    }

    /// Recall weighs twice.
    pub(crate) fn f2(&self, group: Group) -> f64 {
        let recall = self.groups.get(&group).copied().unwrap_or_default().recall();
        let precision = self.found.get(&group).copied().unwrap_or_default().precision();
        let below = 4.0f64.mul_add(precision, recall);
        if below == 0.0 { 0.0 } else { 5.0 * precision * recall / below }
    }
}

/// Whether `name`, of a type or `SECRET:` and a rule of gitleaks (`a-b-c`) or a plugin of
/// detect-secrets (`a_b`, which is any key of that service), is that of the finding.
fn names(name: &str, finding: &Span) -> bool {
    let subtype = finding.subtype.as_deref().unwrap_or_default();
    match name.strip_prefix("SECRET:") {
        Some(rule) if rule.contains('-') => rule == subtype,
        Some(plugin) => subtype.split('-').next() == plugin.split('_').next(),
        None => {
            let country = name.split_once('_').map(|(country, _)| country.to_lowercase());
            let of = subtype.split_once('-').map(|(country, _)| country);
            family(name) == family(&finding.kind) && (of.is_none() || of == country.as_deref())
        }
    }
}

fn in_order(found: &[Span]) -> Vec<&Span> {
    let mut found: Vec<&Span> = found.iter().collect();
    found.sort_by_key(|finding| finding.start);
    found
}

fn label(span: &Span, found: &[Span]) -> Labels {
    let over: Vec<&Span> = found.iter().filter(|finding| finding.overlaps(span)).collect();
    let covered = |place: &usize| over.iter().any(|f| f.start <= *place && *place < f.end);
    let right = |finding: &&&Span| family(&finding.kind) == family(&span.kind);
    let exact = |finding: &&&Span| (finding.start, finding.end) == (span.start, span.end);
    Labels {
        all: 1,
        hit: usize::from(!over.is_empty()),
        typed: usize::from(over.iter().find(right).is_some()),
        exact: usize::from(over.iter().find(exact).is_some()),
        characters: span.end - span.start,
        leaked: (span.start..span.end).filter(|place| !covered(place)).count(),
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(kind: &str, start: usize, end: usize) -> Span {
        Span { kind: kind.to_owned(), start, end, subtype: None }
    }

    fn row(spans: Vec<Span>) -> Row {
        Row { id: String::new(), text: "é".repeat(50), spans, negative_for: None }
    }

    #[test]
    fn a_label_is_hit_by_an_overlap_and_leaks_what_is_not_covered() {
        let rows = [row(vec![span("IBAN", 10, 20)])];
        let score = Score::of(&rows, &[vec![span("PHONE_NUMBER", 5, 14)]]);
        let labels = score.sought();
        assert_eq!((labels.all, labels.hit, labels.typed, labels.exact), (1, 1, 0, 0));
        assert_eq!((labels.characters, labels.leaked), (10, 6));
    }

    #[test]
    fn only_rows_without_labels_count_for_the_rate() {
        let rows = [row(Vec::new()), row(vec![span("SECRET", 0, 4)])];
        let found = vec![span("SECRET", 10, 12)];
        let score = Score::of(&rows, &[found.clone(), found]);
        assert_eq!(score.false_count(&[Group::Secrets]), 1);
        assert!((score.rate(score.false_count(&Group::ALL)) - 20.0).abs() < 1e-9);
        assert!(score.found[&Group::Secrets].precision() < 1e-9);
    }

    #[test]
    fn a_row_denies_what_it_is_no_example_of() {
        let denied = |negative: Option<&str>, kind: &str, subtype: Option<&str>| {
            let row = Row { negative_for: negative.map(str::to_owned), ..row(Vec::new()) };
            let found = Span { subtype: subtype.map(str::to_owned), ..span(kind, 0, 5) };
            Score::of(&[row], &[vec![found]]).denied_count(&Group::ALL) == 1
        };
        assert!(denied(None, "SECRET", Some("github-pat")));
        assert!(denied(Some("SECRET:github_token"), "SECRET", Some("github-pat")));
        assert!(!denied(Some("SECRET:gitlab_token"), "SECRET", Some("github-pat")));
        assert!(denied(Some("SECRET:github-pat"), "SECRET", Some("github-pat")));
        assert!(!denied(Some("SECRET:github-oauth"), "SECRET", Some("github-pat")));
        assert!(denied(Some("US_SSN"), "US_SSN", None));
        assert!(denied(Some("DE_LANR"), "PROFESSIONAL_ID", Some("de-lanr")));
        assert!(!denied(Some("DE_LANR"), "PROFESSIONAL_ID", Some("us-npi")));
        assert!(!denied(Some("KR_BRN"), "US_SSN", None));
    }

    #[test]
    fn names_of_other_programs_are_of_our_families() {
        assert_eq!(family("US_BANK_NUMBER"), "BANK_ACCOUNT");
        assert_eq!(family("NATIONAL_ID/fr-nir"), "NATIONAL_ID");
        assert_eq!(Group::of("URL"), Group::NotSought);
    }
}
