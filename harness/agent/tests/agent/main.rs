//! The agent as a process of its own, asked over a Unix socket about real processes and files.
//!
//! Targets are children that run this very binary (`victim`) and do what they are told. Secrets are made at run time: literals in the
//! binary would be found in every process that runs it.
#![cfg(target_os = "linux")]

mod crash;
mod dumps;
mod files;
mod hygiene;
mod probe;
mod searching;
mod serving;
mod support;
mod tls;
mod vectors;
mod victim;
