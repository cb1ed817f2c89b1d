//! Schedules the plan on workers, performs steps, judges, and emits events.
