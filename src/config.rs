//! Settings with everything resolved and checked; what travels to the commands.
