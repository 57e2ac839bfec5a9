//! One exported article, as a reader counts it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::OnceLock,
};

use morgue::text::terms::stems;
use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// All facets.
pub(super) const FACETS: [&str; 10] = [
    "people",
    "places",
    "organizations",
    "topics",
    "sources",
    "sections",
    "authors",
    "languages",
    "countries",
    "years",
];

/// One article.
pub(super) struct Record {
    pub(super) id: String,
    pub(super) title: Vec<String>,
    pub(super) body: Vec<String>,
    title_set: HashSet<String>,
    body_set: HashSet<String>,
    /// Words of title and body without their endings.
    title_stems: HashSet<String>,
    body_stems: HashSet<String>,
    language: String,
    /// Values by facet, none twice.
    pub(super) values: BTreeMap<&'static str, Vec<String>>,
    /// As exported: `1998`, `1998-03`, `1998-03-05` or longer.
    pub(super) published: Option<String>,
}

/// Where a word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Anywhere,
    Title,
    Body,
}

impl Record {
    /// Reads a line of an export.
    pub(super) fn of(line: &Value) -> Self {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let given = |name: &str| strings(&line[name]);
        let read = |name: &str, part: &str| -> Vec<String> {
            let all = line["extraction"][name].as_array().into_iter().flatten();
            all.filter_map(|it| it[part].as_str().map(str::to_owned)).collect()
        };
        let language = match text("language") {
            own if own.is_empty() => line["extraction"]["language"].as_str().unwrap_or_default().to_owned(),
            own => own,
        };
        let published = line["published"].as_str().map(str::to_owned);
        let values = BTreeMap::from([
            ("people", distinct([read("people", "name"), given("people")].concat())),
            ("places", distinct([read("places", "name"), given("places")].concat())),
            ("organizations", distinct([read("organizations", "name"), given("organizations")].concat())),
            ("topics", topics(line, &language)),
            ("sources", distinct(vec![text("source")])),
            ("sections", distinct(vec![text("section")])),
            ("authors", distinct(given("authors"))),
            ("languages", distinct(vec![language.clone()])),
            ("countries", distinct(read("places", "country"))),
            ("years", published.iter().map(|date| date[..4].to_owned()).collect()),
        ]);
        let title = words(&format!("{}\n\n{}", text("title"), text("subtitle")));
        let body = words(&text("body"));
        let spoken = if language.is_empty() { "en" } else { &language };
        let stemmed = |words: &[String]| words.iter().flat_map(|word| stems(word, &[spoken])).collect();
        Self {
            id: text("id"),
            title_stems: stemmed(&title),
            body_stems: stemmed(&body),
            title_set: title.iter().cloned().collect(),
            body_set: body.iter().cloned().collect(),
            title,
            body,
            language: spoken.to_owned(),
            values,
            published,
        }
    }

    fn texts(&self, scope: Where) -> Vec<&[String]> {
        match scope {
            Where::Anywhere => vec![&self.title, &self.body],
            Where::Title => vec![&self.title],
            Where::Body => vec![&self.body],
        }
    }

    /// Says whether the word or an inflection of it is there.
    pub(super) fn has_word(&self, scope: Where, word: &str) -> bool {
        let stems = stems(word, &[&self.language]);
        let among = |words: &HashSet<String>, stemmed: &HashSet<String>| {
            words.contains(word) || stems.iter().any(|stem| stemmed.contains(stem))
        };
        scope != Where::Body && among(&self.title_set, &self.title_stems)
            || scope != Where::Title && among(&self.body_set, &self.body_stems)
    }

    /// Says whether the words are there in a row.
    pub(super) fn has_row(&self, scope: Where, row: &[String]) -> bool {
        self.texts(scope).iter().any(|text| text.windows(row.len()).any(|it| it == row))
    }

    /// Says whether a word is there that begins and ends so.
    pub(super) fn has_form(&self, scope: Where, begins: &str, ends: &str) -> bool {
        let is =
            |word: &String| word.len() >= begins.len() + ends.len() && word.starts_with(begins) && word.ends_with(ends);
        scope != Where::Body && self.title_set.iter().any(is) || scope != Where::Title && self.body_set.iter().any(is)
    }

    /// Says whether two words, in any inflection, have at most so many words between them.
    pub(super) fn has_near(&self, left: &str, right: &str, distance: usize) -> bool {
        let is = |word: &String, wanted: &str| {
            word == wanted || stems(word, &[&self.language]) == stems(wanted, &[&self.language])
        };
        let pair = |text: &[String]| {
            let places = |wanted: &str| -> Vec<usize> { (0..text.len()).filter(|at| is(&text[*at], wanted)).collect() };
            let rights = places(right);
            places(left).iter().any(|l| rights.iter().any(|r| r != l && r.abs_diff(*l) <= distance + 1))
        };
        self.has_word(Where::Anywhere, left)
            && self.has_word(Where::Anywhere, right)
            && self.texts(Where::Anywhere).into_iter().any(pair)
    }

    /// Says whether one value of a facet has all these words; in a row, if asked.
    pub(super) fn has_name(&self, facet: &str, name: &[String], in_a_row: bool) -> bool {
        let mut values = self.values[facet].iter().map(|value| words(value));
        values.any(|value| {
            if in_a_row {
                value.windows(name.len()).any(|it| it == name)
            } else {
                name.iter().all(|word| value.contains(word))
            }
        })
    }

    /// Says whether the interval of its date touches the range, both ends included; the ends may be of any precision.
    pub(super) fn lies_in(&self, from: Option<&str>, to: Option<&str>) -> bool {
        let Some(date) = &self.published else { return false };
        let day = &date[..date.len().min(10)];
        // Padded so, texts compare like the days that they begin or end with.
        let first = |text: &str| format!("{text:-<10}").replace("----------", "");
        let last = |text: &str| format!("{text:~<10}");
        from.is_none_or(|from| last(day) >= first(from)) && to.is_none_or(|to| first(day) <= last(to))
    }
}

/// The vocabulary as a reader has it: the table itself. Code, whether it is retired, names by language.
struct Vocabulary {
    languages: Vec<&'static str>,
    rows: Vec<(&'static str, bool, Vec<&'static str>)>,
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        let mut lines =
            include_str!("../../../data/media-topics.tsv").lines().map(|it| it.split('\t').collect::<Vec<_>>());
        let languages = lines.next().unwrap()[4..].to_vec();
        let rows = lines.map(|row| (row[0], row[2] == "retired", row[4..].to_vec())).collect();
        Vocabulary { languages, rows }
    })
}

/// What an article is filed under: its topics, tags, section (if it is of the vocabulary) and what was assigned.
fn topics(line: &Value, language: &str) -> Vec<String> {
    let Vocabulary { languages, rows } = vocabulary();
    let same = |code: &str| {
        let mut pairs =
            include_str!("../../../data/subject-codes.tsv").lines().filter_map(|line| line.split_once('\t'));
        pairs.find(|(subject, _)| code.starts_with("subj:") && *subject == code).map(|(_, topic)| topic)
    };
    let by_code = |code: &str| rows.iter().find(|row| row.0 == same(code).unwrap_or(code));
    let called = |name: &str, language: &str| {
        let at = languages.iter().position(|it| *it == language.split('-').next().unwrap())?;
        let same = |row: &&(_, bool, Vec<&str>)| !row.2[at].is_empty() && fold(row.2[at]) == fold(name);
        rows.iter().filter(|row| !row.1).find(same).or_else(|| rows.iter().find(same))
    };
    let concept =
        |given: &str| by_code(given.trim()).or_else(|| called(given, "en")).or_else(|| called(given, language));
    let mut found = Vec::new();
    let mut file = |name: &str, concept: Option<&(&str, bool, Vec<&str>)>| {
        found.push(concept.map_or(name, |row| row.2[0]).to_owned());
    };
    for given in [strings(&line["topics"]), strings(&line["tags"])].concat() {
        file(&given, concept(&given));
    }
    let section = line["section"].as_str().unwrap_or_default();
    if let Some(concept) = concept(section) {
        file(section, Some(concept));
    }
    for assigned in line["extraction"]["topics"].as_array().into_iter().flatten() {
        file(assigned["name"].as_str().unwrap(), by_code(assigned["code"].as_str().unwrap()));
    }
    distinct(found)
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn distinct(values: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let tidy = values.into_iter().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    tidy.filter(|it| !it.is_empty() && seen.insert(fold(it))).collect()
}

/// Lower case, without accents.
pub(super) fn fold(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    let plain = [
        ("ß", "ss"),
        ("ø", "o"),
        ("ł", "l"),
        ("æ", "ae"),
        ("œ", "oe"),
        ("đ", "d"),
        ("ð", "d"),
        ("þ", "th"),
        ("ı", "i"),
        ("’", "'"),
    ];
    plain.iter().fold(bare, |text, (from, to)| text.replace(from, to)).nfc().collect()
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{0E00}'..='\u{0EFF}')
        && c != '・'
}

/// Splits a text into words: letters and digits, apostrophes and the dots of `U.S.` inside; pairs of unspaced characters.
pub(super) fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let (mut found, mut i) = (Vec::new(), 0);
    while i < chars.len() {
        let start = i;
        if is_unspaced(chars[i]) {
            while is_unspaced(at(i)) {
                i += 1;
            }
            if i - start == 1 {
                found.push(fold(&chars[start].to_string()));
            }
            found.extend(chars[start..i].windows(2).map(|pair| fold(&pair.iter().collect::<String>())));
            continue;
        }
        if !chars[i].is_alphanumeric() {
            i += 1;
            continue;
        }
        loop {
            i += 1;
            let letter = |c: char| (c.is_alphanumeric() || is_combining_mark(c)) && !is_unspaced(c);
            let initials = (start..i).all(|j| if (j - start) % 2 == 0 { at(j).is_alphabetic() } else { at(j) == '.' });
            let apostrophe = matches!(at(i), '\'' | '’') && at(i + 1).is_alphabetic();
            let dot = at(i) == '.'
                && initials
                && (i - start) % 2 == 1
                && at(i + 1).is_alphabetic()
                && !at(i + 2).is_alphanumeric();
            if !(letter(at(i)) || apostrophe || dot) {
                break;
            }
        }
        let word = fold(&chars[start..i].iter().collect::<String>());
        let word = word.strip_suffix("'s").filter(|it| !it.is_empty()).unwrap_or(&word);
        let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        if !word.is_empty() {
            found.push(word);
        }
    }
    found
}
