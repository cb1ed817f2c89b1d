//! Text files that people write, and errors that put a caret under the place they speak of.

mod error;
mod nearest;

pub use error::{SourceError, SourceFile};
pub use nearest::nearest;
