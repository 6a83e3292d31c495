# The one answer to “is my data safe?”: a title, and the sentences that follow it.

status-needs-attention = Needs attention.
status-unfinished = A restore or update was interrupted. Finish it before anything else.
status-not-known = Backups not known.
status-nothing-to-protect = Nothing to protect.
status-no-database = No SQLite database was found in it.
status-not-yet = Not backed up yet.
status-first-backup = The first backup is being taken.
status-never = Never backed up.
status-no-copy = { $number ->
    [one] { $number } database ({ $size }) has no copy anywhere.
   *[other] { $number } databases ({ $size }) have no copy anywhere.
}
status-backed-up = Backed up.
status-unprotected = Unprotected.
status-protected = Protected.

## After “At risk:”.

status-at-risk = At risk:
status-damaged = the live database is damaged.
status-damaged-no-backup = the live database is damaged. There is no backup to go back to.
status-damaged-proven = the live database is damaged. The last proven backup is from { $when }.
status-damaged-unproven = the live database is damaged. The last backup is from { $when }.
status-backup-damaged = the last backup, { $when }, is damaged.
status-risk = { $risk } Last backup { $when }.
status-overdue-alone = no backup for { $age }. Nothing protects it by itself.
status-overdue-held-up = no backup for { $age }, and the next has to wait.

## The last backup, and what is to be said after it.

status-unknown-time = at an unknown time
status-last-backup = { $verdict ->
    [sound] Last backup { $when }, proven to restore.
    [not-checkable] Last backup { $when }; it cannot be checked.
   *[not-checked] Last backup { $when }, not proven yet.
}
status-protection-not-known = { $backup } Its protection is not known.
status-alone = { $backup } Nothing protects it by itself.
status-held-up = { $backup } The next one has to wait.
status-outdated = { $backup } Its guardian is of an older version.

## An application that is not on the engine any more.

status-gone = Application gone.
status-gone-empty = Its vault is empty.
status-gone-held = { $number ->
    [one] { $number } backup is still here.
   *[other] { $number } backups are still here.
}
status-gone-newest = { $number ->
    [one] { $number } backup is still here, the newest from { $when }.
   *[other] { $number } backups are still here, the newest from { $when }.
}

## All applications together.

status-all-nothing = Nothing to protect yet.
status-all-safe = { $number ->
    [1] Your data is safe.
    [2] Both applications are protected.
   *[other] All { $number } applications are protected.
}
status-all-safe-more = Every last backup was proven to restore.
status-all-open = { $number ->
    [one] One application needs you.
   *[other] { $number } applications need you.
}
status-all-open-more = { $good } of { $all } are protected, with a last backup that is proven to restore.
