//! The command line exactly as typed; the only file that knows clap.
