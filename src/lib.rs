//! End-to-end conformance harness for
//! `Microsoft.Omnichannel.LiveChatWidget.SDK.startProactiveChat`, in real headless browsers.
//!
//! The rooms and which way they may look are described in `docs/architecture.md`; the binary `lcw`
//! is a thin shell over this library, and [`testing`] is what other crates import in their tests.
#![forbid(unsafe_code)]

pub mod assets;
pub mod browser;
pub mod check;
pub mod cli;
pub mod config;
pub mod contract;
pub mod event;
pub mod init;
pub mod mutant;
pub mod probe;
pub mod report;
pub mod runner;
pub mod server;
pub mod site;
pub mod source;
pub mod suite;
pub mod target;
pub mod testing;
pub mod walk;
