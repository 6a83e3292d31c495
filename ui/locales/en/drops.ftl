# Files that are dragged onto the window.

drops-title = Drop to import
drops-title-app = Drop to import for { $app }
drops-files = { $number ->
    [one] { $name }
   *[other] { $number } files, one after the other
}
drops-accepted = Backups (.tar.gz, .tar.zst, .tar) and SQLite databases (.db, .sqlite, .sqlite3, also packed with gzip).
drops-where = When it is dropped you are asked which application it is for.
drops-ask-title = { $number ->
    [one] Which application is it for?
   *[other] Which applications are they for?
}
drops-ask-app = Application for { $file }
drops-ask-named = The one that the backup names
drops-ask-choose = Choose an application
drops-ask-yes = Import
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
