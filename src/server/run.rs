//! Listens until told to stop. Owns the async runtime, so that nobody outside this room has to know of one.

use std::{io, net::TcpListener, time::Duration};

use tokio::{runtime::Builder, sync::watch, time::sleep};

use super::{State, router};

/// How long open answers may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves the archive on a bound listener until SIGINT or SIGTERM, then lets open answers finish. Blocks.
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
    let (tell, mut told) = watch::channel(false);
    let mut overdue = told.clone();
    tokio::spawn(async move {
        signal().await;
        tracing::info!("stopping");
        let _nobody_left_to_tell = tell.send(true);
    });
    let serving = axum::serve(listener, router(state)).with_graceful_shutdown(async move {
        let _the_teller_is_gone = told.wait_for(|stop| *stop).await;
    });
    tokio::select! {
        result = async { serving.await } => result,
        () = async {
            let _the_teller_is_gone = overdue.wait_for(|stop| *stop).await;
            sleep(GRACE).await;
        } => Ok(()),
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
