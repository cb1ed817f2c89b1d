//! Text files that people write, and errors that put a caret under the place they speak of.

mod error;
mod glob;
mod id;
mod nearest;

#[cfg(test)]
pub(crate) use error::rendered;
pub use error::{SourceError, SourceFile};
pub use glob::glob;
pub use id::{is_id, is_word};
pub use nearest::nearest;
