//! An engine that knows the authority: who asks for a name is given what stands under its heading.
//!
//! Filters name one value, and are turned to its heading; a name in a query may be part of another name of an entry, and
//! then means the heading, too.

use std::{collections::BTreeSet, ops::ControlFlow, sync::Arc};

use super::{Engine, Error, Known, Results, Writer};
use crate::{
    article::ArticleId,
    authority::Authority,
    document::{Document, Facet},
    query::{Node, Scope, SearchRequest},
    text::terms::exact,
};

/// Headings that are added to what begins like a prefix.
const MAX_SUGGESTED: usize = 5;

/// An engine over another one.
pub struct Headed<E> {
    engine: E,
    authority: Box<dyn Fn() -> Arc<Authority> + Send + Sync>,
}

impl<E: Engine> Headed<E> {
    /// Puts an engine under an authority, which is asked for anew with every search.
    pub fn new(engine: E, authority: impl Fn() -> Arc<Authority> + Send + Sync + 'static) -> Self {
        Self { engine, authority: Box::new(authority) }
    }

    /// Returns the engine as it is.
    pub fn inner(&self) -> &E {
        &self.engine
    }

    fn headed(&self, request: &SearchRequest) -> SearchRequest {
        let mut request = request.clone();
        if request.filters.is_empty() && !names_anything(&request.query) {
            return request;
        }
        let authority = (self.authority)();
        for filter in &mut request.filters {
            if let Some(heading) = authority.heading(filter.facet, &filter.value) {
                filter.value = heading.to_owned();
            }
        }
        request.query = meant(&authority, &request.query);
        request
    }
}

fn names_anything(node: &Node) -> bool {
    match node {
        Node::Named { .. } => true,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(names_anything),
        Node::Not(inner) => names_anything(inner),
        _ => false,
    }
}

/// Returns the query with the headings that its names may mean.
fn meant(authority: &Authority, node: &Node) -> Node {
    let all = |nodes: &[Node]| nodes.iter().map(|it| meant(authority, it)).collect();
    match node {
        Node::Named { facet, parts } => {
            let headings = named(authority, *facet, parts);
            let headings = headings.into_iter().map(|heading| {
                let words = heading.split_whitespace().map(str::to_owned).collect();
                Node::Named { facet: *facet, parts: vec![Node::Phrase { scope: Scope::Anywhere, words }] }
            });
            let mut any: Vec<Node> = headings.collect();
            if any.is_empty() {
                return node.clone();
            }
            any.insert(0, node.clone());
            Node::Or(any)
        }
        Node::And(nodes) => Node::And(all(nodes)),
        Node::Or(nodes) => Node::Or(all(nodes)),
        Node::Not(inner) => Node::Not(Box::new(meant(authority, inner))),
        other => other.clone(),
    }
}

fn named<'a>(authority: &'a Authority, facet: Facet, parts: &[Node]) -> BTreeSet<&'a str> {
    let mut words = Vec::new();
    for part in parts {
        match part {
            Node::Word { word, .. } => words.extend(exact(word)),
            Node::Phrase { words: own, .. } => words.extend(exact(&own.join(" "))),
            // A pattern asks for how a name is written, not for whom it means.
            _ => return BTreeSet::new(),
        }
    }
    if words.is_empty() { BTreeSet::new() } else { authority.meant(facet, &words) }
}

impl<E: Engine> Engine for Headed<E> {
    fn search(&self, request: &SearchRequest) -> Result<Results, Error> {
        self.engine.search(&self.headed(request))
    }

    fn get(&self, id: &ArticleId) -> Result<Option<Document>, Error> {
        self.engine.get(id)
    }

    fn scan(&self, request: &SearchRequest, each: &mut dyn FnMut(Document) -> ControlFlow<()>) -> Result<(), Error> {
        self.engine.scan(&self.headed(request), each)
    }

    fn known(&self, id: &ArticleId) -> Result<Option<Known>, Error> {
        self.engine.known(id)
    }

    fn story_of_content(&self, content_hash: &str) -> Result<Option<String>, Error> {
        self.engine.story_of_content(content_hash)
    }

    fn count(&self) -> Result<u64, Error> {
        self.engine.count()
    }

    fn writer(&self) -> Result<Box<dyn Writer>, Error> {
        self.engine.writer()
    }

    fn suggest(&self, facet: Facet, prefix: &str, limit: usize) -> Result<Vec<(String, u64)>, Error> {
        let mut found = self.engine.suggest(facet, prefix, limit)?;
        let authority = (self.authority)();
        for heading in authority.meant(facet, &exact(prefix)).into_iter().take(MAX_SUGGESTED) {
            let counted = self.engine.suggest(facet, heading, limit)?.into_iter().find(|(name, _)| name == heading);
            found.extend(counted.filter(|new| !found.contains(new)));
        }
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(limit);
        Ok(found)
    }

    fn heading(&self, facet: Facet, name: &str) -> Option<String> {
        (self.authority)().heading(facet, name).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::Article,
        authority::Entry,
        extract::Extraction,
        index::tantivy::TantivyEngine,
        query::{Filter, parse},
    };

    fn engine() -> Headed<TantivyEngine> {
        let mut authority = Authority::default();
        let entry = Entry { name: "Volodymyr Zelensky".into(), hidden: false, place: None };
        let names = ["Volodymyr Zelensky", "Volodymyr Zelenskyy", "Зеленський"].map(str::to_owned);
        authority.add(Facet::People, entry, names);
        let engine = TantivyEngine::in_memory().unwrap();
        let mut writer = engine.writer().unwrap();
        for (id, name) in [("1", "Volodymyr Zelensky"), ("2", "Volodymyr Zelenskyy"), ("3", "Ada Brandt")] {
            let mut article = Article::new(ArticleId::given(id).unwrap());
            article.people = vec![name.to_owned()];
            let headings = authority.headings(&article, &Extraction::default());
            writer.put(&Document { headings, ..Document::new(article, Extraction::default()) }).unwrap();
        }
        writer.commit().unwrap();
        drop(writer);
        let authority = Arc::new(authority);
        Headed::new(engine, move || Arc::clone(&authority))
    }

    #[test]
    fn any_name_finds_what_stands_under_its_heading() {
        let engine = engine();
        for query in ["person:zelenskyy", "person:\"Volodymyr Zelensky\"", "person:зеленський", "-person:brandt"]
        {
            let request = SearchRequest::new(parse(query, false).node);
            assert_eq!(engine.search(&request).unwrap().total, 2, "{query}");
        }
        let mut request = SearchRequest::new(Node::All);
        let value = "volodymyr zelenskyy".to_owned();
        request.filters = vec![Filter { facet: Facet::People, value, exclude: false }];
        assert_eq!(engine.search(&request).unwrap().total, 2);
        assert_eq!(engine.heading(Facet::People, "Volodymyr ZELENSKYY").as_deref(), Some("Volodymyr Zelensky"));
        assert_eq!(engine.suggest(Facet::People, "зеленський", 5).unwrap(), [("Volodymyr Zelensky".to_owned(), 2)]);
    }
}
