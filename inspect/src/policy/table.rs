//! A setting by type: the most exact name that was given wins.

use crate::Kind;

use super::selector::Selector;

/// Settings of one scope. Looking one up allocates nothing.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    every: Option<T>,
    kinds: [Option<T>; Kind::ALL.len()],
    exact: Vec<(Kind, String, T)>,
}

impl<T: Copy> Table<T> {
    pub(crate) fn set(&mut self, selector: Selector, value: T) {
        match selector {
            Selector::Every => self.every = Some(value),
            Selector::Kind(kind) => self.kinds[kind as usize] = Some(value),
            Selector::Exact(kind, subtype) => self.exact.push((kind, subtype, value)),
        }
    }

    /// `TYPE/subtype`, else `TYPE`, else `*`.
    pub(crate) fn get(&self, kind: Kind, subtype: Option<&str>) -> Option<T> {
        let is_exact =
            |(of, name, _): &&(Kind, String, T)| *of == kind && subtype == Some(name.as_str());
        let exact = self.exact.iter().find(is_exact).map(|(_, _, value)| *value);
        exact.or(self.kinds[kind as usize]).or(self.every)
    }
}

impl<T: Copy> Default for Table<T> {
    fn default() -> Self {
        Self { every: None, kinds: [None; Kind::ALL.len()], exact: Vec::new() }
    }
}
