//! Keys for those who may add and delete articles. A key is shown once; only its hash is kept.

use std::fmt::Write;

use rusqlite::params;
use serde::Serialize;
use subtle::ConstantTimeEq;

use super::{Error, Ledger, now};

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Number.
    pub id: i64,
    /// Who or what it is for.
    pub name: String,
    /// When it was made (UTC, RFC 3339).
    pub created: String,
    /// When it was taken back.
    pub revoked: Option<String>,
}

impl Ledger {
    /// Makes a key of 256 random bits and returns it; it is not shown again.
    pub fn create_key(&self, name: &str) -> Result<String, Error> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|error| Error::Random(error.to_string()))?;
        let key = secret.iter().fold("morgue_".to_owned(), |mut key, byte| {
            let _ = write!(key, "{byte:02x}");
            key
        });
        self.lock()?.execute(
            "INSERT INTO keys (name, hash, created) VALUES (?1, ?2, ?3)",
            params![name, hash(&key).as_slice(), now()],
        )?;
        Ok(key)
    }

    /// Says whether a key is valid. Every key is compared in constant time.
    pub fn check_key(&self, key: &str) -> Result<bool, Error> {
        // A random secret of full length needs no slow hash.
        let wanted = hash(key);
        let connection = self.lock()?;
        let mut statement = connection.prepare("SELECT hash FROM keys WHERE revoked IS NULL")?;
        let hashes = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        let mut valid = false;
        for known in hashes {
            valid |= bool::from(known?.as_slice().ct_eq(wanted.as_slice()));
        }
        Ok(valid)
    }

    /// Returns all keys, the oldest first.
    pub fn list_keys(&self) -> Result<Vec<Key>, Error> {
        let connection = self.lock()?;
        let mut statement = connection.prepare("SELECT id, name, created, revoked FROM keys ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(Key { id: row.get(0)?, name: row.get(1)?, created: row.get(2)?, revoked: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes back every key of a name or, where none is called so, the key of this number; `false` if there is none such.
    pub fn revoke_key(&self, name: &str) -> Result<bool, Error> {
        let connection = self.lock()?;
        for of in ["name", "CAST(id AS TEXT)"] {
            let update = format!("UPDATE keys SET revoked = ?2 WHERE revoked IS NULL AND {of} = ?1");
            if connection.execute(&update, params![name, now()])? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn hash(key: &str) -> [u8; 32] {
    *blake3::hash(key.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_good_until_it_is_revoked() {
        let ledger = Ledger::in_memory().unwrap();
        let key = ledger.create_key("desk").unwrap();
        assert!(ledger.check_key(&key).unwrap());
        assert!(!ledger.check_key("morgue_0").unwrap() && !ledger.check_key("").unwrap());
        assert!(ledger.revoke_key("desk").unwrap());
        assert!(!ledger.check_key(&key).unwrap());
        assert!(!ledger.revoke_key("desk").unwrap());
    }

    #[test]
    fn a_name_goes_before_a_number() {
        let ledger = Ledger::in_memory().unwrap();
        let (first, named) = (ledger.create_key("desk").unwrap(), ledger.create_key("1").unwrap());
        assert!(ledger.revoke_key("1").unwrap());
        assert!(ledger.check_key(&first).unwrap() && !ledger.check_key(&named).unwrap());
        assert!(ledger.revoke_key("1").unwrap());
        assert!(!ledger.check_key(&first).unwrap());
    }
}
