//! What of a container an update keeps: after a rollback it is the very same, after a good release
//! everything is as before that the release does not bring along itself.

use std::collections::BTreeMap;
use std::net::TcpListener;

use lifeboat_tests::{DemoApp, DemoOptions, Release, World};
use serde_json::Value;

/// What the engine finds anew each time a container runs.
const OF_A_RUN: [&str; 9] = [
    "/State/StartedAt",
    "/State/FinishedAt",
    "/State/Pid",
    "/State/Health/",
    "/ExecIDs",
    "/NetworkSettings/SandboxID",
    "/NetworkSettings/SandboxKey",
    "/EndpointID",
    "/ResolvConfPath",
];

/// What is another one for a container that was made anew.
const OF_A_CONTAINER: [&str; 8] = [
    "/Id",
    "/Created",
    "/Image",
    "/Config/Hostname",
    "/HostnamePath",
    "/HostsPath",
    "/LogPath",
    "/GraphDriver/",
];

/// An application with everything that a container may be asked for: two networks of somebody's own with
/// addresses and names in them, a port, labels, variables, a volume without a name, a folder of the host.
struct Furnished<'a> {
    world: &'a World,
    app: DemoApp,
    image: String,
}

impl<'a> Furnished<'a> {
    fn new(world: &'a World, word: &str, image: &str) -> Self {
        let engine = world.engine();
        let name = world.name(word);
        let networks = ["one", "two"].map(|which| Network::new(world, &format!("{word}-{which}")));
        let folder = world.directory().join("folder");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("note"), "of the host").expect("a file");
        let volume = format!("{name}-data");
        let words = [
            format!("--name={name}"),
            format!("--volume={volume}:/data"),
            "--volume=/extra".to_owned(),
            format!("--volume={}:/folder:ro", folder.display()),
            "--tmpfs=/fast:size=1m".to_owned(),
            format!("--network={}", networks[0].name),
            format!("--ip={}", networks[0].address),
            "--network-alias=guests".to_owned(),
            format!("--publish=127.0.0.1:{}:8080", free_port()),
            "--label=owner=Ada".to_owned(),
            "--env=WRITER_RATE=50".to_owned(),
            "--env=COLOUR=blue".to_owned(),
            "--restart=on-failure:7".to_owned(),
            "--memory=256m".to_owned(),
            "--cap-drop=NET_RAW".to_owned(),
            "--add-host=elsewhere:192.0.2.7".to_owned(),
            "--ulimit=nofile=2048:4096".to_owned(),
            "--log-opt=max-size=1m".to_owned(),
            "--hostname=book".to_owned(),
            "--health-interval=1s".to_owned(),
            image.to_owned(),
        ];
        let words = words.iter().map(String::as_str);
        let words: Vec<&str> = ["create"].into_iter().chain(words).collect();
        engine.docker(&words);
        let address = format!("--ip={}", networks[1].address);
        let connect = ["network", "connect", "--alias=visitors", &address];
        engine.docker(&[&connect[..], &[&networks[1].name, &name]].concat());
        engine.docker(&["start", &name]);
        let app = DemoApp::existing(engine, &name, &volume);
        app.wait_healthy();
        Self {
            world,
            app,
            image: image.to_owned(),
        }
    }

    fn inspect(&self) -> BTreeMap<String, Value> {
        let mut leaves = BTreeMap::new();
        let found = self.world.engine().inspect(&self.app.name);
        flatten("", &found, &mut leaves);
        leaves
    }

    /// The volume without a name.
    fn extra(&self) -> String {
        let found = self.world.engine().inspect(&self.app.name);
        let mounts = found["Mounts"].as_array().expect("mounts");
        let extra = mounts.iter().find(|one| one["Destination"] == "/extra");
        let name = extra.and_then(|one| one["Name"].as_str());
        name.expect("a volume").to_owned()
    }
}

/// A network of this world, with a subnet of its own.
struct Network {
    name: String,
    address: String,
}

impl Network {
    fn new(world: &World, word: &str) -> Self {
        let name = world.name(word);
        // One that is free: other tests, and other people's networks, have theirs.
        for third in 0..=255 {
            let subnet = format!("--subnet=10.233.{third}.0/24");
            let made = world
                .engine()
                .try_docker(&["network", "create", &subnet, &name]);
            if made.status.success() {
                let address = format!("10.233.{third}.77");
                return Self { name, address };
            }
        }
        panic!("no subnet is free");
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Every value by its path; lists that are sets are sorted.
fn flatten(path: &str, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flatten(&format!("{path}/{key}"), value, leaves);
            }
        }
        Value::Array(list) => {
            let mut list = list.clone();
            list.sort_by_key(Value::to_string);
            leaves.insert(path.to_owned(), Value::Array(list));
        }
        leaf => {
            leaves.insert(path.to_owned(), leaf.clone());
        }
    }
}

/// The paths at which two differ, those left out that nature changes.
fn differences(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
    by_nature: &[&str],
) -> Vec<String> {
    let paths = before.keys().chain(after.keys());
    let mut found: Vec<String> = paths
        .filter(|path| before.get(*path) != after.get(*path))
        .filter(|path| !by_nature.iter().any(|part| path.contains(part)))
        .map(|path| format!("{path}: {:?} -> {:?}", before.get(path), after.get(path)))
        .collect();
    found.dedup();
    found
}

fn columns(app: &DemoApp) -> i64 {
    let query = "SELECT count(*) FROM pragma_table_info('entries')";
    app.tools().number("guestbook.db", query)
}

fn update(world: &World, app: &DemoApp) -> lifeboat_tests::Outcome {
    world.lifeboat().run(&["update", &app.name])
}

#[test]
fn a_rolled_back_container_is_the_very_same() {
    let world = World::new();
    let image = format!("{}:latest", world.name("back"));
    Release::new("1").name(&world, &image);
    let furnished = Furnished::new(&world, "back", &image);
    let before = furnished.inspect();
    let extra = furnished.extra();
    world.tools(&extra).write("mark", "of this volume");
    let entries = furnished.app.entry_count();
    let bad = Release::new("2").with("AT_START", "migrate,sick");
    bad.name(&world, &furnished.image);

    let json = update(&world, &furnished.app).ended(7);
    assert_eq!(json["update"]["outcome"], "rolled-back", "{json}");
    furnished.app.wait_healthy();
    let found = differences(&before, &furnished.inspect(), &OF_A_RUN);
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(columns(&furnished.app), 5, "the schema is as before");
    assert_eq!(furnished.app.entry_count(), entries);
    let mark = world.tools(&extra).read("mark");
    assert_eq!(mark, b"of this volume", "the volume without a name");
}

#[test]
fn a_good_release_changes_the_image_and_nothing_else() {
    let world = World::new();
    let image = format!("{}:latest", world.name("good"));
    Release::new("1").name(&world, &image);
    let furnished = Furnished::new(&world, "good", &image);
    let before = furnished.inspect();
    let extra = furnished.extra();
    world.tools(&extra).write("mark", "of this volume");
    // Twice: what the first update made is kept by the second as well.
    for version in ["2", "3"] {
        Release::new(version)
            .with("AT_START", "migrate")
            .name(&world, &image);
        let json = update(&world, &furnished.app).done();
        assert_eq!(json["update"]["outcome"], "updated", "{json}");
        furnished.app.wait_healthy();
        let after = furnished.inspect();
        let mut by_nature = [&OF_A_RUN[..], &OF_A_CONTAINER].concat();
        // The release's own variables; and the nameless volume, which is bound by its name from now on.
        by_nature.extend([
            "/Config/Env",
            "/HostConfig/Binds",
            "/Config/Volumes",
            "/Mounts",
            "/Aliases",
        ]);
        let found = differences(&before, &after, &by_nature);
        assert!(found.is_empty(), "{found:#?}");
        for wanted in [
            "COLOUR=blue",
            "WRITER_RATE=50",
            &format!("RELEASE={version}"),
        ] {
            let list = after["/Config/Env"].to_string();
            assert!(list.contains(&format!("\"{wanted}\"")), "{wanted}: {list}");
        }
        assert_eq!(mounts(&after), mounts(&before));
        for (network, alias) in [("one", "guests"), ("two", "visitors")] {
            let all = after.iter().filter(|(path, _)| path.ends_with("/Aliases"));
            let mut all = all.filter(|(path, _)| path.contains(&format!("-{network}/")));
            let (_, aliases) = all.next().expect("the network is there");
            assert!(aliases.to_string().contains(alias), "{network}: {aliases}");
        }
        assert_eq!(furnished.extra(), extra, "the very same volume");
        let mark = world.tools(&extra).read("mark");
        assert_eq!(mark, b"of this volume", "with what is in it");
    }
    assert_eq!(columns(&furnished.app), 6);
    // It is bound by its name now, and so nobody's to remove.
    world.engine().remove_volume(&extra);
}

/// What is mounted where, and how.
fn mounts(inspected: &BTreeMap<String, Value>) -> Vec<[String; 5]> {
    let list = inspected["/Mounts"].as_array().expect("mounts");
    let parts = ["Type", "Name", "Source", "Destination", "RW"];
    let mut found: Vec<_> = list
        .iter()
        .map(|mount| parts.map(|part| mount[part].to_string()))
        .collect();
    found.sort();
    found
}

/// What the new image says of itself comes into force: its user, its command, its directory, its signal
/// and its health check, as far as nobody asked for another.
#[test]
fn a_release_with_other_defaults() {
    let world = World::new();
    let image = format!("{}:latest", world.name("other"));
    Release::new("1").name(&world, &image);
    let app = world.demo("other", DemoOptions::default().image(&image));
    let entries = app.entry_count();
    let folder = world.directory().join("image");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!(
        "FROM {}\nENV RELEASE=2\nUSER 1000:1234\nWORKDIR /tmp\nSTOPSIGNAL SIGINT\n\
         HEALTHCHECK --retries=9 CMD [\"/./lifeboat-demo-app\", \"healthcheck\"]\n\
         ENTRYPOINT [\"/lifeboat-demo-app\", \"serve\"]\n",
        lifeboat_tests::artifacts::demo_image()
    );
    std::fs::write(folder.join("Dockerfile"), text).expect("a file");
    let folder = folder.to_str().expect("a path");
    world
        .engine()
        .docker(&["build", "--quiet", "--tag", &image, folder]);

    let json = update(&world, &app).done();
    assert_eq!(json["update"]["outcome"], "updated", "{json}");
    app.wait_healthy();
    let config = world.engine().inspect(&app.name)["Config"].clone();
    assert_eq!(config["User"], "1000:1234");
    assert_eq!(config["WorkingDir"], "/tmp");
    assert_eq!(config["StopSignal"], "SIGINT");
    assert_eq!(config["Entrypoint"][1], "serve", "{config}");
    let check = &config["Healthcheck"];
    assert_eq!(check["Test"][1], "/./lifeboat-demo-app", "{check}");
    assert_eq!(check["Retries"], 9, "{check}");
    assert_eq!(check["Interval"], 1_000_000_000, "as asked for: {check}");
    assert_eq!(app.entry_count(), entries);
}
