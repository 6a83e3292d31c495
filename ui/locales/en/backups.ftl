# The backups table, its dialogs and the details of a backup.

backups-title = Backups
backups-create = Create backup
backups-refresh = Refresh
backups-import = Import…
backups-undo = Undo last change
backups-filter = Filter backups
backups-loading = Loading the backups…
backups-no-match = No backup matches.
backups-file = Backup
backups-created = Created
backups-size = Size
backups-compression = Compression
backups-compression-none = none
# "gzip, −73 %": so much smaller than it was.
backups-compression-saved = { $codec }, −{ $saved } %
backups-proof = Proof
backups-actions = Actions
backups-pinned = Pinned
backups-checking = Checking…
backups-storage = { $number ->
    [one] { $number } backup, { $used } used, { $free } free on the engine’s disk
   *[other] { $number } backups, { $used } used, { $free } free on the engine’s disk
}
backups-unreadable = { $number ->
    [one] One entry of the vault is no readable backup.
   *[other] { $number } entries of the vault are no readable backups.
}
backups-empty-title = Never backed up
backups-empty-text = Create the first backup now. The application keeps running, and the backup is proven to restore before it counts.
backups-empty-orphan = This vault is empty. If you have a backup elsewhere, import it.

## What can be done with a backup, named by its file, and in short.

backups-restore = Restore { $file }
backups-download = Download { $file }
backups-verify = Verify { $file }
backups-pin = Pin { $file }
backups-unpin = Unpin { $file }
backups-remove = Delete { $file }
backups-restore-short = Restore
backups-hint-download = Download…
backups-hint-verify = Verify again
backups-hint-pin = Pin: never removed by rotation
backups-hint-unpin = Unpin
backups-hint-remove = Delete…
backups-hint-pinned-remove = Unpin it first: a pinned backup is not deleted
backups-pin-done = { $file } is pinned.
backups-unpin-done = { $file } is no longer pinned.

## Deleting one, or several.

backups-delete-title = { $number ->
    [one] Delete this backup?
   *[other] Delete { $number } backups?
}
backups-delete-yes = { $number ->
    [one] Delete backup
   *[other] Delete { $number } backups
}
backups-delete-no = { $number ->
    [one] Keep it
   *[other] Keep them
}
backups-delete-text = { $file }, { $size }, taken { $time }.
backups-delete-sum = { $number ->
    [one] { $number } backup, { $size }:
   *[other] { $number } backups, { $size }:
}
backups-delete-for-good = { $number ->
    [one] It is deleted for good. Copies that you downloaded stay.
   *[other] They are deleted for good. Copies that you downloaded stay.
}
# How many of those that go are proven.
backups-delete-last = { $proven ->
    [one] It is the last backup that is proven to restore.
   *[other] No backup that is proven to restore would be left.
}
backups-delete-done = { $file } was deleted.
backups-delete-done-all = { $gone ->
    [one] { $gone } backup deleted.
   *[other] { $gone } backups deleted.
}
backups-delete-done-some = { $asked ->
    [one] { $gone } of { $asked } backup deleted. The others are kept.
   *[other] { $gone } of { $asked } backups deleted. The others are kept.
}
backups-delete-kept = { $tried ->
    [one] { $kept } of { $tried } backup could not be deleted
   *[other] { $kept } of { $tried } backups could not be deleted
}

## Choosing several in the table.

backups-chosen-all = Select all that are shown
backups-chosen-one = Select { $file }
backups-chosen-pinned = Unpin it first: a pinned backup is not deleted
backups-chosen-sum = { $number ->
    [one] { $number } backup selected, { $size }
   *[other] { $number } backups selected, { $size }
}
backups-chosen-clear = Clear selection
backups-chosen-busy = Another job works on this application
backups-chosen-deleting = Deleting backup { $number } of { $of }…
backups-chosen-stop = Stop after this one
backups-chosen-stopping = Stopping after this one…

## Downloading one.

backups-download-title = Download backup
backups-download-as = Save as
backups-download-archive = Archive
backups-download-archive-more = Everything in it, { $size }, with its checksum and description beside it. Opens with any archive tool, and can be imported again.
backups-download-database = Plain database
backups-download-database-more = One SQLite file, ready to be opened.
backups-download-which = Database
backups-download-choose = Choose where…
backups-download-note = The copy is read back and compared before it counts as saved.

## The details of one.

backups-details-restore = Restore…
backups-details-created = Created
backups-details-trigger = Reason
backups-details-note = Note
backups-details-size = Size
backups-details-sizes = { $stored }, from { $raw } ({ $compression })
backups-details-proof = Proof
# A time follows, such as "2 hours ago".
backups-details-proven-at = Checked
backups-details-restore-time = Restoring it to scratch took { $time }.
backups-details-content = Content
backups-details-content-of = { $databases ->
    [one] { $databases } database, { $files } other files
   *[other] { $databases } databases, { $files } other files
}
backups-details-left-out = Left out
backups-details-left-out-nothing = nothing matched { $patterns }
backups-details-left-out-files = { $number ->
    [one] { $number } file, { $size } ({ $patterns })
   *[other] { $number } files, { $size } ({ $patterns })
}
backups-details-scope-whole = whole volumes
backups-details-scope-databases = databases only
backups-details-checksum = SHA-256
backups-details-releases = What ran then
backups-details-databases = Databases in it
backups-details-tools = Made with
backups-details-tools-of = Lifeboat { $lifeboat }, SQLite { $sqlite }
backups-details-findings = Things to know
backups-safe-sound = This backup is proven to restore.
backups-safe-damaged = This backup is damaged. Do not rely on it.
backups-safe-not-checkable = This backup cannot be checked.
backups-safe-not-checked = This backup is not proven yet.
