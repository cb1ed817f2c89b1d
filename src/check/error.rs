//! Why a scenario could not be carried out. Texts read after "failed to …".

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use url::Url;

use crate::browser::{BidiError, BrowserError};
use crate::runner::RunnerError;
use crate::server::ServerError;

/// Why a scenario could not be carried out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The browser did not start, answer, or stop.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// A BiDi command failed.
    #[error(transparent)]
    Bidi(#[from] BidiError),
    /// The page could not be driven.
    #[error(transparent)]
    Page(#[from] RunnerError),
    /// Our own server could not be started.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The folder of the pages cannot be used.
    #[error("serve the pages of {}: {source}; name the folder that has the pages", path.display())]
    Root {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// The proxy that lets nothing out could not be started.
    #[error("listen on the loopback address: {0}; check what the system forbids")]
    Fence(#[source] std::io::Error),
    /// A page cannot be opened.
    #[error("open {url}: {reason}; check the address, and that its server is running")]
    Open {
        /// The page.
        url: Url,
        /// In the browser's words.
        reason: String,
    },
    /// The folder of the pages has none of this name.
    #[error("open {url}: it was answered with {status}; {}", way_to_a_page(*status))]
    NoSuchPage {
        /// The page.
        url: String,
        /// The status, such as 404.
        status: u16,
    },
    /// A page is on another origin than the site.
    #[error(
        "open {url}: it is on another origin than the site, and blocked; let its host through with `--allow {host}`, in a test with `.allow(\"{host}\")`"
    )]
    Elsewhere {
        /// The page.
        url: String,
        /// Its host.
        host: String,
    },
    /// A page leads to another origin.
    #[error(
        "open {url}: it leads to {to}, which is blocked; give that as the base address, or let its host through with `--allow {host}`, in a test with `.allow(\"{host}\")`"
    )]
    LeadsElsewhere {
        /// The page.
        url: String,
        /// Where it leads.
        to: String,
        /// Its host.
        host: String,
    },
    /// A page fails because the scenario wants it so.
    #[error("open {url}: a reply lets its request fail; give the reply a status or a body to have a page")]
    FailsByReply {
        /// The page.
        url: String,
    },
    /// A page was asked for and nobody answered.
    #[error("open {url}: nobody answered ({reason}); check that its server is running")]
    Unanswered {
        /// The page.
        url: String,
        /// In the browser's words.
        reason: String,
    },
    /// A scenario's script did not come to its end.
    #[error(
        "run the script to its end within {0:?}: it waits for something that does not come; a timer fires only in an `advance` step, so start the script without `await` and let time pass in the next step"
    )]
    ScriptWaits(Duration),
    /// A visitor's own script cannot be read.
    #[error("run the visitor's script: it is no JavaScript ({0}); correct `visitor.script`")]
    VisitorScript(String),
    /// A page was opened but its probe never spoke.
    #[error("hear from {url} within {waited:?}: it never loaded; open it by hand")]
    Silent {
        /// The page.
        url: Url,
        /// How long was waited.
        waited: Duration,
    },
    /// A part of an address that is no address.
    #[error(
        "open {page:?}: {reason}; write a page such as `index.html?from=faq`, relative to the base address"
    )]
    Address {
        /// What was written.
        page: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What a reply is for cannot be understood.
    #[error("reply to {url:?}: {reason}")]
    Reply {
        /// The pattern.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What the visitor wants to use is not there.
    #[error("use {selector}: it is not shown, disabled, covered, or outside of the viewport")]
    OutOfReach {
        /// The CSS selector.
        selector: String,
    },
}

/// What to do for a page that a folder answers with this status.
fn way_to_a_page(status: u16) -> &'static str {
    match status {
        405 => "a folder takes nothing that a form posts, so answer it with a reply",
        _ => {
            "correct its name, or put it into the folder; what only an app's router knows needs the app's own server (`--base-url`)"
        }
    }
}

impl CheckError {
    /// Whether the page or its scenario is to blame rather than the browser or the harness.
    pub fn is_about_the_page(&self) -> bool {
        match self {
            Self::Page(error) => {
                error.is_about_the_widget()
                    || matches!(error, RunnerError::PageHangs(_) | RunnerError::Probe(_))
            }
            // What the page's code throws, or a scenario's in it.
            Self::Bidi(BidiError::Exception(_)) => true,
            Self::OutOfReach { .. }
            | Self::Open { .. }
            | Self::NoSuchPage { .. }
            | Self::Elsewhere { .. }
            | Self::LeadsElsewhere { .. }
            | Self::FailsByReply { .. }
            | Self::Unanswered { .. }
            | Self::ScriptWaits(_)
            | Self::VisitorScript(_)
            | Self::Silent { .. } => true,
            _ => false,
        }
    }
}
