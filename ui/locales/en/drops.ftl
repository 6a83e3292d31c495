# Files that are dragged onto the window.

drops-title = Drop to import
drops-title-app = Drop to import for { $app }
drops-files = { $number ->
    [one] { $name }
   *[other] { $number } files, one after the other
}
drops-accepted = Backups (.tar.gz, .tar.zst, .tar) and SQLite databases (.db, .sqlite, .sqlite3, also packed with gzip).
drops-where = A backup says itself which application it belongs to. Drop a plain database on the page of its application.
drops-importing = { $name } is imported.
drops-refused = { $number ->
    [one] One file was not imported
   *[other] { $number } files were not imported
}
drops-refused-folder = { $name } is a folder. Drop the backup or the database itself.
drops-refused-kind = { $name } is, by its name, neither a backup nor a SQLite database.
drops-refused-unreadable = { $name } cannot be read as a file of this computer.
drops-refused-too-many = { $name } was one too many at once. Drop it again on its own.
drops-refused-question = A question is open in the window. Answer it first, then drop { $name } again.
