//! Texts that people and pages write: errors that put a caret under the place they speak of, and what makes every
//! character of a text seen.

mod error;
mod glob;
mod id;
mod nearest;
mod visible;

pub(crate) use error::rendered;
pub use error::{SourceError, SourceFile};
pub use glob::glob;
pub use id::{is_id, is_word};
pub use nearest::nearest;
pub(crate) use visible::{visible, visible_entirely, visible_lines};
