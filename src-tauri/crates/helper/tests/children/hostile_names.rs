//! Names that are legal on Linux and awkward everywhere else (A18, L19).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::support::*;

const NAMES: [&[u8]; 14] = [
    b"with space.db",
    b"quo'te\".db",
    b"new\nline.db",
    "\u{fc}ml\u{e4}ut \u{1f6df}.db".as_bytes(),
    b"query?mode=rwc&x=1#frag.db",
    b"percent%41%00%zz.db",
    b"-leading.db",
    b"file:a.db",
    b"file:%2Fetc?x.db",
    b"bytes\xff\xfe\x80.db",
    b":memory:",
    b"back\\slash.db",
    b"; rm -rf $HOME `x`.db",
    b"deep/er dir/\xf0\x28.sqlite",
];

#[test]
fn every_name_works_live_and_quiet() {
    for mode in ["wal", "delete"] {
        let world = World::new();
        let origin = world.elsewhere("origin").join("a.db");
        let connection = filled(&origin, mode, 50);
        for name in NAMES {
            let path = world.volume().join(OsStr::from_bytes(name));
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("creates");
            crash_image(&origin, &path);
        }
        world.hand_over();
        let expected = reference(&origin);
        let before = state(&world.volume());
        for name in NAMES {
            let name = OsStr::from_bytes(name);
            for request in [world.live(name), world.request(name)] {
                let taken = take(request).unwrap_or_else(|it| panic!("{name:?} in {mode}: {it:?}"));
                assert_same_pages(&taken.bytes, &expected, &format!("{name:?} in {mode}"));
            }
        }
        assert_eq!(state(&world.volume()), before);
        drop(connection);
    }
}
