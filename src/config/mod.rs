//! One [`Settings`] value from defaults, `webdriver.toml`, `LCW_*` environment and flags, each value
//! with its origin.

mod settings;

pub use settings::{BrowserKind, BrowserSettings, Deadlines, ServerSettings, Settings};
