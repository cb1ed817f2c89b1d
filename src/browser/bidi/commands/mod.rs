//! The commands that have a type, with the protocol's own names and parameters; the harness uses some, and who
//! drives a page through [`Bidi`](crate::browser::Bidi) may want the others.

mod browser;
mod browsing_context;
mod emulation;
mod network;
mod script;
mod session;
mod storage;

pub use browser::*;
pub use browsing_context::*;
pub use emulation::*;
pub use network::*;
pub use script::*;
pub use session::*;
pub use storage::*;

use serde::Deserialize;

/// Says of each command what it is called and what it returns.
macro_rules! commands {
    ($($name:ty => $method:literal -> $returns:ty;)*) => {$(
        impl $crate::browser::bidi::Command for $name {
            const METHOD: &'static str = $method;
            type Returns = $returns;
        }
    )*};
}
use commands;

/// An answer without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Empty {}
