//! Whether a scenario that is written in Rust is sound, by the same rules as one of a file.

use miette::Diagnostic;
use thiserror::Error;

use super::check::Check;
use super::place::Places;
use super::{Reply, SiteScenario, SiteStep};
use crate::source::{SourceError, SourceFile};

/// What is wrong with a scenario, or a part of one, that is written in Rust.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}; {expected}")]
pub struct ScenarioFault {
    /// What is wrong.
    pub what: String,
    /// What was expected instead.
    pub expected: String,
}

impl ScenarioFault {
    pub(crate) fn new(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { what: what.into(), expected: expected.into() }
    }
}

impl SiteScenario {
    /// Sees that it could stand in a file: dates are dates, patterns are patterns, nothing is empty.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self) -> Result<(), ScenarioFault> {
        self.replies.iter().try_for_each(has_its_body)?;
        without_a_place(|check| check.scenario(self))?;
        self.steps.iter().try_for_each(SiteStep::check)
    }
}

impl SiteStep {
    /// Sees that it could stand in a file, likewise.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn check(&self) -> Result<(), ScenarioFault> {
        if let Self::Reply(reply) = self {
            has_its_body(reply)?;
        }
        without_a_place(|check| check.step(&[], self))
    }
}

/// Files are read together with the file that names them, and nobody reads one here.
fn has_its_body(reply: &Reply) -> Result<(), ScenarioFault> {
    match &reply.file {
        None => Ok(()),
        Some(file) => Err(ScenarioFault::new(
            format!("nobody reads {file}, which a reply names"),
            "give its text, such as with `include_str!`",
        )),
    }
}

/// Looks at what stands in no file.
fn without_a_place(look: impl FnOnce(&Check<'_>) -> Result<(), SourceError>) -> Result<(), ScenarioFault> {
    let file = SourceFile::new("", "");
    let places = Places::of("");
    look(&Check::new(&file, &places, 0)).map_err(|error| {
        let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
        ScenarioFault::new(error.message(), format!("{}{help}", error.label()))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::site::{Expect, InvitationExpectation, Shown, Visitor};

    fn scenario(visitor: Visitor, steps: Vec<SiteStep>) -> SiteScenario {
        SiteScenario {
            id: "test".into(),
            promise: "Visitors are invited.".into(),
            visitor,
            steps,
            ..SiteScenario::default()
        }
    }

    #[test]
    fn the_rules_are_those_of_a_file() {
        let visit = || vec![SiteStep::Visit("index.html".into())];
        assert_eq!(scenario(Visitor::default(), visit()).check(), Ok(()));
        let nobody = Visitor { time_zone: Some("Europe/Berlim".into()), ..Visitor::default() };
        let fault = scenario(nobody, visit()).check().unwrap_err().to_string();
        assert!(fault.starts_with("there is no time zone `Europe/Berlim`; expected a name"), "{fault}");
        assert!(fault.ends_with("; did you mean `Europe/Berlin`?"), "{fault}");
        let pattern = InvitationExpectation { pattern: Some("(".into()), ..Default::default() };
        let expect = Expect { invitation: Some(Shown::Like(pattern)), ..Expect::default() };
        let fault = SiteStep::Expect(Box::new(expect)).check().unwrap_err();
        assert_eq!(fault.what, "this is no regular expression");
        for step in [SiteStep::Advance, SiteStep::Idle] {
            assert_eq!(step(Duration::from_secs(86_400)).check(), Ok(()));
            let fault = step(Duration::MAX).check().unwrap_err().to_string();
            assert_eq!(fault, "nobody stays that long; expected less than 1000000000 s");
        }
        let fault = SiteStep::Expect(Box::default()).check().unwrap_err();
        assert_eq!(fault.what, "this expects nothing");
    }

    #[test]
    fn a_reply_brings_its_body_with_it() {
        let reply = Reply { file: Some("a.js".into()), ..Reply::text("https://a.example/*", "") };
        let mut scenario = scenario(Visitor::default(), vec![SiteStep::Visit("index.html".into())]);
        let of_step = SiteStep::Reply(Reply { text: None, ..reply.clone() }).check().unwrap_err();
        scenario.replies.push(reply);
        assert_eq!(scenario.check().unwrap_err(), of_step);
        assert_eq!(of_step.what, "nobody reads a.js, which a reply names");
    }
}
