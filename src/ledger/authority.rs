//! The authority as it is kept: entries, the names of each, what is likely.
//!
//! Every name has an origin. What an `editor` did or a file `imported` stays until an editor undoes it; what is `automatic`
//! is thrown away and worked out anew by every reprocessing.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use super::{Error, Ledger};
use crate::{
    authority::{Authority, Decided, Entry, Likely, Record, key},
    document::Facet,
};

/// Tables of the authority, and of the edits made to it.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS entities (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, wikidata TEXT, lat REAL, lon REAL,
        hidden INTEGER NOT NULL DEFAULT 0, origin TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS forms (
        kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, entity INTEGER NOT NULL REFERENCES entities(id),
        origin TEXT NOT NULL, score REAL, reason TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS forms_of_entity ON forms(entity);
    CREATE TABLE IF NOT EXISTS likely (
        kind TEXT NOT NULL, name TEXT NOT NULL, heading TEXT NOT NULL, score REAL NOT NULL, reason TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS likely_by_score ON likely(kind, score);
    CREATE TABLE IF NOT EXISTS edits (
        id INTEGER PRIMARY KEY AUTOINCREMENT, made TEXT NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
        before TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS authority_state (version INTEGER NOT NULL);
    INSERT INTO authority_state SELECT 0 WHERE NOT EXISTS (SELECT * FROM authority_state);
";

/// The version of the ledger since which it has an authority.
const SINCE: i64 = 3;

/// Where a decision came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The archive's own names bear it out.
    Automatic,
    /// An authority file.
    Imported,
    /// Somebody.
    Editor,
}

impl Origin {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Imported => "imported",
            Self::Editor => "editor",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "editor" => Self::Editor,
            "imported" => Self::Imported,
            _ => Self::Automatic,
        }
    }
}

/// A name of an entry, and why it stands there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormView {
    /// The name.
    pub name: String,
    /// Who put it there.
    pub origin: Origin,
    /// Why, for an automatic one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How likely, 0 to 1, for an automatic one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// An entry with its names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryView {
    /// The heading.
    pub name: String,
    /// Id in Wikidata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wikidata: Option<String>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Not shown.
    pub hidden: bool,
    /// Its names by alphabet, the heading among them.
    pub forms: Vec<FormView>,
}

impl Ledger {
    /// Returns a number that grows with every change of the authority.
    pub fn authority_version(&self) -> Result<i64, Error> {
        let connection = self.lock()?;
        // A ledger that is only read may be an older one.
        if super::version(&connection)? < SINCE {
            return Ok(0);
        }
        Ok(connection.query_row("SELECT version FROM authority_state", [], |row| row.get(0))?)
    }

    /// Loads the authority.
    pub fn authority(&self) -> Result<Authority, Error> {
        let mut authority = Authority::default();
        self.each_entry(true, |facet, record| {
            let place = record.lat.zip(record.lon);
            let entry = Entry { name: record.name.as_str().into(), hidden: record.hidden, place };
            authority.add(facet, entry, record.aliases);
        })?;
        Ok(authority)
    }

    /// Gives every entry, by kind and heading, as it is exported; without what is automatic unless that is wanted, too.
    pub fn export_authority(&self, automatic: bool, mut each: impl FnMut(Record)) -> Result<(), Error> {
        self.each_entry(automatic, |_, mut record| {
            let heading = key(&record.name);
            record.aliases.retain(|alias| key(alias) != heading);
            record.aliases.sort();
            each(record);
        })
    }

    /// Gives every entry with all its names among its aliases.
    fn each_entry(&self, automatic: bool, mut each: impl FnMut(Facet, Record)) -> Result<(), Error> {
        let connection = self.lock()?;
        if super::version(&connection)? < SINCE {
            return Ok(());
        }
        let mut statement = connection.prepare(
            "SELECT e.id, e.kind, e.name, e.wikidata, e.lat, e.lon, e.hidden, f.name FROM entities e
             JOIN forms f ON f.entity = e.id WHERE ?1 OR f.origin <> 'automatic' ORDER BY e.kind, e.name, e.id, f.key",
        )?;
        let mut rows = statement.query([automatic])?;
        let mut open: Option<(i64, Facet, Record)> = None;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            if let Some((_, _, record)) = open.as_mut().filter(|it| it.0 == id) {
                record.aliases.push(row.get(7)?);
                continue;
            }
            if let Some((_, facet, record)) = open.take() {
                each(facet, record);
            }
            open = record(row)?.map(|(facet, record)| (id, facet, record));
        }
        if let Some((_, facet, record)) = open {
            each(facet, record);
        }
        Ok(())
    }

    /// Returns the entry that a name stands under.
    pub fn entry(&self, facet: Facet, name: &str) -> Result<Option<EntryView>, Error> {
        let connection = self.lock()?;
        if super::version(&connection)? < SINCE {
            return Ok(None);
        }
        let Some(id) = entity_of(&connection, facet, &key(name))? else { return Ok(None) };
        let view = |row: &Row| {
            Ok(EntryView {
                name: row.get(0)?,
                wikidata: row.get(1)?,
                lat: row.get(2)?,
                lon: row.get(3)?,
                hidden: row.get(4)?,
                forms: Vec::new(),
            })
        };
        let query = "SELECT name, wikidata, lat, lon, hidden FROM entities WHERE id = ?1";
        let mut entry = connection.query_row(query, [id], view)?;
        let query = "SELECT name, origin, reason, score FROM forms WHERE entity = ?1 ORDER BY key";
        let mut statement = connection.prepare(query)?;
        let forms = statement.query_map([id], |row| {
            let origin = Origin::named(&row.get::<_, String>(1)?);
            Ok(FormView { name: row.get(0)?, origin, reason: row.get(2)?, score: row.get(3)? })
        })?;
        entry.forms = forms.collect::<Result<_, _>>()?;
        Ok(Some(entry))
    }

    /// Returns the entries that an editor or a file has given names to, by kind and key of the name.
    pub fn standing(&self) -> Result<HashMap<(Facet, String), i64>, Error> {
        let connection = self.lock()?;
        let mut statement = connection.prepare("SELECT kind, key, entity FROM forms WHERE origin <> 'automatic'")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
        let mut standing = HashMap::new();
        for row in rows {
            let (kind, key, entity) = row?;
            if let Some(facet) = Facet::named(&kind) {
                standing.insert((facet, key), entity);
            }
        }
        Ok(standing)
    }

    /// Files what the archive decided by itself in place of what it had decided before; all or nothing.
    pub fn file_decided(&self, decided: &Decided) -> Result<(), Error> {
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(
            "DELETE FROM forms WHERE origin = 'automatic'; DELETE FROM likely;
             DELETE FROM entities WHERE origin = 'automatic' AND id NOT IN (SELECT entity FROM forms)",
        )?;
        for group in &decided.groups {
            let entity = match group.entry {
                Some(entity) => entity,
                None => add_entity(&transaction, group.facet, &group.heading, Origin::Automatic)?,
            };
            for member in &group.members {
                // A name that was decided stays where it is.
                transaction.execute(
                    "INSERT OR IGNORE INTO forms VALUES (?1, ?2, ?3, ?4, 'automatic', ?5, ?6)",
                    params![
                        kind(group.facet),
                        key(&member.name),
                        member.name,
                        entity,
                        (f64::from(member.score) * 100.0).round() / 100.0,
                        member.reason
                    ],
                )?;
            }
        }
        for it in &decided.likely {
            let score = (f64::from(it.score) * 100.0).round() / 100.0;
            transaction.execute(
                "INSERT INTO likely VALUES (?1, ?2, ?3, ?4, ?5)",
                params![kind(it.facet), it.name, it.into, score, it.reason],
            )?;
        }
        changed(&transaction)?;
        Ok(transaction.commit()?)
    }

    /// Returns the names that may be one, the likeliest first, as the last reprocessing found them; without those that an
    /// editor has merged or kept apart since.
    pub fn likely(&self, facet: Facet, limit: usize) -> Result<Vec<Likely>, Error> {
        let connection = self.lock()?;
        if super::version(&connection)? < SINCE {
            return Ok(Vec::new());
        }
        let query = "SELECT name, heading, score, reason FROM likely WHERE kind = ?1 ORDER BY score DESC, rowid";
        let mut statement = connection.prepare(query)?;
        let rows = statement.query_map([kind(facet)], |row| {
            let score: f64 = row.get(2)?;
            Ok(Likely { facet, name: row.get(0)?, into: row.get(1)?, score: score as f32, reason: row.get(3)? })
        })?;
        let mut likely = Vec::new();
        for row in rows {
            let row = row?;
            let decided = |name: &str| -> Result<Option<(i64, bool)>, Error> {
                let query = "SELECT entity, origin <> 'automatic' FROM forms WHERE kind = ?1 AND key = ?2";
                let found =
                    connection.query_row(query, params![kind(facet), key(name)], |row| Ok((row.get(0)?, row.get(1)?)));
                Ok(found.optional()?)
            };
            let open = match (decided(&row.name)?, decided(&row.into)?) {
                (Some((one, _)), Some((other, _))) if one == other => false,
                (Some((_, true)), Some((_, true))) => false,
                _ => true,
            };
            if open && likely.len() < limit {
                likely.push(row);
            }
        }
        Ok(likely)
    }

    /// Takes entries in, in one transaction. A heading that is there already is brought up to the file; a name that an
    /// editor has put elsewhere stays there. Returns how many entries were new.
    pub fn import_authority(&self, records: &[(Facet, Record)]) -> Result<usize, Error> {
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        let mut added = 0;
        for (facet, record) in records {
            added += usize::from(import(&transaction, *facet, record)?);
        }
        changed(&transaction)?;
        transaction.commit()?;
        Ok(added)
    }
}

fn import(connection: &Connection, facet: Facet, record: &Record) -> Result<bool, Error> {
    let known = entity_of(connection, facet, &key(&record.name))?;
    let entity = match known {
        Some(entity) => entity,
        None => add_entity(connection, facet, &record.name, Origin::Imported)?,
    };
    connection.execute(
        "UPDATE entities SET name = ?2, wikidata = coalesce(?3, wikidata), lat = coalesce(?4, lat),
         lon = coalesce(?5, lon), hidden = ?6, origin = 'imported' WHERE id = ?1",
        params![entity, record.name, record.wikidata, record.lat, record.lon, record.hidden],
    )?;
    for name in [&record.name].into_iter().chain(&record.aliases) {
        connection.execute(
            "INSERT INTO forms VALUES (?1, ?2, ?3, ?4, 'imported', NULL, NULL) ON CONFLICT (kind, key) DO UPDATE
             SET name = excluded.name, entity = excluded.entity, origin = 'imported', score = NULL, reason = NULL
             WHERE forms.origin <> 'editor'",
            params![kind(facet), key(name), name, entity],
        )?;
    }
    Ok(known.is_none())
}

fn record(row: &Row) -> Result<Option<(Facet, Record)>, Error> {
    let named: String = row.get(1)?;
    let Some(facet) = Facet::named(&named) else { return Ok(None) };
    let record = Record {
        kind: named,
        name: row.get(2)?,
        aliases: vec![row.get(7)?],
        wikidata: row.get(3)?,
        lat: row.get(4)?,
        lon: row.get(5)?,
        hidden: row.get(6)?,
    };
    Ok(Some((facet, record)))
}

/// Kinds are kept by the names that authority files have for them.
pub(super) fn kind(facet: Facet) -> &'static str {
    facet.parameter().unwrap_or_default()
}

pub(super) fn entity_of(connection: &Connection, facet: Facet, key: &str) -> Result<Option<i64>, Error> {
    let query = "SELECT entity FROM forms WHERE kind = ?1 AND key = ?2";
    Ok(connection.query_row(query, params![kind(facet), key], |row| row.get(0)).optional()?)
}

pub(super) fn add_entity(connection: &Connection, facet: Facet, name: &str, origin: Origin) -> Result<i64, Error> {
    let insert = "INSERT INTO entities (kind, name, origin) VALUES (?1, ?2, ?3)";
    connection.execute(insert, params![kind(facet), name, origin.as_str()])?;
    Ok(connection.last_insert_rowid())
}

/// Tells whoever holds the authority in memory that it is another one now.
pub(super) fn changed(connection: &Connection) -> Result<(), Error> {
    connection.execute("UPDATE authority_state SET version = version + 1", [])?;
    Ok(())
}
