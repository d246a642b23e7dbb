//! How well attacks are told from other texts, of which none was learned from.

use std::fmt::Write as _;

use inspect::attack_model::{SIDES, Side};

use super::calibration::{limit, used_limit};
use super::rows::{Kind, Row};
use super::train::BOTH;
use crate::random::Random;

/// Resamplings for an interval (Efron, Bootstrap Methods, 1979).
const RESAMPLINGS: usize = 1000;

/// The tables of a cross-validation, for each side.
pub(super) fn tables(rows: &[Row], scores: &[[f32; SIDES]], title: &str) -> String {
    let mut out = String::new();
    for side in BOTH {
        let judged = Judged { rows, scores, side };
        let _ = write!(out, "\n### {title}, texts of a {side:?}\n");
        out.push_str(&judged.curve());
        out.push_str(&judged.intervals("at 1 %", |benign, _| limit(benign, 0.01)));
        out.push_str(&judged.intervals("at the limit that is used", used_limit));
        out.push_str(&judged.sources());
    }
    out
}

/// The scores of benign rows for a side.
pub(super) fn benign(rows: &[Row], scores: &[[f32; SIDES]], side: Side) -> Vec<f32> {
    Judged { rows, scores, side }.of(|row| row.kind == Kind::Benign)
}

/// The scores of those that only look like attacks.
pub(super) fn hard(rows: &[Row], scores: &[[f32; SIDES]], side: Side) -> Vec<f32> {
    Judged { rows, scores, side }.of(|row| row.kind == Kind::HardBenign && !row.quotes())
}

struct Judged<'a> {
    rows: &'a [Row],
    scores: &'a [[f32; SIDES]],
    side: Side,
}

impl Judged<'_> {
    /// The scores of some rows that are judged for the side.
    fn of(&self, is: impl Fn(&Row) -> bool) -> Vec<f32> {
        let pairs = self.rows.iter().zip(self.scores);
        let judged = pairs.filter(|(row, _)| is(row) && row.is_of(self.side));
        judged.map(|(_, scores)| scores[self.side as usize]).collect()
    }

    fn benign(&self) -> Vec<f32> {
        self.of(|row| row.kind == Kind::Benign)
    }

    /// What is judged, by name.
    fn columns(&self) -> [(&'static str, Vec<f32>); 5] {
        [
            ("direct", self.of(|row| row.kind == Kind::Direct)),
            ("jailbreak", self.of(|row| row.kind == Kind::Jailbreak)),
            ("indirect", self.of(|row| row.kind == Kind::Indirect)),
            ("hard benign", self.of(|row| row.kind == Kind::HardBenign && !row.quotes())),
            ("quotes attacks", self.of(Row::quotes)),
        ]
    }

    /// What is flagged at each share of false positives.
    fn curve(&self) -> String {
        let columns = self.columns();
        let mut out = "\n| false positives |".to_owned();
        for (name, _) in &columns {
            let _ = write!(out, " {name} |");
        }
        out.push_str("\n|---|---|---|---|---|---|\n");
        let benign = self.benign();
        for share in [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1] {
            let limit = limit(&benign, share);
            let _ = write!(out, "| {} |", percent(share));
            for (_, scores) in &columns {
                let _ = write!(out, " {} |", percent(above(scores, limit)));
            }
            out.push('\n');
        }
        out
    }

    /// At a limit, of benign rows and of those that look like attacks, with intervals of 95 %: of
    /// rows drawn anew, those that set the limit too.
    fn intervals(&self, title: &str, limit: impl Fn(&[f32], &[f32]) -> f32) -> String {
        let (benign, hard) = (self.benign(), hard(self.rows, self.scores, self.side));
        let mut out = format!("\n| {title} | share | 95 % interval | rows |\n|---|---|---|---|\n");
        for (name, scores) in self.columns().iter().filter(|(_, scores)| !scores.is_empty()) {
            let mut random = Random::new(1);
            let mut shares: Vec<f64> = (0..RESAMPLINGS)
                .map(|_| {
                    let limit = limit(&draw(&benign, &mut random), &draw(&hard, &mut random));
                    above(&draw(scores, &mut random), limit)
                })
                .collect();
            shares.sort_by(f64::total_cmp);
            let share = percent(above(scores, limit(&benign, &hard)));
            let low = percent(shares[RESAMPLINGS / 40]);
            let high = percent(shares[RESAMPLINGS - RESAMPLINGS / 40]);
            let _ = writeln!(out, "| {name} | {share} | {low}–{high} | {} |", scores.len());
        }
        out
    }

    /// What is above the limit of 1 %, data set by data set.
    fn sources(&self) -> String {
        let limit = limit(&self.benign(), 0.01);
        let judged = self.rows.iter().filter(|row| row.is_of(self.side));
        let mut sources: Vec<(Kind, &str)> = judged.map(|row| (row.kind, row.family())).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut out = "\n| kind, data set | flagged | rows |\n|---|---|---|\n".to_owned();
        for (kind, family) in sources {
            let scores = self.of(|row| row.kind == kind && row.family() == family);
            let share = percent(above(&scores, limit));
            let _ = writeln!(out, "| {kind:?}, {family} | {share} | {} |", scores.len());
        }
        out
    }
}

fn draw(scores: &[f32], random: &mut Random) -> Vec<f32> {
    (0..scores.len()).map(|_| scores[random.below(scores.len())]).collect()
}

fn above(scores: &[f32], limit: f32) -> f64 {
    scores.iter().filter(|score| **score > limit).count() as f64 / scores.len().max(1) as f64
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
