//! Serves fixture pages, the widget under test and the conversation end.
