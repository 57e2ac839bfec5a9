//! IPTC Media Topics: codes, names in several languages, what stands under what.
//!
//! Source: IPTC, <https://iptc.org/standards/media-topics/>, CC BY 4.0; see `data/media-topics.md`.

use std::{collections::HashMap, sync::OnceLock};

use crate::text::fold::fold;

/// Subject codes, the vocabulary before this one, and the concept that IPTC says is the same.
const SUBJECTS: &str = include_str!("../../../data/subject-codes.tsv");
const TABLE: &str = include_str!("../../../data/media-topics.tsv");
/// Columns before the names: code, code above, whether it is retired, English definition.
const FIXED: usize = 4;
/// Deeper than this no vocabulary goes; a bound for what should be a tree.
const MAX_DEPTH: usize = 8;

/// One concept of the vocabulary.
#[derive(Debug, Clone)]
pub struct Concept {
    /// Such as `medtop:16000000`.
    pub code: &'static str,
    /// Code of the concept above; empty at the top.
    pub broader: &'static str,
    /// It is no longer to be used.
    pub retired: bool,
    /// English definition.
    pub definition: &'static str,
    /// Names in the order of the languages, empty where there is none.
    names: Vec<&'static str>,
}

struct Vocabulary {
    languages: Vec<&'static str>,
    concepts: Vec<Concept>,
    by_code: HashMap<&'static str, usize>,
    /// Folded names in any language; the top of the tree goes first.
    by_name: HashMap<String, usize>,
    /// Folded names by language, in the order of the languages. A concept that is no longer to be used stands behind the others.
    by_language: Vec<HashMap<String, Vec<usize>>>,
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        let mut lines = TABLE.lines();
        let languages = lines.next().unwrap_or_default().split('\t').skip(FIXED).collect();
        let concepts: Vec<Concept> = lines.filter_map(concept_of).collect();
        let by_code = concepts.iter().enumerate().map(|(at, it)| (it.code, at)).collect();
        let mut by_name = HashMap::new();
        for (at, concept) in concepts.iter().enumerate() {
            for name in concept.names.iter().filter(|name| !name.is_empty()) {
                by_name.entry(fold(name)).or_insert(at);
            }
        }
        let by_language = by_language(&concepts);
        Vocabulary { languages, concepts, by_code, by_name, by_language }
    })
}

fn by_language(concepts: &[Concept]) -> Vec<HashMap<String, Vec<usize>>> {
    let mut by_language = vec![HashMap::<String, Vec<usize>>::new(); concepts.first().map_or(0, |it| it.names.len())];
    for retired in [false, true] {
        for (at, concept) in concepts.iter().enumerate().filter(|(_, it)| it.retired == retired) {
            for (names, name) in by_language.iter_mut().zip(&concept.names).filter(|(_, name)| !name.is_empty()) {
                names.entry(fold(name)).or_default().push(at);
            }
        }
    }
    by_language
}

fn concept_of(line: &'static str) -> Option<Concept> {
    let mut columns = line.split('\t');
    let (code, broader, retired, definition) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    Some(Concept { code, broader, retired: retired == "retired", definition, names: columns.collect() })
}

impl Concept {
    /// Returns the name in a language (ISO 639-1), or else in English.
    pub fn name(&self, language: &str) -> &'static str {
        let at = vocabulary().languages.iter().position(|it| *it == language).unwrap_or(0);
        let own = self.names.get(at).copied().unwrap_or_default();
        if own.is_empty() { self.names.first().copied().unwrap_or_default() } else { own }
    }
}

/// Returns every concept, the top of the tree first.
pub fn concepts() -> impl Iterator<Item = &'static Concept> {
    vocabulary().concepts.iter()
}

/// Returns the concept of a code such as `medtop:16000000`; its address and the bare number are understood, too.
pub fn concept(code: &str) -> Option<&'static Concept> {
    let number = code.trim().trim_end_matches('/').rsplit([':', '/']).next()?;
    if number.len() != 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = format!("medtop:{number}");
    vocabulary().by_code.get(whole.as_str()).map(|at| &vocabulary().concepts[*at])
}

/// Returns the concept of a code that says of which vocabulary it is: `medtop:…`, `subj:…` of the older subject codes, or the
/// address of either. A bare number may be anything.
pub fn coded(code: &str) -> Option<&'static Concept> {
    static SAME: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let (scheme, number) = code.trim().trim_end_matches('/').rsplit_once([':', '/'])?;
    if scheme == "subj" || scheme.contains("subjectcode") {
        let same = SAME.get_or_init(|| {
            let pairs = SUBJECTS.lines().skip(1).filter_map(|line| line.split_once('\t'));
            pairs.map(|(subject, topic)| (subject.trim_start_matches("subj:"), topic)).collect()
        });
        return concept(same.get(number)?);
    }
    if scheme == "medtop" || scheme.contains("mediatopic") { concept(number) } else { None }
}

/// Returns the concept that is called so in any of its languages.
pub fn named(name: &str) -> Option<&'static Concept> {
    vocabulary().by_name.get(&fold(name.trim())).map(|at| &vocabulary().concepts[*at])
}

/// Returns the concepts that are called so in a language (ISO 639-1); two concepts share a name now and then.
pub fn named_in(name: &str, language: &str) -> impl Iterator<Item = &'static Concept> {
    let language = language.split_once(['-', '_']).map_or(language, |(whole, _)| whole);
    let at = vocabulary().languages.iter().position(|it| it.eq_ignore_ascii_case(language));
    let found = at.and_then(|at| vocabulary().by_language.get(at)?.get(&fold(name.trim())));
    found.into_iter().flatten().map(|at| &vocabulary().concepts[*at])
}

/// Returns the concepts right under one that are still to be used.
pub fn narrower(code: &str) -> impl Iterator<Item = &'static Concept> {
    vocabulary().concepts.iter().filter(move |it| !it.retired && !it.broader.is_empty() && it.broader == code)
}

/// Returns the concept and what stands above it, up to the top.
pub fn path(concept: &'static Concept) -> Vec<&'static Concept> {
    let mut path = vec![concept];
    while let Some(above) = path.last().and_then(|last| self::concept(last.broader)) {
        if path.len() >= MAX_DEPTH {
            break;
        }
        path.push(above);
    }
    path
}

/// Returns the codes of the top-level concepts over a code or name; none for what is not of the vocabulary.
pub fn tops(code: &str) -> Vec<String> {
    let found = concept(code).or_else(|| named(code));
    found.and_then(|it| path(it).last().map(|top| top.code.to_owned())).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concepts_are_found_by_code_address_and_name() {
        let war = concept("medtop:16000000").unwrap();
        assert_eq!(war.name("en"), "conflict, war and peace");
        assert_ne!(war.name("de"), war.name("en"));
        assert_eq!(war.name("xx"), war.name("en"));
        assert_eq!(concept("http://cv.iptc.org/newscodes/mediatopic/16000000").unwrap().code, war.code);
        assert_eq!(named("Conflict, War and Peace").unwrap().code, war.code);
        assert!(concept("harbour").is_none() && named("harbour of Rotterdam").is_none());
    }

    #[test]
    fn names_are_looked_for_in_one_language() {
        let codes = |name: &str, language: &str| named_in(name, language).map(|it| it.code).collect::<Vec<_>>();
        assert_eq!(codes("SPORT", "en"), ["medtop:15000000"]);
        assert_eq!(codes("Deporte", "es"), ["medtop:15000000"]);
        assert_eq!(codes("esporte", "pt-BR"), codes("esporte", "pt"));
        assert!(codes("Deporte", "en").is_empty() && codes("sport", "tlh").is_empty());
        assert_eq!(codes("online media", "en").len(), 2);
        assert!(narrower("medtop:15000000").count() > 5 && narrower("").next().is_none());
    }

    #[test]
    fn codes_of_both_vocabularies_are_known_by_their_scheme() {
        let code = |text: &str| coded(text).map(|it| it.code);
        assert_eq!(code("subj:04000000"), Some("medtop:04000000"));
        assert_eq!(code("http://cv.iptc.org/newscodes/subjectcode/09003000"), code("subj:09003000"));
        assert_eq!(code("http://cv.iptc.org/newscodes/mediatopic/15000000/"), Some("medtop:15000000"));
        assert!(code("15000000").is_none() && code("desk:15000000").is_none() && code("subj:99000000").is_none());
        for (number, same) in SUBJECTS.lines().skip(1).filter_map(|line| line.split_once('\t')) {
            assert_eq!(code(number), Some(same));
        }
    }

    #[test]
    fn every_concept_stands_under_one_of_seventeen() {
        assert_eq!(concepts().filter(|it| it.broader.is_empty()).count(), 17);
        for concept in concepts() {
            let top = path(concept).last().unwrap().code;
            assert!(top.ends_with("000000") && top < "medtop:18000000", "{}", concept.code);
        }
    }
}
