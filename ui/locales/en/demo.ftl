# The demo application.

demo-title = Nothing at hand to try it on?
demo-text = Lifeboat brings a small guest book along. It runs on this engine, only the engine’s own machine can open it, and it can be removed again.
demo-try = Try the demo
demo-starting = Starting…
demo-runs = The demo application { $app } runs
demo-runs-at = Its guest book is at { $address }. Back it up, write something in it, then restore.
demo-runs-nowhere = Back it up, then restore it.
demo-dismiss = Hide this note
demo-remove = Remove the demo…
