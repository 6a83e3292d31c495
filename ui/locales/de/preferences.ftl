# Die Einstellungen des Programms.

preferences-title = Programmeinstellungen
preferences-text = Wie sich Lifeboat auf diesem Rechner verhält. Zeitpläne und Rotation sind Einstellungen jeder Anwendung.
preferences-on = Ein
preferences-off = Aus
preferences-background = Im Hintergrund
preferences-watch = Anwendungen beobachten
preferences-watch-hint = Sichert eine Anwendung, die gestartet wurde, übernimmt geänderte .env-Dateien und bemerkt, was nicht stimmt. Auszuschalten, wo „lifeboat watch“ als Dienst läuft.
preferences-login = Bei der Anmeldung starten
preferences-login-hint = Beginnt ohne Fenster und beobachtet.
preferences-notifications = Benachrichtigungen
preferences-notifications-hint = Eine Sicherung, die gescheitert, überfällig oder beschädigt ist, ein verschwundener Wächter und ein zurückgenommenes Release.
preferences-notifications-need-watch = Nichts wird bemerkt, solange Anwendungen nicht beobachtet werden.
preferences-scheduled = Geplante Sicherungen nimmt der Wächter auf der Engine vor, was auch immer hier gewählt ist.
preferences-closing = Schließen des Fensters
preferences-no-tray = Dieser Desktop hat keinen Infobereich, daher beendet das Schließen des Fensters Lifeboat.
preferences-saved = Gemerkt.
preferences-close-ask = Fragen
preferences-close-ask-hint = Beim nächsten Mal.
preferences-close-keep-running = Im Infobereich weiterlaufen
preferences-close-keep-running-hint = Das Symbol dort bringt das Fenster zurück.
preferences-close-quit = Beenden
preferences-close-quit-hint = Bis zum nächsten Start wird nichts beobachtet.
preferences-language = Sprache
preferences-language-system = System
preferences-language-system-hint = Wie der Desktop, oder Englisch, wo Lifeboat dessen Sprache nicht spricht.

## Über das Programm.

preferences-about = Über Lifeboat
preferences-about-product = Produkt
preferences-about-version = Version
preferences-about-licence = Lizenz
preferences-about-logs = Ordner der Protokolle öffnen
