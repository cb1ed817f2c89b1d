//! One [`Settings`] value from defaults, `webdriver.toml`, `LCW_*` environment and flags, each value
//! with its origin.
//!
//! [`Loaded::from_process`] lays the layers over one another. A key is described once, in `key.rs`; the file, the
//! variables, the flags and `lcw config show` all go by that description.

mod error;
mod key;
mod load;
mod origin;
mod overrides;
mod settings;
mod show;
mod value;

#[cfg(test)]
mod tests;

pub use error::ConfigError;
pub use load::{CONFIG_VARIABLE, FILE_NAME, Loaded, Sources};
pub use origin::Origin;
pub use overrides::{BrowserChoice, Overrides};
pub use settings::{BrowserKind, BrowserSettings, Deadlines, ServerSettings, Settings};
pub use show::Entry;
