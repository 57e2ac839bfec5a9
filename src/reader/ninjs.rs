//! ninjs of IPTC, versions 1.x to 3.x: a JSON object as news agencies send it. The reader of JSON hands such objects on.
//!
//! Headlines and texts are members of their own in 1.x and lists with roles since 2.0; 3.0 writes the same names in camel case.
//! Source: IPTC, <https://iptc.org/standards/ninjs/>.

use serde_json::{Map, Value};

use super::{
    Item, markup,
    story::{Story, iptc_code, refused, withdrawn},
};

/// What no other JSON of articles has beside `uri`.
const OWN: [&str; 4] = ["versioncreated", "pubstatus", "body_xhtml", "body_text"];

/// Says whether an object is ninjs: it says so, or it has a `uri` and what goes with that.
pub(super) fn is(fields: &[(String, Value)]) -> bool {
    let value = |name: &str| fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let listed = |name: &str| {
        value(name).and_then(Value::as_array).is_some_and(|it| it.iter().any(|it| it.get("value").is_some()))
    };
    let said =
        ["standard", "$standard"].iter().filter_map(|name| value(name)?.get("name")?.as_str()).any(|it| it == "ninjs");
    let uri = value("uri").is_some_and(Value::is_string);
    let own = || OWN.iter().any(|name| value(name).is_some()) || listed("headlines") || listed("bodies");
    said || uri && own()
}

/// Reads an object. `origin` is the file and the record in it.
pub(super) fn item(origin: (&str, u64), fields: Vec<(String, Value)>, bytes: u64) -> Item {
    let mut members = Members(fields.into_iter().filter(|(_, value)| !value.is_null()).collect());
    let id = members.text("uri");
    let status = members.text("pubstatus");
    if let Some(reason) = withdrawn(&status) {
        return refused(origin, &id, reason);
    }
    let mut story = Story { id, language: members.text("language"), ..Story::default() };
    story.keep("pubstatus", if status == "usable" { String::new() } else { status });
    if story.id.starts_with("http://") || story.id.starts_with("https://") {
        story.url = story.id.clone();
    }
    headline(&mut story, &mut members);
    texts(&mut story, &mut members);
    origin_of(&mut story, &mut members);
    names(&mut story, &mut members);
    story.extra.extend(members.0);
    story.item(origin, bytes)
}

/// Reads the headlines: the main one, and one below it.
fn headline(story: &mut Story, members: &mut Members) {
    let single = members.text("headline");
    let listed = parts(members.take("headlines"));
    let main = listed.iter().find(|it| it.role == "main").or_else(|| listed.iter().find(|it| !it.is_below()));
    story.title = if single.is_empty() { main.map(Part::plain).unwrap_or_default() } else { single };
    story.subtitle = listed.iter().find(|it| it.is_below()).map(Part::plain).unwrap_or_default();
    let others: Vec<Value> = listed
        .iter()
        .map(Part::plain)
        .filter(|it| *it != story.title && *it != story.subtitle)
        .map(Value::from)
        .collect();
    story.keep("headlines", others);
    let filed_as = members.text("title");
    if story.title.is_empty() {
        story.title = filed_as;
    } else {
        story.keep("title", filed_as);
    }
}

/// Reads the text. What is marked up has its paragraphs, and goes before the same in plain; without a text, the description
/// is the text, as it is with pictures.
fn texts(story: &mut Story, members: &mut Members) {
    story.body = best(members.all("body_", "bodies"));
    let description = best(members.all("description_", "descriptions"));
    if story.body.is_empty() {
        story.body = description;
    } else if story.subtitle.is_empty() {
        story.subtitle = description;
    } else {
        story.keep("description", description);
    }
}

fn best(parts: Vec<Part>) -> String {
    let (marked, plain): (Vec<_>, Vec<_>) = parts.into_iter().partition(|it| it.marked);
    marked.iter().chain(&plain).map(Part::plain).find(|it| !it.trim().is_empty()).unwrap_or_default()
}

/// Reads who it is from, and when.
fn origin_of(story: &mut Story, members: &mut Members) {
    let informed = members.0.get("infosources").into_iter().flat_map(entries).map(|it| it.name).next();
    let holder = members.text("copyrightholder");
    story.source = if holder.is_empty() { informed.unwrap_or_default() } else { holder };
    for name in ["byline", "by"] {
        let line = members.text(name);
        story.byline(&line);
    }
    let (first, written, version) =
        (members.text("firstcreated"), members.text("contentcreated"), members.text("versioncreated"));
    let published = [&first, &written, &version].into_iter().find(|it| !it.is_empty());
    story.published = published.cloned().unwrap_or_default();
    story.updated = version;
}

/// Reads who, where, which organizations and what about.
fn names(story: &mut Story, members: &mut Members) {
    for member in ["subject", "subjects"] {
        for entry in members.listed(member) {
            let known = entry.codes.iter().find(|it| iptc_code(it).is_some()).or(entry.codes.first());
            story.topic(known.map_or("", String::as_str), &entry.name);
        }
    }
    let mut named = |one: &str, several: &str| -> Vec<Entry> {
        let all = [members.listed(one), members.listed(several)].concat();
        all.into_iter().filter(|it| !it.name.is_empty()).collect()
    };
    let (people, places) = (named("person", "people"), named("place", "places"));
    let organizations = named("organisation", "organisations");
    let only_names = |entries: Vec<Entry>| entries.into_iter().map(|it| it.name).collect::<Vec<_>>();
    let (writers, people): (Vec<_>, Vec<_>) = people.into_iter().partition(Entry::wrote);
    if story.authors.is_empty() {
        story.authors = only_names(writers);
    }
    (story.people, story.places, story.organizations) =
        (only_names(people), only_names(places), only_names(organizations));
    for member in ["keyword", "keywords"] {
        story.tags.extend(members.listed(member).into_iter().map(|it| it.name));
    }
}

/// The members of an object that are not read yet.
struct Members(Map<String, Value>);

impl Members {
    /// Takes a member out, however its name is spelt.
    fn take(&mut self, name: &str) -> Option<Value> {
        let own = self.0.keys().find(|own| own.eq_ignore_ascii_case(name))?.clone();
        self.0.remove(&own)
    }

    /// Takes a text out; what is none stays.
    fn text(&mut self, name: &str) -> String {
        match self.take(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(other) => {
                self.0.insert(name.to_owned(), other);
                String::new()
            }
            None => String::new(),
        }
    }

    /// Takes the texts out that stand in members of this beginning, or in a list of parts.
    fn all(&mut self, beginning: &str, list: &str) -> Vec<Part> {
        let names: Vec<String> = self.0.keys().filter(|it| it.starts_with(beginning)).cloned().collect();
        let single = names.into_iter().filter_map(|name| {
            let text = self.0.get(&name)?.as_str()?.to_owned();
            self.0.remove(&name);
            Some(Part { marked: name.ends_with("html"), role: name, text })
        });
        let mut parts: Vec<Part> = single.collect();
        parts.extend(self::parts(self.take(list)));
        parts
    }

    /// Reads a list of named things; what it says beyond names and codes stays to be kept.
    fn listed(&mut self, name: &str) -> Vec<Entry> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let found: Vec<Entry> = entries(&value).collect();
        if found.iter().any(|it| it.more) || found.is_empty() {
            self.0.insert(name.to_owned(), value);
        }
        found
    }
}

/// One text of several: a headline, a body, a description.
struct Part {
    role: String,
    text: String,
    marked: bool,
}

impl Part {
    fn is_below(&self) -> bool {
        ["sub", "deck", "secondary"].iter().any(|it| self.role.contains(it))
    }

    fn plain(&self) -> String {
        if self.marked { markup::plain(&self.text) } else { self.text.trim().to_owned() }
    }
}

fn parts(value: Option<Value>) -> Vec<Part> {
    let values = match value {
        Some(Value::Array(values)) => values,
        Some(value) => vec![value],
        None => Vec::new(),
    };
    values.iter().filter_map(part).collect()
}

fn part(value: &Value) -> Option<Part> {
    let said = |names: &[&str]| names.iter().find_map(|it| value.get(*it)?.as_str()).unwrap_or_default();
    let text = value.as_str().or_else(|| value.get("value")?.as_str())?;
    let (role, kind) = (said(&["role"]).to_ascii_lowercase(), said(&["contenttype", "contentType"]));
    Some(Part { marked: kind.contains("html") || role.contains("html"), role, text: text.to_owned() })
}

/// A person, place, organization or subject.
#[derive(Clone)]
struct Entry {
    name: String,
    /// Its codes, each with its scheme where that is given.
    codes: Vec<String>,
    /// What it has to do with the article.
    relation: String,
    /// It says more than that.
    more: bool,
}

impl Entry {
    fn wrote(&self) -> bool {
        matches!(self.relation.as_str(), "author" | "creator" | "by" | "byline")
    }
}

fn entries(value: &Value) -> impl Iterator<Item = Entry> {
    let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    values.iter().filter_map(entry)
}

fn entry(value: &Value) -> Option<Entry> {
    if let Some(name) = value.as_str() {
        return Some(Entry { name: name.trim().to_owned(), codes: Vec::new(), relation: String::new(), more: false });
    }
    let object = value.as_object()?;
    let said = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let (scheme, code) = (said("scheme"), said("code"));
    let joined = if scheme.is_empty() || code.contains(':') { code } else { joined(&scheme, &code) };
    let codes = [joined, said("uri"), said("literal")].into_iter().filter(|it| !it.is_empty()).collect();
    let known = |name: &String| matches!(name.as_str(), "name" | "rel" | "scheme" | "code" | "uri" | "literal");
    let more = object.keys().any(|name| !known(name));
    Some(Entry { name: said("name"), codes, relation: said("rel").to_ascii_lowercase(), more })
}

/// Joins a scheme and a code: `medtop` by a colon, an address as it is.
fn joined(scheme: &str, code: &str) -> String {
    let separator = if scheme.ends_with([':', '/', '#']) || code.is_empty() {
        ""
    } else if scheme.contains("://") {
        "/"
    } else {
        ":"
    };
    if code.is_empty() { String::new() } else { format!("{scheme}{separator}{code}") }
}

#[cfg(test)]
mod tests {
    use crate::reader::tests::outcome;

    #[test]
    fn members_of_the_first_version_are_read() {
        let (articles, reasons) = outcome(
            "a.json",
            r#"{"uri":"https://example.org/tpa/1","type":"text","versioncreated":"2026-01-05T10:15:00Z","firstcreated":"2026-01-05T09:15:00Z",
                "pubstatus":"usable","language":"en-GB","headline":"Dockers go back","byline":"By Ada Brandt and Jan Kos",
                "body_text":"First. Second.","body_xhtml":"<p>First.</p><p>Second.</p>","description_text":"Nine days.",
                "subject":[{"name":"Streik","scheme":"http://cv.iptc.org/newscodes/mediatopic/","code":"20000533"},{"name":"Docks"},{"code":"x:1"}],
                "person":[{"name":"Joost Bakker","rel":"about"}],"place":[{"name":"Rotterdam"}],"organisation":[{"name":"RWB","symbols":[]}],
                "urgency":5,"located":"Rotterdam"}"#
                .as_bytes(),
        );
        assert!(reasons.is_empty(), "{reasons:?}");
        let it = &articles[0];
        assert_eq!((it.id.as_str(), it.url.as_str()), ("https://example.org/tpa/1", "https://example.org/tpa/1"));
        assert_eq!((it.title.as_str(), it.subtitle.as_str()), ("Dockers go back", "Nine days."));
        assert_eq!((it.body.as_str(), it.authors.join("|")), ("First.\n\nSecond.", "Ada Brandt|Jan Kos".to_owned()));
        assert_eq!(it.topics, ["medtop:20000533", "Docks", "x:1"]);
        assert_eq!(it.extra["topic_names"]["medtop:20000533"], "Streik");
        assert_eq!((it.people.join("|"), it.places.join("|")), ("Joost Bakker".to_owned(), "Rotterdam".to_owned()));
        assert_eq!(it.published.unwrap().to_string(), "2026-01-05T09:15:00Z");
        assert_eq!(it.updated.unwrap().to_string(), "2026-01-05T10:15:00Z");
        assert_eq!((it.extra["urgency"].as_i64(), it.extra["language_tag"].as_str()), (Some(5), Some("en-GB")));
        assert!(it.extra.contains_key("organisation") && !it.extra.contains_key("person"));
    }

    #[test]
    fn lists_of_the_later_versions_are_read_among_other_lines() {
        let second = r#"{"uri":"urn:tpa:2","headlines":[{"role":"sub","value":"Below"},{"role":"main","value":"Main"}],"subjects":[{"name":"Industri","literal":"04011000"}],"bodies":[{"role":"text","contenttype":"text/plain","value":"Plain."},{"contenttype":"text/html","value":"<p>Marked.</p>"}],"by":"Text: TPA","copyrightholder":"TPA"}"#;
        let third = r#"{"uri":"urn:tpa:3","standard":{"name":"ninjs","version":"3.0"},"versionCreated":"2026-01-05","pubStatus":"usable","headlines":[{"role":"main","value":"Third"}],"descriptions":[{"value":"Only this."}],"people":[{"name":"Ada Brandt","rel":"author"}]}"#;
        let gone = r#"{"uri":"urn:tpa:4","pubstatus":"canceled","headlines":[{"value":"Gone"}]}"#;
        let other = r#"{"id":"5","uri":"https://example.org/5","headline":"No ninjs","text":"Body."}"#;
        let (articles, reasons) = outcome("a.jsonl", [second, third, gone, other].join("\n").as_bytes());
        assert_eq!((articles.len(), reasons.len()), (3, 1), "{reasons:?}");
        assert!(reasons[0].starts_with("3: its source took it back"), "{reasons:?}");
        let it = &articles[0];
        assert_eq!((it.title.as_str(), it.subtitle.as_str(), it.body.as_str()), ("Main", "Below", "Marked."));
        assert_eq!((it.topics.join("|"), it.authors.join("|")), ("subj:04011000".to_owned(), "TPA".to_owned()));
        assert_eq!((articles[1].title.as_str(), articles[1].body.as_str()), ("Third", "Only this."));
        assert_eq!((articles[1].authors.join("|"), articles[1].people.len()), ("Ada Brandt".to_owned(), 0));
        assert_eq!((articles[2].id.as_str(), articles[2].url.as_str()), ("5", "https://example.org/5"));
    }

    #[test]
    fn members_of_the_wrong_kind_are_kept_and_spoil_nothing() {
        let (articles, reasons) = outcome(
            "a.json",
            br#"[{"uri":"urn:x","versioncreated":7,"headlines":"One text","bodies":{"value":"Body."},"subject":"Docks","person":[3,null],"body_text":[1]},{"uri":"urn:y","pubstatus":"usable"}]"#,
        );
        assert_eq!((articles.len(), reasons.len()), (1, 1), "{reasons:?}");
        assert_eq!((articles[0].title.as_str(), articles[0].body.as_str()), ("One text", "Body."));
        assert_eq!(articles[0].topics, ["Docks"]);
        assert!(articles[0].extra.contains_key("body_text") && articles[0].extra.contains_key("person"));
    }
}
