//! Coverage as Markdown: docs/coverage.md.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Coverage, Row};

const BEGINNING: &str = "# What the rules cover

<!-- Printed by `plainsight reference coverage`; do not edit. -->

Alerts that other products publish, and the requirements of detection that Plainsight is built to, each with the rules
that see it, or the reason why none does. The techniques are those that the rules name: MITRE ATLAS, and OWASP with
the year of its list. `plainsight rules coverage` prints the same for any rules.
";

impl Coverage {
    /// The tables.
    pub fn markdown(&self) -> String {
        let mut text = String::from(BEGINNING);
        self.totals(&mut text);
        for peer in &self.peers {
            let _ = writeln!(text, "\n## {}\n", peer.name);
            rows(&mut text, "alert", &peer.alerts);
        }
        text.push_str("\n## Requirements\n\n");
        rows(&mut text, "requirement", &self.requirements);
        for (title, counts) in [("MITRE ATLAS", &self.atlas), ("OWASP", &self.owasp)] {
            let _ = writeln!(text, "\n## {title}\n\n| id | rules |\n|---|---|");
            for (id, count) in counts {
                let _ = writeln!(text, "| {id} | {count} |");
            }
        }
        text
    }

    fn totals(&self, text: &mut String) {
        text.push_str(
            "\n## Totals\n\n| list | rows | covered | not covered |\n|---|---|---|---|\n",
        );
        let all = self.peers.iter().flat_map(|peer| &peer.alerts);
        let lists =
            self.peers.iter().map(|peer| (peer.name.as_str(), peer.alerts.iter().collect()));
        let sums =
            [("All peers", all.collect()), ("Requirements", self.requirements.iter().collect())];
        for (name, rows) in lists.chain(sums) {
            let rows: Vec<&Row> = rows;
            let covered = rows.iter().filter(|row| row.is_covered()).count();
            let _ = writeln!(
                text,
                "| {} | {} | {covered} | {} |",
                cell(name),
                rows.len(),
                rows.len() - covered
            );
        }
    }
}

fn rows(text: &mut String, what: &str, rows: &[Row]) {
    let _ = writeln!(text, "| {what} | covered by | MITRE ATLAS | OWASP |\n|---|---|---|---|");
    for row in rows {
        let name = match &row.id {
            Some(id) => format!("`{id}` {}", cell(&row.name)),
            None => cell(&row.name),
        };
        let covered = match &row.not_covered {
            Some(why) => format!("*not covered*: {}", cell(why)),
            None => row.rules.iter().map(|rule| cell(&rule.title)).collect::<Vec<_>>().join("; "),
        };
        let _ =
            writeln!(text, "| {name} | {covered} | {} | {} |", list(&row.atlas), list(&row.owasp));
    }
}

fn list(ids: &BTreeSet<String>) -> String {
    ids.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Text that cannot end a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
