# Wörter, die zu keinem Thema gehören.

product = Lifeboat
main = Hauptbereich
applications = Anwendungen
overview = Übersicht
check-up = Prüfung
preferences = Einstellungen
skip = Zum Inhalt springen
loading = Wird geladen …
cancel = Abbrechen
close = Schließen
copy = Kopieren
copied = Kopiert.
copy-report = Bericht kopieren
details = Einzelheiten
dismiss = Ausblenden
refresh = Aktualisieren
shortcuts = Tastenkürzel
type-name = Um fortzufahren, den Namen der Anwendung eingeben: { $app }
copy-command = Den Befehl { $command } kopieren
step-done = (erledigt)
step-now = (läuft)
step-failed = (hier gescheitert)
number-of-backups = { $number ->
    [one] { $number } Sicherung
   *[other] { $number } Sicherungen
}
number-of-databases = { $number ->
    [one] { $number } Datenbank
   *[other] { $number } Datenbanken
}
number-of-applications = { $number ->
    [one] { $number } Anwendung
   *[other] { $number } Anwendungen
}
number-of-files = { $number ->
    [one] { $number } Datei
   *[other] { $number } Dateien
}

## Die Tasten, wie sie beschriftet sind.

key-control = Strg
key-shift = Umschalt
key-alt = Alt
key-space = Leertaste
key-delete = Entf
key-escape = Esc

## Die Liste der Tastenkürzel.

shortcut-back-up = Die gezeigte Anwendung sichern
shortcut-look-again = Neu nachsehen
shortcut-import = Eine Sicherung importieren
shortcut-select = Eine Sicherung in der Liste auswählen
shortcut-select-several = Mehrere Sicherungen auswählen
shortcut-select-all = Alle gezeigten Sicherungen auswählen
shortcut-delete = Die ausgewählten Sicherungen löschen
shortcut-back = Zurück
shortcut-preferences = Programmeinstellungen
shortcut-close-window = Das Fenster schließen
shortcut-close-dialog = Einen Dialog schließen
shortcut-sheet = Diese Liste zeigen

## Warum gesichert wurde.

trigger-manual = Von Hand
trigger-scheduled = Nach Plan
trigger-start-up = Beim Start
trigger-pre-update = Vor einem Update
trigger-pre-restore = Vor einer Wiederherstellung
trigger-import = Importiert

## Wie eine Datenbank Änderungen festhält, bis sie in ihr stehen.

journal-wal = Write-Ahead-Log
journal-rollback = Rollback-Journal
journal-unknown = unbekannt

## Das Urteil über eine Sicherung.

proof-sound = Bewiesen
proof-sound-hint = Probeweise wiederhergestellt und geprüft: Sie lässt sich wiederherstellen.
proof-not-checked = Nicht bewiesen
proof-not-checked-hint = Noch nicht geprüft.
proof-not-checkable = Nicht prüfbar
proof-not-checkable-hint = Sie enthält etwas, das sich nicht prüfen lässt.
proof-damaged = Beschädigt
proof-damaged-hint = Die Prüfung hat einen Schaden gefunden.

## Das Urteil über eine Datenbank, die in Gebrauch ist.

soundness-sound = Unversehrt
soundness-not-checked = Nicht geprüft
soundness-not-checkable = Nicht prüfbar
soundness-damaged = Beschädigt
