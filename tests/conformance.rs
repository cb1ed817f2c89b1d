//! The default plan as `cargo test` cases.

fn main() {}
