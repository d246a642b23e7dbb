//! Texts as numbers: each text once.

use hashbrown::HashMap;

/// The texts that columns have, by number. Number 0 is no text.
pub(super) struct Words {
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self { texts: vec!["".into()], numbers: HashMap::new() }
    }
}

impl Words {
    /// The number of a text; a new one when it is new.
    pub(super) fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return 0 };
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        // More than four thousand million texts do not fit into memory first.
        let number = u32::try_from(self.texts.len()).unwrap_or(0);
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    /// The number of a text that some column has.
    pub(super) fn known(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> &str {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.texts.get(number))
            .map_or("", |text| text)
    }

    /// How many there are, with the one that is none.
    pub(super) const fn len(&self) -> usize {
        self.texts.len()
    }
}
