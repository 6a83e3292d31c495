//! SQLite itself: headers, opening, capture, checks, recovery.
