//! `lcw init`: the files with which checking a page begins.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::finish_output;
use super::selection::address;
use super::{Failure, Global, block_on};
use crate::init::{self, InitError, Outcome, Site};
use crate::report::ExitCode;

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The page to check first
    #[arg(value_name = "URL|FILE", default_value = "index.html")]
    page: String,
    /// The folder of the site [default: that of the file]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
}

pub(super) fn init(global: &Global, args: &InitArgs) -> Result<ExitCode, Failure> {
    let failure = |error: InitError| Failure::usage(format!("failed to {error}"));
    let site = match address(&args.page) {
        Some(_) if args.root.is_some() => {
            return Err(Failure::usage("--root is for a file, and this is an address; leave it out"));
        }
        Some(page) => block_on(Site::of_address(&page?))?,
        None => Site::of_file(Path::new(&args.page), args.root.as_deref()).map_err(failure)?,
    };
    let mut said = String::new();
    for (path, text) in site.files() {
        said += &match init::write(Path::new(""), path, &text).map_err(failure)? {
            Outcome::Written => format!("wrote       {path}\n"),
            Outcome::LeftAlone => format!("left alone  {path}, which is there already\n"),
        };
    }
    said += &format!("\nNext: {}\n", site.command(""));
    if !global.quiet {
        finish_output(io::stdout().lock().write_all(said.as_bytes()))?;
    }
    Ok(ExitCode::AllAsExpected)
}
