//! What people import in their own `cargo test`: a page with the widget in a real browser, as a page
//! object with waiting assertions, and the same as an rstest fixture; and unmodified pages of a site.
//!
//! ```rust
//! use lcw::contract::ProactiveChatCall;
//! use lcw::testing::{ChatPage, TestResult};
//!
//! #[tokio::test]
//! async fn an_invitation_leads_to_the_survey() -> TestResult {
//!     let mut page = ChatPage::options().prechat(true).open().await?;
//!     page.call(&ProactiveChatCall::with_message("May I help?")).await?;
//!     page.expect_notification("May I help?").await?;
//!     page.accept().await?;
//!     page.expect_prechat().await?;
//!     page.expect_windows(0).await
//! }
//! ```
//!
//! A [`SitePage`] is a page of a site that embeds the widget, unchanged, in front of a visitor: the steps of
//! `lcw check` in Rust. What follows is about [`ChatPage`].
//!
//! Every assertion waits for as long as a step may take (`deadlines.step` in `webdriver.toml`), needs no
//! sleep, and says what it waited for and what it saw last. Browsers are kept: the tests of a process
//! take turns, and under `cargo nextest run`, where each test is a process, the browser is handed from
//! one to the next. Set `LCW_PROVISION=1` to have missing browsers and drivers installed first.

mod error;
mod expect;
mod fenced;
mod page;
mod page_options;
mod pool;
mod sdk;
mod site_options;
mod site_page;
mod turns;

pub use error::{FailedStep, TestError, TestResult};
pub use page::{ChatPage, chat_page};
pub use page_options::ChatPageOptions;
pub use pool::settings;
pub use site_options::SitePageOptions;
pub use site_page::SitePage;
