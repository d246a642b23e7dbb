//! Generated files are committed, and equal to what the program says of itself.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// A generated file, and the `plainsight reference` that prints it.
const FILES: [(&str, &str); 8] = [
    ("docs/configuration.md", "configuration"),
    ("docs/coverage.md", "coverage"),
    ("docs/drills.md", "drills"),
    ("docs/events.schema.json", "events-schema"),
    ("docs/openapi.json", "openapi"),
    ("docs/roles.md", "roles"),
    ("docs/rules.md", "rules"),
    ("docs/views.md", "views"),
];

/// Every generated file that is not fresh.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (file, topic) in FILES {
        let committed = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        if committed != print(topic)? {
            problems.push(format!("{file} is not fresh: run `cargo xtask generate`"));
        }
    }
    Ok(problems)
}

/// Writes them anew.
pub(crate) fn write() -> Result<()> {
    for (file, topic) in FILES {
        std::fs::write(file, print(topic)?).with_context(|| file.to_owned())?;
    }
    Ok(())
}

fn print(topic: &str) -> Result<String> {
    let output = Command::new("cargo")
        .args(["run", "--quiet", "--package", "plainsight", "--", "reference", topic])
        .output()
        .context("could not run cargo")?;
    ensure!(output.status.success(), "plainsight reference {topic} failed");
    Ok(String::from_utf8(output.stdout)?)
}
