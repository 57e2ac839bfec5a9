//! Which names the server answers to.
//!
//! A page on the web can point a name of its own at this machine and then read, through a visitor's browser, whatever answers
//! there (DNS rebinding). An archive that serves only its own machine therefore answers only to that machine's names.

use std::{net::IpAddr, sync::Arc};

use axum::http::uri::Authority;

/// The names that are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Hosts {
    /// Whatever a client calls it: for an archive that the network may read.
    #[default]
    Any,
    /// This machine's own names and these, lower case.
    Only(Arc<[String]>),
}

impl Hosts {
    /// Returns the names for a server that listens there: any on an address of the network, unless some are named.
    pub fn of(listen: IpAddr, named: &[String]) -> Self {
        if named.is_empty() && !listen.is_loopback() {
            return Self::Any;
        }
        let own = (!listen.is_unspecified()).then(|| listen.to_string());
        Self::Only(named.iter().map(|name| name.to_lowercase()).chain(own).collect())
    }

    /// Says whether a request that is addressed so is answered.
    pub(super) fn admit(&self, host: Option<&str>) -> bool {
        let Self::Only(named) = self else {
            return true;
        };
        let Some(authority) = host.and_then(|it| it.parse::<Authority>().ok()) else {
            return false;
        };
        let name = authority.host().trim_matches(['[', ']']).trim_end_matches('.').to_lowercase();
        name == "localhost" || name.parse().is_ok_and(|it: IpAddr| it.is_loopback()) || named.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_archive_answers_only_to_this_machine() {
        let hosts = Hosts::of([127, 0, 0, 1].into(), &["archive.example".to_owned()]);
        for host in ["localhost", "localhost:7700", "127.0.0.1:7700", "[::1]:7700", "LOCALHOST.", "Archive.example"] {
            assert!(hosts.admit(Some(host)), "{host}");
        }
        for host in ["evil.example:7700", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", "", " "] {
            assert!(!hosts.admit(Some(host)), "{host}");
        }
        assert!(!hosts.admit(None));
    }

    #[test]
    fn an_archive_on_the_network_answers_to_any_name_unless_some_are_named() {
        assert!(Hosts::of([0, 0, 0, 0].into(), &[]).admit(Some("archive.example")));
        let named = Hosts::of([192, 0, 2, 1].into(), &["archive.example".to_owned()]);
        assert!(named.admit(Some("192.0.2.1:80")) && named.admit(Some("archive.example")));
        assert!(!named.admit(Some("evil.example")));
    }
}
