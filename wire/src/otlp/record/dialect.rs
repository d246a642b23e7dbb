//! Which dialect an item speaks, by the names it uses.
//!
//! A label for the reader: what the names mean does not depend on it.

use super::super::attribute::{Field, Sorted};

/// The dialect's name in [`model::Source`]; `None` for an item that has nothing to do with GenAI.
pub(crate) fn dialect(attributes: &Sorted) -> Option<&'static str> {
    let families = &attributes.families;
    // Frameworks decorate spans of other instrumentations, so the framework comes first, and the
    // plain convention last.
    let signs = [
        (families.langfuse, "langfuse"),
        (families.laminar, "laminar"),
        (families.vercel, "vercel"),
        (families.openinference, "openinference"),
        (families.openllmetry, "openllmetry"),
        (families.google_adk, "google-adk"),
        (families.pydantic_ai, "pydantic-ai"),
        (families.mlflow, "mlflow"),
        (families.mcp, "mcp"),
    ];
    let named = signs.iter().find(|(sign, _)| *sign).map(|(_, name)| *name);
    named.or_else(|| families.gen_ai.then(|| convention(attributes)))
}

/// Version 1.30 of the convention said `gen_ai.system`.
fn convention(attributes: &Sorted) -> &'static str {
    match attributes.best_name(Field::Provider) {
        Some("gen_ai.system") => "otel-1.30",
        _ => "otel",
    }
}
