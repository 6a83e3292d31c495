# Die Dialoge des Systems, und was beim Schließen des Fensters gefragt wird. Das Programm selbst liest diese Datei.

dialogs-save-file = Datei speichern
dialogs-open-file = Datei öffnen
dialogs-choose-folder = Ordner wählen
dialogs-importable = Sicherungen und Datenbanken
dialogs-keep-title = Soll Lifeboat weiterlaufen?
dialogs-keep-text =
    Im Infobereich wacht es weiter: Es sichert eine Anwendung, die gestartet wurde, und meldet, wenn etwas nicht stimmt. Geplante Sicherungen werden in jedem Fall erstellt.

    Das lässt sich in den Programmeinstellungen ändern.
dialogs-keep = Weiterlaufen lassen
dialogs-quit = Beenden
dialogs-cancel = Abbrechen
dialogs-close-title = Lifeboat schließen?
dialogs-close-text = „{ $work }“ ist noch nicht fertig. Wird Lifeboat geschlossen, wird das abgebrochen.
dialogs-close = Abbrechen und schließen
dialogs-close-not = Offen lassen
dialogs-work-backup = { $app } sichern
dialogs-work-verify = Eine Sicherung von { $app } prüfen
dialogs-work-download = Eine Sicherung von { $app } herunterladen
dialogs-work-import = { $file } importieren
dialogs-work-restore = { $app } wiederherstellen
dialogs-work-undo-restore = Die letzte Wiederherstellung von { $app } rückgängig machen
dialogs-work-undo-update = Das letzte Update von { $app } rückgängig machen
dialogs-work-update = { $app } aktualisieren
dialogs-work-leave = { $app } nicht mehr schützen
dialogs-work-recover = Unterbrochenes abschließen
dialogs-work-recover-app = Unterbrochenes in { $app } abschließen

## Das Menü über allen Fenstern, wo das System eines hat.

dialogs-menu-about = Über Lifeboat
dialogs-menu-preferences = Einstellungen …
dialogs-menu-edit = Bearbeiten
dialogs-menu-view = Darstellung
dialogs-menu-overview = Übersicht
dialogs-menu-check-up = Prüfung
dialogs-menu-window = Fenster
