//! The embedded engine, over tantivy. The only room that names tantivy.
//!
//! Knows documents and requests; knows nothing of files of articles, of extraction or of HTTP.

mod best;
mod clock;
mod collect;
mod dates;
mod facets;
mod folder;
mod gathered;
mod paging;
mod positions;
mod query;
mod schema;
mod views;
mod writer;

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tantivy::{
    DocAddress, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, TantivyError, collector::DocSetCollector,
    directory::error::OpenReadError, schema::Value,
};

use super::{Engine, Error, Known, Results, Writer};
use crate::{
    article::ArticleId,
    document::{Document, Facet},
    query::{FacetRequest, Node, SearchRequest, Undated},
};

use best::{Keep, PageHit};
use clock::Clock;
use collect::Pass;
use facets::Groups;
use folder::Folder;
use paging::Paging;
use query::Compiler;
use schema::Schema;
use views::Views;

/// The version of what stands on disk; another one is not read.
const VERSION: &str = "morgue-index-2";
/// The longest a search may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// An archive in a folder (or in memory, for tests).
pub struct TantivyEngine {
    index: Index,
    reader: IndexReader,
    schema: Schema,
    folder: PathBuf,
    groups: Groups,
    views: Views,
    /// The languages of the archive, and the generation of the reader they were read in.
    languages: Mutex<(Option<u64>, Arc<[String]>)>,
    deadline: Duration,
}

impl TantivyEngine {
    /// Opens the archive in a folder, or begins one there.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if is_stamped(folder)? {
            return Self::open_existing(folder);
        }
        let io = |source| Error::Io { path: folder.to_owned(), source };
        let inner = folder.join("tantivy");
        fs::create_dir_all(&inner).map_err(io)?;
        let schema = Schema::new()?;
        let index = Index::open_or_create(directory(&inner)?, schema.inner.clone()).map_err(failed)?;
        // The stamp comes last: what bears it is whole.
        fs::write(folder.join("VERSION"), format!("{VERSION}\n")).map_err(io)?;
        Self::over(index, schema, folder.to_owned())
    }

    /// Opens the archive that is in a folder, without writing anything; [`Error::Missing`] if there is none.
    pub fn open_existing(folder: &Path) -> Result<Self, Error> {
        if !is_stamped(folder)? {
            return Err(Error::Missing(folder.to_owned()));
        }
        let schema = Schema::new()?;
        let index = Index::open(directory(&folder.join("tantivy"))?).map_err(failed)?;
        if index.schema() != schema.inner {
            return Err(Error::Damaged("its fields are not those that its version has".to_owned()));
        }
        Self::over(index, schema, folder.to_owned())
    }

    /// Begins an archive in memory.
    pub fn in_memory() -> Result<Self, Error> {
        let schema = Schema::new()?;
        let index = Index::create_in_ram(schema.inner.clone());
        Self::over(index, schema, PathBuf::from("memory"))
    }

    fn over(index: Index, schema: Schema, folder: PathBuf) -> Result<Self, Error> {
        // Commits of this process reload at once; those of another are seen by polling.
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::OnCommitWithDelay).try_into().map_err(failed)?;
        let languages = Mutex::new((None, Arc::default()));
        Ok(Self {
            index,
            reader,
            schema,
            folder,
            groups: Groups::default(),
            views: Views::default(),
            languages,
            deadline: DEADLINE,
        })
    }

    /// Sets how long a search may take; ten seconds otherwise.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Returns the languages of which there are articles, English always among them; read once for each state of the
    /// index.
    fn languages(&self, searcher: &Searcher) -> Result<Arc<[String]>, Error> {
        let generation = Some(searcher.generation().generation_id());
        let mut known = self.languages.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != generation {
            *known = (generation, self.read_languages(searcher)?.into());
            self.groups.forget_all_but(searcher);
        }
        Ok(Arc::clone(&known.1))
    }

    fn read_languages(&self, searcher: &Searcher) -> Result<Vec<String>, Error> {
        let mut languages = vec!["en".to_owned()];
        let Some(fields) = self.schema.facets.get(&Facet::Languages) else { return Ok(languages) };
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(fields.key).map_err(failed)?;
            let mut stream = inverted.terms().stream().map_err(|error| Error::Engine(error.to_string()))?;
            while stream.advance() && languages.len() < 64 {
                let language = String::from_utf8_lossy(stream.key()).into_owned();
                if !languages.contains(&language) {
                    languages.push(language);
                }
            }
        }
        Ok(languages)
    }

    fn fetch(&self, searcher: &Searcher, address: DocAddress) -> Result<Document, Error> {
        let stored: TantivyDocument = searcher.doc(address).map_err(failed)?;
        let packed = stored.get_first(self.schema.document).and_then(|value| value.as_bytes());
        schema::unpack(packed.ok_or_else(|| Error::Engine("an article without its text".to_owned()))?)
    }

    /// Returns the first document with this value of a key field.
    fn find(
        &self,
        searcher: &Searcher,
        field: tantivy::schema::Field,
        value: &str,
    ) -> Result<Option<DocAddress>, Error> {
        let query = query::term(field, value);
        let found = searcher.search(&*query, &DocSetCollector).map_err(failed)?;
        Ok(found.into_iter().min())
    }

    fn column(&self, searcher: &Searcher, address: DocAddress, name: &str) -> Result<String, Error> {
        let segment = searcher.segment_reader(address.segment_ord);
        let mut text = String::new();
        if let Some(column) = segment.fast_fields().str(name).map_err(failed)?
            && let Some(ordinal) = column.ords().first(address.doc_id)
        {
            column.ord_to_str(ordinal, &mut text).map_err(|error| Error::Engine(error.to_string()))?;
        }
        Ok(text)
    }

    /// Counts the facets whose own filter must be left out, each in a pass of its own.
    fn own_counts(
        &self,
        searcher: &Searcher,
        compiler: &Compiler,
        request: &SearchRequest,
        results: &mut Results,
    ) -> Result<(), Error> {
        for facet in &request.facets {
            let filtered = request.filters.iter().any(|filter| filter.facet == facet.facet && !filter.exclude);
            let ranged = facet.facet == Facet::Years && request.range.is_some();
            if !(facet.facet.is_single() && (filtered || ranged)) {
                continue;
            }
            let query = compiler.request(request, Some(facet.facet));
            let pass = Pass {
                facets: std::slice::from_ref(facet),
                dates: false,
                keep: Keep::Nothing,
                collapse: false,
                ..self.pass(request, compiler.clock)
            };
            for counts in collect::run(searcher, &*query, &pass)?.facets {
                let counted = counts.into_counts(facet).map_err(|error| Error::Engine(error.to_string()))?;
                results.facets.insert(facet.facet, counted);
            }
        }
        Ok(())
    }

    fn pass<'a>(&'a self, request: &'a SearchRequest, clock: Clock) -> Pass<'a> {
        Pass {
            facets: &request.facets,
            dates: request.histogram.is_some(),
            sort: request.sort,
            keep: if request.limit == 0 { Keep::Nothing } else { Keep::Page(request.limit + 1) },
            cursor: request.cursor.as_ref(),
            collapse: request.collapse,
            clock,
            groups: &self.groups,
        }
    }
}

/// Says whether there is an archive of this version in a folder; of another, or of an unknown one, it is an error.
fn is_stamped(folder: &Path) -> Result<bool, Error> {
    let stamp = folder.join("VERSION");
    match fs::read_to_string(&stamp) {
        Ok(found) if found.trim() == VERSION => Ok(true),
        Ok(found) => {
            let found = found.trim().chars().filter(|c| !c.is_control()).take(40).collect();
            Err(Error::Version { path: folder.to_owned(), found, expected: VERSION.to_owned() })
        }
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Err(Error::Io { path: stamp, source: error })
        }
        // An index of unknown origin must not be taken for one of ours.
        Err(_) if is_empty(&folder.join("tantivy"))? => Ok(false),
        Err(_) => Err(Error::Unstamped { path: folder.to_owned(), expected: VERSION.to_owned() }),
    }
}

/// Says whether a folder has nothing in it, or is not there.
fn is_empty(folder: &Path) -> Result<bool, Error> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(true),
        Err(source) => Err(Error::Io { path: folder.to_owned(), source }),
    }
}

fn directory(folder: &Path) -> Result<Folder, Error> {
    Folder::open(folder).map_err(|error| Error::Damaged(error.to_string()))
}

/// Returns the error of a file that could not be used: one that is cut short or makes no sense is damaged.
fn unusable(kind: io::ErrorKind, what: String) -> Error {
    match kind {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Error::Damaged(what),
        _ => Error::Disk(what),
    }
}

/// Tells apart what the disk, the files and the engine itself are to blame for: each wants something else done.
fn failed(error: TantivyError) -> Error {
    match error {
        TantivyError::IoError(cause) => unusable(cause.kind(), cause.to_string()),
        TantivyError::OpenWriteError(cause) => Error::Disk(cause.to_string()),
        TantivyError::OpenDirectoryError(cause) => Error::Damaged(cause.to_string()),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            unusable(io_error.kind(), format!("`{}`: {io_error}", filepath.display()))
        }
        TantivyError::OpenReadError(cause) => Error::Damaged(cause.to_string()),
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::SchemaError(_) => Error::Damaged(error.to_string()),
        other => Error::Engine(other.to_string()),
    }
}

impl Engine for TantivyEngine {
    fn search(&self, request: &SearchRequest) -> Result<Results, Error> {
        let clock = Clock::start(self.deadline);
        let current = self.reader.searcher();
        let languages = self.languages(&current)?;
        let compiler = Compiler { schema: &self.schema, languages: &languages, clock };
        let Paging { searcher, cursor, skip } = self.paging(&current, request);
        let query = compiler.request(request, None);
        let mut pass = Pass { cursor, ..self.pass(request, clock) };
        if let Keep::Page(size) = &mut pass.keep {
            *size += skip;
        }
        let found = collect::run(&searcher, &*query, &pass)?;
        let failed = |error: io::Error| Error::Engine(error.to_string());
        let mut results = Results { total: found.total, stories: found.best.stories(), ..Results::default() };
        for (facet, counts) in request.facets.iter().zip(found.facets) {
            results.facets.insert(facet.facet, counts.into_counts(facet).map_err(failed)?);
        }
        self.own_counts(&searcher, &compiler, request, &mut results)?;
        results.histogram = request.histogram.map(|interval| found.dates.histogram(interval));
        let hits: Vec<PageHit> = found.best.page().map_err(failed)?.into_iter().skip(skip).collect();
        self.show(&searcher, request, hits, &mut results)?;
        Ok(results)
    }

    fn get(&self, id: &ArticleId) -> Result<Option<Document>, Error> {
        let searcher = self.reader.searcher();
        let address = self.find(&searcher, self.schema.id, id.as_str())?;
        address.map(|address| self.fetch(&searcher, address)).transpose()
    }

    fn scan(&self, request: &SearchRequest, each: &mut dyn FnMut(Document) -> ControlFlow<()>) -> Result<(), Error> {
        let clock = Clock::start(self.deadline);
        let searcher = self.reader.searcher();
        let languages = self.languages(&searcher)?;
        let query = Compiler { schema: &self.schema, languages: &languages, clock }.request(request, None);
        let pass =
            Pass { facets: &[], dates: false, keep: Keep::Everything, cursor: None, ..self.pass(request, clock) };
        let found = collect::run(&searcher, &*query, &pass)?;
        // Matching has its time; giving out takes as long as whoever reads takes.
        let addresses = found.best.everything().map_err(|error| Error::Engine(error.to_string()))?;
        for address in addresses {
            if each(self.fetch(&searcher, address)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn known(&self, id: &ArticleId) -> Result<Option<Known>, Error> {
        let searcher = self.reader.searcher();
        let Some(address) = self.find(&searcher, self.schema.id, id.as_str())? else { return Ok(None) };
        let fingerprint = self.column(&searcher, address, "fingerprint")?;
        let story = self.column(&searcher, address, "story")?;
        Ok(Some(Known { fingerprint, story }))
    }

    fn story_of_content(&self, content_hash: &str) -> Result<Option<String>, Error> {
        let searcher = self.reader.searcher();
        let Some(address) = self.find(&searcher, self.schema.content_hash, content_hash)? else { return Ok(None) };
        self.column(&searcher, address, "story").map(Some)
    }

    fn count(&self) -> Result<u64, Error> {
        Ok(self.reader.searcher().num_docs())
    }

    fn writer(&self) -> Result<Box<dyn Writer>, Error> {
        writer::open(&self.index, &self.schema, &self.reader, &self.folder)
    }

    fn suggest(&self, facet: Facet, prefix: &str, limit: usize) -> Result<Vec<(String, u64)>, Error> {
        let mut request = SearchRequest::new(Node::All);
        request.limit = 0;
        request.undated = Undated::Include;
        request.facets = vec![FacetRequest { facet, limit, prefix: prefix.to_owned() }];
        let mut results = self.search(&request)?;
        Ok(results.facets.remove(&facet).map(|counts| counts.values).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::scenarios;

    #[test]
    fn the_scenarios_hold() {
        scenarios::run(&TantivyEngine::in_memory().unwrap());
    }

    #[test]
    fn an_archive_of_another_version_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("VERSION"), "morgue-index-0").unwrap();
        let error = TantivyEngine::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("morgue-index-0") && error.contains("export"), "{error}");
    }

    #[test]
    fn an_index_without_a_stamp_is_not_taken_for_ours() {
        let folder = tempfile::tempdir().unwrap();
        drop(TantivyEngine::open(folder.path()).unwrap());
        drop(TantivyEngine::open(folder.path()).unwrap());
        fs::remove_file(folder.path().join("VERSION")).unwrap();
        for opened in [TantivyEngine::open(folder.path()), TantivyEngine::open_existing(folder.path())] {
            let error = opened.err().unwrap();
            assert!(matches!(error, Error::Unstamped { .. }) && error.to_string().contains("VERSION"), "{error}");
        }
        assert!(!folder.path().join("VERSION").exists());
    }

    #[test]
    fn an_index_that_is_gone_is_not_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(TantivyEngine::open_existing(folder.path()), Err(Error::Missing(_))));
        assert!(is_empty(folder.path()).unwrap(), "looking leaves nothing behind");
        drop(TantivyEngine::open(folder.path()).unwrap());
        fs::remove_dir_all(folder.path().join("tantivy")).unwrap();
        for opened in [TantivyEngine::open(folder.path()), TantivyEngine::open_existing(folder.path())] {
            assert!(matches!(opened, Err(Error::Damaged(_))));
        }
    }

    #[test]
    fn pages_go_on_where_they_were_when_their_state_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let engine = TantivyEngine::open(folder.path()).unwrap();
        scenarios::fill(&engine, 300);
        let mut request = SearchRequest::new(crate::query::parse("tidewater", false).node);
        let mut seen = Vec::new();
        for page in 0..15 {
            let results = engine.search(&request).unwrap();
            seen.extend(results.hits.iter().map(|hit| hit.document.article.id.to_string()));
            request.cursor = results.next;
            if page == 5 {
                // A state that nobody holds: as after a restart with other segments.
                request.cursor.as_mut().unwrap().view ^= 1;
            }
        }
        assert_eq!(request.cursor, None);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 300);
    }

    #[test]
    fn a_search_ends_when_its_time_is_up() {
        let engine = TantivyEngine::in_memory().unwrap();
        scenarios::run(&engine);
        let engine = engine.with_deadline(Duration::ZERO);
        let request = SearchRequest::new(Node::All);
        assert!(matches!(engine.search(&request), Err(Error::TimedOut(0))));
        assert!(matches!(engine.scan(&request, &mut |_| ControlFlow::Continue(())), Err(Error::TimedOut(0))));
    }

    #[test]
    fn a_second_writer_is_told_that_the_archive_is_locked() {
        let folder = tempfile::tempdir().unwrap();
        let engine = TantivyEngine::open(folder.path()).unwrap();
        let _first = engine.writer().unwrap();
        assert!(matches!(engine.writer(), Err(Error::Locked(_))));
    }
}
