//! Who is who within one article: mentions gathered under the fullest name of whom they mean.
//!
//! Careful by rule: a bare surname goes to a full name of the same article that ends with it; where several do, to the one
//! named most, and a given name decides. Knows nothing of other articles.

use std::collections::HashMap;

use super::tagger::{Kind, RawMention};
use crate::text::fold::fold;

/// One person, place or organization of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// What it is.
    pub kind: Kind,
    /// The fullest name.
    pub name: String,
    /// Numbers of its mentions, in the order of the text.
    pub members: Vec<usize>,
}

/// Names of states that everybody writes in several ways, the fullest last.
const STATES: [(&str, &[&str]); 4] = [
    ("United States", &["us", "u.s.", "usa", "u.s.a.", "america", "united states of america", "united states"]),
    ("United Kingdom", &["uk", "u.k.", "united kingdom"]),
    ("United Arab Emirates", &["uae", "u.a.e.", "united arab emirates"]),
    ("European Union", &["eu", "e.u.", "european union"]),
];

/// What may follow a surname and is no surname.
const SUFFIXES: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "v"];

/// A spelling with all its mentions.
struct Form {
    kind: Kind,
    /// As it stands in the text, in one line.
    text: String,
    /// Folded words.
    words: Vec<String>,
    members: Vec<usize>,
}

/// Gathers the mentions of an article: field, span and kind, and what stands there, in the order of the text.
pub fn gather(mentions: &[(usize, RawMention, &str)]) -> Vec<Gathered> {
    let mut forms = forms(mentions);
    one_kind_each(&mut forms);
    let mut owner: Vec<usize> = (0..forms.len()).collect();
    // The longest first, so that every form finds the fullest name there is.
    let mut order: Vec<usize> = (0..forms.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(length(&forms[*at])), forms[*at].members[0]));
    for at in &order {
        if let Some(fuller) = fuller(&forms, &owner, *at) {
            owner[*at] = owner[fuller];
        }
    }
    collected(forms, &owner)
}

fn forms(mentions: &[(usize, RawMention, &str)]) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut known: HashMap<(Kind, Vec<String>), usize> = HashMap::new();
    for (number, (_, raw, text)) in mentions.iter().enumerate() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words(&text);
        let at = *known.entry((raw.kind, words.clone())).or_insert_with(|| {
            forms.push(Form { kind: raw.kind, text: text.clone(), words, members: Vec::new() });
            forms.len() - 1
        });
        let form = &mut forms[at];
        // Of several spellings the one that is not all in capitals is shown.
        if is_shouted(&form.text) && !is_shouted(&text) {
            form.text = text;
        }
        form.members.push(number);
    }
    forms.retain(|form| !form.words.is_empty());
    forms
}

/// Folds a name into its words: possessives, dots and the leading article off.
fn words(name: &str) -> Vec<String> {
    let folded = fold(name).replace("'s ", " ");
    let folded = folded.strip_suffix("'s").unwrap_or(&folded);
    if let Some((full, _)) = STATES.iter().find(|(_, forms)| forms.contains(&folded)) {
        return fold(full).split(' ').map(str::to_owned).collect();
    }
    let words = folded.split([' ', '-', '/']).map(|word| word.replace(['.', ',', '\'', '"'], ""));
    words.filter(|word| !word.is_empty() && word != "the").collect()
}

fn is_shouted(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() > 3 && !text.chars().any(char::is_lowercase)
}

/// The same words tagged as several kinds in one article mean one thing: the kind that is found most often.
///
/// A single word that is part of a person's full name there is the person.
fn one_kind_each(forms: &mut Vec<Form>) {
    let people: Vec<Vec<String>> = forms
        .iter()
        .filter(|form| form.kind == Kind::Person && form.words.len() > 1)
        .map(|form| form.words.clone())
        .collect();
    let mut merged: Vec<Form> = Vec::with_capacity(forms.len());
    for mut form in forms.drain(..) {
        let surname = form.words.len() == 1 && form.kind == Kind::Organization;
        if surname && people.iter().any(|words| words.last() == form.words.first()) {
            form.kind = Kind::Person;
        }
        match merged.iter_mut().find(|it| it.words == form.words) {
            Some(same) => {
                if form.members.len() > same.members.len() && same.kind != Kind::Person {
                    same.kind = form.kind;
                }
                same.members.append(&mut form.members);
                same.members.sort_unstable();
            }
            None => merged.push(form),
        }
    }
    *forms = merged;
}

/// Returns the form of which `at` is a shorter one, if the article leaves no doubt.
fn fuller(forms: &[Form], owner: &[usize], at: usize) -> Option<usize> {
    let form = &forms[at];
    let candidates = (0..forms.len()).filter(|other| {
        let it = &forms[*other];
        *other != at && it.kind == form.kind && length(it) > length(form) && is_short_for(form, it)
    });
    let (mut best, mut weight) = (None, 0);
    for candidate in candidates {
        // Mentions of the name and of what already stands under it.
        let total: usize =
            (0..forms.len()).filter(|it| owner[*it] == owner[candidate]).map(|it| forms[it].members.len()).sum();
        // The first to be named wins among equals.
        let total = total * 1_000 + 999 - forms[candidate].members[0].min(999);
        if total > weight {
            (best, weight) = (Some(candidate), total);
        }
    }
    best
}

/// How full a name is: an initial is less than a name, and a longer name more than a shorter one.
fn length(form: &Form) -> (usize, usize) {
    (form.words.iter().filter(|word| word.chars().count() > 1).count(), form.words.len())
}

fn is_short_for(form: &Form, full: &Form) -> bool {
    match form.kind {
        Kind::Person => is_short_person(&form.words, &full.words),
        Kind::Organization => is_acronym(&form.text, &full.text) || is_beginning(&form.words, &full.words),
        Kind::Place => is_city_of(&form.words, &full.words),
    }
}

/// `trump` or `d trump` or `donald` of `donald john trump`: the surname with any of the given names or their initials, or
/// a given name alone.
fn is_short_person(short: &[String], full: &[String]) -> bool {
    let bare = |words: &[String]| -> usize {
        words.iter().rposition(|word| !SUFFIXES.contains(&word.as_str())).map_or(0, |at| at + 1)
    };
    let (short, full) = (&short[..bare(short)], &full[..bare(full)]);
    let ([.., surname], [.., full_surname]) = (short, full) else { return false };
    if short.len() == 1 && full.len() > 1 {
        // With a particle the surname has several words: "van der meer", "meer".
        return surname == full_surname || surname == &full[0];
    }
    if surname != full_surname || short == full {
        return false;
    }
    let mut given = full[..full.len() - 1].iter();
    short[..short.len() - 1]
        .iter()
        .all(|word| given.any(|name| name == word || word.chars().count() == 1 && name.starts_with(word.as_str())))
}

/// `ECB` of `European Central Bank`.
fn is_acronym(short: &str, full: &str) -> bool {
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < 2 || letters.iter().any(|c| c.is_lowercase()) || short.contains(' ') {
        return false;
    }
    let capitals: Vec<char> =
        full.split([' ', '-']).filter_map(|word| word.chars().next()).filter(|c| c.is_uppercase()).collect();
    capitals == letters
}

/// `Ford` of `Ford Motor Company`.
fn is_beginning(short: &[String], full: &[String]) -> bool {
    const COMMON: [&str; 12] = [
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
    ];
    full.starts_with(short) && !COMMON.contains(&short[0].as_str()) && short[0].chars().count() > 3
}

/// `Washington` of `Washington DC`.
fn is_city_of(short: &[String], full: &[String]) -> bool {
    full.len() == short.len() + 1
        && full.starts_with(short)
        && matches!(full[full.len() - 1].as_str(), "dc" | "city" | "strip")
}

fn collected(forms: Vec<Form>, owner: &[usize]) -> Vec<Gathered> {
    let names: Vec<(Kind, String)> = forms.iter().map(|form| (form.kind, shown(form))).collect();
    let mut members: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, form) in forms.into_iter().enumerate() {
        members.entry(owner[at]).or_default().extend(form.members);
    }
    let mut gathered: Vec<Gathered> = members
        .into_iter()
        .map(|(at, mut members)| {
            members.sort_unstable();
            Gathered { kind: names[at].0, name: names[at].1.clone(), members }
        })
        .collect();
    gathered.sort_by_key(|it| it.members[0]);
    gathered
}

/// Returns how a name is shown: without a possessive, not in capitals, well-known states in full.
fn shown(form: &Form) -> String {
    if let Some((full, _)) =
        STATES.iter().find(|(full, _)| fold(full).split(' ').eq(form.words.iter().map(String::as_str)))
    {
        return (*full).to_owned();
    }
    let text = form.text.strip_suffix("'s").or_else(|| form.text.strip_suffix("’s")).unwrap_or(&form.text);
    if !is_shouted(text) || !(text.contains(' ') || form.kind != Kind::Organization && text.chars().count() > 4) {
        return text.to_owned();
    }
    let mut begins = true;
    text.chars()
        .flat_map(|c| {
            let shown: Vec<char> = if begins { vec![c] } else { c.to_lowercase().collect() };
            begins = !c.is_alphabetic() && c != '\'' && c != '’';
            shown
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(names: &[(&str, Kind)]) -> Vec<String> {
        let mentions: Vec<_> =
            names.iter().map(|(text, kind)| (0, RawMention { start: 0, end: 0, kind: *kind }, *text)).collect();
        gather(&mentions).into_iter().map(|it| format!("{} {:?}", it.name, it.members)).collect()
    }

    #[test]
    fn surnames_go_to_whom_the_article_is_about() {
        use Kind::Person;
        let found = gathered(&[
            ("Ada Brandt", Person),
            ("Brandt", Person),
            ("Willem Brandt", Person),
            ("Brandt", Person),
            ("BRANDT", Person),
            ("Willem", Person),
            ("A. Brandt", Person),
        ]);
        assert_eq!(found, ["Ada Brandt [0, 1, 3, 4, 6]", "Willem Brandt [2, 5]"]);
    }

    #[test]
    fn particles_suffixes_and_possessives_do_not_divide_a_person() {
        use Kind::Person;
        let found = gathered(&[("Willem van der Meer Jr.", Person), ("Van der Meer", Person), ("Meer's", Person)]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn abbreviations_join_their_organization_and_states_are_one() {
        use Kind::{Organization, Place};
        let found = gathered(&[
            ("European Central Bank", Organization),
            ("ECB", Organization),
            ("U.S.", Place),
            ("United States", Place),
            ("ROTTERDAM", Place),
            ("Bank of Utopia", Organization),
        ]);
        assert_eq!(
            found,
            ["European Central Bank [0, 1]", "United States [2, 3]", "Rotterdam [4]", "Bank of Utopia [5]"]
        );
    }
}
