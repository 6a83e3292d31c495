# Die Tabelle der Sicherungen, ihre Dialoge und die Einzelheiten einer Sicherung.

backups-title = Sicherungen
backups-create = Sicherung erstellen
backups-refresh = Aktualisieren
backups-import = Importieren …
backups-undo = Letzte Änderung rückgängig machen
backups-filter = Sicherungen filtern
backups-loading = Die Sicherungen werden geladen …
backups-no-match = Keine Sicherung passt dazu.
backups-file = Sicherung
backups-created = Erstellt
backups-size = Größe
backups-compression = Komprimierung
backups-compression-none = keine
# „gzip, −73 %“: um so viel kleiner als zuvor.
backups-compression-saved = { $codec }, −{ $saved } %
backups-proof = Beweis
backups-actions = Aktionen
backups-pinned = Angeheftet
backups-checking = Wird geprüft …
backups-storage = { $number ->
    [one] { $number } Sicherung, { $used } belegt, { $free } frei auf dem Datenträger der Engine
   *[other] { $number } Sicherungen, { $used } belegt, { $free } frei auf dem Datenträger der Engine
}
backups-unreadable = { $number ->
    [one] Ein Eintrag des Tresors ist keine lesbare Sicherung.
   *[other] { $number } Einträge des Tresors sind keine lesbaren Sicherungen.
}
backups-empty-title = Noch nie gesichert
backups-empty-text = Jetzt die erste Sicherung erstellen. Die Anwendung läuft weiter, und die Sicherung zählt erst, wenn bewiesen ist, dass sie sich wiederherstellen lässt.
backups-empty-orphan = Dieser Tresor ist leer. Eine Sicherung, die anderswo liegt, lässt sich importieren.

## Was sich mit einer Sicherung tun lässt, mit ihrer Datei benannt und in Kürze.

backups-restore = { $file } wiederherstellen
backups-download = { $file } herunterladen
backups-verify = { $file } prüfen
backups-pin = { $file } anheften
backups-unpin = Anheftung von { $file } aufheben
backups-remove = { $file } löschen
backups-restore-short = Wiederherstellen
backups-hint-download = Herunterladen …
backups-hint-verify = Noch einmal prüfen
backups-hint-pin = Anheften: Die Rotation entfernt sie nie
backups-hint-unpin = Anheftung aufheben
backups-hint-remove = Löschen …
backups-hint-pinned-remove = Erst die Anheftung aufheben: Eine angeheftete Sicherung wird nicht gelöscht
backups-pin-done = { $file } ist angeheftet.
backups-unpin-done = { $file } ist nicht mehr angeheftet.

## Eine oder mehrere löschen.

backups-delete-title = { $number ->
    [one] Diese Sicherung löschen?
   *[other] { $number } Sicherungen löschen?
}
backups-delete-yes = { $number ->
    [one] Sicherung löschen
   *[other] { $number } Sicherungen löschen
}
backups-delete-no = { $number ->
    [one] Behalten
   *[other] Alle behalten
}
backups-delete-text = { $file }, { $size }, erstellt am { $time }.
backups-delete-sum = { $number ->
    [one] { $number } Sicherung, { $size }:
   *[other] { $number } Sicherungen, { $size }:
}
backups-delete-for-good = { $number ->
    [one] Sie wird endgültig gelöscht. Heruntergeladene Kopien bleiben.
   *[other] Sie werden endgültig gelöscht. Heruntergeladene Kopien bleiben.
}
# Wie viele von denen, die gelöscht werden, bewiesen sind.
backups-delete-last = { $proven ->
    [one] Es ist die letzte Sicherung, die sich bewiesenermaßen wiederherstellen lässt.
   *[other] Danach gäbe es keine Sicherung mehr, die sich bewiesenermaßen wiederherstellen lässt.
}
backups-delete-done = { $file } wurde gelöscht.
backups-delete-done-all = { $gone ->
    [one] { $gone } Sicherung gelöscht.
   *[other] { $gone } Sicherungen gelöscht.
}
backups-delete-done-some = { $asked ->
    [one] { $gone } von { $asked } Sicherung gelöscht. Die übrigen bleiben.
   *[other] { $gone } von { $asked } Sicherungen gelöscht. Die übrigen bleiben.
}
backups-delete-kept = { $tried ->
    [one] { $kept } von { $tried } Sicherung ließ sich nicht löschen
   *[other] { $kept } von { $tried } Sicherungen ließen sich nicht löschen
}

## Mehrere in der Tabelle auswählen.

backups-chosen-all = Alle gezeigten auswählen
backups-chosen-one = { $file } auswählen
backups-chosen-pinned = Erst die Anheftung aufheben: Eine angeheftete Sicherung wird nicht gelöscht
backups-chosen-sum = { $number ->
    [one] { $number } Sicherung ausgewählt, { $size }
   *[other] { $number } Sicherungen ausgewählt, { $size }
}
backups-chosen-clear = Auswahl aufheben
backups-chosen-busy = Ein anderer Vorgang arbeitet an dieser Anwendung
backups-chosen-deleting = Sicherung { $number } von { $of } wird gelöscht …
backups-chosen-stop = Nach dieser anhalten
backups-chosen-stopping = Nach dieser wird angehalten …

## Eine herunterladen.

backups-download-title = Sicherung herunterladen
backups-download-as = Speichern als
backups-download-archive = Archiv
backups-download-archive-more = Alles, was darin ist, { $size }, mit Prüfsumme und Beschreibung daneben. Lässt sich mit jedem Archivprogramm öffnen und wieder importieren.
backups-download-database = Bloße Datenbank
backups-download-database-more = Eine SQLite-Datei, die sich gleich öffnen lässt.
backups-download-which = Datenbank
backups-download-choose = Ort auswählen …
backups-download-note = Die Kopie wird zurückgelesen und verglichen, bevor sie als gespeichert gilt.

## Die Einzelheiten einer Sicherung.

backups-details-restore = Wiederherstellen …
backups-details-created = Erstellt
backups-details-trigger = Anlass
backups-details-note = Notiz
backups-details-size = Größe
backups-details-sizes = { $stored }, aus { $raw } ({ $compression })
backups-details-proof = Beweis
# Eine Zeitangabe folgt, etwa „vor 2 Stunden“.
backups-details-proven-at = Geprüft
backups-details-restore-time = Das probeweise Wiederherstellen dauerte { $time }.
backups-details-content = Inhalt
backups-details-content-of = { $databases ->
    [one] { $databases } Datenbank, { $files ->
        [one] { $files } andere Datei
       *[other] { $files } andere Dateien
    }
   *[other] { $databases } Datenbanken, { $files ->
        [one] { $files } andere Datei
       *[other] { $files } andere Dateien
    }
}
backups-details-left-out = Ausgelassen
backups-details-left-out-nothing = nichts passte zu { $patterns }
backups-details-left-out-files = { $number ->
    [one] { $number } Datei, { $size } ({ $patterns })
   *[other] { $number } Dateien, { $size } ({ $patterns })
}
backups-details-scope-whole = ganze Volumes
backups-details-scope-databases = nur Datenbanken
backups-details-checksum = SHA-256
backups-details-releases = Was damals lief
backups-details-databases = Datenbanken darin
backups-details-tools = Erstellt mit
backups-details-tools-of = Lifeboat { $lifeboat }, SQLite { $sqlite }
backups-details-findings = Hinweise
backups-safe-sound = Diese Sicherung lässt sich bewiesenermaßen wiederherstellen.
backups-safe-damaged = Diese Sicherung ist beschädigt. Sie ist nicht verlässlich.
backups-safe-not-checkable = Diese Sicherung lässt sich nicht prüfen.
backups-safe-not-checked = Diese Sicherung ist noch nicht bewiesen.
