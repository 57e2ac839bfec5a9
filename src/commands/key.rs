//! `morgue key`: keys for those who may add and delete articles over HTTP.

use super::{Outcome, Usage, archive};
use crate::{cli::Key, config::Config};

pub(super) fn run(config: &Config, what: Key) -> anyhow::Result<Outcome> {
    let ledger = archive::open_or_create(config)?.ledger;
    match what {
        Key::Create { name } => {
            let key = ledger.create_key(&name)?;
            println!("{key}");
            if !config.quiet {
                eprintln!("this is the only time the key is shown; send it as `Authorization: Bearer KEY`");
            }
        }
        Key::List => {
            let keys = ledger.list_keys()?;
            if config.json {
                println!("{}", serde_json::to_string(&keys)?);
            } else {
                for key in keys {
                    let state = if key.revoked.is_some() { "revoked" } else { "valid" };
                    println!("{:>4}  {:<8}  {}  {}", key.id, state, key.created, key.name);
                }
            }
        }
        Key::Revoke { name } => {
            if !ledger.revoke_key(&name)? {
                return Err(Usage(format!("there is no key `{name}`; `morgue key list` shows them")).into());
            }
            if !config.quiet {
                eprintln!("the key `{name}` is no longer valid");
            }
        }
    }
    Ok(Outcome::Well)
}
