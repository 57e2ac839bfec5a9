//! Settings with everything resolved and checked; what travels to the commands.
//!
//! The order: what was typed, then the environment, then the settings file, then the default.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings file cannot be read.
    #[error("cannot read the settings file `{path}`: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Not an address to listen on.
    #[error("`{0}` is no address to listen on; expected one such as 127.0.0.1:7700")]
    Listen(String),
    /// An archive without a name.
    #[error("{0} names no folder; expected one such as `index`, or leave it out")]
    NoArchive(&'static str),
    /// An archive of a kind that this program cannot open.
    #[error("`{0}` is no folder; this version keeps archives in folders")]
    Archive(String),
}

/// Everything resolved.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the archive.
    pub archive: PathBuf,
    /// Where to serve.
    pub listen: SocketAddr,
    /// Names that the server answers to, beside this machine's own.
    pub hosts: Vec<String>,
    /// Say only what went wrong.
    pub quiet: bool,
    /// Print JSON.
    pub json: bool,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    archive: Option<String>,
    listen: Option<String>,
    hosts: Option<Vec<String>>,
}

/// What was typed, engine- and parser-neutral.
#[derive(Debug, Default)]
pub struct Typed<'a> {
    /// `--archive`.
    pub archive: Option<&'a str>,
    /// The environment's word for it, `MORGUE_ARCHIVE`; an empty one says nothing.
    pub environment: Option<&'a str>,
    /// `--listen`.
    pub listen: Option<&'a str>,
    /// `--host`, as often as it was given.
    pub hosts: &'a [String],
    /// `--config`.
    pub file: Option<&'a std::path::Path>,
    /// `--quiet`.
    pub quiet: bool,
    /// `--json`.
    pub json: bool,
}

impl Config {
    /// Resolves and checks the settings.
    pub fn resolve(typed: &Typed) -> Result<Self, Error> {
        let file = match typed.file {
            None => File::default(),
            Some(path) => {
                let failed = |reason: String| Error::File { path: path.to_owned(), reason };
                let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
                toml::from_str(&text).map_err(|error| failed(error.to_string()))?
            }
        };
        let archive = archive(typed, &file)?.to_owned();
        if archive.contains("://") {
            return Err(Error::Archive(archive));
        }
        let listen = typed.listen.or(file.listen.as_deref()).unwrap_or("127.0.0.1:7700");
        let address = listen.replacen("localhost:", "127.0.0.1:", 1);
        let listen = address.parse().map_err(|_| Error::Listen(listen.to_owned()))?;
        let hosts = if typed.hosts.is_empty() { file.hosts.unwrap_or_default() } else { typed.hosts.to_vec() };
        Ok(Self { archive: PathBuf::from(archive), listen, hosts, quiet: typed.quiet, json: typed.json })
    }
}

/// Returns the folder of the archive from whoever names one first.
fn archive<'a>(typed: &Typed<'a>, file: &'a File) -> Result<&'a str, Error> {
    let environment = typed.environment.filter(|name| !name.trim().is_empty());
    let named = [("`--archive`", typed.archive), ("MORGUE_ARCHIVE", environment)];
    let named = named.into_iter().chain([("`archive` in the settings file", file.archive.as_deref())]);
    for (who, name) in named {
        match name {
            Some(name) if name.trim().is_empty() => return Err(Error::NoArchive(who)),
            Some(name) => return Ok(name),
            None => {}
        }
    }
    Ok("index")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_stand_where_nothing_was_said() {
        let config = Config::resolve(&Typed::default()).unwrap();
        assert_eq!(config.archive, PathBuf::from("index"));
        assert!(config.listen.ip().is_loopback());
    }

    #[test]
    fn an_empty_variable_says_nothing_and_an_empty_option_is_a_slip() {
        let of = |archive, environment| {
            Config::resolve(&Typed { archive, environment, ..Typed::default() }).map(|config| config.archive)
        };
        assert_eq!(of(None, Some("")).unwrap(), PathBuf::from("index"));
        assert_eq!(of(None, Some("there")).unwrap(), PathBuf::from("there"));
        assert_eq!(of(Some("here"), Some("there")).unwrap(), PathBuf::from("here"));
        let error = of(Some(" "), Some("there")).unwrap_err().to_string();
        assert!(error.contains("`--archive` names no folder"), "{error}");
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Config::resolve(&Typed { listen: Some("here"), ..Typed::default() }).is_err());
        assert!(Config::resolve(&Typed { archive: Some("ftp://x"), ..Typed::default() }).is_err());
    }
}
