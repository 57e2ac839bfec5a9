//! The page's own description of its article: schema.org in JSON-LD, be it one object, a list, or a graph of references.

use serde_json::Value;

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 6;
/// The most elements of one list that are looked at.
const MAX_LIST: usize = 200;

/// The description of an article among all that a page says in JSON-LD.
pub(super) struct Linked<'a> {
    article: Option<&'a Value>,
    all: &'a [Value],
}

impl<'a> Linked<'a> {
    /// Finds the article; where there is none, the page stands for it.
    pub(super) fn of(all: &'a [Value]) -> Self {
        let find = |kinds: &[&str]| all.iter().find_map(|value| described(value, kinds, 0));
        let article =
            find(&["Article", "BlogPosting", "Report"]).or_else(|| find(&["WebPage", "Recipe", "VideoObject"]));
        Self { article, all }
    }

    /// Returns the text, name or address of a property.
    pub(super) fn text(&self, property: &str) -> Option<String> {
        let value = self.article?.get(property)?;
        self.names(value).into_iter().next().map(|(name, _)| name)
    }

    /// Returns the authors with their kind, such as `Person`, as far as it is said.
    pub(super) fn authors(&self) -> Vec<(String, String)> {
        let author = self.article.and_then(|it| it.get("author").or_else(|| it.get("creator")));
        author.map(|author| self.names(author)).unwrap_or_default()
    }

    /// Returns the names of a value with their kinds; references are looked up.
    fn names(&self, value: &Value) -> Vec<(String, String)> {
        let kind = |value: &Value| value.get("@type").map(ToString::to_string).unwrap_or_default();
        match value {
            Value::String(text) => vec![(text.clone(), String::new())],
            Value::Array(values) => values.iter().take(20).flat_map(|it| self.names(it)).collect(),
            Value::Object(object) => {
                let named = match object.get("name") {
                    Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
                    Some(Value::String(name)) => vec![name.as_str()],
                    _ => Vec::new(),
                };
                if !named.is_empty() {
                    return named.into_iter().map(|name| (name.to_owned(), kind(value))).collect();
                }
                let id = object.get("@id").and_then(Value::as_str);
                let meant = id.and_then(|id| self.all.iter().find_map(|value| identified(value, id, 0)));
                let name = meant.and_then(|it| Some((it.get("name")?.as_str()?.to_owned(), kind(it))));
                name.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Returns the first object whose type ends in one of the kinds.
fn described<'a>(value: &'a Value, kinds: &[&str], depth: usize) -> Option<&'a Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().take(MAX_LIST).find_map(|it| described(it, kinds, depth + 1)),
        Value::Object(object) => {
            let types = object.get("@type").map(ToString::to_string).unwrap_or_default();
            if kinds.iter().any(|kind| types.contains(kind)) {
                return Some(value);
            }
            ["@graph", "mainEntity", "mainEntityOfPage"]
                .iter()
                .find_map(|name| described(object.get(*name)?, kinds, depth + 1))
        }
        _ => None,
    }
}

/// Returns the object with this `@id` that has a name.
fn identified<'a>(value: &'a Value, id: &str, depth: usize) -> Option<&'a Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().take(MAX_LIST).find_map(|it| identified(it, id, depth + 1)),
        Value::Object(object) => {
            let meant = object.get("@id").and_then(Value::as_str) == Some(id) && object.contains_key("name");
            if meant { Some(value) } else { object.values().find_map(|it| identified(it, id, depth + 1)) }
        }
        _ => None,
    }
}
