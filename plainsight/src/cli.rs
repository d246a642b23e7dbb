//! The commands and their options.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::command;

/// The flight recorder and alarm system of LLM applications and agents.
#[derive(Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,

    /// What to log to standard error, as in RUST_LOG
    #[arg(long, global = true, env = "PLAINSIGHT_LOG", default_value = "info")]
    log: String,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything: recording proxy, OTLP, events and API
    Serve(command::serve::Options),
    /// Run everything against a built-in fake model, with a simulated company
    Demo(command::demo::Options),
    /// Read JSON lines, write what is in each text
    Scan(command::scan::Options),
    /// Try out what is found in a text, and what is done with it
    Inspect {
        #[command(subcommand)]
        action: InspectAction,
    },
    /// Record files: OTLP JSON, request logs, Langfuse and LiteLLM exports, native JSON lines
    Import(command::import::Options),
    /// Ask the record in SQL
    Query(command::query::Options),
    /// Find words in what was said
    Search(command::search::Options),
    /// Follow the newest records
    Tail(command::tail::Options),
    /// Show one record whole
    Show(command::show::Options),
    /// Read a sealed original, with a reason that is recorded
    Unseal(command::unseal::Options),
    /// Look after the keys
    Vault {
        #[command(subcommand)]
        action: command::vault::Action,
    },
    /// Check the whole log, offline
    Verify(command::verify::Options),
    /// Prove that a record is in the log
    Prove(command::prove::Options),
    /// Print the newest signed checkpoint
    Checkpoint(command::checkpoint::Options),
    /// List what was raised; say what was right, and what to pass over
    Alerts {
        #[command(subcommand)]
        action: command::alerts::Action,
    },
    /// Run a rule over what was recorded
    Hunt(command::hunt::Options),
    /// Tell every alert again by the rules of then, and compare
    Replay(command::replay::Options),
    /// Check, test, list, compare and import detection rules
    Rules {
        #[command(subcommand)]
        action: command::rules::Action,
    },
    /// Show how delivery stands, and try the sinks
    Sinks {
        #[command(subcommand)]
        action: command::sinks::Action,
    },
    /// Check the configuration
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// Look after the operational copy
    Store {
        #[command(subcommand)]
        action: StoreAction,
    },
    /// Print the reference: configuration, coverage, events-schema, rules or views
    Reference(command::reference::Options),
}

#[derive(Subcommand)]
enum InspectAction {
    /// Show every finding of a text, or check expectations
    Test(command::inspect::Options),
}

#[derive(Subcommand)]
enum ConfigAction {
    /// Report every problem, with its line and the nearest known name
    Check(command::config::Options),
}

#[derive(Subcommand)]
enum StoreAction {
    /// Make the operational copy anew from the log
    Rebuild(command::rebuild::Options),
}

/// Where the data lies.
#[derive(Args, Clone)]
pub(crate) struct Data {
    /// Data directory
    #[arg(long, value_name = "DIR", env = "PLAINSIGHT_DATA", default_value = "plainsight-data")]
    pub(crate) data: PathBuf,
}

/// How a command ended, for the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All is well.
    Fine,
    /// The command worked, and found something wrong.
    FoundWrong,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fine => Self::SUCCESS,
            Verdict::FoundWrong => Self::FAILURE,
        }
    }
}

impl Cli {
    pub(crate) fn start_logging(&self) {
        let filter = EnvFilter::try_new(&self.log).unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }

    pub(crate) fn run(self) -> Result<Verdict> {
        match self.command {
            Command::Serve(options) => command::serve::run(&options),
            Command::Demo(options) => command::demo::run(options),
            Command::Scan(options) => command::scan::run(&options),
            Command::Inspect { action: InspectAction::Test(options) } => {
                command::inspect::run(&options)
            }
            Command::Import(options) => command::import::run(&options),
            Command::Query(options) => command::query::run(&options),
            Command::Search(options) => command::search::run(&options),
            Command::Tail(options) => command::tail::run(&options),
            Command::Show(options) => command::show::run(&options),
            Command::Unseal(options) => command::unseal::run(&options),
            Command::Vault { action } => command::vault::run(&action),
            Command::Verify(options) => command::verify::run(&options),
            Command::Prove(options) => command::prove::run(&options),
            Command::Checkpoint(options) => command::checkpoint::run(&options),
            Command::Alerts { action } => command::alerts::run(&action),
            Command::Hunt(options) => command::hunt::run(&options),
            Command::Replay(options) => command::replay::run(&options),
            Command::Rules { action } => command::rules::run(&action),
            Command::Sinks { action } => command::sinks::run(&action),
            Command::Config { action: ConfigAction::Check(options) } => {
                Ok(command::config::run(&options))
            }
            Command::Store { action: StoreAction::Rebuild(options) } => {
                command::rebuild::run(&options)
            }
            Command::Reference(options) => command::reference::run(&options),
        }
    }
}
