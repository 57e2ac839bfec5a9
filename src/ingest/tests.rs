//! The pipeline over a real engine, and over one that fails.

use std::{ops::ControlFlow, sync::mpsc, thread, time::Duration};

use super::{Again, Destination, Error, Line, Options, Outcome, Parts, Reprocessed, Watch, ingest, reprocess};
use crate::{
    article::{Article, ArticleId},
    document::{Document, Facet},
    extract::Extraction,
    index::tantivy::TantivyEngine,
    index::{self, Engine, Known, Results, Writer},
    ledger::{Counts, Ledger},
    query::{Node, SearchRequest},
    reader::Source,
};

#[derive(Default)]
struct Lines(Vec<Line>);

impl Watch for Lines {
    fn advanced(&mut self, _: &Counts, _: u64) {}
    fn settled(&mut self, line: &Line) {
        self.0.push(line.clone());
    }
}

fn outcomes(engine: &dyn Engine, ledger: &Ledger, lines: &str) -> Vec<Outcome> {
    let source = Source::Bytes { name: "x.jsonl".into(), data: lines.as_bytes().to_vec() };
    let extract = |article: &Article| {
        assert!(article.title != "panic", "as asked");
        Extraction::default()
    };
    let mut watch = Lines::default();
    ingest(Destination { engine, ledger, extract: &extract }, &[source], &Options::default(), &mut watch).unwrap();
    assert!(watch.0.iter().zip(1..).all(|(line, number)| line.line == number));
    watch.0.iter().map(|line| line.outcome).collect()
}

#[test]
fn outcomes_say_what_became_of_each_article() {
    use Outcome::{Created, Duplicate, Rejected, Unchanged, Updated};
    let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
    let lines = "{\"id\":\"1\",\"title\":\"A\"}\n{\"id\":\"2\",\"title\":\"B\"}\n{\"id\":\"1\",\"title\":\"A\"}\n\
                 {\"id\":\"1\",\"title\":\"C\"}\n{\"id\":\"3\",\"title\":\"B\"}\n{oops\n{\"id\":\"4\",\"title\":\"panic\"}";
    let first = outcomes(&engine, &ledger, lines);
    assert_eq!(first, [Created, Created, Unchanged, Updated, Duplicate, Rejected, Rejected]);
    assert_eq!(engine.count().unwrap(), 3);
    let third = engine.get(&ArticleId::given("3").unwrap()).unwrap().unwrap();
    assert_eq!(third.story, "2");
    let again = "{\"id\":\"1\",\"title\":\"C\"}\n{\"id\":\"2\",\"title\":\"B\"}\n{\"id\":\"3\",\"title\":\"B\"}";
    assert_eq!(outcomes(&engine, &ledger, again), [Unchanged; 3]);
    let runs = ledger.runs(10).unwrap();
    assert_eq!((runs[0].counts.unchanged, runs[1].counts.rejected), (3, 2));
    assert!(runs.iter().all(|run| run.finished.is_some()));
    assert_eq!(ledger.rejections(runs[1].id, 10).unwrap()[0].record, 6);
}

#[test]
fn a_missing_source_is_said_before_anything_is_written() {
    let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
    let source = Source::Path("nowhere.jsonl".into());
    let extract = |_: &Article| Extraction::default();
    let result = ingest(
        Destination { engine: &engine, ledger: &ledger, extract: &extract },
        &[source],
        &Options::default(),
        &mut (),
    );
    assert!(matches!(result, Err(Error::Read(_))));
}

/// An engine whose writer fails after so many documents or commits.
struct Failing {
    inner: TantivyEngine,
    puts: usize,
    commits: usize,
}

impl Engine for Failing {
    fn search(&self, request: &SearchRequest) -> Result<Results, index::Error> {
        self.inner.search(request)
    }
    fn get(&self, id: &ArticleId) -> Result<Option<Document>, index::Error> {
        self.inner.get(id)
    }
    fn scan(
        &self,
        request: &SearchRequest,
        each: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), index::Error> {
        self.inner.scan(request, each)
    }
    fn known(&self, id: &ArticleId) -> Result<Option<Known>, index::Error> {
        self.inner.known(id)
    }
    fn story_of_content(&self, content_hash: &str) -> Result<Option<String>, index::Error> {
        self.inner.story_of_content(content_hash)
    }
    fn count(&self) -> Result<u64, index::Error> {
        self.inner.count()
    }
    fn writer(&self) -> Result<Box<dyn Writer>, index::Error> {
        let inner = self.inner.writer()?;
        Ok(Box::new(FailingWriter { inner, puts: self.puts, commits: self.commits }))
    }
    fn suggest(&self, facet: Facet, prefix: &str, limit: usize) -> Result<Vec<(String, u64)>, index::Error> {
        self.inner.suggest(facet, prefix, limit)
    }
}

struct FailingWriter {
    inner: Box<dyn Writer>,
    puts: usize,
    commits: usize,
}

fn spent(left: &mut usize) -> Result<(), index::Error> {
    *left = left.checked_sub(1).ok_or_else(|| index::Error::Engine("no space left on device".to_owned()))?;
    Ok(())
}

impl Writer for FailingWriter {
    fn put(&mut self, document: &Document) -> Result<(), index::Error> {
        spent(&mut self.puts)?;
        self.inner.put(document)
    }
    fn delete(&mut self, id: &ArticleId) -> Result<(), index::Error> {
        self.inner.delete(id)
    }
    fn commit(&mut self) -> Result<(), index::Error> {
        spent(&mut self.commits)?;
        self.inner.commit()
    }
}

/// Ingests 500 articles of 2 kB, more than may be in flight; gives the result, the lines that were told, and the engine.
fn failed_run(puts: usize, commits: usize) -> (Result<(), String>, Vec<Line>, Failing, Ledger) {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let (engine, ledger) =
            (Failing { inner: TantivyEngine::in_memory().unwrap(), puts, commits }, Ledger::in_memory().unwrap());
        let line =
            |number| format!("{{\"id\":\"{number}\",\"title\":\"T{number}\",\"body\":\"{}\"}}\n", "word ".repeat(400));
        let data: String = (0..500).map(line).collect();
        let source = Source::Bytes { name: "x.jsonl".into(), data: data.into_bytes() };
        let mut watch = Lines::default();
        let extract = |_: &Article| Extraction::default();
        let result = ingest(
            Destination { engine: &engine, ledger: &ledger, extract: &extract },
            &[source],
            &Options::default(),
            &mut watch,
        );
        let _nobody_waits_any_more =
            tell.send((result.map(|_| ()).map_err(|error| error.to_string()), watch.0, engine, ledger));
    });
    told.recv_timeout(Duration::from_mins(2)).expect("a run whose writer fails comes to its end")
}

#[test]
fn a_writer_that_fails_ends_the_run_and_loses_nothing_that_was_told() {
    for puts in [0, 10] {
        let (result, lines, engine, ledger) = failed_run(puts, usize::MAX);
        assert!(result.unwrap_err().contains("no space left on device"));
        assert_eq!((lines.len(), engine.count().unwrap()), (puts, puts as u64));
        let run = &ledger.runs(1).unwrap()[0];
        assert!(run.finished.is_some() && run.failure.as_ref().unwrap().contains("no space left"));
        assert_eq!(run.counts.created, puts as u64);
    }
}

#[test]
fn what_was_never_committed_is_never_told() {
    let (result, lines, engine, _) = failed_run(usize::MAX, 0);
    assert!(result.is_err());
    assert_eq!((lines.len(), engine.count().unwrap()), (0, 0));
}

#[test]
fn the_same_file_twice_is_one_archive() {
    let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
    let data = b"{\"title\":\"A\"}\n{\"title\":\"B\"}\n".to_vec();
    let source = Source::Bytes { name: "x.jsonl".into(), data };
    let extract = |_: &Article| Extraction::default();
    let sources = [source.clone(), source];
    let summary = ingest(
        Destination { engine: &engine, ledger: &ledger, extract: &extract },
        &sources,
        &Options::default(),
        &mut (),
    )
    .unwrap();
    assert_eq!((summary.counts.created, summary.counts.unchanged), (2, 2));
    assert_eq!(engine.count().unwrap(), 2);
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
    let data =
        b"{\"id\":\"1\",\"title\":\"A\"}\n{\"id\":\"1\",\"title\":\"B\"}\n{\"id\":\"2\",\"title\":\"B\"}\n".to_vec();
    let source = Source::Bytes { name: "x.jsonl".into(), data };
    let extract = |_: &Article| Extraction::default();
    let options = Options { dry_run: true, ..Options::default() };
    let summary =
        ingest(Destination { engine: &engine, ledger: &ledger, extract: &extract }, &[source], &options, &mut ())
            .unwrap();
    let counts = summary.counts;
    assert_eq!((counts.created, counts.updated, counts.duplicate, summary.run), (1, 1, 1, None));
    assert_eq!((engine.count().unwrap(), ledger.runs(1).unwrap().len()), (0, 0));
}

/// Reads a name out of the first word and a topic out of the last.
fn reading(prefix: &'static str) -> impl Fn(&Article) -> Extraction + Sync {
    move |article: &Article| {
        assert!(article.title != "panic", "as asked");
        let word = |text: Option<&str>| format!("{prefix} {}", text.unwrap_or_default());
        let name = word(article.body.split(' ').next());
        Extraction {
            people: vec![crate::extract::Entity { name, mentions: Vec::new() }],
            keywords: vec![word(article.body.split(' ').next_back())],
            ..Extraction::default()
        }
    }
}

fn filled(prefix: &'static str, order: impl Iterator<Item = usize>) -> (TantivyEngine, Ledger) {
    let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
    let line =
        |n: usize| format!("{{\"id\":\"{n}\",\"body\":\"Ada{} left on day {n}\",\"people\":[\"Kos\"]}}\n", n % 4);
    let data = order.map(line).collect::<String>().into_bytes();
    let source = Source::Bytes { name: "x.jsonl".into(), data };
    let into = Destination { engine: &engine, ledger: &ledger, extract: &reading(prefix) };
    ingest(into, &[source], &Options::default(), &mut ()).unwrap();
    (engine, ledger)
}

fn all(engine: &TantivyEngine) -> Vec<String> {
    let mut found = Vec::new();
    let each = &mut |document: Document| {
        found.push(serde_json::to_string(&document).unwrap());
        ControlFlow::Continue(())
    };
    engine.scan(&SearchRequest::new(Node::All), each).unwrap();
    found.sort();
    found
}

fn again(query: &str, parts: Parts) -> Again {
    let request = SearchRequest::new(crate::query::parse(query, false).node);
    Again { request, parts, name: "reprocess".into() }
}

#[test]
fn reprocessing_gives_what_a_fresh_ingestion_gives() {
    let fresh = all(&filled("new", 0..10).0);
    for order in [vec![3, 1, 0, 2, 9, 8, 4, 7, 5, 6], (0..10).rev().collect()] {
        let (engine, ledger) = filled("old", order.into_iter());
        assert_ne!(all(&engine), fresh);
        let run = || {
            reprocess(
                Destination { engine: &engine, ledger: &ledger, extract: &reading("new") },
                &again("", Parts::ALL),
                &mut (),
            )
            .unwrap()
        };
        assert_eq!(run(), Reprocessed { articles: 10, changed: 10, unchanged: 0, failed: 0, headed: 0 });
        assert_eq!(all(&engine), fresh);
        assert_eq!(run(), Reprocessed { articles: 10, changed: 0, unchanged: 10, failed: 0, headed: 0 });
    }
}

#[test]
fn only_what_was_asked_for_is_reprocessed() {
    let (engine, ledger) = filled("old", 0..10);
    let done = reprocess(
        Destination { engine: &engine, ledger: &ledger, extract: &reading("new") },
        &again("Ada1", Parts::named("keywords").unwrap()),
        &mut (),
    );
    assert_eq!(done.unwrap(), Reprocessed { articles: 3, changed: 3, unchanged: 0, failed: 0, headed: 0 });
    let one = engine.get(&ArticleId::given("5").unwrap()).unwrap().unwrap();
    assert_eq!((one.extraction.people[0].name.as_str(), one.extraction.keywords[0].as_str()), ("old Ada1", "new 5"));
    assert_eq!(one.values(Facet::People), ["old Ada1", "Kos"]);
    let run = &ledger.runs(1).unwrap()[0];
    assert_eq!((run.sources.as_str(), run.counts.updated, run.finished.is_some()), ("reprocess", 3, true));
}

#[test]
fn an_article_that_cannot_be_extracted_again_stays_as_it_was() {
    let (engine, ledger) = filled("old", 0..4);
    let extract = |article: &Article| {
        assert!(article.id.as_str() != "2", "as asked");
        reading("new")(article)
    };
    let mut lines = Lines::default();
    let done = reprocess(
        Destination { engine: &engine, ledger: &ledger, extract: &extract },
        &again("", Parts::ALL),
        &mut lines,
    )
    .unwrap();
    assert_eq!((done.changed, done.failed, lines.0.len()), (3, 1, 1));
    let left = engine.get(&ArticleId::given("2").unwrap()).unwrap().unwrap();
    assert_eq!(left.extraction.people[0].name, "old Ada2");
    assert_eq!(ledger.rejections(ledger.runs(1).unwrap()[0].id, 9).unwrap()[0].id.as_deref(), Some("2"));
}

#[test]
fn a_run_that_was_cut_off_is_finished_by_the_next() {
    let (engine, ledger) = filled("old", 0..10);
    let fresh = all(&filled("new", 0..10).0);
    // As a process that was killed: some articles are new already, the others old.
    reprocess(
        Destination { engine: &engine, ledger: &ledger, extract: &reading("new") },
        &again("Ada2 OR Ada3", Parts::ALL),
        &mut (),
    )
    .unwrap();
    let done = reprocess(
        Destination { engine: &engine, ledger: &ledger, extract: &reading("new") },
        &again("", Parts::ALL),
        &mut (),
    )
    .unwrap();
    assert_eq!((done.changed, done.unchanged), (6, 4));
    assert_eq!(all(&engine), fresh);
    let _writer = engine.writer();
}
