//! What calls cost, by the operator's prices.

use std::collections::BTreeMap;

use serde_json::Value;

use super::items::Item;
use crate::config::Price;

/// Tokens that a price is for.
const TOKENS: f64 = 1e6;

/// The cost of tokens of a model; `None` where it has no price. A price for `gpt-5` is one for
/// `gpt-5-2026-01-01`, too; the longest name that fits counts.
pub(super) fn of(
    prices: &BTreeMap<String, Price>,
    model: &str,
    input: f64,
    output: f64,
) -> Option<f64> {
    let fits = |name: &&String| {
        model
            .strip_prefix(name.as_str())
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let name = prices.keys().filter(fits).max_by_key(|name| name.len())?;
    let price = prices.get(name)?;
    Some((input * price.input + output * price.output) / TOKENS)
}

/// The cost of rows with `model`, `input` and `output`; `None` where none has a price.
pub(super) fn of_rows<'r>(
    prices: &BTreeMap<String, Price>,
    rows: impl Iterator<Item = &'r Item>,
) -> Option<f64> {
    let number = |row: &Item, name: &str| row.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    let costs = rows.filter_map(|row| {
        let model = row.get("model").and_then(Value::as_str).unwrap_or_default();
        of(prices, model, number(row, "input"), number(row, "output"))
    });
    costs.reduce(|one, other| one + other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_that_fits_has_the_price() {
        let price = |input| Price { input, output: 10.0 };
        let prices: BTreeMap<String, Price> =
            [("gpt-5".to_owned(), price(1.0)), ("gpt-5-mini".to_owned(), price(0.5))].into();
        assert_eq!(of(&prices, "gpt-5-2026-01-01", 1e6, 0.0), Some(1.0));
        assert_eq!(of(&prices, "gpt-5-mini", 1e6, 1e6), Some(10.5));
        assert_eq!(of(&prices, "gpt-50", 1e6, 0.0), None);
    }
}
