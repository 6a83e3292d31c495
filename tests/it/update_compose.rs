//! Compose files that were edited since the application was started: shown, and applied only where that is
//! asked for, with the same way back as a new image.

use std::path::PathBuf;

use lifeboat_tests::{Compose, Release, World, wait_for};
use serde_json::Value;

/// A project in a network of its own, with an address, an alias, and a volume that nobody named.
const FILE: &str = "services:
  guestbook:
    image: IMAGE
    container_name: PROJECT-named
    restart: unless-stopped
    networks:
      inner:
        aliases: [book]
        ipv4_address: SUBNET.5
    healthcheck:
      interval: 1s
    env_file: .env
    environment:
      WRITER_RATE: \"20\"
      PRICE: \"1\"
    volumes:
      - data:/data
      - /cache
volumes:
  data:
networks:
  inner:
    ipam:
      config:
        - subnet: SUBNET.0/24
";

struct Project {
    compose: Compose,
    directory: PathBuf,
    image: String,
    text: String,
}

impl Project {
    /// `subnet` is the test's own, since tests run beside each other.
    fn new(world: &World, word: &str, subnet: &str) -> Self {
        let image = format!("{}:1", world.name(word));
        Release::new("1").name(world, &image);
        let compose = world.compose(word);
        let text = FILE
            .replace("IMAGE", &image)
            .replace("PROJECT", &compose.project)
            .replace("SUBNET", subnet);
        let project = Self {
            directory: world.directory().join(&compose.project),
            compose,
            image,
            text,
        };
        project.write(&project.text);
        project.settings("");
        project.compose.up();
        project
    }

    fn write(&self, text: &str) {
        std::fs::write(self.directory.join("compose.yaml"), text).expect("the compose file");
    }

    fn edit(&self, from: &str, to: &str) {
        assert!(self.text.contains(from), "{from}");
        self.write(&self.text.replace(from, to));
    }

    fn settings(&self, text: &str) {
        std::fs::write(self.directory.join(".env"), text).expect("the settings");
    }

    fn container(&self) -> Value {
        let id = self.compose.container().expect("a container");
        self.compose.engine().inspect(&id)
    }

    fn price(&self) -> String {
        let container = self.container();
        let environment = container["Config"]["Env"].as_array().into_iter().flatten();
        environment
            .filter_map(Value::as_str)
            .find_map(|entry| entry.strip_prefix("PRICE="))
            .expect("a price")
            .to_owned()
    }

    fn wait_healthy(&self) {
        wait_for("the project is healthy", 60, || {
            (self.container()["State"]["Health"]["Status"] == "healthy").then_some(())
        });
    }

    /// The edits that a plan tells.
    fn edits(&self, world: &World) -> Vec<Value> {
        let project = &self.compose.project;
        let plan = world.lifeboat().run(&["update", project, "--check"]).done();
        let edits = plan["plan"]["services"][0]["edits"].as_array();
        edits.expect("a list").clone()
    }
}

/// What an edit of the compose file may not change by the way.
fn rest(container: &Value) -> Value {
    let network = &container["NetworkSettings"]["Networks"];
    let network = network.as_object().expect("networks");
    let (name, endpoint) = network.iter().next().expect("one network");
    let mut mounts: Vec<Value> = container["Mounts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|mount| serde_json::json!([mount["Name"], mount["Destination"]]))
        .collect();
    mounts.sort_by_key(Value::to_string);
    let aliases = endpoint["Aliases"].as_array().into_iter().flatten();
    let has_alias = aliases.clone().any(|alias| alias == "book");
    serde_json::json!([
        container["Name"],
        name,
        endpoint["IPAddress"],
        has_alias,
        mounts,
        container["HostConfig"]["RestartPolicy"]["Name"],
    ])
}

#[test]
fn an_edit_is_shown_and_applied_only_where_it_is_asked_for() {
    let world = World::new();
    let project = Project::new(&world, "edited", "10.213.41");
    let lifeboat = world.lifeboat();
    let name = &project.compose.project;
    let before = project.container();

    project.settings("MAX_DATABASE_BACKUPS=3\nBACKUP_ON_STARTUP=false\n");
    assert_eq!(
        project.edits(&world),
        Vec::<Value>::new(),
        "settings of Lifeboat are no edit of the application"
    );
    project.settings("");

    let next = project.image.replace(":1", ":2");
    Release::new("2").name(&world, &next);
    let text = project
        .text
        .replace(&project.image, &next)
        .replace("PRICE: \"1\"", "PRICE: \"2\"");
    project.write(&text);
    let edits = project.edits(&world);
    let said = serde_json::to_string(&edits).expect("text");
    assert_eq!(edits.len(), 2, "{said}");
    assert!(
        said.contains("environment PRICE") && said.contains(&next),
        "{said}"
    );
    assert_eq!(
        project.container()["Id"],
        before["Id"],
        "nothing was made anew"
    );

    let json = lifeboat.run(&["update", name]).done();
    assert_eq!(json["update"]["outcome"], "up-to-date", "{json}");
    assert!(
        json["update"]["findings"]
            .to_string()
            .contains("compose-file-edited"),
        "{json}"
    );
    assert_eq!(project.container()["Id"], before["Id"]);

    let rows = project.compose.entry_count();
    let json = lifeboat.run(&["update", name, "--apply-compose"]).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    let after = project.container();
    assert_eq!(project.price(), "2");
    assert_eq!(after["Config"]["Image"], next.as_str());
    assert_eq!(rest(&after), rest(&before));
    assert!(project.compose.entry_count() >= rows);
    project.compose.up();
    assert_eq!(
        project.container()["Id"],
        after["Id"],
        "compose makes nothing anew"
    );
    assert_eq!(project.edits(&world), Vec::<Value>::new());

    lifeboat.run(&["undo", name, "--yes"]).done();
    project.wait_healthy();
    let undone = project.container();
    assert_eq!(project.price(), "1");
    assert_eq!(undone["Config"]["Image"], project.image.as_str());
    assert_eq!(rest(&undone), rest(&before));
}

#[test]
fn an_edit_that_breaks_the_application_is_taken_back() {
    let world = World::new();
    let project = Project::new(&world, "broken", "10.213.42");
    let before = project.container();
    project.edit("PRICE: \"1\"", "AT_START: migrate,crash");
    let json = world
        .lifeboat()
        .run(&["update", &project.compose.project, "--apply-compose"])
        .ended(7);
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    project.wait_healthy();
    let after = project.container();
    assert_eq!(after["Id"], before["Id"], "the very same container");
    assert_eq!(rest(&after), rest(&before));
    let columns = "SELECT count(*) FROM pragma_table_info('entries')";
    assert_eq!(project.compose.tools().number("guestbook.db", columns), 5);
    assert!(
        json["update"]["findings"]
            .to_string()
            .contains("compose-file-newer"),
        "{json}"
    );
}

/// M21: a compose change that would leave the database behind.
#[test]
fn an_edit_that_leaves_the_data_behind_is_refused() {
    let world = World::new();
    let project = Project::new(&world, "moved", "10.213.43");
    let before = project.container();
    let edited = project
        .text
        .replace("- data:/data", "- other:/data")
        .replace("volumes:\n  data:\n", "volumes:\n  other:\n");
    project.write(&edited);
    for words in [vec!["--check"], vec![]] {
        let mut line = vec!["update", &project.compose.project, "--apply-compose"];
        line.extend(words);
        let error = world.lifeboat().run(&line).failed(1, "unsupported");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| text.contains("left behind")),
            "{error}"
        );
    }
    assert_eq!(project.container()["Id"], before["Id"]);
    assert_eq!(
        project.container()["State"]["StartedAt"],
        before["State"]["StartedAt"]
    );
    let volume = format!("{}_other", project.compose.project);
    let listed = project.compose.engine().lines(&["volume", "ls", "--quiet"]);
    assert!(!listed.contains(&volume), "nothing was made: {listed:?}");
}
