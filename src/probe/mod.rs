//! The JavaScript that watches a page and controls its clock, and the typed messages it sends.
