//! A page of a site under test, with a visitor in front of it.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::error::FailedStep;
use super::fenced::SitePlace;
use super::pool::{Pool, at_the_end};
use super::site_options::SitePageOptions;
use super::{TestError, TestResult};
use crate::check::Performance;
use crate::site::{
    DialogAnswer, Expect, InvitationExpectation, Reply, ScrollTo, Shown, SiteStep, Timeline, TypeInto,
};

/// A page that nobody changed for the test, open in a real browser in front of a visitor.
///
/// The steps are those of a file of scenarios, and so is all the rest: a reference widget stands in for the real one, what
/// the page asks of others is blocked unless somebody answers, and its clock moves only by [`advance`](Self::advance).
///
/// When it is dropped the visitor leaves, with everything that the page stored.
///
/// # Errors
/// Every step gives [`TestError::Step`] when the visitor could not take it or it is not as expected: with its place in the
/// test, what is different, why that probably is so, and everything that happened. [`TestError::Scenario`] is for what
/// no file could have, [`TestError::Check`] for a browser that broke.
pub struct SitePage {
    /// `None` only while it is dropped.
    visit: Option<(SitePlace, Performance)>,
    pool: Arc<Pool>,
    /// A step has begun and has not come to its end, so nobody knows what state the browser is in.
    under_way: bool,
}

impl SitePage {
    /// Options of a page, to [open](SitePageOptions::open) it.
    pub fn options() -> SitePageOptions {
        SitePageOptions::default()
    }

    pub(super) fn new(pool: Arc<Pool>, place: SitePlace, performance: Performance) -> Self {
        Self { visit: Some((place, performance)), pool, under_way: false }
    }

    /// Everything that happened up to the end of the last step.
    pub fn timeline(&self) -> &Timeline {
        #[expect(
            clippy::expect_used,
            reason = "it is taken out only by drop, after which nobody can ask for it"
        )]
        let (_, performance) = self.visit.as_ref().expect("the page has its visitor until it is dropped");
        performance.timeline()
    }

    /// The visitor opens this page, relative to the folder or address of the options.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn visit(&mut self, page: impl Into<String>) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Visit(page.into()))
    }

    /// The visitor comes back to the page that was visited last: cookies and local storage are kept, session storage is
    /// not.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn revisit(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Revisit)
    }

    /// The page is loaded again.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn reload(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Reload)
    }

    /// So much of the page's time passes.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn advance(&mut self, by: Duration) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Advance(by))
    }

    /// So much of the page's time passes and the visitor does nothing: the same as [`advance`](Self::advance), for the
    /// reader.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn idle(&mut self, time: Duration) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Idle(time))
    }

    /// The visitor scrolls.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn scroll(&mut self, to: ScrollTo) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Scroll(to))
    }

    /// The mouse leaves the page over its upper edge.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn mouse_leave(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::MouseLeave)
    }

    /// The mouse comes back into the page.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn mouse_enter(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::MouseEnter)
    }

    /// The visitor clicks the element that this CSS selector finds.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn click(&mut self, selector: impl Into<String>) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Click(selector.into()))
    }

    /// The visitor clicks the element that this CSS selector finds, and types this text.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn type_into(
        &mut self,
        selector: impl Into<String>,
        text: impl Into<String>,
    ) -> impl Future<Output = TestResult> + Send {
        let typed = TypeInto { into: selector.into(), text: text.into() };
        self.take(Location::caller(), SiteStep::Type(typed))
    }

    /// The visitor goes to another tab.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn switch_tab(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::SwitchTab)
    }

    /// The visitor comes back from the other tab.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn return_to_tab(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::ReturnToTab)
    }

    /// Page code runs in the page.
    ///
    /// # Errors
    /// As [every step](Self#errors), and what the code throws.
    #[track_caller]
    pub fn script(&mut self, code: impl Into<String>) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Script(code.into()))
    }

    /// From here on the page's requests are answered so, before all earlier replies.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn reply(&mut self, reply: Reply) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Reply(reply))
    }

    /// From here on dialogs are answered so.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn dialog(&mut self, answer: DialogAnswer) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Dialog(answer))
    }

    /// The visitor presses the invitation's start button.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn accept(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Accept)
    }

    /// The visitor presses the invitation's close button.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn dismiss(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Dismiss)
    }

    /// The visitor presses Escape.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn escape(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Escape)
    }

    /// The visitor fills in and submits the pre-chat survey.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn submit_survey(&mut self) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::SubmitSurvey)
    }

    /// All of this has to be so at this moment of the page's time. A chat and a window have a moment of real time to come
    /// about.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect(&mut self, expect: Expect) -> impl Future<Output = TestResult> + Send {
        self.take(Location::caller(), SiteStep::Expect(Box::new(expect)))
    }

    /// An invitation with exactly this text has to be shown.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect_invitation(&mut self, text: impl Into<String>) -> impl Future<Output = TestResult> + Send {
        self.expect(invitation(text.into(), None))
    }

    /// An invitation with exactly this text has to be shown, and to have appeared this long after the page was opened, to
    /// the millisecond of the page's time.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect_invitation_at(
        &mut self,
        at: Duration,
        text: impl Into<String>,
    ) -> impl Future<Output = TestResult> + Send {
        self.expect(invitation(text.into(), Some(at)))
    }

    /// No invitation may be shown.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect_no_invitation(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect(Expect { invitation: Some(Shown::Any(false)), ..Expect::default() })
    }

    /// The pre-chat survey has to be shown, in the page or in a window, and no chat.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect_prechat(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect(Expect { prechat: Some(true), chat: Some(false), ..Expect::default() })
    }

    /// A chat has to be shown, in the page or in a window, and no pre-chat survey.
    ///
    /// # Errors
    /// As [every step](Self#errors).
    #[track_caller]
    pub fn expect_chat(&mut self) -> impl Future<Output = TestResult> + Send {
        self.expect(Expect { prechat: Some(false), chat: Some(true), ..Expect::default() })
    }

    /// Takes a step; `place` is where the test does.
    pub(super) async fn take(&mut self, place: &'static Location<'static>, step: SiteStep) -> TestResult {
        step.check().map_err(|fault| TestError::Scenario { place, fault })?;
        #[expect(
            clippy::expect_used,
            reason = "it is taken out only by drop, after which nobody can ask for it"
        )]
        let (_, performance) = self.visit.as_mut().expect("the page has its visitor until it is dropped");
        self.under_way = true;
        let failed = performance.perform(step).await?;
        self.under_way = false;
        match failed {
            None => Ok(()),
            Some(failure) => {
                let timeline = performance.timeline().clone();
                Err(TestError::Step(Box::new(FailedStep { place, failure, timeline })))
            }
        }
    }
}

fn invitation(text: String, at: Option<Duration>) -> Expect {
    let like = InvitationExpectation { text: Some(text), at, ..InvitationExpectation::default() };
    Expect { invitation: Some(Shown::Like(like)), ..Expect::default() }
}

impl Drop for SitePage {
    fn drop(&mut self) {
        let Some((place, performance)) = self.visit.take() else { return };
        let (pool, fit) = (Arc::clone(&self.pool), !self.under_way);
        at_the_end(Arc::clone(&pool), async move { pool.let_out(place, performance, fit).await });
    }
}
