//! What types do not say of an expectation.

use super::check::Check;
use super::place::Part;
use super::{Expect, InvitationExpectation, Shown};
use crate::source::SourceError;

/// The methods of the SDK, as the reference lists them.
pub(super) const METHODS: [&str; 10] = [
    "startProactiveChat",
    "startChat",
    "closeChat",
    "getAgentAvailability",
    "setContextProvider",
    "getContextProvider",
    "removeContextProvider",
    "setAuthTokenProvider",
    "getAuthTokenProvider",
    "removeAuthTokenProvider",
];

impl Check<'_> {
    pub(super) fn expect(&self, way: &[Part<'_>], expect: &Expect) -> Result<(), SourceError> {
        let within = |key: &'static str| [way, &[Part::Key(key)]].concat();
        self.must(
            *expect != Expect::default(),
            way,
            "this expects nothing",
            "expected something in it, such as `invitation = true`",
        )?;
        if let Some(Shown::Like(like)) = &expect.invitation {
            self.invitation(&within("invitation"), like)?;
        }
        let shown = match &expect.invitation {
            Some(Shown::Any(shown)) => *shown,
            Some(Shown::Like(_)) => true,
            None => false,
        };
        self.must(
            !shown || expect.invitations != Some(0),
            &within("invitations"),
            "an invitation is expected, and that there was none",
            "expected 1 or more here",
        )?;
        self.must(
            expect.context.as_ref().is_none_or(|context| !context.is_empty()),
            &within("context"),
            "no context variable is named",
            "expected at least one, such as `{ \"Page URL\" = \"/faq\" }`",
        )?;
        for (name, value) in expect.context.iter().flatten() {
            self.must(
                value.is_string() || value.is_number() || value.is_boolean(),
                &[&within("context")[..], &[Part::Key(name)]].concat(),
                format!("the context variable `{name}` cannot have this value"),
                "expected a text, a number or a boolean",
            )?;
        }
        for (at, call) in expect.calls.iter().flatten().enumerate() {
            if !METHODS.contains(&call.method.as_str()) {
                let place = [&within("calls")[..], &[Part::At(at), Part::Key("method")]].concat();
                let message = format!("the SDK has no method `{}`", call.method);
                let label = format!("expected one of `{}`", METHODS.join("`, `"));
                return Err(self.error(&place, message, label).with_nearest(&call.method, METHODS));
            }
        }
        Ok(())
    }

    fn invitation(&self, way: &[Part<'_>], like: &InvitationExpectation) -> Result<(), SourceError> {
        let within = |key: &'static str| [way, &[Part::Key(key)]].concat();
        self.must(
            *like != InvitationExpectation::default(),
            way,
            "nothing is said of the invitation",
            "expected `true`, or what it is like, such as `{ text = \"Hello\" }`",
        )?;
        let beside = match (&like.contains, &like.pattern) {
            (Some(_), _) => Some("contains"),
            (None, Some(_)) => Some("pattern"),
            (None, None) => None,
        };
        if let (Some(_), Some(beside)) = (&like.text, beside) {
            let message = format!("`{beside}` says nothing beside `text`");
            return Err(self.error(
                &within(beside),
                message,
                "expected either the whole text or parts of it",
            ));
        }
        for (key, part) in [("contains", &like.contains), ("pattern", &like.pattern)] {
            self.must(
                part.as_ref().is_none_or(|part| !part.is_empty()),
                &within(key),
                "every text contains this",
                "expected a part of the text",
            )?;
        }
        match like.pattern.as_deref().map(regex::Regex::new) {
            Some(Err(error)) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                Err(self.error(&within("pattern"), "this is no regular expression", reason))
            }
            _ => Ok(()),
        }
    }
}
