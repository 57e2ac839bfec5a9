//! `morgue train`: models anew from corpora.

use super::Outcome;
use crate::{cli::Train, config::Config, train};

pub(super) fn run(config: &Config, what: Train) -> anyhow::Result<Outcome> {
    match what {
        Train::Entities { entities, annotated, output } => {
            let report = train::entities::train(&entities, &annotated, &output)?;
            if config.json {
                println!("{}", serde_json::to_string(&report)?);
            } else {
                println!(
                    "{} documents, {} words, {} bytes in `{}`; now `morgue evaluate entities`, and its scores into the card",
                    report.documents,
                    report.words,
                    report.bytes,
                    output.display()
                );
            }
        }
        Train::Gazetteer { sources, output } => println!("{}", train::gazetteer::build(&sources, &output)?),
    }
    Ok(Outcome::Well)
}
