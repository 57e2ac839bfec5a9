//! Every match of a search as JSON Lines or CSV, streamed without a cap from a blocking thread.

use std::{
    ops::ControlFlow,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State as Shared},
    http::header,
    response::{IntoResponse, Response},
};
use futures_core::Stream;
use tokio::sync::mpsc;

use crate::{
    search::{self, export::Format},
    server::{State, error::Error, params::Pairs},
};

/// Chunks that wait for a slow reader before the search behind them pauses.
const WAITING: usize = 8;
/// How long a reader may take nothing.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes gathered before they are sent.
const CHUNK: usize = 64 << 10;

type Chunk = Result<Bytes, Error>;

/// Streams every match of a search as JSON Lines or CSV.
pub(super) async fn export(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Response, Error> {
    let pairs = Pairs::parse(raw.as_deref())?;
    let named = pairs.get("format").unwrap_or("jsonl");
    let format = Format::named(named).ok_or_else(|| {
        let named: String = named.chars().take(80).collect();
        Error::BadRequest(format!("parameter `format` has the value `{named}`; expected `jsonl` or `csv`"))
    })?;
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
    let mut buffer = format.header();
    let engine = Arc::clone(&state.engine);
    let result = search::export(&*engine, &pairs.0, &mut |document| {
        buffer.extend_from_slice(&format.line(document));
        if buffer.len() < CHUNK {
            return ControlFlow::Continue(());
        }
        let chunk = Bytes::from(std::mem::take(&mut buffer));
        if send(sender, Ok(chunk)) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let last = result.map(|()| Bytes::from(buffer)).map_err(Error::from);
    match &last {
        // A mistake of the client's, which it is told; the operator has nothing to see to.
        Err(error) if error.status().is_client_error() => tracing::debug!(%error, "export refused"),
        Err(error) => tracing::warn!(%error, "export ended early"),
        Ok(_) => {}
    }
    send(sender, last);
}

/// Hands a chunk over; `false` if the reader is gone, or takes nothing for so long that others should have its place.
fn send(sender: &mpsc::Sender<Chunk>, chunk: Chunk) -> bool {
    let sent = tokio::runtime::Handle::current().block_on(sender.send_timeout(chunk, PATIENCE));
    sent.is_ok()
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
