//! From shapes to a checked suite: every name exists, ids can be typed, nothing is said twice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;

use super::covering::{Forbidden, Space};
use super::matrix::{Full, Matrix, Parameter, Piece, Value};
use super::shape::{ExcludeShape, FullShape, MatrixShape, ParameterShape};
use crate::source::{SourceError, SourceFile, is_id, is_word};

/// The most rows that a matrix may have in full, so that a plan stays something that can be listed.
const MOST_ROWS: usize = 100_000;

/// The longest message that a suite may ask for, so that a slip of the keyboard does not fill the memory.
const LONGEST_MESSAGE: usize = 1_000_000;

/// Checks an id; a requirement's id or a matrix row cannot look the same.
pub(super) fn check_id(file: &SourceFile, id: &Spanned<String>) -> Result<(), SourceError> {
    if is_id(id.get_ref()) {
        return Ok(());
    }
    Err(file.error(
        id.span(),
        format!("`{}` cannot be an id", id.get_ref()),
        "expected words of a-z, 0-9 and hyphens, separated by slashes, such as `ready/raised-once`",
    ))
}

fn check_name(file: &SourceFile, name: &Spanned<String>) -> Result<(), SourceError> {
    if is_word(name.get_ref()) {
        return Ok(());
    }
    Err(file.error(
        name.span(),
        format!("`{}` cannot be a name", name.get_ref()),
        "expected a word of a-z, 0-9 and hyphens, such as `in-new-window`",
    ))
}

/// Checks a matrix and gives every name its position.
pub(super) fn matrix(file: &SourceFile, shape: MatrixShape) -> Result<Matrix, SourceError> {
    check_id(file, &shape.id)?;
    let common = Piece {
        settings: shape.settings,
        call: shape.call,
        message_length: None,
        caller: shape.caller,
        before: shape.before,
        after: shape.after,
    };
    if shape.parameters.is_empty() {
        let message = format!("the matrix `{}` has no parameters", shape.id.get_ref());
        return Err(file.error(shape.id.span(), message, "expected a [[matrix.parameter]] after it"));
    }
    check_one_owner(file, &common, &shape.parameters)?;
    let mut parameters = Vec::new();
    let mut names = BTreeSet::new();
    for parameter in shape.parameters {
        check_name(file, &parameter.name)?;
        check_new(file, &mut names, &parameter.name, "parameter")?;
        parameters.push(self::parameter(file, parameter)?);
    }
    let sizes: Vec<usize> = parameters.iter().map(|parameter| parameter.values.len()).collect();
    let rows = sizes.iter().try_fold(1_usize, |rows, size| rows.checked_mul(*size));
    if rows.is_none_or(|rows| rows > MOST_ROWS) {
        let message = format!("the matrix `{}` has more than {MOST_ROWS} combinations", shape.id.get_ref());
        return Err(file
            .error(shape.id.span(), message, "too large")
            .with_help("split it into matrices whose parameters do not bear on each other"));
    }
    check_title(file, &shape.title, &parameters)?;
    let known = Names { file, parameters: &parameters };
    let full = shape.full.iter().map(|full| known.full(full)).collect::<Result<_, _>>()?;
    let forbidden = shape.exclude.iter().map(|exclude| known.forbidden(exclude)).collect::<Result<_, _>>()?;
    Ok(Matrix {
        id: shape.id.get_ref().clone(),
        title: shape.title.into_inner(),
        span: shape.id.span(),
        common,
        full,
        space: Space::new(sizes, forbidden),
        reasons: shape.exclude.into_iter().map(|exclude| exclude.reason).collect(),
        parameters,
    })
}

fn parameter(file: &SourceFile, shape: ParameterShape) -> Result<Parameter, SourceError> {
    if shape.values.get_ref().is_empty() {
        let message = format!("the parameter `{}` has no values", shape.name.get_ref());
        return Err(file.error(shape.values.span(), message, "expected at least one value"));
    }
    let mut names = BTreeSet::new();
    let mut values = Vec::new();
    for value in shape.values.into_inner() {
        check_name(file, &value.name)?;
        check_new(file, &mut names, &value.name, "value")?;
        let text = value.call.get("message").and_then(toml::Value::as_str).unwrap_or_default();
        if let Some(length) = &value.message_length {
            if text.is_empty() {
                let expected = "expected `call.message` beside it";
                return Err(file.error(length.span(), "there is no message to repeat", expected));
            }
            if *length.get_ref() > LONGEST_MESSAGE {
                let message = format!("a message of {} characters is too long to be shown", length.get_ref());
                let expected = format!("expected a number up to {LONGEST_MESSAGE}");
                return Err(file.error(length.span(), message, expected));
            }
        }
        values.push(Value::from(value));
    }
    Ok(Parameter { name: shape.name.into_inner(), values })
}

/// Refuses two parameters that bring the same key: which of them counted would be a matter of order.
fn check_one_owner(
    file: &SourceFile,
    common: &Piece,
    parameters: &[ParameterShape],
) -> Result<(), SourceError> {
    let mut owners: BTreeMap<String, &str> = common.keys().map(|key| (key, "")).collect();
    for parameter in parameters {
        let name = parameter.name.get_ref().as_str();
        for shape in parameter.values.get_ref() {
            let piece = Piece {
                settings: shape.settings.clone(),
                call: shape.call.clone(),
                caller: shape.caller,
                ..Piece::default()
            };
            for key in piece.keys() {
                match owners.get(&key) {
                    Some(&owner) if owner != name => {
                        let by = if owner.is_empty() {
                            "the matrix itself".to_owned()
                        } else {
                            format!("the parameter `{owner}`")
                        };
                        return Err(file.error(
                            shape.name.span(),
                            format!("`{key}` is given twice in one scenario"),
                            format!("this value gives it, and {by} does too"),
                        ));
                    }
                    _ => {
                        owners.insert(key, name);
                    }
                }
            }
        }
    }
    Ok(())
}

fn check_new(
    file: &SourceFile,
    known: &mut BTreeSet<String>,
    name: &Spanned<String>,
    what: &str,
) -> Result<(), SourceError> {
    if known.insert(name.get_ref().clone()) {
        return Ok(());
    }
    let message = format!("a second {what} is called `{}`", name.get_ref());
    Err(file.error(name.span(), message, "expected a name of its own"))
}

/// Checks that each `{placeholder}` of a title is a parameter.
fn check_title(
    file: &SourceFile,
    title: &Spanned<String>,
    parameters: &[Parameter],
) -> Result<(), SourceError> {
    let rest = parameters.iter().fold(title.get_ref().clone(), |rest, parameter| {
        rest.replace(&format!("{{{}}}", parameter.name), "")
    });
    if !rest.contains(['{', '}']) {
        return Ok(());
    }
    let names: Vec<String> = parameters.iter().map(|parameter| format!("{{{}}}", parameter.name)).collect();
    let label = format!("expected only {} in braces", names.join(", "));
    Err(file.error(title.span(), "the title speaks of an unknown parameter", label))
}

/// The parameters of a matrix, to look names up in.
struct Names<'a> {
    file: &'a SourceFile,
    parameters: &'a [Parameter],
}

impl Names<'_> {
    fn full(&self, shape: &FullShape) -> Result<Full, SourceError> {
        let mut fixed = vec![Some(None); self.parameters.len()];
        for name in shape.parameters.get_ref() {
            fixed[self.parameter(name)?] = None;
        }
        for (name, value) in &shape.with {
            let at = self.parameter(name)?;
            if fixed[at].is_none() {
                let message = format!("`{}` is both taken in full and fixed", name.get_ref());
                return Err(self.file.error(name.span(), message, "expected it here or in `parameters`"));
            }
            fixed[at] = Some(Some(self.value(at, value.get_ref(), value.span())?));
        }
        fixed
            .into_iter()
            .zip(self.parameters)
            .map(|(value, parameter)| match value {
                None => Ok(None),
                Some(Some(value)) => Ok(Some(value)),
                Some(None) => Err(self.file.error(
                    shape.parameters.span(),
                    format!("nothing is said of the parameter `{}`", parameter.name),
                    "expected it here, or with a value in `with`",
                )),
            })
            .collect()
    }

    fn forbidden(&self, shape: &ExcludeShape) -> Result<Forbidden, SourceError> {
        if shape.when.get_ref().is_empty() {
            let label = "expected at least one parameter with its values";
            return Err(self.file.error(shape.when.span(), "this would leave everything out", label));
        }
        let mut forbidden: Forbidden = vec![None; self.parameters.len()];
        for (name, values) in shape.when.get_ref() {
            let at = self.parameter(name)?;
            let mut set = vec![false; self.parameters[at].values.len()];
            for value in &values.get_ref().0 {
                set[self.value(at, value, values.span())?] = true;
            }
            forbidden[at] = Some(set);
        }
        Ok(forbidden)
    }

    fn parameter(&self, name: &Spanned<String>) -> Result<usize, SourceError> {
        let known = Matrix::position(self.parameters);
        known.get(name.get_ref().as_str()).copied().ok_or_else(|| {
            self.unknown("parameter", name.get_ref(), name.span(), known.keys().copied().collect())
        })
    }

    fn value(&self, parameter: usize, name: &str, span: Range<usize>) -> Result<usize, SourceError> {
        let values = &self.parameters[parameter].values;
        values.iter().position(|value| value.name == name).ok_or_else(|| {
            let known = values.iter().map(|value| value.name.as_str()).collect();
            self.unknown(&format!("value of `{}`", self.parameters[parameter].name), name, span, known)
        })
    }

    fn unknown(&self, what: &str, name: &str, span: Range<usize>, known: Vec<&str>) -> SourceError {
        let label = format!("expected one of `{}`", known.join("`, `"));
        self.file.error(span, format!("there is no {what} called `{name}`"), label).with_nearest(name, known)
    }
}
