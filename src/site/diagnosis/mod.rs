//! Why an expectation probably did not come true.

mod absent;
mod chat;
mod shown;

#[cfg(test)]
mod tests;

use super::findings::FindingKind;
use super::{Aspect, Call, Difference, Expect, Finding, Happening, SiteScenario, Timeline, findings, words};

/// How many reasons are given at most: more are not read.
const MOST: usize = 5;

/// Why this is probably so, the most specific reason first.
///
/// `expect` is what was expected at the end of `timeline`, and `differences` is what of it does not hold.
pub fn diagnose(
    scenario: &SiteScenario,
    expect: &Expect,
    differences: &[Difference],
    timeline: &Timeline,
) -> Vec<String> {
    let story = Story::new(scenario, timeline);
    let mut reasons = if differences.is_empty() { Vec::new() } else { story.of_the_visitor() };
    for difference in differences {
        let more = match difference.aspect {
            Aspect::Invitation if story.expects_none(expect) => shown::unexpected(&story),
            Aspect::Invitation => absent::why(&story),
            Aspect::Text => shown::other_text(&story, expect),
            Aspect::Time => shown::other_time(&story, expect),
            Aspect::Invitations => shown::other_number(&story, expect),
            Aspect::Prechat => chat::survey(&story, expect),
            Aspect::Chat => chat::chat(&story, expect),
            Aspect::Windows => chat::windows(&story, expect),
            Aspect::Context => chat::context(&story, expect),
            Aspect::Calls => shown::other_calls(&story, expect),
            Aspect::PageErrors | Aspect::Dialogs => story.of_page(difference.aspect),
        };
        for reason in more {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    reasons.truncate(MOST);
    reasons
}

/// What happened, as far as reasons are concerned.
struct Story<'a> {
    scenario: &'a SiteScenario,
    timeline: &'a Timeline,
    findings: Vec<Finding>,
    /// The page that was opened last.
    visit: usize,
}

impl<'a> Story<'a> {
    fn new(scenario: &'a SiteScenario, timeline: &'a Timeline) -> Self {
        let visit = timeline.visits().last().unwrap_or_default();
        Self { scenario, timeline, findings: findings(timeline), visit }
    }

    fn expects_none(&self, expect: &Expect) -> bool {
        expect.invitation == Some(super::Shown::Any(false))
    }

    /// The texts of the findings of these kinds, in the order of the kinds.
    fn found(&self, kinds: &[FindingKind]) -> Vec<String> {
        let of = |kind: FindingKind| self.findings.iter().filter(move |finding| finding.kind == kind);
        kinds.iter().flat_map(|kind| of(*kind)).map(|finding| finding.text.clone()).collect()
    }

    /// The calls of `startProactiveChat` in the page that was opened last.
    fn calls(&self) -> impl DoubleEndedIterator<Item = Call<'a>> {
        let visit = self.visit;
        self.timeline
            .calls()
            .filter(move |call| call.method == "startProactiveChat" && call.entry.visit == visit)
    }

    /// " by lcw:ready", " by a timeout of 20 s", or nothing when it is not known.
    fn by(&self, call: &Call<'_>) -> String {
        self.timeline.provocation(call.entry).map(|what| format!(", by {what}")).unwrap_or_default()
    }

    /// That the visitor is another one than the scenario says.
    fn of_the_visitor(&self) -> Vec<String> {
        let threw = self.timeline.of_visit(self.visit).find_map(|entry| match &entry.happening {
            Happening::VisitorScriptThrew { text } => Some(text),
            _ => None,
        });
        threw.map(|text| format!("the visitor's script threw {}", words::error(text))).into_iter().collect()
    }

    fn of_page(&self, aspect: Aspect) -> Vec<String> {
        match aspect {
            Aspect::Dialogs => self.found(&[FindingKind::DialogInTheWay]),
            _ => self.found(&[
                FindingKind::SyntaxError,
                FindingKind::SdkBeforeReady,
                FindingKind::UnknownMethod,
                FindingKind::PageError,
            ]),
        }
    }
}
