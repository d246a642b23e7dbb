//! Rules against their own examples.

use detect::testing;

use crate::made::{WORD, rules};

#[test]
fn examples_are_run_one_by_one() {
    let examples = "  examples:
    - name: says it
      match: true
      records:
        - {kind: interaction, time: 1, actor: {user: ada}, content: [{direction: input, message: 0, role: user, origin: user, type: text, content: kaboom}]}
    - name: does not say it
      match: false
      records:
        - {kind: interaction, time: 1, actor: {user: ada}, content: [{direction: input, message: 0, role: user, origin: user, type: text, content: hello}]}
    - name: is wrong
      match: false
      records:
        - {kind: interaction, time: 1, content: [{direction: input, message: 0, role: user, origin: user, type: text, content: kaboom}], repeat: {times: 3, every: 1m}}
";
    let rules = rules(&format!("{WORD}{examples}"));
    let outcomes = testing::run(&rules, &|mut record| {
        record.actor.session = Some("s".to_owned());
        record
    });
    let right: Vec<bool> = outcomes.iter().map(testing::Outcome::is_right).collect();
    assert_eq!(right, [true, true, false]);
    assert_eq!(outcomes[0].reason.as_deref(), Some("ada said the word in s"));
    assert_eq!(rules.rules()[0].examples[2].records().nth(2).unwrap().time.secs(), 120);
}
