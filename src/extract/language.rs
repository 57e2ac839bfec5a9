//! The language of a text, as an ISO 639-1 code. Rather none than a wrong one.

use whatlang::Lang;

/// How much of a text is looked at, in bytes.
const LOOK_BYTES: usize = 8 << 10;
/// The shortest text that is judged, in letters.
const MIN_LETTERS: usize = 20;

/// Detects the language of a text; `None` where it is too short or too doubtful to say.
pub fn detect(text: &str) -> Option<&'static str> {
    let mut end = text.len().min(LOOK_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let found = whatlang::detect(text)?;
    (found.is_reliable() || found.confidence() > 0.5).then(|| code(found.lang())).flatten()
}

/// Returns the code of a language tag such as `en-US` or `eng`; `None` for anything else.
pub fn normalise(tag: &str) -> Option<String> {
    let tag = tag.trim().to_ascii_lowercase();
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    match primary.len() {
        2 if primary.bytes().all(|byte| byte.is_ascii_lowercase()) => Some(primary.to_owned()),
        3 => Lang::from_code(primary).and_then(code).map(str::to_owned),
        _ => Lang::all()
            .iter()
            .find(|it| it.eng_name().eq_ignore_ascii_case(primary))
            .and_then(|it| code(*it))
            .map(str::to_owned),
    }
}

fn code(language: Lang) -> Option<&'static str> {
    const CODES: &str = include_str!("../../data/languages.tsv");
    let row = CODES.lines().find_map(|line| line.split_once('\t').filter(|(long, _)| *long == language.code()))?;
    Some(row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_and_doubt_is_admitted() {
        assert_eq!(
            detect("The harbour was closed for nine days after the storm, the port authority said."),
            Some("en")
        );
        assert_eq!(detect("Der Hafen war nach dem Sturm neun Tage lang geschlossen, sagte die Behörde."), Some("de"));
        assert_eq!(detect("港は嵐の後、九日間閉鎖されたと港湾局が発表した。再開は来週になる。"), Some("ja"));
        assert_eq!(detect("No."), None);
        assert_eq!(normalise("en-GB").as_deref(), Some("en"));
        assert_eq!(normalise("deu").as_deref(), Some("de"));
        assert_eq!(normalise("French").as_deref(), Some("fr"));
    }
}
