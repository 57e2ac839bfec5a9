//! Whether two names can mean one person.

/// What may follow a surname and is no surname.
const SUFFIXES: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "v"];

/// `trump` or `d trump` or `donald` of `donald john trump`: the surname with any of the given names or their initials, or
/// a given name alone.
pub(super) fn is_short(short: &[String], full: &[String]) -> bool {
    let (short, full) = (bare(short), bare(full));
    let ([.., surname], [.., full_surname]) = (short, full) else { return false };
    if short.len() == 1 && full.len() > 1 {
        // With a particle the surname has several words: "van der meer", "meer".
        return surname == full_surname || surname == &full[0] && surname.chars().count() > 1;
    }
    if surname != full_surname || short == full {
        return false;
    }
    let mut given = full[..full.len() - 1].iter();
    short[..short.len() - 1]
        .iter()
        .all(|word| given.any(|name| name == word || word.chars().count() == 1 && name.starts_with(word.as_str())))
}

/// `jusin bieber` and `justin bieber`: one word differs by one letter in a long word, all others are the same.
pub(super) fn is_misspelt(one: &[String], other: &[String]) -> bool {
    let (one, other) = (bare(one), bare(other));
    if one.len() != other.len() || one.len() < 2 {
        return false;
    }
    let mut differing = one.iter().zip(other).filter(|(a, b)| a != b);
    let (Some((a, b)), None) = (differing.next(), differing.next()) else { return false };
    super::spelling::is_near(a, b)
}

/// Takes `jr`, `iii` and the like off.
fn bare(words: &[String]) -> &[String] {
    let end = words.iter().rposition(|word| !SUFFIXES.contains(&word.as_str())).map_or(0, |at| at + 1);
    &words[..end]
}
