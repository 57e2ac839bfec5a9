//! Who is who within one article: mentions gathered under the fullest name of whom they mean.
//!
//! Careful by rule: a bare surname goes to a full name of the same article that ends with it; where several do, to the one
//! named most, and a given name decides. Knows nothing of other articles.

mod alias;
mod organization;
mod person;
mod spelling;

use std::collections::HashMap;

use super::{
    possessive,
    tagger::{Kind, RawMention},
};
use crate::text::fold::fold;

pub use alias::Aliases;
pub(crate) use organization::is_acronym;

/// Countries and states that are not their city: Kansas is not Kansas City. Folded, one a line.
const REGIONS_WITH_A_CITY: &str = include_str!("../../../data/lists/region_city.txt");

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

/// A spelling with all its mentions.
struct Form {
    kind: Kind,
    /// As it stands in the text, in one line.
    text: String,
    /// Folded words.
    words: Vec<String>,
    members: Vec<usize>,
    /// The first mention below the headline.
    first: Option<usize>,
}

/// Forms that are compared with one form at most; a list of thousands of names is no text that names people twice.
const MAX_COMPARED: usize = 64;

/// Gathers the mentions of an article: field, span and kind, and what stands there, in the order of the text.
pub fn gather(aliases: &Aliases, mentions: &[(usize, RawMention, &str)]) -> Vec<Gathered> {
    let mut forms = forms(mentions);
    one_kind_each(&mut forms);
    let index = index(&forms, aliases);
    let mut owner: Vec<usize> = (0..forms.len()).collect();
    let mut weight: Vec<usize> = forms.iter().map(|form| form.members.len()).collect();
    // The longest first, so that every form finds the fullest name there is.
    let mut order: Vec<usize> = (0..forms.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(length(&forms[*at])), forms[*at].members[0]));
    let mut rank = vec![0; forms.len()];
    for (place, at) in order.iter().enumerate() {
        rank[*at] = place;
    }
    for at in &order {
        let candidates = keys(&forms[*at], aliases).into_iter().filter_map(|key| index.get(&key)).flatten();
        let fuller = candidates.copied().filter(|it| rank[*it] < rank[*at]).take(MAX_COMPARED);
        let fuller = fuller.filter(|it| is_same(&forms[*at], &forms[*it], aliases)).map(|it| owner[it]);
        // Of several the one that is named most, and among equals the first.
        if let Some(best) = fuller.max_by_key(|it| (weight[*it], usize::MAX - forms[*it].members[0])) {
            owner[*at] = best;
            weight[best] += forms[*at].members.len();
        }
    }
    collected(forms, &owner)
}

/// What a form may be found by: two forms that share no key are not compared.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Word(Kind, String),
    Initials(String),
    Joined(String),
    Group(u32),
}

fn index(forms: &[Form], aliases: &Aliases) -> HashMap<Key, Vec<usize>> {
    let mut index: HashMap<Key, Vec<usize>> = HashMap::new();
    for (at, form) in forms.iter().enumerate() {
        for key in keys(form, aliases) {
            index.entry(key).or_default().push(at);
        }
    }
    index
}

fn keys(form: &Form, aliases: &Aliases) -> Vec<Key> {
    let mut keys: Vec<Key> = aliases.group(form.kind, &form.text).map(Key::Group).into_iter().collect();
    keys.extend(form.words.iter().take(8).map(|word| Key::Word(form.kind, word.clone())));
    if form.kind == Kind::Organization {
        let initials = organization::initials(&form.text);
        keys.push(Key::Initials(initials.chars().take(2).collect()));
        keys.extend(organization::acronym(&form.text).map(|it| Key::Initials(it.chars().take(2).collect())));
        // The first letters of the name in one word: `YouTube` and `You Tube`, `Activison` and `Activision`.
        keys.push(Key::Joined(form.words.concat().chars().take(4).collect()));
    }
    keys
}

/// Says whether a form means the same as a longer one.
fn is_same(form: &Form, full: &Form, aliases: &Aliases) -> bool {
    if form.kind != full.kind {
        return false;
    }
    let group = aliases.group(form.kind, &form.text);
    if group.is_some() && group == aliases.group(full.kind, &full.text) {
        return true;
    }
    match form.kind {
        Kind::Person => person::is_short(&form.words, &full.words) || person::is_misspelt(&form.words, &full.words),
        Kind::Organization => {
            organization::is_short((&form.text, &form.words), (&full.text, &full.words))
                || organization::is_same(&form.words, &full.words)
                || organization::is_part(&form.words, &full.words) && named_in_full_first(form, full)
        }
        Kind::Place => is_city_of(&form.words, &full.words),
    }
}

fn forms(mentions: &[(usize, RawMention, &str)]) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut known: HashMap<(Kind, Vec<String>), usize> = HashMap::new();
    for (number, (field, raw, text)) in mentions.iter().enumerate() {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words(&text);
        let at = *known.entry((raw.kind, words.clone())).or_insert_with(|| {
            forms.push(Form { kind: raw.kind, text: text.clone(), words, members: Vec::new(), first: None });
            forms.len() - 1
        });
        let form = &mut forms[at];
        // Of several spellings the one that is not all in capitals is shown.
        if is_shouted(&form.text) && !is_shouted(&text) {
            form.text = text;
        }
        form.members.push(number);
        if *field > 0 {
            form.first.get_or_insert(number);
        }
    }
    forms.retain(|form| !form.words.is_empty());
    forms
}

/// Folds a name into its words: possessives, dots and the leading article off.
fn words(name: &str) -> Vec<String> {
    let folded = fold(name).replace("'s ", " ");
    let folded = folded.strip_suffix("'s").unwrap_or(&folded);
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
                same.first = [same.first, form.first].into_iter().flatten().min();
            }
            None => merged.push(form),
        }
    }
    *forms = merged;
}

/// News names a body in full first and in short afterwards; only headlines do otherwise. What is named in short first
/// (`Apple … Apple Insider`) is another body.
fn named_in_full_first(form: &Form, full: &Form) -> bool {
    match (form.first, full.first) {
        (None, _) => true,
        (Some(short), Some(full)) => full < short,
        (Some(_), None) => false,
    }
}

/// How full a name is. Of a person: an initial is less than a name, and a longer name more than a shorter one. Of anything
/// else the letters count, so that a name in two words is no more than the same in one, and among equals what is written
/// more often.
fn length(form: &Form) -> (usize, usize, usize) {
    let letters = form.text.chars().filter(|c| c.is_alphanumeric()).count();
    match form.kind {
        Kind::Person => {
            let names = form.words.iter().filter(|word| word.chars().count() > 1).count();
            (names, form.words.len(), form.members.len())
        }
        _ => (letters, form.members.len(), 0),
    }
}

/// `Washington` of `Washington DC`.
fn is_city_of(short: &[String], full: &[String]) -> bool {
    full.len() == short.len() + 1
        && full.starts_with(short)
        && matches!(full[full.len() - 1].as_str(), "dc" | "city" | "strip")
        && !REGIONS_WITH_A_CITY.lines().any(|it| it == short.concat())
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
    let bare = form.text.strip_suffix("'s").or_else(|| form.text.strip_suffix("’s"));
    let text = bare.filter(|bare| !possessive::is_listed(bare)).unwrap_or(&form.text);
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
        gather(&Aliases::embedded(), &mentions).into_iter().map(|it| format!("{} {:?}", it.name, it.members)).collect()
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
