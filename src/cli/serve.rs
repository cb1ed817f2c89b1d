//! `lcw serve`: the fixture pages for a person with a browser.

use std::io::{self, Write as _};

use clap::Args;

use super::output::finish_output;
use super::selection::load;
use super::{Failure, Global, block_on};
use crate::config::Overrides;
use crate::report::ExitCode;
use crate::server::FixtureServer;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The port [default: that of webdriver.toml, or one that is free]
    #[arg(long)]
    port: Option<u16>,
    /// A folder laid out as fixtures/, instead of the built-in one
    #[arg(long, value_name = "PATH")]
    fixtures: Option<String>,
}

pub(super) fn serve(global: &Global, args: &ServeArgs) -> Result<ExitCode, Failure> {
    let mut settings = load(global, Overrides { fixtures: args.fixtures.clone(), ..Overrides::default() })?;
    settings.server.port = args.port.unwrap_or(settings.server.port);
    block_on(async {
        let server =
            FixtureServer::start(&settings.server).await.map_err(|error| Failure::no_browser(&error))?;
        let port = server.address().port();
        finish_output(writeln!(io::stdout(), "http://localhost:{port}/\npress Ctrl-C to stop"))?;
        tokio::signal::ctrl_c()
            .await
            .map_err(|error| Failure::usage(format!("failed to wait for Ctrl-C: {error}")))?;
        server.shutdown().await;
        Ok(ExitCode::AllAsExpected)
    })?
}
