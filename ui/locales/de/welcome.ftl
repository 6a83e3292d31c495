# Der erste Start: die Engine, die Anwendungen, der Zeitplan, die erste Sicherung.

welcome-steps = Schritte der Einrichtung
welcome-step-engine = Engine
welcome-step-applications = Anwendungen
welcome-step-schedule = Zeitplan
welcome-step-backup = Erste Sicherung
welcome-step-of = Schritt { $number } von { $all }: { $title }
welcome-later = Später einrichten
welcome-leave = Einrichtung schließen
welcome-back = Zurück
welcome-next = Weiter
welcome-open = Einrichten …
welcome-open-hint = Anwendungen und Zeitplan wählen und eine erste Sicherung erstellen, wie beim ersten Start.

## Die Engine.

welcome-engine-title = Willkommen bei Lifeboat
welcome-engine-text = Nach vier kurzen Schritten sind die Datenbanken der Anwendungen gesichert, ihre Wiederherstellung ist bewiesen, und von da an wird auf sie geachtet. Vor dem letzten Schritt wird nichts eingeschaltet.
welcome-engine-looking = Die Engine wird angesehen …
welcome-engine-looking-more = Die Volumes jedes Containers werden nach SQLite-Datenbanken durchsucht. Das kann einen Moment dauern.
welcome-engine-found = Die Engine ist gefunden
welcome-engine-name = Name
welcome-engine-version = Version
welcome-engine-endpoint = Adresse
welcome-engine-origin = bestimmt durch { $origin }
welcome-engine-other = Eine andere Engine wird verwendet, wenn vor dem Start von Lifeboat ein Docker-Kontext gewählt oder DOCKER_HOST gesetzt wird.

## Die Anwendungen.

welcome-applications-title = Welche Anwendungen sollen geschützt werden?
welcome-applications-text = Von selbst gefunden: Die Volumes und Bind-Mounts jedes Containers wurden nach SQLite-Datenbanken durchsucht.
welcome-applications-all = Alle Anwendungen
welcome-applications-sum = { $number ->
    [one] { $number } Datenbank, { $size }
   *[other] { $number } Datenbanken, { $size }
}
welcome-applications-more = { $number ->
    [one] und { $number } weitere
   *[other] und { $number } weitere
}
welcome-applications-protected = Bereits geschützt
welcome-applications-choose-one = Mindestens eine Anwendung wählen, um fortzufahren, oder später einrichten.
welcome-applications-none-left = Jede Anwendung mit einer Datenbank ist bereits geschützt.
welcome-applications-none = Hier läuft keine Anwendung mit einer Datenbank
welcome-applications-none-text = Kein Container dieser Engine hat eine SQLite-Datenbank in einem Volume oder Bind-Mount. Die Anwendung starten, dann erneut nachsehen.
welcome-applications-others = { $number ->
    [one] { $number } Anwendung hat keine SQLite-Datenbank; in ihr gibt es nichts zu schützen.
   *[other] { $number } Anwendungen haben keine SQLite-Datenbank; in ihnen gibt es nichts zu schützen.
}

## Der Zeitplan.

welcome-schedule-title = Wann, und wie viele behalten?
welcome-schedule-text = Das passt für die meisten Anwendungen und lässt sich jederzeit in den Einstellungen jeder Anwendung ändern.
welcome-schedule-interval = Eine Sicherung alle
welcome-schedule-interval-hint = Ein Wächter auf der Engine erstellt sie, auch bei geschlossenem Fenster.
welcome-schedule-interval-unit = Stunden
welcome-schedule-keep = Die neuesten behalten
welcome-schedule-keep-hint = Ältere gehen nach einer guten Sicherung. Angeheftete und importierte bleiben, ebenso die neueste, die als unversehrt bekannt ist.
welcome-schedule-keep-unit = Sicherungen
welcome-schedule-start-up = Sicherung beim Start
welcome-schedule-start-up-hint = Auch sichern, wenn der Schutz oder die Engine startet.
welcome-schedule-on = Ein
welcome-schedule-off = Aus
welcome-schedule-fault = Erlaubt ist eine ganze Zahl von { $least } bis { $most }.
welcome-schedule-env = Was in der .env-Datei einer Anwendung steht, bleibt in Kraft, solange es hier nicht geändert wird.
welcome-schedule-where = Wo die Sicherungen liegen
welcome-schedule-where-text = In einem Docker-Volume je Anwendung, ihrem Tresor, auf derselben Engine. „docker compose down -v“ und „docker volume prune“ lassen ihn in Ruhe.
welcome-schedule-where-copy = Der Tresor liegt auf demselben Datenträger wie die Daten. Für eine Kopie an einem anderen Ort hin und wieder eine Sicherung herunterladen.
welcome-schedule-start = { $number ->
    [one] Schützen und sichern
   *[other] { $number } Anwendungen schützen und sichern
}

## Die erste Sicherung.

welcome-backup-title = Die erste Sicherung wird erstellt
welcome-backup-text = Die Anwendungen laufen dabei weiter.
welcome-backup-list = Erste Sicherungen
welcome-backup-safe = Die Daten sind sicher.
welcome-backup-safe-text = { $number ->
    [one] Die Anwendung ist geschützt, und ihre erste Sicherung lässt sich bewiesenermaßen wiederherstellen. Die nächsten kommen von selbst.
   *[other] { $number } Anwendungen sind geschützt, und jede erste Sicherung lässt sich bewiesenermaßen wiederherstellen. Die nächsten kommen von selbst.
}
welcome-backup-open = Noch ist nicht alles sicher.
welcome-backup-open-text = { $all ->
    [one] Es gibt noch keine erste Sicherung, deren Wiederherstellung bewiesen ist.
   *[other] { $good } von { $all } Anwendungen haben eine erste Sicherung, deren Wiederherstellung bewiesen ist.
}
welcome-backup-waiting = Kommt noch an die Reihe.
welcome-backup-protecting = Der Schutz startet …
welcome-backup-working = Die erste Sicherung wird erstellt und geprüft …
welcome-backup-held-up = Muss warten: { $reason }
welcome-backup-progress = Fortschritt von { $app }
welcome-backup-sound = Geschützt. Gesichert, Wiederherstellung bewiesen.
welcome-backup-not-checked = Geschützt. Gesichert, noch nicht bewiesen.
welcome-backup-not-checkable = Geschützt. Gesichert; sie enthält etwas, das sich nicht prüfen lässt.
welcome-backup-damaged = Gefährdet: Die Prüfung der Sicherung hat einen Schaden gefunden.
welcome-backup-failed = Gefährdet: Die erste Sicherung ist gescheitert. { $reason }
welcome-backup-failed-again = Sie wird von selbst erneut versucht.
welcome-backup-troubled = Gefährdet: { $reason }
welcome-backup-cancelled = Geschützt. Die erste Sicherung wurde abgebrochen.
welcome-backup-next = Nächste Sicherung { $when }
welcome-backup-to-overview = Zur Übersicht
welcome-backup-goes-on = Die Sicherungen laufen ohne diese Seite weiter.
