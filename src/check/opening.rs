//! What the attendant and the visit tell each other of pages in the visitor's tab that are not to be had.

use url::Url;

use super::CheckError;
use crate::browser::bidi::NavigationId;

/// The page that is on its way into the tab.
#[derive(Debug, Default)]
pub(super) struct Opening {
    /// The harness opens a page: the first navigation from here on is the one that it asked for.
    asked: bool,
    navigation: Option<NavigationId>,
    refused: Option<Refused>,
}

/// A page that the tab asked for and did not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It was blocked.
    Blocked(String),
    /// A reply of the scenario had it fail.
    Replied(String),
}

impl Opening {
    /// The harness is about to open a page.
    pub(super) fn begin(&mut self) {
        *self = Self { asked: true, ..Self::default() };
    }

    /// The page is there, or is not to be had.
    pub(super) fn end(&mut self) {
        self.asked = false;
    }

    /// Whether a navigation of the tab is the one that the harness asked for, and not one of the page that is there.
    pub(super) fn is_the_harness(&mut self, navigation: Option<&NavigationId>) -> bool {
        if self.asked && self.navigation.is_none() {
            self.navigation = navigation.cloned();
        }
        self.asked && navigation.is_some() && self.navigation.as_ref() == navigation
    }

    /// A page was refused to the tab.
    pub(super) fn refuse(&mut self, refused: Refused) {
        self.refused = Some(refused);
    }

    /// What was refused to the tab since this was asked last.
    pub(super) fn take_refused(&mut self) -> Option<Refused> {
        self.refused.take()
    }
}

impl Refused {
    /// What that means for whoever opened a page, if somebody did.
    pub(super) fn means(self, opened: Option<&Url>) -> CheckError {
        match (self, opened) {
            (Self::Replied(url), _) => CheckError::FailsByReply { url },
            (Self::Blocked(to), opened) => {
                let host = Url::parse(&to).ok().and_then(|to| Some(to.host_str()?.to_owned()));
                let host = host.unwrap_or_default();
                match opened.map(Url::as_str).filter(|url| *url != to) {
                    Some(url) => CheckError::LeadsElsewhere { url: url.to_owned(), to, host },
                    None => CheckError::Elsewhere { url: to, host },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_navigation_is_the_harness_s() {
        let mut opening = Opening::default();
        let (first, second) = (NavigationId::from("1"), NavigationId::from("2"));
        assert!(!opening.is_the_harness(Some(&first)));
        opening.begin();
        assert!(!opening.is_the_harness(None));
        assert!(opening.is_the_harness(Some(&first)) && opening.is_the_harness(Some(&first)));
        assert!(!opening.is_the_harness(Some(&second)));
        opening.end();
        assert!(!opening.is_the_harness(Some(&first)));
    }
}
