# Wie jeder Fehler heißt und was seine eine Schaltfläche tut.

errors-title-engine-not-installed = Keine Engine gefunden
errors-title-engine-stopped = Die Engine antwortet nicht
errors-title-engine-permission = Die Engine darf nicht benutzt werden
errors-title-engine-context = Die Adresse führt zu keiner Engine
errors-title-engine-too-old = Die Engine ist zu alt
errors-title-engine-windows-containers = Die Engine führt Windows-Container aus
errors-title-engine-failed = Die Engine hat es abgelehnt
errors-title-helper-missing = Kein Helfer für diesen Prozessor
errors-title-helper-lost = Der Helfer endete vorzeitig
errors-title-app-not-found = Anwendung nicht gefunden
errors-title-no-database = Keine Datenbank gefunden
errors-title-backup-not-found = Sicherung nicht gefunden
errors-title-database-not-found = Datenbank nicht gefunden
errors-title-nothing-to-undo = Nichts rückgängig zu machen
errors-title-busy = Ein anderer Vorgang ist am Werk
errors-title-unfinished = Eine frühere Wiederherstellung ist unfertig
errors-title-database-locked = Die Datenbank blieb gesperrt
errors-title-unsupported = Dort lässt sich das nicht sicher kopieren
errors-title-no-space = Nicht genug Platz
errors-title-damaged = Schaden gefunden
errors-title-not-checkable = Das lässt sich nicht prüfen
errors-title-import-refused = Die Datei wurde abgelehnt
errors-title-too-new = Von einem neueren Lifeboat erstellt
errors-title-output-failed = Die Datei ließ sich nicht schreiben
errors-title-confirmation-needed = Bitte bestätigen
errors-title-pinned = Diese Sicherung ist angeheftet
errors-title-rolled-back = Zurückgekehrt: Die Daten von vorher sind da
errors-title-rolled-back-unhealthy = Zurückgekehrt, aber die Anwendung ist nicht gesund
errors-title-needs-attention = Jemand muss nachsehen
errors-title-permission = Zugriff verweigert
errors-title-cancelled = Abgebrochen
errors-title-invalid-input = Diese Anforderung ergibt keinen Sinn
errors-title-internal = Ein Fehler in Lifeboat

## Die Schaltflächen.

errors-action-retry = Erneut versuchen
errors-action-recover = Jetzt zu Ende bringen
errors-action-check-up = Prüfung öffnen
errors-action-import = Andere Datei auswählen
errors-action-refresh = Aktualisieren
errors-action-open-log = Protokollordner öffnen
errors-action-restore = Eine Sicherung wiederherstellen

## In welchem Zustand jetzt alles ist.

errors-aftermath-unchanged = Nichts wurde geändert.
errors-aftermath-restored = Was geändert worden war, wurde zurückversetzt.
errors-aftermath-needs-attention = Jemand muss nachsehen, bevor es weitergeht.

## Was niemand vorhergesehen hat.

errors-unknown = Lifeboat konnte das nicht tun.
errors-unknown-advice = Erneut versuchen. Wenn es wieder geschieht, ins Protokoll sehen.
