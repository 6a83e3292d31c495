# Vorgänge: Titel, Schritte, was ein Abbruch zurücklässt, wie sie enden.

jobs-title-backup = { $app } wird gesichert
jobs-title-verify = Eine Sicherung von { $app } wird geprüft
jobs-title-download = Eine Sicherung von { $app } wird gespeichert
jobs-title-import = Eine Sicherung für { $app } wird importiert
jobs-title-import-any = Eine Sicherung wird importiert
jobs-title-restore = { $app } wird wiederhergestellt
jobs-title-undo = Die letzte Änderung von { $app } wird rückgängig gemacht
jobs-title-update = { $app } wird aktualisiert
jobs-title-leave = Der Schutz von { $app } wird beendet
jobs-title-recover = Unterbrochenes in { $app } wird zu Ende gebracht
jobs-title-recover-any = Unterbrochenes wird zu Ende gebracht

## Ein Vorgang, der läuft.

jobs-region = Vorgänge
jobs-stopping = Wird angehalten …
jobs-waiting = Wird vorbereitet …
jobs-steps = Schritte
jobs-notes = Anmerkungen
jobs-show-steps = Schritte zeigen
jobs-hide-steps = Schritte verbergen
jobs-cancel = Abbrechen
jobs-dismiss = Ausblenden
jobs-reveal = Im Ordner zeigen
jobs-undo = Rückgängig machen
jobs-show = Zeigen
jobs-cannot-cancel = Dieser Schritt lässt sich nicht abbrechen; er ist kurz.
jobs-progress-of = Fortschritt: { $title }
jobs-step-of = Schritt { $number } von { $all }
jobs-step-spoken = { $title }: Schritt { $number } von { $all }, { $step }
jobs-bytes = { $done } von { $total }
jobs-rate = { $size }/s
jobs-left = noch etwa { $time }

## Abbrechen: die Frage, die Antwort und was zurückbleibt.

jobs-cancel-no = Weitermachen
jobs-cancel-title-backup = Diese Sicherung abbrechen?
jobs-cancel-title-verify = Diese Prüfung abbrechen?
jobs-cancel-title-download = Dieses Herunterladen abbrechen?
jobs-cancel-title-import = Diesen Import abbrechen?
jobs-cancel-title-restore = Diese Wiederherstellung abbrechen?
jobs-cancel-title-undo = Dieses Rückgängigmachen abbrechen?
jobs-cancel-title-update = Dieses Update abbrechen?
jobs-cancel-title-recover = Dieses Zu-Ende-Bringen abbrechen?
jobs-cancel-title-leave = Dieses Entfernen abbrechen?
jobs-cancel-yes-backup = Sicherung abbrechen
jobs-cancel-yes-verify = Prüfung abbrechen
jobs-cancel-yes-download = Herunterladen abbrechen
jobs-cancel-yes-import = Import abbrechen
jobs-cancel-yes-restore = Wiederherstellung abbrechen
jobs-cancel-yes-undo = Rückgängigmachen abbrechen
jobs-cancel-yes-update = Update abbrechen
jobs-cancel-yes-recover = Zu-Ende-Bringen abbrechen
jobs-cancel-yes-leave = Entfernen abbrechen
jobs-cancel-leaves-backup = Die halbfertige Sicherung wird entfernt. Die Anwendung und alle früheren Sicherungen bleiben, wie sie sind.
jobs-cancel-leaves-verify = Die Sicherung bleibt, wie sie ist, und behält ihr bisheriges Urteil.
jobs-cancel-leaves-download = Die halb geschriebene Datei wird entfernt. Die Sicherung selbst bleibt, wo sie ist.
jobs-cancel-leaves-import = Die halb übernommene Datei wird aus dem Tresor entfernt. Die eigene Datei bleibt unberührt.
jobs-cancel-leaves-restore = Alles wird zurückversetzt, wie es vorher war, und die Anwendung wird wieder gestartet.
jobs-cancel-leaves-undo = Alles bleibt, wie es jetzt ist, und die Anwendung wird wieder gestartet.
jobs-cancel-leaves-update = Die Anwendung wurde nicht angehalten und läuft mit dem bisherigen Release weiter. Eine fertige Sicherung bleibt.
jobs-cancel-leaves-recover = Das Unterbrochene bleibt unfertig und lässt sich später zu Ende bringen.
jobs-cancel-leaves-leave = Nichts wird entfernt: Der Tresor bleibt mit allen Sicherungen. Auch fertige Kopien bleiben.

## Wie ein Vorgang endete.

jobs-done-backup = Gesichert.
jobs-done-backup-sound = Gesichert und bewiesen: Sie lässt sich wiederherstellen.
jobs-done-backup-not-checked = Gesichert, aber noch nicht bewiesen.
jobs-done-backup-not-checkable = Gesichert, lässt sich aber nicht prüfen.
jobs-done-backup-damaged = Gesichert, aber die Prüfung hat einen Schaden gefunden.
jobs-done-verify = Geprüft.
jobs-done-verify-sound = Geprüft und bewiesen: Sie lässt sich wiederherstellen.
jobs-done-verify-not-checked = Zu Ende, aber noch nicht bewiesen.
jobs-done-verify-not-checkable = Zu Ende: Die Sicherung lässt sich nicht prüfen.
jobs-done-verify-damaged = Geprüft: Es wurde ein Schaden gefunden.
jobs-done-download = Gespeichert und geprüft: Die Kopie wurde zurückgelesen und ist identisch.
jobs-done-import = Importiert.
jobs-done-restore = Wiederhergestellt.
jobs-done-undo = Rückgängig gemacht: Was vorher da war, ist wieder da.
jobs-done-update = Das Update ist zu Ende.
jobs-done-recover = Zu Ende gebracht.
jobs-done-leave = Lifeboats Tresor ist entfernt. Die Anwendung blieb unberührt.
jobs-rotated = { $number ->
    [one] { $number } ältere Sicherung entfernt: Die neuesten { $kept } werden behalten, und keine andere Regel behält sie.
   *[other] { $number } ältere Sicherungen entfernt: Die neuesten { $kept } werden behalten, und keine andere Regel behält sie.
}
# Der Grund folgt.
jobs-not-rotated = Zurzeit wird keine ältere Sicherung entfernt:
jobs-cancelled = Abgebrochen. Nichts ist halbfertig.
jobs-unprotected = { $backups ->
    [one] Der Tresor ist mit { $backups } Sicherung entfernt. Die Anwendung blieb unberührt.
   *[other] Der Tresor ist mit { $backups } Sicherungen entfernt. Die Anwendung blieb unberührt.
}
jobs-unprotected-copied = Der Tresor ist mit { $backups ->
    [one] { $backups } Sicherung
   *[other] { $backups } Sicherungen
} entfernt, { $copies ->
    [one] { $copies } Kopie
   *[other] { $copies } Kopien
} gespeichert und verglichen. Die Anwendung blieb unberührt.
jobs-nothing-unfinished = Nichts war unfertig.
jobs-ended-as = { $title }: { $text }
jobs-ended-failed = { $title }: fehlgeschlagen. { $why }
jobs-ended-done = { $title }: fertig.
jobs-ended-cancelled = { $title }: abgebrochen.
