//! What `lcw config show` prints: each value and where it comes from.

use std::io::{self, Write};

use serde::Serialize;

use super::key::KEYS;
use super::load::Loaded;
use super::origin::Origin;

/// One key, its value and the layer that gave it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry<'a> {
    /// The key's path: `deadlines.step`.
    pub key: &'static str,
    /// The value as the file would spell it.
    pub value: toml::Value,
    /// Where it comes from.
    pub origin: &'a Origin,
}

impl Loaded {
    /// Every key with its value and origin, in the order of the default configuration file.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        KEYS.iter().map(|key| Entry {
            key: key.path,
            value: (key.show)(&self.settings),
            origin: self.origin(key.path),
        })
    }

    /// Writes every key, value and origin in aligned columns.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<[String; 3]> = self
            .entries()
            .map(|entry| [entry.key.to_owned(), entry.value.to_string(), entry.origin.to_string()])
            .collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (keys, values) = (width(0), width(1).min(48));
        for [key, value, origin] in &rows {
            writeln!(out, "{key:keys$}  {value:values$}  {origin}")?;
        }
        Ok(())
    }

    /// Writes the same as a JSON array of `{"key", "value", "origin"}`.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, &self.entries().collect::<Vec<_>>())?;
        writeln!(out)
    }
}
