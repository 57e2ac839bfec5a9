//! What editors do to the authority, and how it is undone: before a row is changed, it is written down as it was.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{
    Error, Ledger,
    authority::{Origin, add_entity, changed, entity_of, kind},
    now,
};
use crate::{authority::key, document::Facet};

/// What an editor does; names are any names of the entries that are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// All names of the one entry go to the other.
    Merge {
        /// A name of the entry that goes.
        name: String,
        /// A name of the entry that stays.
        into: String,
    },
    /// Another heading; the old one remains one of the names.
    Rename {
        /// A name of the entry.
        name: String,
        /// The new heading.
        to: String,
    },
    /// One more name.
    Alias {
        /// A name of the entry.
        name: String,
        /// The new name.
        alias: String,
    },
    /// Names leave an entry, each for an entry of its own, and are never merged with it again without an editor; all but
    /// the heading if none is named.
    Split {
        /// A name of the entry.
        name: String,
        /// The names that leave it.
        forms: Vec<String>,
    },
    /// The entry is not shown.
    Hide {
        /// A name of the entry.
        name: String,
    },
}

/// Which articles an edit concerns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// What was done, in words.
    pub what: String,
    /// Articles under one of these names.
    pub names: Vec<String>,
    /// Any article: hidden names cannot be looked for.
    pub anywhere: bool,
}

/// Name, entry, origin, score and reason of a form.
type FormRow = (String, i64, String, Option<f64>, Option<String>);

/// A row as it was; `None` if it was not there.
#[derive(Debug, Serialize, Deserialize)]
enum Before {
    Form { key: String, row: Option<FormRow> },
    Entity { id: i64, row: Option<(String, bool, String)> },
}

impl Ledger {
    /// Does what an editor wants, whole or not at all.
    pub fn edit(&self, facet: Facet, edit: &Edit) -> Result<Touched, Error> {
        let mut connection = self.lock()?;
        let mut editing = Editing::begin(connection.transaction()?, facet);
        let what = match edit {
            Edit::Merge { name, into } => editing.merge(name, into)?,
            Edit::Rename { name, to } => editing.rename(name, to)?,
            Edit::Alias { name, alias } => editing.alias(name, alias)?,
            Edit::Split { name, forms } => editing.split(name, forms)?,
            Edit::Hide { name } => editing.hide(name)?,
        };
        editing.end(what)
    }

    /// Takes the latest edit of a kind that still stands back; `None` if there is none.
    pub fn undo(&self, facet: Facet) -> Result<Option<Touched>, Error> {
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        let query = "SELECT id, what, before FROM edits WHERE kind = ?1 AND NOT undone ORDER BY id DESC LIMIT 1";
        let latest = transaction.query_row(query, [kind(facet)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let Some((id, what, before)): Option<(i64, String, String)> = latest.optional()? else { return Ok(None) };
        let before: Vec<Before> = serde_json::from_str(&before).unwrap_or_default();
        let mut touched = Touched { what, ..Touched::default() };
        for row in before.iter().rev() {
            tell(&transaction, facet, row, &mut touched)?;
            restore(&transaction, facet, row)?;
            tell(&transaction, facet, row, &mut touched)?;
        }
        transaction.execute("UPDATE edits SET undone = 1 WHERE id = ?1", [id])?;
        changed(&transaction)?;
        transaction.commit()?;
        touched.names.sort();
        touched.names.dedup();
        Ok(Some(touched))
    }
}

/// Adds the names that a row stands for now.
fn tell(connection: &Connection, facet: Facet, row: &Before, touched: &mut Touched) -> Result<(), Error> {
    let entity = match row {
        Before::Form { key, row } => {
            touched.names.extend(row.iter().map(|row| row.0.clone()));
            entity_of(connection, facet, key)?
        }
        Before::Entity { id, .. } => Some(*id),
    };
    if let Some(entity) = entity {
        names_of(connection, entity, touched)?;
    }
    Ok(())
}

fn names_of(connection: &Connection, entity: i64, touched: &mut Touched) -> Result<(), Error> {
    let query = "SELECT name, hidden FROM entities WHERE id = ?1";
    let found = connection.query_row(query, [entity], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)));
    if let Some((name, hidden)) = found.optional()? {
        touched.names.push(name);
        touched.anywhere |= hidden;
    }
    let mut statement = connection.prepare("SELECT name FROM forms WHERE entity = ?1")?;
    for name in statement.query_map([entity], |row| row.get(0))? {
        touched.names.push(name?);
    }
    Ok(())
}

fn restore(connection: &Connection, facet: Facet, row: &Before) -> Result<(), Error> {
    match row {
        Before::Form { key, row: None } => {
            connection.execute("DELETE FROM forms WHERE kind = ?1 AND key = ?2", params![kind(facet), key])?;
        }
        Before::Form { key, row: Some((name, entity, origin, score, reason)) } => {
            // What was automatic may have been worked out anew and its entry be gone.
            connection.execute(
                "INSERT OR REPLACE INTO forms SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                 WHERE EXISTS (SELECT * FROM entities WHERE id = ?4)",
                params![kind(facet), key, name, entity, origin, score, reason],
            )?;
        }
        Before::Entity { id, row: None } => {
            connection.execute(
                "DELETE FROM entities WHERE id = ?1 AND NOT EXISTS (SELECT * FROM forms WHERE entity = ?1)",
                [id],
            )?;
        }
        Before::Entity { id, row: Some((name, hidden, origin)) } => {
            let update = "UPDATE entities SET name = ?2, hidden = ?3, origin = ?4 WHERE id = ?1";
            connection.execute(update, params![id, name, hidden, origin])?;
        }
    }
    Ok(())
}

/// An edit while it is made.
struct Editing<'a> {
    transaction: Transaction<'a>,
    facet: Facet,
    before: Vec<Before>,
    touched: Touched,
}

impl<'a> Editing<'a> {
    fn begin(transaction: Transaction<'a>, facet: Facet) -> Self {
        Self { transaction, facet, before: Vec::new(), touched: Touched::default() }
    }

    fn end(mut self, what: String) -> Result<Touched, Error> {
        let before = serde_json::to_string(&self.before).unwrap_or_default();
        self.transaction.execute(
            "INSERT INTO edits (made, kind, what, before) VALUES (?1, ?2, ?3, ?4)",
            params![now(), kind(self.facet), what, before],
        )?;
        changed(&self.transaction)?;
        self.transaction.commit()?;
        self.touched.what = what;
        self.touched.names.sort();
        self.touched.names.dedup();
        Ok(self.touched)
    }

    fn merge(&mut self, name: &str, into: &str) -> Result<String, Error> {
        let (from, to) = (self.entry(name)?, self.entry(into)?);
        self.claim(to)?;
        if from != to {
            for form in self.forms(from)? {
                self.put(&form, to)?;
            }
        }
        Ok(format!("merged `{name}` into `{}`", self.heading(to)?))
    }

    fn rename(&mut self, name: &str, to: &str) -> Result<String, Error> {
        let entity = self.entry(name)?;
        // A heading that others have is another entry; it comes along.
        if let Some(other) = entity_of(&self.transaction, self.facet, &key(to))?.filter(|it| *it != entity) {
            for form in self.forms(other)? {
                self.put(&form, entity)?;
            }
        }
        self.put(to, entity)?;
        self.note_entity(entity)?;
        let update = "UPDATE entities SET name = ?2, origin = 'editor' WHERE id = ?1";
        self.transaction.execute(update, params![entity, to])?;
        self.touched.names.push(to.to_owned());
        Ok(format!("renamed `{name}` to `{to}`"))
    }

    fn alias(&mut self, name: &str, alias: &str) -> Result<String, Error> {
        let entity = self.entry(name)?;
        self.claim(entity)?;
        self.put(alias, entity)?;
        Ok(format!("`{alias}` is `{}`", self.heading(entity)?))
    }

    fn split(&mut self, name: &str, forms: &[String]) -> Result<String, Error> {
        let entity = self.entry(name)?;
        let heading = self.heading(entity)?;
        self.claim(entity)?;
        let own = key(&heading);
        let all = if forms.is_empty() { self.forms(entity)? } else { forms.to_vec() };
        let leaving: Vec<String> = all.into_iter().filter(|form| key(form) != own).collect();
        for form in &leaving {
            match entity_of(&self.transaction, self.facet, &key(form))?.filter(|it| *it != entity) {
                // It stands elsewhere: there it stays, and is kept apart from here.
                Some(other) => self.claim(other)?,
                None => {
                    let alone = self.add(form)?;
                    self.put(form, alone)?;
                }
            }
        }
        Ok(format!(
            "kept {} apart from `{heading}`",
            leaving.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        ))
    }

    fn hide(&mut self, name: &str) -> Result<String, Error> {
        let entity = self.entry(name)?;
        self.claim(entity)?;
        self.note_entity(entity)?;
        self.transaction.execute("UPDATE entities SET hidden = 1, origin = 'editor' WHERE id = ?1", [entity])?;
        Ok(format!("hid `{name}`"))
    }

    /// Returns the entry of a name, made if there is none, and notes all its names as touched.
    fn entry(&mut self, name: &str) -> Result<i64, Error> {
        let known = entity_of(&self.transaction, self.facet, &key(name))?;
        let entity = match known {
            Some(entity) => entity,
            None => {
                let entity = self.add(name)?;
                self.put(name, entity)?;
                entity
            }
        };
        self.touched.names.push(name.to_owned());
        names_of(&self.transaction, entity, &mut self.touched)?;
        Ok(entity)
    }

    fn add(&mut self, name: &str) -> Result<i64, Error> {
        let entity = add_entity(&self.transaction, self.facet, name, Origin::Editor)?;
        self.before.push(Before::Entity { id: entity, row: None });
        Ok(entity)
    }

    /// Makes an entry and its heading the editor's, so that no reprocessing takes them away.
    fn claim(&mut self, entity: i64) -> Result<(), Error> {
        let heading = self.heading(entity)?;
        self.put(&heading, entity)?;
        self.note_entity(entity)?;
        let update = "UPDATE entities SET origin = 'editor' WHERE id = ?1 AND origin = 'automatic'";
        self.transaction.execute(update, [entity])?;
        Ok(())
    }

    fn heading(&self, entity: i64) -> Result<String, Error> {
        let query = "SELECT name FROM entities WHERE id = ?1";
        Ok(self.transaction.query_row(query, [entity], |row| row.get(0))?)
    }

    fn forms(&self, entity: i64) -> Result<Vec<String>, Error> {
        let mut statement = self.transaction.prepare("SELECT name FROM forms WHERE entity = ?1 ORDER BY key")?;
        let names = statement.query_map([entity], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Puts a name under an entry, by the editor's decision.
    fn put(&mut self, name: &str, entity: i64) -> Result<(), Error> {
        let key = key(name);
        let query = "SELECT name, entity, origin, score, reason FROM forms WHERE kind = ?1 AND key = ?2";
        let row = self.transaction.query_row(query, params![kind(self.facet), key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        });
        self.before.push(Before::Form { key: key.clone(), row: row.optional()? });
        self.transaction.execute(
            "INSERT OR REPLACE INTO forms VALUES (?1, ?2, ?3, ?4, 'editor', NULL, NULL)",
            params![kind(self.facet), key, name, entity],
        )?;
        self.touched.names.push(name.to_owned());
        Ok(())
    }

    fn note_entity(&mut self, id: i64) -> Result<(), Error> {
        let query = "SELECT name, hidden, origin FROM entities WHERE id = ?1";
        let row = self.transaction.query_row(query, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        self.before.push(Before::Entity { id, row: row.optional()? });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(ledger: &Ledger, name: &str) -> Option<String> {
        ledger.authority().unwrap().heading(Facet::People, name).map(str::to_owned)
    }

    #[test]
    fn edits_are_made_and_undone() {
        let ledger = Ledger::in_memory().unwrap();
        let edit = |edit: Edit| ledger.edit(Facet::People, &edit).unwrap();
        let s = str::to_owned;
        let touched = edit(Edit::Merge { name: s("Ada Brand"), into: s("Ada Brandt") });
        assert_eq!(touched.names, ["Ada Brand", "Ada Brandt"]);
        edit(Edit::Rename { name: s("ada brandt"), to: s("Ada Brandt-Kos") });
        assert_eq!(heading(&ledger, "Ada Brand").as_deref(), Some("Ada Brandt-Kos"));
        assert_eq!(heading(&ledger, "Ada Brandt").as_deref(), Some("Ada Brandt-Kos"));
        edit(Edit::Split { name: s("Ada Brandt"), forms: vec![s("Ada Brand")] });
        assert_eq!(heading(&ledger, "Ada Brand"), None);
        edit(Edit::Hide { name: s("Ada Brand") });
        assert!(ledger.authority().unwrap().entry(Facet::People, "Ada Brand").unwrap().hidden);
        assert!(ledger.undo(Facet::People).unwrap().unwrap().anywhere);
        assert!(!ledger.authority().unwrap().entry(Facet::People, "Ada Brand").unwrap().hidden);
        for expected in [Some("Ada Brandt-Kos"), Some("Ada Brandt"), None] {
            ledger.undo(Facet::People).unwrap().unwrap();
            assert_eq!(heading(&ledger, "Ada Brand").as_deref(), expected);
        }
        assert_eq!(ledger.undo(Facet::People).unwrap(), None);
        assert!(ledger.authority().unwrap().is_empty());
    }
}
