//! The flight recorder and alarm system of LLM applications and agents: the command line.

mod cli;
mod command;
mod demo;
mod drill;
mod files;
mod lines;
mod output;
mod policy;
mod read;
mod remote;

use std::process::ExitCode;

use clap::Parser;

/// Many small, short-lived allocations on two threads: mimalloc halves what they cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli.start_logging();
    match cli.run() {
        Ok(verdict) => verdict.into(),
        Err(error) => {
            output::complain(&format!("plainsight: {error:#}"));
            ExitCode::from(3)
        }
    }
}
