//! IPTC's own file of the Media Topics to the tables that come with the program: the topics, and the subject codes before them.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use serde::Deserialize;

use crate::train::{Error, failed};

/// Our code of each language and IPTC's, which for Danish and Swedish are those of the countries.
const LANGUAGES: [(&str, &str); 10] = [
    ("en", "en-GB"),
    ("ar", "ar"),
    ("da", "dk"),
    ("de", "de"),
    ("es", "es"),
    ("fr", "fr"),
    ("pt", "pt-PT"),
    ("pt-BR", "pt-BR"),
    ("sv", "se"),
    ("zh", "zh-Hans"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    concept_set: Vec<Concept>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Concept {
    qcode: String,
    pref_label: BTreeMap<String, String>,
    #[serde(default)]
    definition: BTreeMap<String, String>,
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    retired: Option<serde_json::Value>,
    #[serde(default)]
    exact_match: Vec<String>,
    #[serde(default)]
    close_match: Vec<String>,
}

/// The table of subject codes, beside that of the topics.
const SUBJECTS: &str = "subject-codes.tsv";
/// Top-level topics: their numbers are the same in both vocabularies.
const TOPS: u32 = 17;

/// Writes the table: code, code above, `retired`, English definition, names by language; and beside it the subject codes that
/// have a topic of the same meaning. Returns the number of concepts.
pub fn build(source: &Path, output: &Path) -> Result<usize, Error> {
    let text = fs::read(source).map_err(|error| failed(source, error))?;
    let file: File = serde_json::from_slice(&text).map_err(|error| failed(source, error))?;
    let mut concepts = file.concept_set;
    concepts.sort_by(|a, b| (!a.broader.is_empty(), &a.qcode).cmp(&(!b.broader.is_empty(), &b.qcode)));
    let mut table = String::from("code\tbroader\tretired\tdefinition");
    for (own, _) in LANGUAGES {
        let _ = write!(table, "\t{own}");
    }
    table.push('\n');
    for concept in &concepts {
        let above = concept.broader.first().and_then(|it| it.rsplit('/').next());
        let above = above.map(|it| format!("medtop:{it}")).unwrap_or_default();
        let retired = if concept.retired.is_some() { "retired" } else { "" };
        let definition = concept.definition.get("en-GB").map(|it| in_one_line(it)).unwrap_or_default();
        let _ = write!(table, "{}\t{above}\t{retired}\t{definition}", concept.qcode);
        for (_, theirs) in LANGUAGES {
            let name = concept.pref_label.get(theirs).map(|it| in_one_line(it)).unwrap_or_default();
            let _ = write!(table, "\t{name}");
        }
        table.push('\n');
    }
    fs::write(output, table).map_err(|error| failed(output, error))?;
    let beside = output.with_file_name(SUBJECTS);
    fs::write(&beside, subjects(&concepts)).map_err(|error| failed(&beside, error))?;
    Ok(concepts.len())
}

/// Returns the table of subject codes: those that IPTC calls the same as a topic or close to it, a topic in use before a
/// retired one, the same before the close.
fn subjects(concepts: &[Concept]) -> String {
    let mut same: BTreeMap<String, (u8, &str)> = BTreeMap::new();
    for concept in concepts {
        let matches = concept.exact_match.iter().map(|it| (0, it)).chain(concept.close_match.iter().map(|it| (2, it)));
        for (rank, address) in matches {
            let Some((_, number)) = address.trim_end_matches('/').rsplit_once("/subjectcode/") else { continue };
            let found = (rank + u8::from(concept.retired.is_some()), concept.qcode.as_str());
            let best = same.entry(format!("subj:{number}")).or_insert(found);
            *best = found.min(*best);
        }
    }
    let tops: Vec<String> = (1..=TOPS).map(|number| format!("{number:02}000000")).collect();
    let mut rows: BTreeMap<String, String> =
        tops.iter().map(|it| (format!("subj:{it}"), format!("medtop:{it}"))).collect();
    rows.extend(same.into_iter().map(|(subject, (_, topic))| (subject, topic.to_owned())));
    let rows = rows.into_iter().map(|(subject, topic)| format!("{subject}\t{topic}\n"));
    std::iter::once("subject\tmedia topic\n".to_owned()).chain(rows).collect()
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
