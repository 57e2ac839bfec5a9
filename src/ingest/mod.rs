//! The pipeline: read, extract, write; outcomes, resume and report.
