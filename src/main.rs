//! The `morgue` program: parses, dispatches, turns the result into an exit code.

use std::process::ExitCode;

use morgue::{cli::Args, commands};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::exit_code(commands::run(Args::read()))
}
