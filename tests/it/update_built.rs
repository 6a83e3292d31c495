//! Projects that are built from a git checkout: both services go forward together, or back together.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};

use lifeboat_tests::{Compose, Lifeboat, World, artifacts, command, wait_for};
use serde_json::Value;

const FILE: &str = "services:
  back:
    build: ./back
    restart: unless-stopped
    network_mode: none
    healthcheck:
      interval: 1s
    environment:
      WRITER_RATE: \"50\"
    volumes:
      - data:/data
  front:
    build: ./front
    network_mode: none
    healthcheck:
      interval: 1s
    depends_on:
      - back
    environment:
      DATABASE_PATH: /tmp/front.db
volumes:
  data:
";

/// A checkout with two folders that are built, and the project that runs from it.
struct Checkout {
    compose: Compose,
    directory: PathBuf,
}

impl Checkout {
    fn new(world: &World, word: &str) -> Self {
        let compose = world.compose(word);
        let directory = world.directory().join(&compose.project);
        std::fs::write(directory.join("compose.yaml"), FILE).expect("the compose file");
        let checkout = Self { compose, directory };
        checkout.git(&["init", "--quiet"]);
        checkout.release("1", "");
        checkout.up();
        checkout
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(&self.directory);
        git.args(["-c", "user.name=Test", "-c", "user.email=test@localhost"]);
        let _ = command::run(git.args(arguments)).success();
    }

    /// Commits another release of both services.
    fn release(&self, version: &str, at_start_of_back: &str) {
        self.write("front", version, "");
        self.write("back", version, at_start_of_back);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", version]);
    }

    fn write(&self, folder: &str, version: &str, at_start: &str) {
        let folder = self.directory.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let image = artifacts::demo_image();
        let text = format!("FROM {image}\nENV RELEASE={version}\nENV AT_START={at_start}\n");
        std::fs::write(folder.join("Dockerfile"), text).expect("a Dockerfile");
    }

    fn up(&self) {
        let _ = self.compose.run(&["up", "-d"]).success();
        for service in ["back", "front"] {
            self.wait_healthy(service);
        }
    }

    fn wait_healthy(&self, service: &str) {
        wait_for(&format!("{service} is healthy"), 60, || {
            let state = &self.container(service)["State"];
            (state["Health"]["Status"] == "healthy").then_some(())
        });
    }

    fn container(&self, service: &str) -> Value {
        let labels = [
            format!("label=com.docker.compose.project={}", self.compose.project),
            format!("label=com.docker.compose.service={service}"),
        ];
        let ids = self.compose.engine().lines(&[
            "ps", "--all", "--quiet", "--filter", &labels[0], "--filter", &labels[1],
        ]);
        assert_eq!(ids.len(), 1, "one container for {service}: {ids:?}");
        self.compose.engine().inspect(&ids[0])
    }

    fn release_of(&self, service: &str) -> String {
        let container = self.container(service);
        let environment = container["Config"]["Env"].as_array().into_iter().flatten();
        environment
            .filter_map(Value::as_str)
            .find_map(|entry| entry.strip_prefix("RELEASE="))
            .expect("a release")
            .to_owned()
    }

    fn ids(&self) -> [Value; 2] {
        ["back", "front"].map(|service| self.container(service)["Id"].clone())
    }

    fn columns(&self) -> i64 {
        let query = "SELECT count(*) FROM pragma_table_info('entries')";
        self.compose.tools().number("guestbook.db", query)
    }
}

#[test]
fn both_services_go_forward_and_both_come_back() {
    let world = World::new();
    let checkout = Checkout::new(&world, "built");
    let lifeboat = world.lifeboat();
    let update = || lifeboat.run(&["update", &checkout.compose.project]);

    checkout.release("2", "migrate");
    let json = update().done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    assert_eq!(json["update"]["services"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        [checkout.release_of("back"), checkout.release_of("front")],
        ["2", "2"]
    );
    assert_eq!(checkout.columns(), 6);
    let updated = checkout.ids();
    checkout.up();
    assert_eq!(checkout.ids(), updated, "compose makes nothing anew");

    checkout.release("3", "migrate,crash");
    let json = update().ended(7);
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    assert_eq!(
        checkout.ids(),
        updated,
        "the very same containers run again, both of them"
    );
    for service in ["back", "front"] {
        checkout.wait_healthy(service);
        assert_eq!(checkout.release_of(service), "2");
    }
    checkout.up();
    assert_eq!(
        checkout.ids(),
        updated,
        "the bad release does not come back"
    );
}

#[test]
fn a_build_that_fails_stops_nothing() {
    let world = World::new();
    let checkout = Checkout::new(&world, "unbuilt");
    let before = checkout.ids();
    let started = checkout.container("back")["State"]["StartedAt"].clone();
    let file: &Path = &checkout.directory.join("back/Dockerfile");
    std::fs::write(file, "FROM scratch\nCOPY nothing /\n").expect("a Dockerfile");
    let project = &checkout.compose.project;
    let check = world.lifeboat().run(&["update", project, "--check"]).done();
    let present = &check["plan"]["checkout"]["present"];
    assert_eq!(present["has_changes"], true, "{check}");
    let error = world
        .lifeboat()
        .run(&["update", project])
        .failed(1, "engine-failed");
    assert!(
        error["detail"]
            .as_str()
            .is_some_and(|text| text.contains("nothing")),
        "{error}"
    );
    assert_eq!(checkout.ids(), before);
    assert_eq!(checkout.container("back")["State"]["StartedAt"], started);
}

/// What the audit log says of releases that somebody made without Lifeboat.
fn noticed(lifeboat: &Lifeboat, project: &str) -> Vec<String> {
    let audit = lifeboat.run(&["audit", project, "--verify"]).done();
    assert_eq!(audit["audit"]["chain"]["intact"], true, "{audit}");
    let entries = audit["audit"]["entries"].as_array().into_iter().flatten();
    entries
        .filter(|entry| entry["operation"] == "release")
        .filter_map(|entry| entry["target"].as_str().map(str::to_owned))
        .collect()
}

/// M25: `up -d --build` by hand, beside Lifeboat.
#[test]
fn a_release_that_is_made_by_hand_is_noticed_and_protection_goes_on() {
    let world = World::new();
    let checkout = Checkout::new(&world, "by-hand");
    let lifeboat = world.lifeboat();
    let project = &checkout.compose.project;
    let first = lifeboat.backup(project);
    assert_eq!(noticed(&lifeboat, project), Vec::<String>::new());

    checkout.write("back", "2", "migrate");
    let _ = checkout
        .compose
        .run(&["up", "--detach", "--build"])
        .success();
    checkout.wait_healthy("back");
    let second = lifeboat.backup(project);
    assert_eq!(second["verification"]["verdict"], "sound", "{second}");
    assert_ne!(first["releases"], second["releases"]);
    let [said] = &noticed(&lifeboat, project)[..] else {
        panic!("one release was made by hand");
    };
    let image_of_back = checkout.container("back")["Image"].clone();
    let id = image_of_back.as_str().expect("an ID");
    let short = &id.trim_start_matches("sha256:")[..12];
    assert!(said.contains(" → ") && said.contains(short), "{said}");
    assert!(!said.contains("front"), "only one of them is new: {said}");

    let _ = lifeboat.backup(project);
    assert_eq!(noticed(&lifeboat, project).len(), 1, "said once");

    checkout.release("3", "migrate");
    lifeboat.run(&["update", project]).done();
    let last = lifeboat.backup(project);
    assert_eq!(
        noticed(&lifeboat, project).len(),
        1,
        "an update of ours is none that was made by hand"
    );
    assert_eq!(
        last["releases"][0]["built_from"]["commit"],
        head_of(&checkout.directory, &["rev-parse", "HEAD"]),
        "{last}"
    );
    lifeboat.run(&["undo", project, "--yes"]).done();
    let _ = lifeboat.backup(project);
    assert_eq!(noticed(&lifeboat, project).len(), 1, "nor is its undo");
}

/// The newest commit is got where that is asked for, as far as the branch can simply move on.
#[test]
fn the_newest_commit_is_got_first_where_that_is_asked_for() {
    let world = World::new();
    let checkout = Checkout::new(&world, "pulled");
    let lifeboat = world.lifeboat();
    let project = &checkout.compose.project;
    let upstream = world.directory().join("upstream.git");
    let other = world.directory().join("other");
    let path = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    checkout.git(&["clone", "--quiet", "--bare", ".", &path(&upstream)]);
    checkout.git(&["remote", "add", "origin", &path(&upstream)]);
    checkout.git(&["fetch", "--quiet", "origin"]);
    let branch = head_of(&checkout.directory, &["symbolic-ref", "--short", "HEAD"]);
    checkout.git(&[
        "branch",
        "--quiet",
        "--set-upstream-to",
        &format!("origin/{branch}"),
    ]);
    checkout.git(&["clone", "--quiet", &path(&upstream), &path(&other)]);
    let developer = Checkout {
        compose: checkout.compose.clone(),
        directory: other,
    };
    developer.release("2", "migrate");
    developer.git(&["push", "--quiet"]);
    checkout.git(&["fetch", "--quiet", "origin"]);

    let plan = lifeboat.run(&["update", project, "--check"]).done();
    assert_eq!(plan["plan"]["checkout"]["behind"], 1, "{plan}");
    let json = lifeboat.run(&["update", project, "--git-pull"]).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    assert_eq!(checkout.release_of("back"), "2");
    let at = |directory: &Path| head_of(directory, &["rev-parse", "HEAD"]);
    assert_eq!(at(&checkout.directory), at(&developer.directory));

    // Both sides went on: nothing is merged, and nothing is stopped.
    developer.release("3", "migrate");
    developer.git(&["push", "--quiet"]);
    checkout.release("4", "migrate");
    let (before, commit) = (checkout.ids(), at(&checkout.directory));
    let error = lifeboat
        .run(&["update", project, "--git-pull"])
        .failed(1, "engine-failed");
    assert!(
        error["advice"]
            .as_str()
            .is_some_and(|text| text.contains("git pull")),
        "{error}"
    );
    assert_eq!(checkout.ids(), before);
    assert_eq!(at(&checkout.directory), commit);
}

/// What was built for the update is nameless for a moment, while compose is asked for its hashes: a clean-up
/// that runs then must not take it away.
#[test]
fn a_clean_up_of_the_engine_does_not_take_the_new_images_away() {
    let world = World::new();
    let checkout = Checkout::new(&world, "pruned");
    let project = &checkout.compose.project;
    let label = format!("LABEL test.project={project}\n");
    for service in ["back", "front"] {
        let file = checkout.directory.join(service).join("Dockerfile");
        let image = artifacts::demo_image();
        let text = format!("FROM {image}\nENV RELEASE=2\nENV SERVICE={service}\n{label}");
        std::fs::write(file, text).expect("a Dockerfile");
    }
    let named = |service: &str| {
        let name = format!("{project}_{service}");
        let format = ["image", "inspect", "--format", "{{.Id}}", &name];
        world.engine().docker(&format)
    };
    let before = ["back", "front"].map(named);
    let update = world.lifeboat().start(&["update", project]);
    wait_for("both are built", 60, || {
        let now = ["back", "front"].map(named);
        (now[0] != before[0] && now[1] != before[1]).then_some(())
    });
    let filter = format!("label=test.project={project}");
    let mut pruned = 0;
    let outcome = finish_while(update, || {
        let prune = ["image", "prune", "--force", "--filter", &filter];
        let _ = world.engine().docker(&prune);
        pruned += 1;
    });
    assert!(outcome.status.success(), "{outcome:?}");
    assert!(pruned > 3, "the clean-up ran beside the update: {pruned}");
    assert_eq!(
        [checkout.release_of("back"), checkout.release_of("front")],
        ["2", "2"]
    );
}

/// Does something again and again until a command has ended.
fn finish_while(mut command: Child, mut something: impl FnMut()) -> Output {
    while command.try_wait().expect("its state").is_none() {
        something();
    }
    command.wait_with_output().expect("its output")
}

fn head_of(directory: &Path, words: &[&str]) -> String {
    let mut git = Command::new("git");
    command::run(git.arg("-C").arg(directory).args(words))
        .success()
        .text()
}
