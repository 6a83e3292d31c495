# The protection that goes on by itself.

protection-title = Protection
protection-looking = Looking whether backups are taken by themselves…
protection-off = Backups are taken only when you ask. What changes in between is lost if the database is damaged or deleted.
protection-protect = Protect
protection-protecting = Protection starts. This takes a few seconds…
protection-mend = Put it right
protection-mending = Putting it right. This takes a few seconds…
protection-open-settings = Open settings
protection-settings = Settings
protection-switch-off = Switch off…
protection-switching-off = Switching off…
protection-next = Next backup
protection-last = Last automatic backup
protection-kept = Backups kept
protection-none = None yet
protection-not-planned = Not planned
protection-last-exact = { $verdict ->
    [sound] { $time }, proven
    [not-checkable] { $time }, cannot be checked
    [damaged] { $time }, damaged
   *[not-checked] { $time }, not proven
}
protection-removed = { $number ->
    [0] none removed last time
   *[other] { $number } removed last time
}
protection-suspended = none is removed at present
protection-failed = { $number ->
    [one] { $number } attempt failed since the last good backup: { $failure }
   *[other] { $number } attempts failed since the last good backup: { $failure }
}
protection-settings-problem = The settings cannot be read as they are: { $problem }

## How it stands, as a badge.

protection-badge-off = Off
protection-badge-starting = Starting
protection-badge-on = On
protection-badge-working = Backing up now
protection-badge-held-up = Has to wait
protection-badge-switched-off = Paused in the settings
protection-badge-refusing = Refuses to work
protection-badge-outdated = Older version
protection-badge-silent = No sign of life
protection-badge-stopped = Stopped
protection-badge-gone = Gone
protection-badge-failing = Backups fail
protection-badge-left-out = Not all of it

## Why the data is at risk. Each follows the words “At risk:”.

protection-risk-switched-off = automatic backups are switched off in the settings.
protection-risk-refusing = its guardian refuses to work.
protection-risk-silent = its guardian gives no sign of life.
protection-risk-stopped = its guardian is stopped.
protection-risk-gone = its guardian is gone.
protection-risk-failing = automatic backups fail.
protection-risk-left-out = { $number ->
    [one] { $names } holds a database and is in no automatic backup.
   *[other] { $names } hold databases and are in no automatic backup.
}

## What the card says of it.

protection-message-switched-off = Its guardian is there, and the settings say that it takes no backups.
protection-message-silent = Its guardian runs and says nothing: nobody knows whether backups are taken. Putting it right starts a new one.
protection-message-gone = Its guardian was removed: no backups are taken. Putting it right starts a new one.
protection-message-left-out = { $number ->
    [one] { protection-risk-left-out } Putting it right takes it in.
   *[other] { protection-risk-left-out } Putting it right takes them in.
}
protection-mended-refusing = Putting it right protects what is there now.
protection-mended-outdated = Putting it right starts one of this version.
protection-mended-stopped = Putting it right starts a new one.

## What switching off asks.

protection-end-title = Switch off the protection of { $app }?
protection-end-ends = No more backups are taken by themselves, and none are proven again.
protection-end-volumes = The guardian’s container goes, and with it its hold on the volumes: docker compose down -v can delete them again.
protection-end-stays = All backups stay, and you can protect it again at any time.
protection-end-yes = Switch off
protection-end-no = Keep it on

## When the next backup is due, and why then.

protection-due-now = Due now
protection-due-within-a-minute = Within a minute
protection-due-first = { $time }, the first one
protection-due-start-up = { $time }, as protection starts
protection-due-missed = { $time }, one was missed
protection-due-again = { $time }, the last attempt failed
protection-due-clock-set-back = { $time }, the clock was set back
