//! Listens until told to stop. Owns the async runtime, so that nobody outside this room has to know of one.
//!
//! Every connection is bounded in what it may send before it is answered, and in the time it may take for that.

use std::{io, net::TcpListener, pin::pin, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpStream, runtime::Builder, sync::Semaphore, time::sleep};

use super::{State, router};

/// How long open answers may take once the server was told to stop: less than the ten seconds after which Docker kills.
const GRACE: Duration = Duration::from_secs(8);
/// How long a client may take to say what it wants, and how long an idle connection is kept; who has said half a request when
/// the server stops is waited for as long.
const HEAD_TIME: Duration = Duration::from_secs(5);
/// Bytes of address and headers together.
const HEAD_BYTES: usize = 64 << 10;
/// Open connections; whoever comes later waits.
const CONNECTIONS: usize = 1024;

/// Serves the archive on a bound listener until SIGINT or SIGTERM, then lets open answers finish, unless a second one comes.
/// Blocks.
pub fn serve(listener: TcpListener, state: State) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(serve_until_signal(listener, state));
    // A blocking search that is still running must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

async fn serve_until_signal(listener: TcpListener, state: State) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = TowerToHyperService::new(router(state));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(signal());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, place)) = accepted else {
            // Out of file descriptors, most likely; trying again at once would only burn the processor.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        tokio::spawn(async move {
            let _held_until_done = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    tracing::info!("stopping");
    drop(listener);
    tokio::select! {
        () = connections.shutdown() => {}
        () = sleep(GRACE) => tracing::warn!("some answers were cut off"),
        () = signal() => tracing::warn!("told twice to stop; some answers may have been cut off"),
    }
    Ok(())
}

async fn accept(
    listener: &tokio::net::TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _only_interrupt_is_left = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _interrupted = tokio::signal::ctrl_c().await;
}
