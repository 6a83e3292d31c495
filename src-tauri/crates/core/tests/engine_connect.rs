//! How the engine is found, and what is said when it cannot be used.
#![cfg(unix)]

use std::os::unix::net::UnixListener;
use std::path::Path;

use lifeboat_core::Code;
use lifeboat_core::engine::{Engine, Environment};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// An environment in which only `home` and its default socket exist.
fn environment(home: &Path) -> Environment {
    Environment {
        home: Some(home.to_owned()),
        default_socket: Some(home.join("engine.sock")),
        ..Environment::default()
    }
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("folder")
}

async fn refusal(environment: &Environment) -> lifeboat_core::Error {
    Engine::connect(None, environment)
        .await
        .expect_err("there is no usable engine")
}

#[tokio::test]
async fn the_real_engine_introduces_itself() {
    let engine = Engine::connect(None, &Environment::from_process())
        .await
        .expect("an engine runs where these tests run");
    let summary = engine.summary();
    assert!(!engine.id().is_empty() && !summary.version.is_empty());
    assert!(["x86_64", "aarch64"].contains(&engine.architecture()));
    engine.now().await.expect("it tells the time");
}

#[tokio::test]
async fn no_socket_means_not_installed_or_not_running() {
    let home = home();
    let mut environment = environment(home.path());
    assert_eq!(
        refusal(&environment).await.code,
        Code::EngineNotInstalled,
        "no program of an engine on the path"
    );
    std::fs::write(home.path().join("dockerd"), "").expect("file");
    environment.search_path = Some(home.path().into());
    assert_eq!(refusal(&environment).await.code, Code::EngineStopped);

    environment.docker_host = Some(format!("unix://{}/other.sock", home.path().display()));
    let error = refusal(&environment).await;
    assert_eq!(error.code, Code::EngineContext);
    assert!(error.message.contains("DOCKER_HOST"), "{}", error.message);
}

#[tokio::test]
async fn a_stale_socket_means_not_running() {
    let home = home();
    drop(UnixListener::bind(home.path().join("engine.sock")).expect("socket"));
    let error = refusal(&environment(home.path())).await;
    assert_eq!(error.code, Code::EngineStopped, "{error:?}");
}

/// Root may use any socket, so the question is asked by this test in a process of another user.
#[tokio::test]
async fn a_forbidden_socket_means_no_permission() {
    const MARK: &str = "LIFEBOAT_TEST_SOCKET_HOME";
    if let Some(home) = std::env::var_os(MARK) {
        let error = refusal(&environment(Path::new(&home))).await;
        assert_eq!(error.code, Code::EnginePermission, "{error:?}");
        assert!(
            error.advice.contains("sudo usermod -aG docker $USER"),
            "{}",
            error.advice
        );
        return;
    }
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let open = std::fs::Permissions::from_mode(0o755);
    let shut = std::fs::Permissions::from_mode(0o600);
    let home = home();
    std::fs::set_permissions(home.path(), open.clone()).expect("folder");
    let socket = home.path().join("engine.sock");
    let _listener = UnixListener::bind(&socket).expect("socket");
    std::fs::set_permissions(&socket, shut).expect("socket");
    // The test program itself may lie where the other user may not look.
    let program = home.path().join("test");
    std::fs::copy(std::env::current_exe().expect("known"), &program).expect("copied");
    std::fs::set_permissions(&program, open).expect("program");
    let mut command = std::process::Command::new(&program);
    command
        .args(["a_forbidden_socket_means_no_permission", "--exact"])
        .env(MARK, home.path())
        .current_dir(home.path());
    if nobody_can_be_become() {
        command.uid(65_534).gid(65_534);
    }
    let output = command.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// Whether this process is root's.
fn nobody_can_be_become() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// Answers every connection with the same bytes.
fn serve(socket: &Path, answer: String) -> tokio::task::JoinHandle<()> {
    let listener = tokio::net::UnixListener::bind(socket).expect("socket");
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.expect("accepted");
            let answer = answer.clone();
            tokio::spawn(async move {
                read_head(&mut connection).await;
                // The other side may have heard enough.
                let _ = connection.write_all(answer.as_bytes()).await;
            });
        }
    })
}

async fn read_head(connection: &mut UnixStream) -> Vec<u8> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).await.unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    head
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn what_is_no_engine_is_told_from_what_is_a_bad_one() {
    let old = r#"{"Version":"19.03.15","ApiVersion":"1.40","Os":"linux"}"#;
    let windows = r#"{"Version":"28.0.0","ApiVersion":"1.48","Os":"windows"}"#;
    let cases = [
        (
            "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(),
            Code::EngineContext,
        ),
        (http("200 OK", "<html>hello</html>"), Code::EngineContext),
        (http("404 Not Found", "nothing here"), Code::EngineContext),
        (http("200 OK", old), Code::EngineTooOld),
        (http("200 OK", windows), Code::EngineWindowsContainers),
        (
            http("500 Oops", r#"{"message":"boom"}"#),
            Code::EngineFailed,
        ),
    ];
    for (answer, code) in cases {
        let home = home();
        let server = serve(&home.path().join("engine.sock"), answer.clone());
        let error = refusal(&environment(home.path())).await;
        assert_eq!(error.code, code, "{answer}: {error:?}");
        server.abort();
    }
}

/// Passes everything on to the real engine, except that its version is another one.
async fn rewrite_version(listener: tokio::net::UnixListener, engine: String) {
    loop {
        let (mut near, _) = listener.accept().await.expect("accepted");
        let engine = engine.clone();
        tokio::spawn(async move {
            let head = read_head(&mut near).await;
            let mut far = UnixStream::connect(engine).await.expect("the real engine");
            far.write_all(&head).await.expect("sent");
            let mut answer = vec![0; 65_536];
            let length = far.read(&mut answer).await.expect("answered");
            let text = String::from_utf8_lossy(&answer[..length]).into_owned();
            let real = text
                .split("\"ApiVersion\":\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .expect("the version is in the answer")
                .to_owned();
            let text = text.replace(
                &format!("\"ApiVersion\":\"{real}\""),
                &format!("\"ApiVersion\":\"1.4{}\"", "0".repeat(real.len() - 3)),
            );
            near.write_all(text.as_bytes()).await.expect("passed on");
        });
    }
}

#[tokio::test]
async fn an_engine_that_is_too_old_is_told_with_both_versions() {
    let home = home();
    let real = Engine::connect(None, &Environment::from_process())
        .await
        .expect("an engine runs where these tests run");
    let real = real
        .summary()
        .endpoint
        .strip_prefix("unix://")
        .expect("a socket of this machine")
        .to_owned();
    let listener = tokio::net::UnixListener::bind(home.path().join("engine.sock")).expect("socket");
    let proxy = tokio::spawn(rewrite_version(listener, real));
    let error = refusal(&environment(home.path())).await;
    proxy.abort();
    assert_eq!(error.code, Code::EngineTooOld, "{error:?}");
    assert!(
        error.message.contains("1.40") && error.message.contains("1.41"),
        "{}",
        error.message
    );
}
