//! What can be wrong with a selector before any page has seen it.

/// Says what is wrong with a selector in which `>>>` enters a frame or a shadow root; whether each part is
/// CSS is for the browser to say.
pub(super) fn mistake(selector: &str) -> Option<String> {
    let mut steps = vec![String::new()];
    let (mut quote, mut open) = (None, Vec::new());
    let mut letters = selector.chars().peekable();
    while let Some(letter) = letters.next() {
        let step = steps.last_mut()?;
        step.push(letter);
        match (letter, quote) {
            ('\\', _) => step.extend(letters.next()),
            (_, Some(end)) if letter == end => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(letter),
            ('(' | '[', None) => open.push(if letter == '(' { ')' } else { ']' }),
            (')' | ']', None) if open.pop() != Some(letter) => {
                return Some(format!("the `{letter}` was not opened"));
            }
            ('>', None) if open.is_empty() && step.ends_with(">>>") => {
                step.truncate(step.len() - 3);
                steps.push(String::new());
            }
            _ => {}
        }
    }
    if let Some(quote) = quote {
        return Some(format!("a {quote} without its end"));
    }
    if let Some(end) = open.pop() {
        return Some(format!("a `{end}` is missing"));
    }
    let is_empty = |step: &String| step.trim().is_empty();
    match steps.len() {
        1 if steps.iter().all(is_empty) => Some("expected a CSS selector such as \"#chat .message\"".into()),
        _ if steps.iter().any(is_empty) => {
            Some("expected a selector on either side of `>>>`, such as \"iframe.chat >>> #message\"".into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_selector_is_told() {
        for fine in ["#a", "a > b >>> c", "[title='a >>> (b']", ":not([x]) >>> .y >>> z", r"#a\:b\(", "a>>>b"]
        {
            assert_eq!(mistake(fine), None, "{fine}");
        }
        for (wrong, hint) in [
            ("", "such as"),
            ("  ", "such as"),
            ("#a >>> ", "either side"),
            (">>> #a", "either side"),
            ("a >>> >>> b", "either side"),
            ("a[title='b]", "' without its end"),
            ("a[title=b", "`]` is missing"),
            ("a)", "was not opened"),
        ] {
            let text = mistake(wrong).unwrap();
            assert!(text.contains(hint), "{wrong}: {text}");
        }
    }
}
