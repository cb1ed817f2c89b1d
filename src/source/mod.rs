//! Text files that people write, and errors that put a caret under the place they speak of.

mod error;
mod glob;
mod nearest;

#[cfg(test)]
pub(crate) use error::rendered;
pub use error::{SourceError, SourceFile};
pub use glob::glob;
pub use nearest::nearest;
