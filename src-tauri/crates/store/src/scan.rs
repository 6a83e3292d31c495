//! Looking for databases in volumes, by header, opening none.
