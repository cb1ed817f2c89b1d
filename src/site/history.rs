//! What can be asked of a timeline.

use serde_json::Value;

use super::{Dialog, Entry, Happening, Timeline};
use crate::contract::CustomContext;

/// An invitation that appeared.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    /// When.
    pub entry: &'a Entry,
    /// Its text.
    pub message: &'a str,
}

/// A call of a method of the SDK.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// When.
    pub entry: &'a Entry,
    /// The method's name.
    pub method: &'a str,
    /// Its arguments; what JSON has not is text, such as `"function"`.
    pub arguments: &'a [Value],
    /// From where, as `address:line:column`.
    pub called_at: Option<&'a str>,
    /// Whether a chat was open or an invitation shown already.
    pub busy: bool,
    /// What it threw, if it did.
    pub threw: Option<&'a str>,
}

/// An error that nobody caught.
#[derive(Debug, Clone, Copy)]
pub struct PageError<'a> {
    /// When.
    pub entry: &'a Entry,
    /// In the browser's words.
    pub text: &'a str,
    /// Where, as `address:line:column`.
    pub raised_at: Option<&'a str>,
}

impl Timeline {
    /// Adds what happened, at its place: after everything of the same time and the same step. What the page tells
    /// late, when the next step has begun, so still stands where it belongs.
    pub fn push(&mut self, entry: Entry) {
        let key = |entry: &Entry| (entry.at, entry.step);
        let place = self.entries.partition_point(|earlier| key(earlier) <= key(&entry));
        self.entries.insert(place, entry);
    }

    /// The invitations that appeared, in order.
    pub fn invitations(&self) -> impl DoubleEndedIterator<Item = Invitation<'_>> {
        self.entries.iter().filter_map(|entry| match &entry.happening {
            Happening::InvitationShown { message } => Some(Invitation { entry, message }),
            _ => None,
        })
    }

    /// The last time that an invitation went away.
    pub fn last_closed(&self) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.happening == Happening::InvitationClosed)
    }

    /// The calls of the SDK, in order.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = Call<'_>> {
        self.entries.iter().filter_map(Entry::call)
    }

    /// The errors that nobody caught, in order.
    pub fn errors(&self) -> impl DoubleEndedIterator<Item = PageError<'_>> {
        self.entries.iter().filter_map(|entry| match &entry.happening {
            Happening::Error { text, raised_at } => {
                Some(PageError { entry, text, raised_at: raised_at.as_deref() })
            }
            _ => None,
        })
    }

    /// The dialogs that were opened, in order, and when.
    pub fn dialogs(&self) -> impl DoubleEndedIterator<Item = (&Entry, &Dialog)> {
        self.entries.iter().filter_map(|entry| match &entry.happening {
            Happening::Dialog(dialog) => Some((entry, dialog)),
            _ => None,
        })
    }

    /// The context variables that the last chat was given.
    pub fn context(&self) -> Option<&CustomContext> {
        self.entries.iter().rev().find_map(|entry| match &entry.happening {
            Happening::Context { variables } => Some(variables),
            _ => None,
        })
    }

    /// Whether one entry of this timeline stands before another.
    pub(super) fn is_earlier(&self, one: &Entry, other: &Entry) -> bool {
        let place = |wanted: &Entry| self.entries.iter().position(|entry| std::ptr::eq(entry, wanted));
        place(one) < place(other)
    }

    /// The pages that were opened, in order: each number of [`Entry::visit`] but 0 once.
    pub fn visits(&self) -> impl Iterator<Item = usize> {
        let mut last = 0;
        self.entries.iter().filter_map(move |entry| {
            let new = entry.visit > last;
            last = last.max(entry.visit);
            new.then_some(entry.visit)
        })
    }

    /// What happened in the opened page with this number, in order.
    pub fn of_visit(&self, visit: usize) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.visit == visit)
    }
}

impl Entry {
    /// The call that this is, if it is one.
    pub fn call(&self) -> Option<Call<'_>> {
        match &self.happening {
            Happening::Call { method, arguments, called_at, busy, threw } => Some(Call {
                entry: self,
                method,
                arguments,
                called_at: called_at.as_deref(),
                busy: *busy,
                threw: threw.as_deref(),
            }),
            _ => None,
        }
    }

    /// Whether the event of this name was raised on the window.
    pub fn is_event(&self, name: &str) -> bool {
        matches!(&self.happening, Happening::Event { name: raised, on_window: true, .. } if raised == name)
    }
}
