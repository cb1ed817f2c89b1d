//! A timeline as a person reads it.

use std::fmt::{self, Write};
use std::time::Duration;

use super::words::{call, error, in_line, listening_on, quoted, script, short, short_place};
use super::{Entry, Gesture, Happening, RequestFate, Timeline};

impl Timeline {
    /// The timeline as text: a heading for each step, a line for each other thing, with its time in front.
    ///
    /// Of more than `most` lines the least telling are left out first, then the earliest; how many there were is said.
    pub fn text(&self, most: usize) -> String {
        let mut shown: Vec<&Entry> = self.entries.iter().collect();
        let mut quiet = 0;
        if shown.len() > most {
            shown.retain(|entry| !entry.happening.is_quiet());
            quiet = self.entries.len() - shown.len();
        }
        let early = shown.len().saturating_sub(most);
        let mut text = String::new();
        // Writing to a text cannot fail.
        if quiet > 0 {
            let _ = writeln!(text, "(left out: {quiet} timers, requests and the like)");
        }
        if early > 0 {
            let _ = writeln!(text, "(left out: the first {early} of {})", shown.len());
        }
        for entry in shown.into_iter().skip(early) {
            let _ = writeln!(text, "{entry}");
        }
        text
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.happening {
            Happening::Step { words } => write!(out, "step {}: {words}", self.step),
            happening => write!(out, "{}  {happening}", clock(self.at)),
        }
    }
}

/// A time of the scenario, to the millisecond, so that one stands below the other.
fn clock(at: Duration) -> String {
    let millis = (at.as_secs_f64() * 1e3).round() as u64;
    format!("{:>4}.{:03} s", millis / 1000, millis % 1000)
}

impl Happening {
    /// Whether it explains the less the more there is of it.
    fn is_quiet(&self) -> bool {
        match self {
            Self::Timer { .. } | Self::Reads { .. } | Self::Listens { .. } => true,
            Self::CookieSet { expired, .. } => !expired,
            Self::Request { fate, .. } => {
                matches!(fate, RequestFate::Site | RequestFate::Allowed | RequestFate::Widget)
            }
            _ => false,
        }
    }
}

/// ` at file:line:column`, or nothing: which page it belongs to is in the lines above.
struct Place<'a>(&'a Option<String>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |place| write!(out, " at {}", in_line(place)))
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step { words } => out.write_str(words),
            Self::Opened { url } => write!(out, "opened {}", short_place(url)),
            Self::Loaded => out.write_str("loaded"),
            Self::ErrorPage { url, status } => write!(out, "ANSWERED WITH {status}: {}", short_place(url)),
            Self::Event { name, detail, on_window } => {
                out.write_str(&short(name))?;
                if !detail.is_null() {
                    write!(out, " {}", script(detail))?;
                }
                out.write_str(if *on_window { "" } else { ", but not on the window" })
            }
            Self::Timer { timer, delay, times, set_at } => {
                match timer.as_str() {
                    "frame" => out.write_str("an animation frame")?,
                    "idle" => out.write_str("an idle callback")?,
                    timer => write!(out, "{timer} of {delay} ms")?,
                }
                if *times > 1 {
                    write!(out, ", {times} times")?;
                }
                match set_at {
                    Some(place) => write!(out, ", set at {}", in_line(place)),
                    None => Ok(()),
                }
            }
            Self::Call { method, arguments, called_at, busy, threw } => {
                write!(out, "{}{}", call(method, arguments), Place(called_at))?;
                out.write_str(if *busy { ", while an invitation or a chat was there" } else { "" })?;
                threw.as_ref().map_or(Ok(()), |threw| write!(out, ", threw {}", error(threw)))
            }
            Self::InvitationShown { message } => write!(out, "invitation {}", quoted(message)),
            Self::InvitationClosed => out.write_str("invitation closed"),
            Self::PrechatShown => out.write_str("pre-chat survey"),
            Self::ChatShown => out.write_str("chat"),
            Self::WindowOpened { url, gesture, opened } => {
                write!(out, "{} {}", if *opened { "window" } else { "tried to open a window" }, short(url))?;
                out.write_str(match gesture {
                    Gesture::No => ", without a visitor's gesture",
                    Gesture::Yes | Gesture::Unknown => "",
                })
            }
            Self::Request { method, url, fate } => {
                let fate = match fate {
                    RequestFate::Site => "the site",
                    RequestFate::Allowed => "allowed",
                    RequestFate::Widget => "the widget",
                    RequestFate::Replied => "replied",
                    RequestFate::Blocked => "BLOCKED",
                };
                write!(out, "{method} {}: {fate}", short(url))
            }
            Self::Error { text, raised_at } => write!(out, "ERROR {}{}", error(text), Place(raised_at)),
            Self::VisitorScriptThrew { text } => write!(out, "THE VISITOR'S SCRIPT THREW {}", error(text)),
            Self::Console { text } => write!(out, "console: {}", short(text)),
            Self::Dialog(dialog) => write!(out, "{} {}", dialog.dialog, quoted(&dialog.message)),
            Self::Context { variables } => {
                let variables: Vec<_> = variables
                    .iter()
                    .map(|(name, variable)| format!("{name}: {}", script(&variable.value)))
                    .collect();
                write!(out, "context {}", short(&variables.join(", ")))
            }
            Self::ScriptFailed { url } => write!(out, "SCRIPT NOT LOADED {}", short_place(url)),
            Self::BlockedByPolicy { directive, what, blocked_at } => {
                let (directive, what) = (short(directive), short_place(what));
                write!(out, "BLOCKED BY THE PAGE'S POLICY ({directive}): {what}{}", Place(blocked_at))
            }
            Self::Embed { url, number } => {
                write!(out, "the widget's script element {}", short_place(url))?;
                if *number > 1 { write!(out, ", number {number}") } else { Ok(()) }
            }
            Self::Listens { event, target, added_at } => {
                write!(out, "listens to {}{}{}", short(event), listening_on(*target), Place(added_at))
            }
            Self::Reads { what, key } => match key {
                Some(key) => write!(out, "reads {what} {}", quoted(key)),
                None => write!(out, "reads {what}"),
            },
            Self::CookieSet { name, expired, set_at } => {
                let past = if *expired { " with a date in the past" } else { "" };
                write!(out, "sets the cookie {}{past}{}", quoted(name), Place(set_at))
            }
            Self::Unfinished { what } => write!(out, "waited in vain for {}", short(what)),
            Self::LeftOut { what } => {
                write!(out, "AND MORE: no further entries of the kind `{what}` in this step")
            }
            Self::Stuck { reason } => write!(out, "STUCK: {}", short(reason)),
        }
    }
}
