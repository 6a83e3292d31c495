# The settings of an application. What each means and allows is what the table of settings in the core says of it.

settings-looking = Looking at the settings…
settings-intro = What you choose here stands above the project’s .env, which stands above the container’s environment.
settings-on = On
settings-off = Off
settings-allowed = Allowed: { $allowed }.
settings-fault = Allowed is { $allowed }.
settings-default = Default: { $value }.
settings-default-not-set = not set
settings-default-on = on
settings-default-off = off
settings-back = Back to .env or default
settings-back-of = { $label }: back to .env or default
settings-taken-back = As the .env or the default says
settings-keep-choice = Keep my choice
settings-cron-stands = Counts for nothing while there is a cron expression.
settings-changes = { $number ->
    [one] { $number } change not saved
   *[other] { $number } changes not saved
}
settings-save = Save
settings-saved = Saved. They are in force.
settings-discard = Discard
settings-refused = { $number ->
    [one] One value is not allowed
   *[other] { $number } values are not allowed
}
settings-in-force = In force is { $value }.
settings-in-force-nothing = In force is nothing.
settings-pending = Not in force yet
settings-pending-more = A job is at work. They come into force with the next look.

## Where a value comes from.

settings-origin-lifeboat = Chosen in Lifeboat
settings-origin-dot-env = From the .env
settings-origin-environment = From the container
settings-origin-last-good = Last good value
settings-origin-default = Default

## The groups.

settings-group-schedule = Schedule
settings-group-keep = What is kept
settings-group-how = How backups are taken
settings-group-health = When it comes up again
settings-group-notices = Who is told
settings-group-others = Others

## What stands behind a field of a number.

settings-unit-hours = hours
settings-unit-minutes = minutes
settings-unit-seconds = seconds
settings-unit-days = days
settings-unit-weeks = weeks
settings-unit-months = months
settings-unit-backups = backups
settings-unit-of-each = of each

## What is allowed, as the end of a sentence.

settings-allowed-whole-number = a whole number from { $from } to { $to }
settings-allowed-time = a time of day such as 03:30, or nothing
settings-allowed-cron = five fields (minute, hour, day of the month, month, day of the week) such as 30 3 * * 1-5, or nothing
settings-allowed-zone = the name of a time zone such as Europe/Berlin, or UTC
settings-allowed-excludes = a list of paths inside the volumes with commas between them, such as cache, uploads/thumbs/** or *.tmp, or nothing
settings-allowed-probe = an address such as http://web:3000/health, several with spaces between them, or nothing
settings-allowed-webhook = an address such as https://hooks.example.com/lifeboat, without name and password, or nothing
settings-allowed-kinds = all, none, or some of guardian, backup-failed, overdue, backup-damaged, rolled-back and needs-attention with commas between them

## Each setting: what it is called, and what it does.

settings-enabled = Automatic backups
settings-enabled-meaning = Take backups by itself.
settings-interval = Interval
settings-interval-meaning = Hours from one backup to the next.
settings-at = Time of day
settings-at-meaning = Take backups at this time of day. An interval of less than a day counts from this time on, afresh each day; a longer one is taken in whole days.
settings-zone = Time zone
settings-zone-meaning = Where the time of day, the cron expression and the days of the keep rules are counted.
settings-cron = Cron expression
settings-cron-meaning = Take backups when this cron expression says, instead of by interval and time of day.
settings-jitter = Spread
settings-jitter-meaning = Spread backups that are due at a time of day over this many minutes, so that not all applications are read at once. It is the same minute each day for one application.
settings-start-up = Backup at start-up
settings-start-up-meaning = Take a backup when protection starts, which it also does when the engine starts.
settings-newest = Newest
settings-newest-meaning = Keep this many of the newest backups. Pinned ones, imported ones and the newest that is known to be sound stay in any case.
settings-hourly = Hourly
settings-hourly-meaning = Also keep the newest backup of each of the last so many hours that have one.
settings-daily = Daily
settings-daily-meaning = The same for days.
settings-weekly = Weekly
settings-weekly-meaning = The same for weeks, which begin on Monday.
settings-monthly = Monthly
settings-monthly-meaning = The same for months.
settings-safety = Before changes
settings-safety-meaning = Keep this many of the backups taken before updates, and as many of those taken before restores.
settings-scope = What is taken
settings-scope-meaning = Take each volume that holds a database whole, or the databases only.
settings-scope-whole = Whole volumes
settings-scope-databases = Databases only
settings-excludes = Left out
settings-excludes-meaning = Take whole volumes without these paths, such as caches and thumbnails. A path begins at the volume's root; a name without a slash counts in every directory. * stands for any letters of a name, ** for any directories, and what is in a directory goes with it. A database is never left out.
settings-compress = Compression
settings-compress-meaning = Compress backups.
settings-codec = Compressed with
settings-codec-meaning = How backups are compressed: gzip opens anywhere, zstd is faster and smaller.
settings-verify = Proven again after
settings-verify-meaning = Prove a backup again when its last proof is this many days old; 0 for never.
settings-deadline = Waits at most
settings-deadline-meaning = An application has this many seconds to come up after an update or a restore, else it is taken back. One that visibly migrates its database gets more.
settings-probe = Asks here
settings-probe-meaning = Ask here whether the application serves, beside its own health check: a status from 200 to 399 is a good answer. The host is a compose service or a container's name, the port is the one inside the container.
settings-lost-tables = Emptied tables
settings-lost-tables-meaning = What becomes of an update whose new release drops a table that had rows, or empties one.
settings-lost-tables-roll-back = Roll back
settings-lost-tables-warn = Warn
settings-webhook = Webhook
settings-webhook-meaning = Have `lifeboat watch` send notices here, as JSON in a POST request: a failed or overdue backup, a damaged one, a guardian that is gone. Shown without what comes after the host.
settings-kinds = Kinds of notices
settings-kinds-meaning = Have `lifeboat watch` tell only notices of these kinds. One that is not chosen is neither printed nor sent; chosen again, it tells what is still wrong.

## What the next rotation removes.

rotation-title = What the next rotation removes
rotation-when = Backups are removed only after a new one was taken, never by their age.
rotation-looking = Looking what these rules keep…
rotation-nothing = All backups stay.
rotation-no-vault = There is no backup yet.
rotation-goes = { $number ->
    [one] { $number } backup goes, { $freed }.
   *[other] { $number } backups go, { $freed }.
}
rotation-would-go = { $number ->
    [one] With these rules { $number } backup would go, { $freed }.
   *[other] With these rules { $number } backups would go, { $freed }.
}
rotation-suspended = Nothing is removed at present: { $reason }
rotation-backup = Backup
rotation-size = Size
rotation-reason = Why
rotation-no-rule = No rule keeps it any longer.
rotation-now = Remove them now…
rotation-save-first = Save the rules to remove them now.
rotation-question = { $number ->
    [one] Remove { $number } backup for good?
   *[other] Remove { $number } backups for good?
}
rotation-for-good = { $freed } become free. It cannot be undone.
rotation-yes = Remove for good
rotation-no = Keep them
rotation-done = { $number ->
    [one] { $number } backup removed, { $freed } free again.
   *[other] { $number } backups removed, { $freed } free again.
}
rotation-show-staying = { $number ->
    [one] Show { $number } backup that stays, and why
   *[other] Show { $number } backups that stay, and why
}
