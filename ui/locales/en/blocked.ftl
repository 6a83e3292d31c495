# The pages that say why nothing can be done now.

## Is my data safe?

blocked-safe-inside = Your data and your backups are where they were: inside the engine.
blocked-safe-running = Your applications keep running; only Lifeboat cannot work with this engine.
blocked-safe-untouched = Your data is where it was: Lifeboat has touched nothing.

## What happened, why, and what to do.

blocked-not-installed-title = No container engine was found
blocked-not-installed-why = Lifeboat protects applications that run in Docker, Podman or a compatible engine. None is installed here, or its socket is somewhere unusual.
blocked-not-installed-mend = Install an engine, then try again.
blocked-stopped-title = The engine is not running
blocked-stopped-why = An engine is installed, and nothing answers at its address.
blocked-stopped-mend = Start the engine, then try again.
blocked-permission-title = You may not use the engine
blocked-permission-why = The engine is running, but your user is not allowed to open its socket.
blocked-permission-mend = Add your user to the engine’s group, then log out and in again.
blocked-permission-warning = Whoever may use the engine can do everything on this machine that root can.
blocked-context-title = The chosen address leads to no engine
blocked-context-why = The Docker context or DOCKER_HOST that is set points to an engine that is not there.
blocked-context-mend = See which contexts there are, and choose one that works.
blocked-too-old-title = The engine is too old
blocked-too-old-why = Lifeboat needs an engine from 2020 or newer: Docker 20.10, API 1.41.
blocked-too-old-mend = Update the engine. Your containers and volumes are kept.
blocked-windows-containers-title = The engine runs Windows containers
blocked-windows-containers-why = Lifeboat works with Linux containers, which is where SQLite applications live.
blocked-windows-containers-mend = Switch Docker Desktop to Linux containers, then try again.
blocked-failed-title = The engine refused
blocked-failed-why = The engine answered, but not with what was asked for.
blocked-failed-mend = Look at what it said below, then try again.
blocked-helper-missing-title = No helper for the engine’s processor
blocked-helper-missing-why = This package of Lifeboat does not bring its helper for the processor that the engine runs on.
blocked-helper-missing-mend = Install the package of Lifeboat that has it.
blocked-again = Try again

## The rest of the page.

blocked-others = Engines that answer at other addresses
blocked-known = Seen last time
blocked-known-more = { $apps ->
    [one] { $apps } application. They are not looked at while the engine cannot be reached.
   *[other] { $apps } applications. They are not looked at while the engine cannot be reached.
}
blocked-check-up = Open check-up
