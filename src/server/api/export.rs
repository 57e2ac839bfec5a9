//! Every match of a search as JSON Lines or CSV, streamed without a cap from a blocking thread.

use std::{
    ops::ControlFlow,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State as Shared},
    http::header,
    response::{IntoResponse, Response},
};
use futures_core::Stream;
use tokio::sync::mpsc;

use super::articles::ArticleView;
use crate::{
    document::{Document, Facet},
    search,
    server::{State, error::Error, params::Pairs},
};

/// Chunks that wait for a slow reader before the search behind them pauses.
const WAITING: usize = 8;
/// Bytes gathered before they are sent.
const CHUNK: usize = 64 << 10;

const COLUMNS: [&str; 16] = [
    "id",
    "title",
    "subtitle",
    "source",
    "section",
    "language",
    "authors",
    "published",
    "updated",
    "url",
    "people",
    "places",
    "organizations",
    "topics",
    "keywords",
    "body",
];

#[derive(Clone, Copy)]
enum Format {
    Jsonl,
    Csv,
}

type Chunk = Result<Bytes, Error>;

pub(super) async fn export(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Response, Error> {
    let pairs = Pairs::parse(raw.as_deref())?;
    let format = match pairs.get("format").unwrap_or("jsonl") {
        "jsonl" => Format::Jsonl,
        "csv" => Format::Csv,
        other => {
            let other: String = other.chars().take(80).collect();
            return Err(Error::BadRequest(format!(
                "parameter `format` has the value `{other}`; expected `jsonl` or `csv`"
            )));
        }
    };
    let pairs = pairs.without("format");
    let place = state.pool.export_place().await?;
    let (sender, mut chunks) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let _held_until_done = place;
        write(&state, &pairs, format, &sender);
    });
    // A wrong parameter shows in the first chunk, while there is still a status to send.
    let first = chunks.recv().await.transpose()?;
    let (kind, name) = match format {
        Format::Jsonl => ("application/x-ndjson", "articles.jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "articles.csv"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(Chunks { first, chunks })).into_response())
}

fn write(state: &State, pairs: &Pairs, format: Format, sender: &mpsc::Sender<Chunk>) {
    let mut buffer = Vec::new();
    if matches!(format, Format::Csv) {
        csv_row(&mut buffer, &COLUMNS.map(str::to_owned));
    }
    let engine = Arc::clone(&state.engine);
    let result = search::export(&*engine, &pairs.0, &mut |document| {
        match format {
            Format::Jsonl => json_line(&mut buffer, document),
            Format::Csv => csv_row(&mut buffer, &cells(document)),
        }
        if buffer.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        let chunk = Bytes::from(std::mem::take(&mut buffer));
        match sender.blocking_send(Ok(chunk)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    let last = result.map(|()| Bytes::from(buffer)).map_err(Error::from);
    if let Err(error) = &last {
        tracing::warn!(%error, "export ended early");
    }
    let _the_reader_may_be_gone = sender.blocking_send(last);
}

fn json_line(buffer: &mut Vec<u8>, document: &Document) {
    let start = buffer.len();
    match serde_json::to_writer(&mut *buffer, &ArticleView::from(document)) {
        Ok(()) => buffer.push(b'\n'),
        Err(error) => {
            buffer.truncate(start);
            tracing::error!(%error, id = %document.article.id, "left out of an export");
        }
    }
}

fn cells(document: &Document) -> [String; 16] {
    let article = &document.article;
    let joined = |facet| document.values(facet).join("; ");
    [
        article.id.to_string(),
        article.title.clone(),
        article.subtitle.clone(),
        article.source.clone(),
        article.section.clone(),
        document.language().unwrap_or_default().to_owned(),
        article.authors.join("; "),
        article.published.map(|date| date.to_string()).unwrap_or_default(),
        article.updated.map(|date| date.to_string()).unwrap_or_default(),
        article.url.clone(),
        joined(Facet::People),
        joined(Facet::Places),
        joined(Facet::Organizations),
        joined(Facet::Topics),
        document.extraction.keywords.join("; "),
        article.body.clone(),
    ]
}

fn csv_row(buffer: &mut Vec<u8>, cells: &[String; 16]) {
    let mut writer = csv::Writer::from_writer(buffer);
    // Writing to memory cannot fail.
    let _written = writer.write_record(cells.iter().map(|cell| guarded(cell)));
}

/// Keeps a spreadsheet from running the text of an article as a formula (OWASP, CSV injection).
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

struct Chunks {
    first: Option<Bytes>,
    chunks: mpsc::Receiver<Chunk>,
}

impl Stream for Chunks {
    type Item = Chunk;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chunk>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(first))),
            None => self.chunks.poll_recv(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn formulas_are_disarmed() {
        assert_eq!(guarded("=cmd|'/c calc'!A1"), "'=cmd|'/c calc'!A1");
        assert_eq!(guarded("Peace, talks"), "Peace, talks");
    }
}
