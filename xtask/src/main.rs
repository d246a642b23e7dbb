//! Repository checks that the compiler does not make: `cargo xtask tidy` runs them all, and
//! `cargo xtask generate` writes the generated files anew.

mod floors;
mod generated;
mod licences;
mod sizes;
mod words;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            report(&problems);
            ExitCode::FAILURE
        }
        Err(error) => {
            report(&[format!("{error:#}")]);
            ExitCode::from(2)
        }
    }
}

fn run(task: Option<&str>) -> Result<Vec<String>> {
    match task {
        Some("tidy") => tidy(),
        Some("generate") => generated::write().map(|()| Vec::new()),
        _ => bail!("usage: cargo xtask tidy | generate"),
    }
}

fn tidy() -> Result<Vec<String>> {
    let metadata =
        cargo_metadata::MetadataCommand::new().exec().context("could not read the workspace")?;
    let root = metadata.workspace_root.as_std_path();
    let files = words::tracked(root)?;
    let mut problems = floors::check(&metadata);
    problems.extend(licences::check(&metadata));
    problems.extend(sizes::check(root, &files)?);
    problems.extend(words::check(root, &files)?);
    problems.extend(generated::check(root)?);
    Ok(problems)
}

#[expect(clippy::print_stderr, reason = "this program is a command line")]
fn report(problems: &[String]) {
    for problem in problems {
        eprintln!("tidy: {problem}");
    }
}
