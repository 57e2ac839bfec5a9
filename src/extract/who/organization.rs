//! Whether two names can mean one organization.

/// What says which kind of company it is, and no more.
const COMPANY: [&str; 22] = [
    "inc",
    "corp",
    "co",
    "ltd",
    "plc",
    "ag",
    "sa",
    "nv",
    "pty",
    "llc",
    "lp",
    "spa",
    "gmbh",
    "company",
    "corporation",
    "incorporated",
    "limited",
    "group",
    "holdings",
    "bhd",
    "ab",
    "as",
];
/// Words that begin the names of many organizations and alone mean none of them.
const COMMON: [&str; 16] = [
    "bank",
    "university",
    "ministry",
    "department",
    "national",
    "united",
    "new",
    "house",
    "city",
    "royal",
    "central",
    "european",
    "american",
    "british",
    "general",
    "international",
];
/// Words that a name is abbreviated without.
const SMALL: [&str; 10] = ["of", "and", "for", "the", "on", "in", "de", "et", "&", "und"];

/// Says whether `short` is a way to write `full` in fewer letters. Texts are as printed, words folded.
pub(super) fn is_short(short: (&str, &[String]), full: (&str, &[String])) -> bool {
    let ((short, short_words), (full, full_words)) = (short, full);
    let bare = without_company(full_words);
    is_acronym(short, full)
        || short_words.len() < full_words.len() && short_words == bare
        || without_domain(full_words).is_some_and(|it| short_words == [it.to_owned()])
}

/// Says whether `short` is the beginning or the end of `full`: `Ford` of `Ford Motor Company`, `Journal` of `Wall Street
/// Journal`. It may as well be another body, as `Apple` beside `Apple Insider`.
pub(super) fn is_part(short: &[String], full: &[String]) -> bool {
    is_beginning(short, full) || is_ending(short, without_company(full))
}

/// Says whether the two are one name with its words written together or apart, or with one letter wrong.
pub(super) fn is_same(one: &[String], other: &[String]) -> bool {
    let (one, other) = (one.concat(), other.concat());
    one == other || one.chars().count() > 6 && super::spelling::is_near(&one, &other)
}

/// Returns the letters that abbreviate a name: its capitals' words by their first letters, without `Inc` and the like.
pub(super) fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split([' ', '-', '/']).filter(|word| !word.is_empty()).collect();
    let is_company = |word: &&str| COMPANY.contains(&word.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()));
    let end = words.iter().rposition(|word| !is_company(word)).map_or(0, |at| at + 1);
    let kept = words[..end].iter().filter(|word| !SMALL.contains(&word.to_lowercase().as_str()));
    kept.filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).flat_map(char::to_uppercase).collect()
}

/// `ECB` of `European Central Bank`, `TWA` of `Trans World Airlines Inc`, `CDC` of `Centers for Disease Control and
/// Prevention`: the first letters, perhaps with the last one missing.
pub(crate) fn is_acronym(short: &str, full: &str) -> bool {
    let Some(letters) = acronym(short) else { return false };
    let initials = initials(full);
    let cut = letters.len() > 2 && initials.len() == letters.len() + 1 && initials.starts_with(&letters);
    initials == letters || cut || is_syllabic(&letters, &initials, full)
}

/// `ICCO` of `International Cocoa Organization`, `Comex` of `Commodity Exchange`: every first letter, and others between.
fn is_syllabic(letters: &str, initials: &str, full: &str) -> bool {
    let folded = full.to_uppercase();
    let mut all = folded.chars().filter(|c| c.is_alphanumeric());
    let (mut wanted, mut given) = (initials.chars().peekable(), letters.chars());
    initials.chars().count() > 1
        && given.all(|letter| {
            wanted.next_if_eq(&letter);
            all.any(|it| it == letter)
        })
        && wanted.peek().is_none()
        && letters.chars().next() == initials.chars().next()
}

/// Returns the capitals of an abbreviation such as `ECB`, `E.C.B.` or `Nasa`; `None` for any other word.
pub(super) fn acronym(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| *c != '.').collect();
    let length = letters.chars().count();
    let fits = (2..=8).contains(&length)
        && letters.chars().all(char::is_alphanumeric)
        && letters.starts_with(char::is_uppercase);
    let shouted = fits && letters.chars().all(|c| !c.is_lowercase());
    let title = fits && length > 2 && letters.chars().skip(1).all(char::is_lowercase);
    (shouted || title).then(|| letters.to_uppercase())
}

/// `Ford` of `Ford Motor Company`.
fn is_beginning(short: &[String], full: &[String]) -> bool {
    let telling = short.len() > 1 || !COMMON.contains(&short[0].as_str()) && short[0].chars().count() > 2;
    short.len() < full.len() && full.starts_with(short) && telling
}

/// `Journal` of `Wall Street Journal`, `Secret Service` of `U.S. Secret Service`.
fn is_ending(short: &[String], full: &[String]) -> bool {
    short.len() < full.len() && full.ends_with(short) && short[0].chars().count() > 2
}

fn without_company(words: &[String]) -> &[String] {
    let end = words.iter().rposition(|word| !COMPANY.contains(&word.as_str())).map_or(words.len(), |at| at + 1);
    &words[..end]
}

/// Returns `amazon` of `amazon.com`, the dot of which is gone already.
fn without_domain(words: &[String]) -> Option<&str> {
    let [word] = words else { return None };
    ["com", "org", "net", "couk"].iter().find_map(|ending| word.strip_suffix(ending)).filter(|it| it.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_of_their_names() {
        for (short, full) in [
            ("ECB", "European Central Bank"),
            ("TWA", "Trans World Airlines Inc"),
            ("CDC", "Centers for Disease Control and Prevention"),
            ("ICCO", "International Cocoa Organization"),
            ("Comex", "Commodity Exchange Inc"),
            ("Nasa", "National Aeronautics and Space Administration"),
            ("U.N.", "United Nations"),
        ] {
            assert!(is_acronym(short, full), "{short} {full}");
        }
        for (short, full) in [("ABC", "European Central Bank"), ("Fiat", "Foundation of Rotterdam"), ("EC", "Exxon")] {
            assert!(!is_acronym(short, full), "{short} {full}");
        }
    }
}
