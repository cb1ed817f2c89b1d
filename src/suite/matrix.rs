//! A matrix: parameters with named values, and the scenario of each combination.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Table;

use super::covering::{Row, Space};
use super::shape::{Caller, ValueShape};
use crate::contract::{ProactiveChatCall, Scenario, Step, WidgetSettings};

/// What a value, or the matrix itself, brings to a scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) settings: Table,
    pub(super) call: Table,
    pub(super) message_length: Option<usize>,
    pub(super) caller: Option<Caller>,
    pub(super) before: Vec<Step>,
    pub(super) after: Vec<Step>,
}

impl Piece {
    /// Names of everything that two pieces of one scenario must not both bring.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let settings = self.settings.keys().map(|key| format!("settings.{key}"));
        let call = self.call.keys().map(|key| format!("call.{key}"));
        settings.chain(call).chain(self.caller.map(|_| "caller".to_owned()))
    }
}

impl From<ValueShape> for Value {
    fn from(shape: ValueShape) -> Self {
        Self {
            name: shape.name.get_ref().clone(),
            piece: Piece {
                settings: shape.settings,
                call: shape.call,
                message_length: shape.message_length.map(toml::Spanned::into_inner),
                caller: shape.caller,
                before: shape.before,
                after: shape.after,
            },
        }
    }
}

/// A named value of a parameter.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) piece: Piece,
}

/// A parameter and its values.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
}

/// Parameters whose product is always planned; `None` for those, else the fixed value's position.
pub(super) type Full = Vec<Option<usize>>;

/// A checked matrix: every name in it exists, and no two parameters bring the same key.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    pub(super) id: String,
    pub(super) title: String,
    /// Where its id is written.
    pub(super) span: Range<usize>,
    pub(super) common: Piece,
    pub(super) parameters: Vec<Parameter>,
    pub(super) full: Vec<Full>,
    pub(super) space: Space,
    /// The reason of each combination left out, in the order of the space's.
    pub(super) reasons: Vec<String>,
}

impl Matrix {
    /// The rows of the default plan: the full products, then what a covering array still needs; every
    /// row that is not left out when `strength` is `None`.
    pub(super) fn planned_rows(&self, strength: Option<usize>) -> Vec<Row> {
        let allowed = |row: &Row| self.space.forbidden_by(row).is_none();
        let Some(strength) = strength else {
            return self.space.product().filter(allowed).collect();
        };
        let in_full = |row: &Row| {
            self.full
                .iter()
                .any(|full| full.iter().zip(row).all(|(fixed, value)| fixed.is_none_or(|it| it == *value)))
        };
        self.space.cover(strength, self.space.product().filter(|row| in_full(row) && allowed(row)))
    }

    /// The id of a row: `<matrix>/<parameter>=<value>/…`, in the order of the parameters.
    pub(super) fn row_id(&self, row: &[usize]) -> String {
        let mut id = self.id.clone();
        for (parameter, value) in self.values(row) {
            id.push_str(&format!("/{}={}", parameter.name, value.name));
        }
        id
    }

    /// The title of a row: the matrix's, each `{parameter}` replaced by the value's name.
    pub(super) fn row_title(&self, row: &[usize]) -> String {
        self.values(row).fold(self.title.clone(), |title, (parameter, value)| {
            title.replace(&format!("{{{}}}", parameter.name), &value.name)
        })
    }

    /// What happens in a row: all `before`, the call, all `after`, each in the order of the parameters.
    ///
    /// # Errors
    /// Says in one line what does not fit together.
    pub(super) fn scenario(&self, row: &[usize]) -> Result<Scenario, String> {
        let pieces: Vec<&Piece> =
            std::iter::once(&self.common).chain(self.values(row).map(|(_, value)| &value.piece)).collect();
        let merge = |part: fn(&Piece) -> &Table| {
            let mut merged = Table::new();
            for piece in &pieces {
                merged.extend(part(piece).clone());
            }
            toml::Value::Table(merged)
        };
        let mut settings: WidgetSettings =
            merge(|piece| &piece.settings).try_into().map_err(|error: toml::de::Error| error.to_string())?;
        let mut call: ProactiveChatCall =
            merge(|piece| &piece.call).try_into().map_err(|error: toml::de::Error| error.to_string())?;
        if let Some(length) = pieces.iter().find_map(|piece| piece.message_length) {
            call.message = call.message.map(|text| text.chars().cycle().take(length).collect());
        }
        let mut steps: Vec<Step> = pieces.iter().flat_map(|piece| piece.before.clone()).collect();
        match pieces.iter().find_map(|piece| piece.caller).unwrap_or_default() {
            Caller::Call => steps.push(Step::Call(call)),
            Caller::OnReady => steps.push(Step::OnReady(call)),
            Caller::PageCall if settings.page_call.is_some() => {
                return Err("the page's own handler has a call by caller and another by settings".to_owned());
            }
            Caller::PageCall => settings.page_call = Some(call),
            Caller::None => {}
        }
        steps.extend(pieces.iter().flat_map(|piece| piece.after.clone()));
        Ok(Scenario { settings, steps })
    }

    fn values<'a>(&'a self, row: &'a [usize]) -> impl Iterator<Item = (&'a Parameter, &'a Value)> {
        self.parameters.iter().zip(row).map(|(parameter, &value)| (parameter, &parameter.values[value]))
    }

    /// Positions of parameters by name.
    pub(super) fn position(parameters: &[Parameter]) -> BTreeMap<&str, usize> {
        parameters.iter().enumerate().map(|(at, parameter)| (parameter.name.as_str(), at)).collect()
    }
}
