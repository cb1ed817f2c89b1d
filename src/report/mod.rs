//! Folds over events: what people and machines read.
