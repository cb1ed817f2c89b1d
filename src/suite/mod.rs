//! Cases as data: reads suites, expands matrices, filters, and makes the plan.

mod covering;
