//! The command line exactly as typed; the only file that knows clap. [`Config`](crate::config::Config) is what travels.

use std::path::PathBuf;

use clap::{Args as Group, CommandFactory, Parser, Subcommand, ValueEnum};

/// A searchable archive of news articles: people, places, organizations and topics, read out of the text.
#[derive(Debug, Parser)]
#[command(name = "morgue", version, about, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 all well, 1 some items rejected, 2 wrong usage, 3 failed.")]
pub struct Args {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// Reads the command line; where it is wrong, or asks for help, says so and ends the program.
    pub fn read() -> Self {
        Self::parse()
    }

    /// Returns the script that completes this command line in a shell.
    pub fn completions(shell: clap_complete::Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "morgue", &mut script);
        script
    }
}

/// Options of every command.
#[derive(Debug, Group)]
pub struct Common {
    /// Folder of the archive, before what the variable `MORGUE_ARCHIVE` says [default: index]
    // The environment is looked at when settings are resolved: there an empty variable is none, an empty option a slip.
    #[arg(long, value_name = "DIR", global = true)]
    pub archive: Option<String>,
    /// Settings file (TOML: archive, listen)
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Print JSON for scripts
    #[arg(long, global = true)]
    pub json: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ingest the paths, then serve the archive as pages and API
    Serve {
        /// Files and folders to ingest first; `-` is standard input
        paths: Vec<PathBuf>,
        /// Address and port [default: 127.0.0.1:7700]
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Name that the archive answers to beside this machine's own, such as that of a proxy; repeatable
        #[arg(long = "host", value_name = "NAME")]
        hosts: Vec<String>,
        /// Ask a transformer, too, where the fast tagger of names is unsure: better, and some fifty times slower
        #[arg(long)]
        thorough: bool,
    },
    /// Take articles into the archive
    Ingest {
        /// Files and folders; `-` is standard input
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Read everything as this format instead of looking at it
        #[arg(long, value_name = "FORMAT")]
        format: Option<Format>,
        /// Read and extract, write nothing
        #[arg(long)]
        dry_run: bool,
        /// Ask a transformer, too, where the fast tagger of names is unsure: better, and some fifty times slower
        #[arg(long)]
        thorough: bool,
        /// Write one JSON line per article, once it is safe, to this file (`-` is standard output)
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Find articles
    Search(Search),
    /// Show one article with what was read out of it
    Show {
        /// Its id
        id: String,
    },
    /// Write out every article that matches, without a cap
    ///
    /// As jsonl, what is ingested again gives the same archive. As csv it is for spreadsheets and does not: names and topics
    /// that were read out of the text would come back as given by the source, keywords as tags, and tags and extra fields are
    /// left out.
    Export {
        /// As in `search`; nothing for everything
        #[arg(default_value = "")]
        query: String,
        /// Filters.
        #[command(flatten)]
        filters: Filters,
        /// How to write: jsonl for programs and other archives, csv for spreadsheets
        #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
        format: ExportFormat,
    },
    /// Read people, places, organizations, topics and keywords out of articles; nothing is archived
    Extract {
        /// Files and folders; `-` is standard input
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Read everything as this format instead of looking at it
        #[arg(long, value_name = "FORMAT")]
        format: Option<Format>,
        /// Assign topics by this model instead of the one that comes with the program
        #[arg(long, value_name = "MODEL")]
        topic_model: Option<PathBuf>,
        /// Print the texts, too
        #[arg(long)]
        include_text: bool,
        /// Ask a transformer, too, where the fast tagger of names is unsure: better, and some fifty times slower
        #[arg(long)]
        thorough: bool,
    },
    /// Run extraction again on what is archived; what the source gave is kept
    Reprocess {
        /// Which articles, as in `search`; nothing for all
        #[arg(default_value = "")]
        query: String,
        /// Filters.
        #[command(flatten)]
        filters: Filters,
        /// Only these: people, places, organizations (together: entities), topics, keywords
        #[arg(long, value_name = "PARTS", value_delimiter = ',')]
        only: Vec<String>,
        /// Ask a transformer, too, where the fast tagger of names is unsure: better, and some fifty times slower
        #[arg(long)]
        thorough: bool,
    },
    /// People: which names are one person's
    People {
        /// What
        #[command(subcommand)]
        what: Names,
    },
    /// Places: which names are one place's
    Places {
        /// What
        #[command(subcommand)]
        what: Names,
    },
    /// Organizations: which names are one organization's
    Organizations {
        /// What
        #[command(subcommand)]
        what: Names,
    },
    /// Topics: which headings are one
    Topics {
        /// What
        #[command(subcommand)]
        what: Names,
    },
    /// The authority as a file: names, aliases, ids, coordinates
    Authority {
        /// What
        #[command(subcommand)]
        what: Authority,
    },
    /// Make the models anew from corpora
    #[cfg(feature = "train")]
    Train {
        /// What
        #[command(subcommand)]
        what: Train,
    },
    /// Measure the models on labelled text
    #[cfg(feature = "train")]
    Evaluate {
        /// What
        #[command(subcommand)]
        what: Evaluate,
    },
    /// Check that the archive is whole
    Check,
    /// Keys for those who may add and delete articles over HTTP
    Key {
        /// What
        #[command(subcommand)]
        what: Key,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// A search.
#[derive(Debug, Group)]
pub struct Search {
    /// Words, "exact words", OR, -not, ( ), person:name, published:2025-10..2025-11, pres*, word~
    #[arg(default_value = "")]
    pub query: String,
    /// Filters.
    #[command(flatten)]
    pub filters: Filters,
    /// Hits to show, 0 to 100
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// Continue after an earlier answer
    #[arg(long)]
    pub cursor: Option<String>,
    /// Count the values of these facets, such as people,places,years
    #[arg(long, value_name = "NAMES")]
    pub facets: Option<String>,
    /// Values per facet
    #[arg(long, value_name = "N")]
    pub facet_limit: Option<usize>,
    /// Count only values of which a word begins so, such as `people=put` (repeatable)
    #[arg(long, value_name = "FACET=PREFIX", value_parser = prefix)]
    pub facet_prefix: Vec<(String, String)>,
    /// auto, day, month or year
    #[arg(long, value_name = "INTERVAL")]
    pub histogram: Option<String>,
}

impl Search {
    /// Returns the search as the parameters of `GET /api/search`.
    pub fn pairs(self) -> Vec<(String, String)> {
        let mut pairs = self.filters.pairs(&self.query);
        let single = [
            ("limit", Some(self.limit.to_string())),
            ("cursor", self.cursor),
            ("facets", self.facets),
            ("facet_limit", self.facet_limit.map(|it| it.to_string())),
            ("histogram", self.histogram),
        ];
        pairs.extend(single.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        pairs.extend(self.facet_prefix.into_iter().map(|(facet, prefix)| (format!("facet_prefix.{facet}"), prefix)));
        pairs
    }
}

/// Divides a facet and how its values begin.
fn prefix(typed: &str) -> Result<(String, String), String> {
    let (facet, prefix) = typed.split_once('=').ok_or("expected a facet and a beginning such as `people=put`")?;
    Ok((facet.to_owned(), prefix.to_owned()))
}

/// What can be done with names. A name may be any of an entry's.
#[derive(Debug, Subcommand)]
pub enum Names {
    /// List the names of the archive with their articles, the most frequent first
    List {
        /// Only names one of whose words begins so
        #[arg(default_value = "")]
        prefix: String,
        /// Names to list; 0 for all
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Show an entry: its heading, its names and why they are there
    Show {
        /// Any of its names
        name: String,
    },
    /// List names that may be one, the likeliest first, with the evidence
    #[command(alias = "likely")]
    Suggest {
        /// Pairs to list
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Say whether two names are one, by how they are written and what was decided
    Compare {
        /// Two names
        #[arg(num_args = 2, value_name = "NAME", required_unless_present = "pairs")]
        names: Vec<String>,
        /// Compare the two names of each row (CSV); with a column `same`, say how often that is right, too
        #[arg(long, value_name = "FILE", conflicts_with = "names")]
        pairs: Option<PathBuf>,
    },
    /// Put names under the heading of the last one: `merge NAME… [into] NAME`
    Merge {
        /// The names that go, then the one that stays
        #[arg(required = true, num_args = 2.., value_name = "NAME")]
        names: Vec<String>,
    },
    /// Give an entry another heading: `rename NAME [to] NAME`
    Rename {
        /// Any of its names, then the new heading
        #[arg(required = true, num_args = 2..=3, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Add a name to an entry
    Alias {
        /// Any of its names
        name: String,
        /// The name to add
        alias: String,
    },
    /// Take names out of an entry, or keep apart what is likely to be merged
    Split {
        /// Any name of the entry
        name: String,
        /// The names that leave it; all but the heading if none is given
        forms: Vec<String>,
    },
    /// Show an entry no more
    Hide {
        /// Any of its names
        name: String,
    },
    /// Take the latest of these edits back
    Undo,
}

/// What can be done with the authority as a whole.
#[derive(Debug, Subcommand)]
pub enum Authority {
    /// Take entries in, one JSON object a line; `-` is standard input
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write every entry, one JSON object a line
    Export {
        /// Leave out what the archive decided by itself
        #[arg(long)]
        decided: bool,
    },
}

/// Filters of a search.
#[derive(Debug, Default, Group)]
pub struct Filters {
    /// Only articles about this person (repeatable: all of them)
    #[arg(long, value_name = "NAME")]
    pub person: Vec<String>,
    /// Only articles about this place (repeatable: all of them)
    #[arg(long, value_name = "NAME")]
    pub place: Vec<String>,
    /// Only articles about this organization (repeatable: all of them)
    #[arg(long, value_name = "NAME")]
    pub organization: Vec<String>,
    /// Only articles on this topic (repeatable: all of them)
    #[arg(long, value_name = "NAME")]
    pub topic: Vec<String>,
    /// Only this source (repeatable: any of them)
    #[arg(long, value_name = "NAME")]
    pub source: Vec<String>,
    /// Only this section (repeatable: any of them)
    #[arg(long, value_name = "NAME")]
    pub section: Vec<String>,
    /// Only this author
    #[arg(long, value_name = "NAME")]
    pub author: Vec<String>,
    /// Only this language (repeatable: any of them)
    #[arg(long, value_name = "CODE")]
    pub language: Vec<String>,
    /// Only articles with a place in this country
    #[arg(long, value_name = "CODE")]
    pub country: Vec<String>,
    /// Only this story, by the id of its first article (repeatable: any of them)
    #[arg(long, value_name = "ID")]
    pub story: Vec<String>,
    /// Leave out a value, such as `source=Courier`
    #[arg(long, value_name = "FILTER=VALUE", value_parser = exclusion)]
    pub exclude: Vec<String>,
    /// Published from this date on (2025, 2025-10, 2025-10-16)
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Published up to and including this date
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// `only` or `exclude`
    #[arg(long, value_name = "HOW")]
    pub undated: Option<String>,
    /// `all` words or `any`
    #[arg(long, value_name = "HOW")]
    pub r#match: Option<String>,
    /// relevance, newest or oldest
    #[arg(long, value_name = "ORDER")]
    pub sort: Option<String>,
    /// `story`: only the first article of each story
    #[arg(long, value_name = "WHAT")]
    pub collapse: Option<String>,
}

impl Filters {
    /// Returns the filters as the parameters of `GET /api/search`.
    pub fn pairs(&self, query: &str) -> Vec<(String, String)> {
        let mut pairs = vec![("q".to_owned(), query.to_owned())];
        let lists = [
            ("person", &self.person),
            ("place", &self.place),
            ("organization", &self.organization),
            ("topic", &self.topic),
            ("source", &self.source),
            ("section", &self.section),
            ("author", &self.author),
            ("language", &self.language),
            ("country", &self.country),
            ("story", &self.story),
        ];
        for (name, values) in lists {
            pairs.extend(values.iter().map(|value| (name.to_owned(), value.clone())));
        }
        for exclusion in &self.exclude {
            let (name, value) = exclusion.split_once('=').unwrap_or((exclusion, ""));
            pairs.push((format!("exclude_{name}"), value.to_owned()));
        }
        let single = [
            ("from", &self.from),
            ("to", &self.to),
            ("undated", &self.undated),
            ("match", &self.r#match),
            ("sort", &self.sort),
            ("collapse", &self.collapse),
        ];
        for (name, value) in single {
            pairs.extend(value.iter().map(|value| (name.to_owned(), value.clone())));
        }
        pairs
    }
}

/// Checks an exclusion: one that says nothing must not be passed over in silence.
fn exclusion(typed: &str) -> Result<String, String> {
    const FILTERS: &str = "person place organization topic source section author language country story";
    match typed.split_once('=') {
        Some((name, value)) if FILTERS.split(' ').any(|it| it == name) && !value.trim().is_empty() => {
            Ok(typed.to_owned())
        }
        _ => Err(format!("expected a filter and a value such as `source=Courier`; filters are {FILTERS}")),
    }
}

/// Formats that are read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// One JSON object per line
    Jsonl,
    /// A JSON array or object, ninjs among them
    Json,
    /// Comma- or semicolon-separated, with a header
    Csv,
    /// Tab-separated, with a header
    Tsv,
    /// Plain text, one article per file
    Text,
    /// A web page
    Html,
    /// NewsML-G2: one item, or a message of many
    NewsmlG2,
    /// NITF
    Nitf,
}

/// Formats that are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ExportFormat {
    /// One JSON object per line
    Jsonl,
    /// Comma-separated, with a header
    Csv,
}

/// What can be trained.
#[cfg(feature = "train")]
#[derive(Debug, Subcommand)]
pub enum Train {
    /// The tagger of people, places and organizations
    Entities {
        /// Folder of labelled corpora (`*.bio`)
        #[arg(long, value_name = "DIR")]
        entities: PathBuf,
        /// Annotated articles (JSON Lines)
        #[arg(long, value_name = "FILE")]
        annotated: PathBuf,
        /// More annotations (JSON Lines; repeatable), their texts in --news
        #[arg(long, value_name = "FILE", requires = "news")]
        annotations: Vec<PathBuf>,
        /// Articles by id, files or folders (JSON Lines)
        #[arg(long, value_name = "PATH")]
        news: Vec<PathBuf>,
        /// Where to write the model
        #[arg(long, value_name = "MODEL")]
        output: PathBuf,
    },
    /// The transformer of the thorough level: what it learns from, or what it learned
    Thorough {
        /// What
        #[command(subcommand)]
        what: Thorough,
    },
    /// A model of topics, from tagged articles
    Topics(Topics),
    /// The table of how rare words are, for keywords
    Keywords {
        /// Files and folders with articles
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where to write the table
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// The clusters of words by use
    Clusters {
        /// Folder with `model.safetensors` and `vocab.txt` of a sentence encoder
        #[arg(long, value_name = "DIR")]
        encoder: PathBuf,
        /// Where to write the table
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// The table of IPTC Media Topics
    Vocabulary {
        /// IPTC's own file (JSON)
        file: PathBuf,
        /// Where to write the table
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// The table of names that the tagger knows beforehand
    Names {
        /// Folder with the files of registry packages, as `data/rebuild-names` makes it
        #[arg(long, value_name = "DIR")]
        sources: PathBuf,
        /// Where to write the table
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// The gazetteer of places
    Gazetteer {
        /// Folder with the unpacked registry packages, as `data/rebuild-gazetteer` makes it
        #[arg(long, value_name = "DIR")]
        sources: PathBuf,
        /// Where to write the table
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// The two ends of training the transformer; what lies between is `training/thorough`.
#[cfg(feature = "train")]
#[derive(Debug, Subcommand)]
pub enum Thorough {
    /// Write what is learned from as words with tags
    Export {
        /// Folder of labelled corpora (`*.bio`)
        #[arg(long, value_name = "DIR")]
        entities: PathBuf,
        /// Annotated articles (JSON Lines)
        #[arg(long, value_name = "FILE")]
        annotated: PathBuf,
        /// More annotations (JSON Lines), their texts in --news
        #[arg(long, value_name = "FILE", requires = "news")]
        annotations: Vec<PathBuf>,
        /// Articles by id, files or folders (JSON Lines)
        #[arg(long, value_name = "PATH")]
        news: Vec<PathBuf>,
        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Round what was learned to bytes
    Pack {
        /// What was learned (safetensors)
        checkpoint: PathBuf,
        /// The vocabulary of the encoder, one piece a line
        #[arg(long, value_name = "FILE")]
        vocabulary: PathBuf,
        /// Where to write the model
        #[arg(long, value_name = "MODEL")]
        output: PathBuf,
    },
}

/// How a model of topics is trained.
#[cfg(feature = "train")]
#[derive(Debug, Group)]
pub struct Topics {
    /// Files and folders with tagged articles
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Which articles, and which headings of theirs.
    #[command(flatten)]
    pub reading: TopicReading,
    /// What sections and tags say of headings: field, value, headings it has, headings it lacks, between tabs
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Learn from nothing that closely matches an article that `--only` leaves out of this file (repeatable)
    #[arg(long, value_name = "FILE")]
    pub apart_from: Vec<PathBuf>,
    /// Parts of the cross-validation, 2 to 20
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(2..=20))]
    pub folds: u8,
    /// Choose each heading's threshold for this precision, such as 0.9, instead of for the best F1
    #[arg(long, value_name = "SHARE")]
    pub precision: Option<f32>,
    /// Where to write the model
    #[arg(long, value_name = "MODEL")]
    pub output: PathBuf,
}

/// Which articles are read, and which headings of theirs.
#[cfg(feature = "train")]
#[derive(Debug, Group)]
pub struct TopicReading {
    /// topics, tags or section
    #[arg(long, value_name = "FIELD", default_value = "topics")]
    pub field: TaggedField,
    /// Only articles with this value, such as `split=train`
    #[arg(long, value_name = "FIELD=VALUE")]
    pub only: Option<String>,
    /// Headings by id of article (id, tab, headings), in place of the article's own
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// The headings are IPTC Media Topics; the top level is learned
    #[arg(long)]
    pub media_topics: bool,
    /// An article without headings has none, instead of being passed over
    #[arg(long)]
    pub untagged: bool,
}

/// Fields that headings are learned from.
#[cfg(feature = "train")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TaggedField {
    /// Topics given by the source
    Topics,
    /// Free tags
    Tags,
    /// The section
    Section,
}

/// What the tagger is measured on.
#[cfg(feature = "train")]
#[derive(Debug, clap::Args)]
pub struct MeasuredEntities {
    /// Folder of labelled corpora (`*.bio`)
    #[arg(long, value_name = "DIR")]
    pub entities: Option<PathBuf>,
    /// Annotated articles (JSON Lines)
    #[arg(long, value_name = "FILE")]
    pub annotated: Option<PathBuf>,
    /// Annotations (JSON Lines; repeatable), their texts in --news: those of the split "dev" are measured, by language
    #[arg(long, value_name = "FILE", requires = "news")]
    pub annotations: Vec<PathBuf>,
    /// Articles by id, files or folders (JSON Lines)
    #[arg(long, value_name = "PATH")]
    pub news: Vec<PathBuf>,
    /// Measure this model instead of the one that comes with the program
    #[arg(long, value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Measure the thorough level
    #[arg(long)]
    pub thorough: bool,
    /// Measure the thorough level with this transformer instead of the one that comes with the program
    #[arg(long, value_name = "MODEL", requires = "thorough")]
    pub transformer: Option<PathBuf>,
}

/// What can be measured.
#[cfg(feature = "train")]
#[derive(Debug, Subcommand)]
pub enum Evaluate {
    /// People, places and organizations, exact span and type
    Entities(MeasuredEntities),
    /// Topics of tagged articles
    Topics {
        /// Files and folders with tagged articles
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Which articles, and which headings of theirs.
        #[command(flatten)]
        reading: TopicReading,
        /// Measure this model instead of the one that comes with the program
        #[arg(long, value_name = "MODEL")]
        topic_model: Option<PathBuf>,
        /// Leave out articles that closely match one of this file that is not measured on (repeatable)
        #[arg(long, value_name = "FILE")]
        seen: Vec<PathBuf>,
    },
    /// Bodies, titles, authors and dates of web pages
    Html {
        /// What the pages hold (JSON Lines: id, url, title, body, authors, published)
        file: PathBuf,
        /// The pages (WARC) [default: beside FILE, with the ending .warc.gz]
        #[arg(long, value_name = "WARC")]
        pages: Option<PathBuf>,
        /// Show what was read wrongly, in the half of the pages that may be looked at
        #[arg(long)]
        errors: bool,
    },
    /// Who is who: the list of people, places and organizations of an article, each once and under its name
    People {
        /// Annotated articles (JSON Lines)
        #[arg(value_name = "FILE")]
        annotated: PathBuf,
        /// Take the annotated mentions instead of the tagger's
        #[arg(long)]
        given: bool,
        /// Which part of the articles
        #[arg(long, value_name = "PART", default_value = "dev")]
        split: String,
        /// List what is wrong
        #[arg(long)]
        errors: bool,
    },
    /// Which places are named, and where they lie
    Places {
        /// Articles whose places are marked with coordinates (JSON Lines)
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Take demonyms ("Turkish") for names of their countries, as such corpora mark them
        #[arg(long)]
        with_demonyms: bool,
        /// List what is wrong
        #[arg(long)]
        errors: bool,
    },
}

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it, this once
    Create {
        /// Who or what it is for
        name: String,
    },
    /// List keys without showing them
    List,
    /// Take a key back
    Revoke {
        /// Its name or number
        name: String,
    },
}
