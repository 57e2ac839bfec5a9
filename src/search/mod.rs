//! Request to results: facets, histogram, snippets, paging.
