//! Somebody with an application of their own – not ours, and not made for tests of Lifeboat – types what the README
//! says, and gets what it promises.

use std::path::Path;
use std::process::Command;

use lifeboat_tests::tarball::sha256;
use lifeboat_tests::{CleanRoot, Compose, World, command, wait_for};
use serde_json::Value;

use super::readme;
use crate::support::guardian;

/// An order for each second, with the release that took it.
const PROGRAM: &str = "#!/bin/busybox sh
trap 'exit 0' TERM
sqlite3 /data/orders.db 'PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, taken_by TEXT, at TEXT)'
while :; do
  sqlite3 /data/orders.db \"INSERT INTO orders (taken_by, at) VALUES ('$RELEASE', datetime('now'))\"
  /bin/busybox sleep 1 &
  wait
done
";

const COMPOSE_FILE: &str = "services:
  shop:
    image: IMAGE
    restart: unless-stopped
    network_mode: none
    healthcheck:
      test: [\"CMD\", \"/usr/bin/sqlite3\", \"/data/orders.db\", \"SELECT id FROM orders LIMIT 1\"]
      interval: 1s
    volumes:
      - data:/data
volumes:
  data:
";

/// The newcomer's application.
struct Shop<'a> {
    world: &'a World,
    root: &'a CleanRoot,
    image: String,
    project: Compose,
}

impl<'a> Shop<'a> {
    /// Up and healthy in its first release.
    fn open(world: &'a World, root: &'a CleanRoot) -> Self {
        let shop = Self {
            world,
            root,
            image: format!("{}:latest", world.name("image")),
            project: world.compose("shop"),
        };
        shop.release("1");
        let file = world
            .directory()
            .join(&shop.project.project)
            .join("compose.yaml");
        let text = COMPOSE_FILE.replace("IMAGE", &shop.image);
        std::fs::write(file, text).expect("the compose file");
        shop.project.up();
        shop
    }

    /// An image of Debian's own programs and one script, under the name that the compose file has.
    fn release(&self, number: &str) {
        let layer = self.world.directory().join(format!("release-{number}"));
        let sqlite = "/usr/bin/sqlite3";
        let libraries = self.root.run(&["ldd", sqlite]).success().text();
        let libraries = libraries
            .split_whitespace()
            .filter(|word| word.starts_with('/'));
        for path in libraries.chain([sqlite, "/bin/busybox"]) {
            let to = layer.join(path.trim_start_matches('/'));
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            std::fs::copy(self.root.path(path), to)
                .unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        std::fs::create_dir(layer.join("data")).expect("a folder");
        std::fs::write(layer.join("shop.sh"), PROGRAM).expect("the program");
        let script = "tar --create --directory \"$1\" . | docker import --change \"ENV RELEASE=$2\" \
                      --change 'CMD [\"/bin/busybox\", \"sh\", \"/shop.sh\"]' - \"$3\"";
        let mut make = Command::new("sh");
        make.args(["-c", script, "release"])
            .arg(&layer)
            .args([number, &self.image]);
        let host = self.world.engine().host().expect("an engine of its own");
        let _ = command::run(make.env("DOCKER_HOST", host)).success();
    }

    /// What the application's own database says.
    fn number(&self, query: &str) -> i64 {
        let container = self
            .project
            .container()
            .expect("the service has a container");
        let words = [
            "exec",
            &container,
            "/usr/bin/sqlite3",
            "/data/orders.db",
            query,
        ];
        let said = self.world.engine().docker(&words);
        said.trim()
            .parse()
            .unwrap_or_else(|_| panic!("{query}: {said}"))
    }

    fn orders_of(&self, release: &str) -> i64 {
        self.number(&format!(
            "SELECT count(*) FROM orders WHERE taken_by = '{release}'"
        ))
    }

    /// Types a block with the application's name in it.
    fn types(&self, block: &str) -> String {
        let own = block.replace("shop", &self.project.project);
        self.root.type_in("/root", &own)
    }

    fn backups(&self) -> Vec<Value> {
        self.world.lifeboat().backups(&self.project.project)
    }
}

pub(super) fn follow_the_readme(world: &World, root: &CleanRoot, disk: &Path) {
    let shop = Shop::open(world, root);
    let blocks = readme::blocks("In ten minutes");
    let [protect, copy, update] = blocks.as_slice() else {
        panic!("three things are done: {blocks:?}");
    };
    check_protection(&shop, &shop.types(protect));
    let _ = shop.types(copy);
    check_copy(&shop, disk);
    check_update(&shop, update);
}

fn check_protection(shop: &Shop<'_>, said: &str) {
    let app = &shop.project.project;
    assert!(
        said.contains("orders.db") && said.contains("✓ sound"),
        "{said}"
    );
    assert!(shop.world.engine().is_running(&guardian(app)), "{said}");
    for backup in shop.backups() {
        assert_eq!(backup["verification"]["verdict"], "sound", "{backup}");
    }
}

/// The disk has the archive, as it is in the engine, and the rows in what was got out of it.
fn check_copy(shop: &Shop<'_>, disk: &Path) {
    let newest = &shop.backups()[0];
    let name = newest["file_name"].as_str().expect("a name");
    let archive = std::fs::read(disk.join(name)).expect("the archive is on the disk");
    assert_eq!(newest["sha256"], sha256(&archive).as_str());
    let find = "find /media/usb/rescued -name orders.db";
    let database = shop.root.type_in("/", find);
    let query = "PRAGMA integrity_check; SELECT count(*) > 0 FROM orders WHERE taken_by = '1'";
    let said = shop
        .root
        .run(&["sqlite3", "-readonly", database.trim(), query]);
    assert_eq!(said.clone().success().text(), "ok\n1", "{said}");
}

/// The new release runs, and every row of the old one is there.
fn check_update(shop: &Shop<'_>, block: &str) {
    let before = shop.orders_of("1");
    let backups = shop.backups().len();
    shop.release("2");
    let said = shop.types(block);
    let container = shop
        .project
        .container()
        .expect("the service has a container");
    let engine = shop.world.engine();
    let named = engine.docker(&["image", "inspect", "--format", "{{.Id}}", &shop.image]);
    assert_eq!(engine.inspect(&container)["Image"], named.trim(), "{said}");
    assert!(shop.orders_of("1") >= before, "{said}");
    wait_for("the new release takes orders", 30, || {
        (shop.orders_of("2") > 0).then_some(())
    });
    assert!(
        shop.backups().len() > backups,
        "the update took one before: {said}"
    );
}
