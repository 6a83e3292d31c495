//! A thousand backups: how long until they are listed, and what scrolling through them is like.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use lifeboat_tests::{DemoOptions, World, vault};
use serde_json::{Value, json};

use crate::frames::{self, Recording};
use crate::say;
use crate::window::Window;

/// What was measured of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    /// `lifeboat backups` with one backup, in seconds, run after run.
    pub(crate) one: Vec<f64>,
    /// The same with all of them.
    pub(crate) all: Vec<f64>,
    /// From going to the application's page until rows are painted, in milliseconds.
    pub(crate) shown_ms: Vec<f64>,
    pub(crate) rows_in_page: u64,
    pub(crate) scrolling: Vec<Recording>,
}

/// Goes to a page, and tells when the first row of the table was painted.
const SHOW: &str = "
    const [hash, done] = arguments;
    const begun = performance.now();
    location.hash = hash;
    const look = () => {
      if (!document.querySelector('[data-testid=backup-row]')) return requestAnimationFrame(look);
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now() - begun);
      requestAnimationFrame(() => channel.port2.postMessage(null));
    };
    requestAnimationFrame(look);";

/// Scrolls through the page, some hundred pixels with each frame.
const SCROLL: &str = "
    const [done] = arguments;
    const main = document.getElementById('main');
    main.scrollTop = 0;
    const step = () => {
      main.scrollTop += 240;
      const isEnd = main.scrollTop + main.clientHeight >= main.scrollHeight - 2;
      if (isEnd) done(document.querySelectorAll('[data-testid=backup-row]').length);
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);";

/// Lists, shows and scrolls.
pub(crate) fn measure(backups: usize, rounds: usize) -> List {
    let world = World::new();
    let app = world.demo("list", DemoOptions::default());
    let lifeboat = world.lifeboat();
    let backup = lifeboat.backup(&app.name);
    let mut list = List::default();
    let look = |expected: usize, times: &mut Vec<f64>| {
        for _ in 0..rounds.max(3) {
            let begun = Instant::now();
            let listed = lifeboat.backups(&app.name);
            times.push(begun.elapsed().as_secs_f64());
            assert_eq!(listed.len(), expected, "all of them are listed");
        }
    };
    look(1, &mut list.one);
    say("making backups of one");
    multiply(&mountpoint(&world, &app.name), &backup, backups);
    look(backups, &mut list.all);
    let window = Window::open(&world);
    window.wait_for("main h1");
    for round in 0..rounds {
        say(&format!("list, round {}", round + 1));
        window.go("#/preferences");
        window.wait_gone("[data-testid=backup-row]");
        // A page that was seen shows at once what it knows; the first look is the one that costs.
        window.script("location.reload();", vec![]);
        window.wait_for("main h1");
        let hash = json!(format!("#/app/{}", app.name));
        let shown = window.async_script(SHOW, vec![hash]);
        list.shown_ms.push(shown.as_f64().expect("a time"));
        window.wait_for("[data-testid=health-card][data-verdict]");
        let begun = frames::begin(&window);
        let rows = window.async_script(SCROLL, vec![]);
        list.scrolling.push(frames::end(&window, begun));
        list.rows_in_page = rows.as_u64().expect("a number");
    }
    window.close();
    list
}

fn mountpoint(world: &World, app: &str) -> PathBuf {
    let volume = format!("lifeboat-{app}");
    let format = ["volume", "inspect", "--format", "{{.Mountpoint}}", &volume];
    PathBuf::from(world.engine().docker(&format))
}

/// Puts copies of a backup into the vault until there are so many, each three hours older than the one before.
fn multiply(vault: &Path, backup: &Value, number: usize) {
    let directory = vault.join("backups");
    let original = directory.join(backup["id"].as_str().expect("a backup has an id"));
    let at: Timestamp = backup["created_at"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a backup has a time");
    for copy in 1..number {
        let hours = i64::try_from(copy * 3).expect("they are few");
        let at = at - SignedDuration::from_hours(hours);
        let id = format!("{}-{copy:08}", at.strftime("%Y%m%dT%H%M%SZ"));
        copy_backup(&original, &directory.join(&id), &id, at)
            .unwrap_or_else(|error| panic!("the backup {id} could not be made: {error}"));
    }
}

fn copy_backup(from: &Path, to: &Path, id: &str, at: Timestamp) -> std::io::Result<()> {
    std::fs::create_dir(to)?;
    as_it(from, to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "manifest.json" || entry.file_name() == "summary.json" {
            let mut record: Value = serde_json::from_slice(&std::fs::read(entry.path())?)?;
            record["id"] = json!(id);
            record["created_at"] = json!(at.to_string());
            std::fs::write(&target, vault::sealed(record))?;
            as_it(&entry.path(), &target)?;
        } else {
            std::fs::hard_link(entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Gives one the owner and mode of the other.
fn as_it(one: &Path, other: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let facts = std::fs::metadata(one)?;
    chown(other, Some(facts.uid()), Some(facts.gid()))?;
    let mode = std::fs::Permissions::from_mode(facts.permissions().mode());
    std::fs::set_permissions(other, mode)
}
