//! The real window: tauri-driver, WebKitWebDriver, and xdotool for what is not a web page.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use lifeboat_tests::{World, artifacts, command, wait_for};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

/// One window at a time: they share a display and its keyboard.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A patient wait: the engine works meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open window.
pub(crate) struct Window {
    client: Client,
    driver: Child,
    home: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Window {
    /// Opens the window with a home of the world's own. `variables` are added to its environment.
    pub(crate) async fn open(world: &World, variables: &[(&str, &str)]) -> Self {
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "there is no display; run scripts/test.sh, which brings one"
        );
        let turn = ONE_AT_A_TIME.lock().await;
        let home = world.directory().join("desktop");
        std::fs::create_dir_all(&home).expect("a home for the window");
        let port = free_port();
        let driver = start_driver(&home, port, variables);
        let client = connect(port).await;
        let window = Self {
            client,
            driver,
            home,
            _turn: turn,
        };
        window.listen_for_errors().await;
        window
    }

    /// A folder that the window may save to.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Collects what a developer would see in red.
    async fn listen_for_errors(&self) {
        let script = "window.__errors = [];
            const keep = (text) => window.__errors.push(String(text));
            const before = console.error;
            console.error = (...words) => { keep(words.join(' ')); before(...words); };
            addEventListener('error', (event) => keep(event.message));
            addEventListener('unhandledrejection', (event) => keep(event.reason));";
        self.client
            .execute(script, Vec::new())
            .await
            .expect("a script runs");
    }

    /// What was seen in red since the window opened.
    pub(crate) async fn errors(&self) -> Value {
        self.client
            .execute("return window.__errors;", Vec::new())
            .await
            .expect("a script runs")
    }

    /// Waits for an element.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}\n{}", self.text().await),
        }
    }

    /// How many elements there are right now.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client
            .find_all(Locator::Css(css))
            .await
            .expect("elements can be counted")
            .len()
    }

    /// Waits until there are so many elements.
    pub(crate) async fn wait_count(&self, css: &str, wanted: usize) {
        let begun = std::time::Instant::now();
        while self.count(css).await != wanted {
            assert!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {wanted} × {css}, there are {}\n{}",
                self.count(css).await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Clicks the button with that text.
    pub(crate) async fn press(&self, text: &str) {
        let path = format!("//button[normalize-space()='{text}' and not(@disabled)]");
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await;
        match found {
            Ok(button) => button.click().await.expect("a button can be clicked"),
            Err(error) => panic!("no button {text}: {error}\n{}", self.text().await),
        }
    }

    /// Clicks an element.
    pub(crate) async fn click(&self, css: &str) {
        self.find(css)
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Follows a hash route.
    pub(crate) async fn go(&self, route: &str) {
        let script = "location.hash = arguments[0];";
        self.client
            .execute(script, vec![json!(route)])
            .await
            .expect("a script runs");
    }

    /// All text of the page.
    pub(crate) async fn text(&self) -> String {
        let text = self
            .client
            .execute("return document.body.innerText;", Vec::new())
            .await;
        text.ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Calls a command by name; what it answers or refuses.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> Result<Value, Value> {
        let script = "const [name, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(name, given).then(
                (answer) => done({ answer: answer === undefined ? null : answer }),
                (error) => done({ error }));";
        let ended = self
            .client
            .execute_async(script, vec![json!(name), arguments])
            .await;
        let ended = ended.unwrap_or_else(|error| panic!("{name}: {error}"));
        match ended.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(ended["answer"].clone()),
        }
    }

    /// Waits until a job is done; its result.
    pub(crate) async fn job_result(&self, id: &Value) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let jobs = self
                .call("list_jobs", json!({}))
                .await
                .expect("jobs are listed");
            let job = jobs
                .as_array()
                .and_then(|jobs| jobs.iter().find(|job| &job["id"] == id).cloned());
            let job = job.unwrap_or_else(|| panic!("no job {id} in {jobs}"));
            if job["outcome"].is_object() {
                assert_eq!(job["outcome"]["outcome"], "done", "{job}");
                return self
                    .call("job_result", json!({ "id": id }))
                    .await
                    .expect("a done job has a result");
            }
            assert!(begun.elapsed() < PATIENCE, "job {id} does not end: {job}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Types a path into the native Save dialog.
    pub(crate) fn save_as(&self, path: &Path) {
        let dialog = wait_for("the Save dialog opens", 30, || {
            let found = xdotool(&["search", "--onlyvisible", "--name", "^Save File$"]);
            found.lines().next().map(str::to_owned)
        });
        xdotool(&["windowfocus", "--sync", &dialog]);
        xdotool(&["key", "--clearmodifiers", "ctrl+a"]);
        xdotool(&[
            "type",
            "--clearmodifiers",
            path.to_str().expect("a plain path"),
        ]);
        xdotool(&["key", "Return"]);
    }

    /// A picture of the page, in `LIFEBOAT_SCREENSHOTS` or among the tests' artifacts.
    pub(crate) async fn picture(&self, name: &str) {
        let default = artifacts::repository().join("tests/artifacts");
        let folder = std::env::var_os("LIFEBOAT_SCREENSHOTS").map_or(default, PathBuf::from);
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let picture = self
            .client
            .screenshot()
            .await
            .expect("a picture can be taken");
        assert!(picture.len() > 10_000, "{name} is not a blank page");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("a picture can be kept");
    }

    /// Closes the window.
    pub(crate) async fn close(self) {
        self.client
            .clone()
            .close()
            .await
            .expect("the window closes");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn start_driver(home: &Path, port: u16, variables: &[(&str, &str)]) -> Child {
    let run = home.join("run");
    std::fs::create_dir_all(&run).expect("a run-time folder");
    let mut driver = Command::new("tauri-driver");
    driver
        .args([
            "--port",
            &port.to_string(),
            "--native-port",
            &free_port().to_string(),
        ])
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", run)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        // What minimal systems have, and what makes WebKit report a language that is none.
        .env("LANG", "C.UTF-8")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    driver
        .spawn()
        .expect("tauri-driver starts; scripts/test.sh installs it")
}

async fn connect(port: u16) -> Client {
    let options = json!({ "application": artifacts::desktop() });
    let capabilities = [("tauri:options".to_owned(), options)]
        .into_iter()
        .collect();
    let begun = std::time::Instant::now();
    loop {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = builder.capabilities(std::clone::Clone::clone(&capabilities));
        match session.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return client,
            Err(error) => assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no window: {error}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn xdotool(arguments: &[&str]) -> String {
    command::run(Command::new("xdotool").args(arguments)).text()
}
