//! The one writer of an archive. Documents are typed before they reach tantivy, so that none can break a batch.

use std::path::Path;

use tantivy::{
    Index, IndexReader, IndexWriter, TantivyDocument, TantivyError, Term, directory::error::LockError,
    merge_policy::LogMergePolicy,
};

use super::{failed, folder::is_read_only, schema::Schema};
use crate::{
    article::ArticleId,
    document::Document,
    index::{Error, Writer},
};

/// Memory of one indexing thread before it flushes a segment, in bytes; about twice that at the flush.
const THREAD_BYTES: usize = 48 << 20;

struct TantivyWriter {
    inner: IndexWriter<TantivyDocument>,
    schema: Schema,
    reader: IndexReader,
}

/// Opens the writer; only one lives at a time, in this process or another.
pub(super) fn open(
    index: &Index,
    schema: &Schema,
    reader: &IndexReader,
    folder: &Path,
) -> Result<Box<dyn Writer>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let inner = index.writer_with_num_threads(threads, threads * THREAD_BYTES).map_err(|error| match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => Error::Locked(folder.to_owned()),
        TantivyError::LockFailure(LockError::IoError(cause), _) if is_read_only(&cause) => {
            Error::ReadOnly(folder.to_owned())
        }
        error => failed(error),
    })?;
    let mut merging = LogMergePolicy::default();
    // The default never merges a segment for its deleted articles alone.
    merging.set_del_docs_ratio_before_merge(0.2);
    inner.set_merge_policy(Box::new(merging));
    Ok(Box::new(TantivyWriter { inner, schema: schema.clone(), reader: reader.clone() }))
}

impl Writer for TantivyWriter {
    fn put(&mut self, document: &Document) -> Result<(), Error> {
        let prepared = self.schema.document(document)?;
        self.inner.delete_term(Term::from_field_text(self.schema.id, document.article.id.as_str()));
        self.inner.add_document(prepared).map_err(failed)?;
        Ok(())
    }

    fn delete(&mut self, id: &ArticleId) -> Result<(), Error> {
        self.inner.delete_term(Term::from_field_text(self.schema.id, id.as_str()));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.inner.commit().map_err(failed)?;
        self.reader.reload().map_err(failed)
    }
}
