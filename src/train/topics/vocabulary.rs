//! IPTC's own file of the Media Topics to the table that comes with the program.

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
}

/// Writes the table: code, code above, `retired`, English definition, names by language. Returns the number of concepts.
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
    Ok(concepts.len())
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
