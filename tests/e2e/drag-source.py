"""A small window from which files can be dragged, as from a file manager. Arguments: its place, then the files."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

left, top, *files = sys.argv[1:]
uris = [pathlib.Path(file).as_uri() for file in files]

# No window manager places it, and it lies above the others.
window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(60, 60)
window.move(int(left), int(top))
source = Gtk.EventBox()
source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
source.drag_source_add_uri_targets()
source.connect("drag-data-get", lambda _source, _context, data, _info, _time: data.set_uris(uris))
source.connect("map", lambda _source: print("ready", flush=True))
window.add(source)
window.show_all()
Gtk.main()
