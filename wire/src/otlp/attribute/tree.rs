//! Messages that were flattened into attributes (`gen_ai.prompt.10.role`), put together again.
//!
//! Positions are numbers, so 10 comes after 9; gaps close. What the members mean is not known here.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value::{Any, into_value};

/// Steps in a flattened name. OpenInference's longest has nine.
const STEPS: usize = 16;

/// One level of the names.
#[derive(Default)]
pub(crate) struct Tree(BTreeMap<Step, Node>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Position(u32),
    Name(String),
}

enum Node {
    Leaf(Value),
    Branch(Tree),
}

impl Tree {
    /// Adds a value under its dotted path.
    ///
    /// # Errors
    /// Gives the value back when the path is taken, or is no path.
    pub(crate) fn insert(&mut self, path: &str, value: Any) -> Result<(), Any> {
        if path.split('.').count() > STEPS || path.is_empty() {
            return Err(value);
        }
        let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
        let mut level = self;
        for step in parents.split('.').filter(|step| !step.is_empty()) {
            let node =
                level.0.entry(Step::parse(step)).or_insert_with(|| Node::Branch(Self::default()));
            let Node::Branch(below) = node else {
                return Err(value);
            };
            level = below;
        }
        match level.0.entry(Step::parse(last)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(Node::Leaf(into_value(value)));
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(_) => Err(value),
        }
    }

    /// A list where all steps are positions, else an object.
    pub(crate) fn into_value(self) -> Value {
        let listed = self.0.keys().all(|step| matches!(step, Step::Position(_)));
        let nodes = self.0.into_iter();
        if listed {
            return Value::Array(nodes.map(|(_, node)| node.into_value()).collect());
        }
        Value::Object(nodes.map(|(step, node)| (step.into_name(), node.into_value())).collect())
    }
}

impl Node {
    fn into_value(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Branch(tree) => tree.into_value(),
        }
    }
}

impl Step {
    fn parse(step: &str) -> Self {
        step.parse().map_or_else(|_| Self::Name(step.to_owned()), Self::Position)
    }

    fn into_name(self) -> String {
        match self {
            Self::Position(position) => position.to_string(),
            Self::Name(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Any, Tree};

    fn text(text: &str) -> Any {
        Any::StringValue(text.to_owned())
    }

    #[test]
    fn ten_comes_after_nine() {
        let mut tree = Tree::default();
        for position in [10, 9, 0] {
            tree.insert(&format!("{position}.role"), text(&position.to_string())).unwrap();
        }
        assert_eq!(tree.into_value(), json!([{"role": "0"}, {"role": "9"}, {"role": "10"}]));
    }

    #[test]
    fn a_path_that_is_taken_gives_the_value_back() {
        let mut tree = Tree::default();
        tree.insert("0.role", text("user")).unwrap();
        assert!(tree.insert("0.role.x", text("y")).is_err());
        assert!(tree.insert("0.role", text("z")).is_err());
        assert!(tree.insert(&"0.".repeat(40), text("z")).is_err());
    }
}
