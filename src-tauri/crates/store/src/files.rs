//! Small file-system tools that more than one module needs.
