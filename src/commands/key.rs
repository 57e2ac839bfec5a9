//! `morgue key`: keys for those who may add and delete articles over HTTP.

use super::{Outcome, Usage, archive};
use crate::{cli::Key, config::Config};

/// The longest name of a key, in bytes.
const MAX_NAME: usize = 100;

/// Makes, lists or takes back keys.
pub(super) fn run(config: &Config, what: Key) -> anyhow::Result<Outcome> {
    // A key may be made before the first article comes; there is none to list or take back where there is no archive.
    let archive =
        if matches!(what, Key::Create { .. }) { archive::open_or_create(config)? } else { archive::open(config)? };
    let ledger = archive.ledger;
    match what {
        Key::Create { name } => {
            let usable = !name.trim().is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control);
            if !usable {
                return Err(Usage(format!("a key needs a name of 1 to {MAX_NAME} bytes, such as `desk`")).into());
            }
            let key = ledger.create_key(&name)?;
            super::say(format_args!("{key}"))?;
            if !config.quiet {
                eprintln!("this is the only time the key is shown; send it as `Authorization: Bearer KEY`");
            }
        }
        Key::List => {
            let keys = ledger.list_keys()?;
            if config.json {
                super::say(format_args!("{}", serde_json::to_string(&keys)?))?;
            } else {
                for key in keys {
                    let state = if key.revoked.is_some() { "revoked" } else { "valid" };
                    super::say(format_args!("{:>4}  {:<8}  {}  {}", key.id, state, key.created, key.name))?;
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
