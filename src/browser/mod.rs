//! Finds, starts and stops drivers; sessions through fantoccini; a thin typed BiDi layer.
