//! Who acts, and how much: sums by user.

use super::day::{ATTACKS, Column, Day, ERROR, REFUSED};
use super::{Columns, Question};

/// What one user did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acting {
    /// The user, a pseudonym.
    pub user: String,
    /// Records.
    pub count: u64,
    /// Calls of models.
    pub calls: u64,
    /// Records that failed.
    pub errors: u64,
    /// Those that a model refused.
    pub refusals: u64,
    /// Sensitive values that were found.
    pub findings: u64,
    /// Records that look like an attack.
    pub attacks: u64,
    /// Tokens that went in.
    pub input_tokens: u64,
    /// Tokens that came out.
    pub output_tokens: u64,
    /// When they were first seen, nanoseconds since the epoch.
    pub first: i64,
    /// When they were last seen.
    pub last: i64,
}

impl Columns {
    /// Up to `limit` users, those with the most records first, without the first `skipped` of them.
    pub fn users(&self, question: &Question, skipped: usize, limit: usize) -> Vec<Acting> {
        let mut sums = vec![Acting::default(); self.words.len()];
        let interaction = self.words.known("interaction");
        for (day, marks) in self.marked(question) {
            add(&mut sums, day, &marks, interaction);
        }
        // Number 0 is nobody.
        let acting = (0_u32..).zip(sums).skip(1).filter(|(_, sum)| sum.count > 0);
        let mut acting: Vec<(u32, Acting)> = acting.collect();
        let text = |number: u32| self.words.text(number);
        let order = |one: &(u32, Acting), other: &(u32, Acting)| {
            other.1.count.cmp(&one.1.count).then_with(|| text(one.0).cmp(text(other.0)))
        };
        let wanted = skipped.saturating_add(limit);
        if acting.len() > wanted {
            acting.select_nth_unstable_by(wanted, order);
            acting.truncate(wanted);
        }
        acting.sort_unstable_by(order);
        let page = acting.into_iter().skip(skipped);
        page.map(|(number, sum)| Acting { user: text(number).to_owned(), ..sum }).collect()
    }
}

fn add(sums: &mut [Acting], day: &Day, marks: &[bool], interaction: Option<u32>) {
    let users = day.column(Column::User).iter().zip(day.column(Column::Kind));
    let rows = marks.iter().zip(users).zip(&day.flags).zip(&day.measured).zip(&day.times);
    for ((((mark, (user, kind)), flags), measured), time) in rows {
        let user = usize::try_from(*user).ok().filter(|user| *mark && *user > 0);
        let Some(sum) = user.and_then(|user| sums.get_mut(user)) else { continue };
        let is = |flag: u8| u64::from(flags & flag != 0);
        let is_first = sum.count == 0;
        sum.first = if is_first { *time } else { sum.first.min(*time) };
        sum.last = if is_first { *time } else { sum.last.max(*time) };
        sum.count += 1;
        sum.calls += u64::from(Some(*kind) == interaction);
        sum.errors += is(ERROR);
        sum.refusals += is(REFUSED);
        sum.attacks += is(ATTACKS);
        sum.findings += u64::from(measured.findings);
        sum.input_tokens += u64::from(measured.input_tokens);
        sum.output_tokens += u64::from(measured.output_tokens);
    }
}
