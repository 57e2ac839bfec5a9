//! The search request: query, filters, range, order, page, facets and histogram. Everything in it is already checked.

use crate::{document::Facet, query::Node};

/// An inclusive range of days since 0001-01-01; open ends are `i32::MIN` and `i32::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayRange {
    /// First day.
    pub from: i32,
    /// Last day.
    pub to: i32,
}

/// What to do with undated articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undated {
    /// They are found unless there is a date range.
    #[default]
    Include,
    /// Only they.
    Only,
    /// All but they.
    Exclude,
}

/// A filter on a facet: the whole value, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Which facet.
    pub facet: Facet,
    /// Which value; case and accents do not matter.
    pub value: String,
    /// Whether articles with the value are left out instead.
    pub exclude: bool,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By score, the best first.
    #[default]
    Relevance,
    /// By publication, the newest first, undated last.
    Newest,
    /// By publication, the oldest first, undated last.
    Oldest,
}

/// Where a page begins: right after this hit. Ties are broken by `tie`, which an engine assigns and keeps stable.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// Score bits or sort key of the last hit, made comparable as i64 (greater comes first).
    pub key: i64,
    /// Tie-breaker of the last hit: its id.
    pub tie: String,
    /// The state of the archive in which it was made, as the engine numbers them; scores mean nothing in another.
    pub view: u64,
    /// How many hits stand before, the last one included: where to go on if that state is gone.
    pub passed: u64,
}

/// Which facet to count, and how many values to return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetRequest {
    /// Which.
    pub facet: Facet,
    /// At most this many values, 1 to 1,000.
    pub limit: usize,
    /// Only values of which a word begins so (folded); empty for all.
    pub prefix: String,
}

/// Width of a histogram's buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interval {
    /// `2025-10-16`
    Day,
    /// `2025-10`
    Month,
    /// `2025`
    Year,
    /// Whatever gives 12 to 100 buckets.
    Auto,
}

/// A search as an engine gets it.
///
/// Filters combine so: of a single-valued facet ([`Facet::is_single`]) the included values are alternatives, of any other
/// all must be there; excluded values are never ignored. Counts of a single-valued facet ignore the included filters of
/// that facet (and `years` ignores `range`).
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// The query.
    pub query: Node,
    /// The filters.
    pub filters: Vec<Filter>,
    /// Only these stories, if any is named.
    pub stories: Vec<String>,
    /// Not these stories.
    pub excluded_stories: Vec<String>,
    /// Only articles whose publication interval overlaps it.
    pub range: Option<DayRange>,
    /// Undated articles.
    pub undated: Undated,
    /// The order.
    pub sort: Sort,
    /// Hits on the page, 0 to 100.
    pub limit: usize,
    /// Where the page begins.
    pub cursor: Option<Cursor>,
    /// What to count.
    pub facets: Vec<FacetRequest>,
    /// Histogram of publication dates.
    pub histogram: Option<Interval>,
    /// Show only the first hit of each story; `total` then still counts articles.
    pub collapse: bool,
}

impl SearchRequest {
    /// Returns a request for the first 20 hits of a query, with nothing counted.
    pub fn new(query: Node) -> Self {
        Self {
            query,
            filters: Vec::new(),
            stories: Vec::new(),
            excluded_stories: Vec::new(),
            range: None,
            undated: Undated::Include,
            sort: Sort::Relevance,
            limit: 20,
            cursor: None,
            facets: Vec::new(),
            histogram: None,
            collapse: false,
        }
    }
}
