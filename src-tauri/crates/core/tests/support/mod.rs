//! A corner of the real engine for one test: names of its own, and nothing left behind.
#![expect(dead_code, reason = "each test program uses a part of it")]

use std::process::Command;
use std::time::{Duration, Instant};

use lifeboat_core::engine::{Engine, Environment, Session, SessionSpec, VolumeInfo};

pub(crate) struct World {
    pub(crate) engine: Engine,
    /// The application's name, and the beginning of every name.
    pub(crate) app: String,
}

impl World {
    pub(crate) async fn new(test: &str) -> Self {
        use std::hash::{BuildHasher as _, Hasher as _};
        let random = std::hash::RandomState::new().build_hasher().finish();
        Self {
            engine: connect().await,
            app: format!("lbtest-{test}-{random:016x}"),
        }
    }

    pub(crate) async fn another_connection(&self) -> Engine {
        connect().await
    }

    pub(crate) fn name(&self, part: &str) -> String {
        format!("{}-{part}", self.app)
    }

    pub(crate) fn job_label(&self) -> String {
        format!("dev.lifeboat.job={}", self.app)
    }

    pub(crate) fn spec(&self, spec: SessionSpec) -> SessionSpec {
        SessionSpec {
            purpose: "test".to_owned(),
            job_label: self.app.clone(),
            ..spec
        }
    }

    pub(crate) async fn session(&self, spec: SessionSpec) -> Session {
        self.engine
            .open_session(self.spec(spec))
            .await
            .expect("a session opens")
    }

    pub(crate) async fn volume(&self, part: &str) -> String {
        let name = self.name(part);
        let wanted = VolumeInfo {
            name: name.clone(),
            ..VolumeInfo::default()
        };
        self.engine.create_volume(&wanted).await.expect("a volume");
        name
    }

    pub(crate) async fn vault(&self) -> String {
        self.engine.create_vault(&self.app).await.expect("a vault")
    }

    /// An image without our labels, whose program says hello and waits until it is stopped.
    pub(crate) async fn plain_image(&self) -> String {
        let helper = self.engine.ensure_helper().await.expect("loaded");
        let name = format!("{}:1", self.app);
        let container = docker(&["create", "--name", &self.name("copy"), &helper]);
        // Only an imported image has no labels; a committed one inherits them.
        let export = format!(
            "docker export {container} | docker import --change 'ENTRYPOINT [\"/lifeboat-helper\"]' - {name}"
        );
        let output = Command::new("sh")
            .args(["-c", &export])
            .output()
            .expect("runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        docker(&["rm", &container]);
        name
    }

    /// Our containers of this test, one ID a line.
    pub(crate) fn containers(&self) -> String {
        docker(&[
            "ps",
            "-aq",
            "--filter",
            &format!("label={}", self.job_label()),
        ])
    }

    pub(crate) async fn no_containers_within(&self, limit: Duration) {
        let begun = Instant::now();
        while !self.containers().is_empty() {
            assert!(
                begun.elapsed() < limit,
                "left behind: {}",
                self.containers()
            );
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for World {
    /// Also after a failure, so errors are nobody's business here.
    fn drop(&mut self) {
        let script = format!(
            "docker ps -aq --filter label={job} --filter label={job} | xargs -r docker rm -f; \
             docker ps -aq --filter label=dev.lifeboat.app={app} | xargs -r docker rm -f; \
             docker ps -aq --filter name={app} | xargs -r docker rm -f; \
             docker volume ls -q --filter name={app} | xargs -r docker volume rm; \
             docker images -q {app} | xargs -r docker rmi -f",
            job = self.job_label(),
            app = self.app,
        );
        let _ = Command::new("sh").args(["-c", &script]).output();
    }
}

async fn connect() -> Engine {
    Engine::connect(None, &Environment::from_process())
        .await
        .expect("an engine runs where these tests run")
}

/// The docker CLI, as an independent witness.
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker")
        .args(arguments)
        .output()
        .expect("the docker CLI runs");
    assert!(
        output.status.success(),
        "docker {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A sound SQLite database of at least that many bytes, without a table: one page of schema, one of
/// the free list, and free pages full of noise that no compressor can shrink.
pub(crate) fn database_of(size_bytes: usize) -> Vec<u8> {
    const PAGE: usize = 65_536;
    let pages = size_bytes.div_ceil(PAGE).max(3);
    let mut file = vec![0; pages * PAGE];
    let count = |value: usize| u32::try_from(value).expect("small").to_be_bytes();
    file[..16].copy_from_slice(b"SQLite format 3\0");
    // Page size 65536, rollback journal, and the three fixed fractions.
    file[16..24].copy_from_slice(&[0, 1, 1, 1, 0, 64, 32, 32]);
    let fields = [
        (24, 1),
        (28, pages),
        (32, 2),
        (36, pages - 1),
        (44, 4),
        (56, 1),
        (92, 1),
        (96, 3_054_001),
    ];
    for (offset, value) in fields {
        file[offset..offset + 4].copy_from_slice(&count(value));
    }
    file[100] = 0x0d;
    file[PAGE + 4..PAGE + 8].copy_from_slice(&count(pages - 2));
    for leaf in 3..=pages {
        let offset = PAGE + 8 + (leaf - 3) * 4;
        file[offset..offset + 4].copy_from_slice(&count(leaf));
    }
    let mut noise: u64 = 0x9E37_79B9_7F4A_7C15;
    for byte in &mut file[2 * PAGE..] {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        *byte = noise.to_le_bytes()[0];
    }
    file
}

/// In hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Stands between core and the engine, and can cut every connection that there is.
#[cfg(unix)]
pub(crate) struct Proxy {
    folder: tempfile::TempDir,
    cut: tokio::sync::broadcast::Sender<()>,
}

#[cfg(unix)]
impl Proxy {
    pub(crate) fn to(endpoint: String) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let listener =
            tokio::net::UnixListener::bind(folder.path().join("engine.sock")).expect("socket");
        let (cut, _) = tokio::sync::broadcast::channel(1);
        let connections = cut.clone();
        tokio::spawn(async move {
            let engine = endpoint
                .strip_prefix("unix://")
                .expect("a socket of this machine");
            loop {
                let (mut near, _) = listener.accept().await.expect("accepted");
                let mut far = tokio::net::UnixStream::connect(engine)
                    .await
                    .expect("the engine");
                let mut cut = connections.subscribe();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = cut.recv() => {}
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    }
                });
            }
        });
        Self { folder, cut }
    }

    pub(crate) async fn connect(&self) -> Engine {
        let environment = Environment {
            docker_host: Some(format!(
                "unix://{}/engine.sock",
                self.folder.path().display()
            )),
            ..Environment::default()
        };
        Engine::connect(None, &environment)
            .await
            .expect("the engine answers")
    }

    pub(crate) fn cut(&self) {
        self.cut.send(()).expect("there is a connection");
    }
}

/// The ends of all containers from now on, told by the docker CLI.
pub(crate) struct Ends {
    witness: std::process::Child,
}

impl Ends {
    pub(crate) fn watch() -> Self {
        // Looking back a little makes up for the time that the witness takes to arrive.
        let arguments = ["events", "--since", "5s", "--filter", "event=die"];
        let witness = Command::new("docker")
            .args(arguments)
            .args(["--format", "{{.Actor.ID}} {{.Actor.Attributes.exitCode}}"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("the docker CLI runs");
        Self { witness }
    }

    /// Waits for the end of a container, and says what it ended with.
    pub(crate) fn code_of(mut self, id: &str) -> String {
        use std::io::BufRead as _;
        let output = self.witness.stdout.take().expect("it was piped");
        let code = std::io::BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(id).map(|code| code.trim().to_owned()))
            .expect("the container ends while it is watched");
        self.witness.kill().expect("it still watches");
        self.witness.wait().expect("it was killed");
        code
    }
}
