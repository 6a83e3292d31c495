# Die Demo-Anwendung.

demo-title = Gerade nichts zum Ausprobieren da?
demo-text = Lifeboat bringt ein kleines Gästebuch mit. Es läuft auf dieser Engine, nur deren eigener Rechner kann es öffnen, und es lässt sich wieder entfernen.
demo-try = Demo ausprobieren
demo-starting = Wird gestartet …
demo-runs = Die Demo-Anwendung { $app } läuft
demo-runs-at = Ihr Gästebuch ist unter { $address }. Sichern, etwas hineinschreiben, dann wiederherstellen.
demo-runs-nowhere = Sichern, dann wiederherstellen.
demo-dismiss = Diesen Hinweis ausblenden
demo-remove = Demo entfernen …
