//! What people import in their own `cargo test`.
