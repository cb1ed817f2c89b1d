//! Flags that several commands share: which configuration, which cases.

use std::path::Path;

use clap::Args;
use url::Url;

use super::output::complain;
use super::{Failure, Global};
use crate::assets::Assets;
use crate::config::{BrowserChoice, Loaded, Overrides, Settings};
use crate::report::ExitCode;
use crate::suite::{Filter, Plan, Suites, did_you_mean};
use crate::target::Target;
use crate::walk::Walks;

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Selection {
    /// Cases: a part of an id, a whole id, a glob with * and ?, or req: and a requirement's id
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Leave out the cases that fit this filter
    #[arg(long, value_name = "FILTER")]
    exclude: Vec<String>,
    #[command(flatten)]
    extent: Extent,
}

/// Which suites, and how much of their matrices.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Extent {
    /// Cover every combination of this many values of a matrix
    #[arg(long, value_name = "N", conflicts_with = "all")]
    strength: Option<u32>,
    /// Run every combination of every matrix
    #[arg(long)]
    all: bool,
    /// A folder laid out as fixtures/, instead of the built-in one
    #[arg(long, value_name = "PATH")]
    fixtures: Option<String>,
}

/// What is under test.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Subject {
    /// The widget under test: a target file, or a name under [targets] in webdriver.toml [default: the
    /// reference widget]
    #[arg(short, long, value_name = "NAME|FILE")]
    target: Option<String>,
}

impl Subject {
    /// The target that is named so.
    pub(super) fn of(named: &str) -> Self {
        Self { target: Some(named.to_owned()) }
    }

    /// The target as it was named.
    pub(super) fn named(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Reads the target; `config` is the configuration file.
    pub(super) fn target(&self, config: Option<&Path>, suites: &Suites) -> Result<Target, Failure> {
        match self.named() {
            Some(named) => Target::find(named, config, suites.catalogue()).map_err(Failure::place),
            None => Ok(Target::reference()),
        }
    }
}

/// The address that a person gave for a page; `None` when it is the name of a file.
pub(super) fn address(page: &str) -> Option<Result<Url, Failure>> {
    let is_address = page.starts_with("http://") || page.starts_with("https://");
    is_address
        .then(|| Url::parse(page).map_err(|error| Failure::usage(format!("{page} is no address: {error}"))))
}

/// How the cases are run.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Pace {
    /// Workers for each browser, each with a browser of its own
    #[arg(short, long, value_name = "N")]
    workers: Option<u32>,
    /// Try a failed case again this often; one that passes then is flaky
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// Stop at the first result that is not as expected
    #[arg(long)]
    fail_fast: bool,
}

/// Which browsers, and how they are started.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Browsers {
    /// The browser [default: those of webdriver.toml, or all]
    #[arg(short, long, value_enum, value_name = "BROWSER")]
    pub(super) browser: Option<BrowserChoice>,
    /// Use a driver that is already running: URL, or BROWSER=URL when several browsers run
    #[arg(long, value_name = "URL")]
    pub(super) webdriver_url: Vec<String>,
}

impl Browsers {
    /// The flags as a layer of the configuration.
    pub(super) fn overrides(&self) -> Overrides {
        Overrides { browser: self.browser, webdriver_url: self.webdriver_url.clone(), ..Overrides::default() }
    }
}

impl Extent {
    /// The fixtures folder that was given.
    pub(super) fn fixtures(&self) -> Option<&str> {
        self.fixtures.as_deref()
    }

    /// The flag that says how much of the matrices, a space before it, if one was given.
    pub(super) fn strength_flag(&self) -> String {
        match (self.strength, self.all) {
            (Some(strength), _) => format!(" --strength {strength}"),
            (None, true) => " --all".to_owned(),
            (None, false) => String::new(),
        }
    }

    /// Adds these flags to a layer of the configuration.
    pub(super) fn onto(&self, overrides: Overrides) -> Overrides {
        Overrides { strength: self.strength, all: self.all, fixtures: self.fixtures.clone(), ..overrides }
    }
}

impl Pace {
    /// Adds these flags to a layer of the configuration.
    pub(super) fn onto(&self, overrides: Overrides) -> Overrides {
        Overrides { workers: self.workers, retries: self.retries, fail_fast: self.fail_fast, ..overrides }
    }
}

impl Selection {
    /// The cases that these filters select.
    pub(super) fn of(filters: &[String]) -> Self {
        Self { filters: filters.to_vec(), ..Self::default() }
    }

    /// Adds these flags to a layer of the configuration.
    pub(super) fn onto(&self, overrides: Overrides) -> Overrides {
        self.extent.onto(overrides)
    }

    /// Reads the suites and makes the plan.
    pub(super) fn plan(&self, settings: &Settings) -> Result<(Plan, Suites), Failure> {
        let filter = self.filter()?;
        let (_, suites) = suites(settings)?;
        let plan = Plan::build(&suites, settings.strength, &filter).map_err(Failure::place)?;
        Ok((plan, suites))
    }

    /// Reads the suites, whose requirements walks have, too, and makes the plan of these walks.
    pub(super) fn plan_of(&self, walks: Walks, settings: &Settings) -> Result<(Plan, Suites), Failure> {
        let filter = self.filter()?;
        let (_, suites) = suites(settings)?;
        let plan = walks.plan(&filter).map_err(|bug| Failure::usage(bug.to_string()))?;
        Ok((plan, suites))
    }

    /// The filter that the words make.
    pub(super) fn filter(&self) -> Result<Filter, Failure> {
        let (filters, exclude) = (self.filters.iter(), self.exclude.iter());
        Filter::new(filters.map(String::as_str), exclude.map(String::as_str)).map_err(Failure::place)
    }
}

/// The fixture files that the settings name, and the suites in them.
pub(super) fn suites(settings: &Settings) -> Result<(Assets, Suites), Failure> {
    let assets = Assets::discover(settings.server.fixtures.as_deref())
        .map_err(|error| Failure::usage(format!("failed to {error}")))?;
    let suites = Suites::load(&assets).map_err(Failure::place)?;
    Ok((assets, suites))
}

/// The configuration of this process with these flags; what is odd about it is told.
pub(super) fn load_with_origins(global: &Global, overrides: Overrides) -> Result<Loaded, Failure> {
    let loaded = Loaded::from_process(global.config.clone(), overrides).map_err(Failure::place)?;
    for warning in &loaded.warnings {
        complain(format_args!("warning: {warning}"));
    }
    Ok(loaded)
}

/// The settings of this process with these flags.
pub(super) fn load(global: &Global, overrides: Overrides) -> Result<Settings, Failure> {
    Ok(load_with_origins(global, overrides)?.settings)
}

/// Tells which words of the filter select nothing: most likely they are misspelt.
pub(super) fn warn_of_idle_filters(plan: &Plan, suites: &Suites) {
    for word in &plan.idle_filters {
        match did_you_mean(word, suites.catalogue()) {
            Some(meant) => {
                complain(format_args!("warning: the filter `{word}` fits no case; did you mean `{meant}`?"))
            }
            None => complain(format_args!("warning: the filter `{word}` fits no case")),
        }
    }
}

/// Tells that there is nothing to do, and why.
pub(super) fn nothing_selected(plan: &Plan, suites: &Suites) -> ExitCode {
    warn_of_idle_filters(plan, suites);
    complain("no case is selected; `lcw list` shows them all");
    ExitCode::NothingSelected
}
