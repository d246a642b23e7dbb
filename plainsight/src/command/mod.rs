//! One file for each command: its options, and what it does.

pub(crate) mod serve;

pub(crate) mod demo;

pub(crate) mod import;
pub(crate) mod inspect;
pub(crate) mod scan;

pub(crate) mod query;
pub(crate) mod search;
pub(crate) mod show;
pub(crate) mod tail;
pub(crate) mod unseal;

pub(crate) mod checkpoint;
pub(crate) mod prove;
pub(crate) mod verify;

pub(crate) mod alerts;
pub(crate) mod hunt;
pub(crate) mod replay;
pub(crate) mod rules;

pub(crate) mod sinks;

pub(crate) mod config;
pub(crate) mod rebuild;
pub(crate) mod reference;
pub(crate) mod vault;
