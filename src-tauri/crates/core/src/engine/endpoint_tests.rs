//! The order of preference, with real folders.

use super::*;

fn environment(home: &Path) -> Environment {
    Environment {
        home: Some(home.to_owned()),
        default_socket: Some(home.join("default.sock")),
        ..Environment::default()
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
    std::fs::write(path, text).expect("file");
}

fn add_context(home: &Path, name: &str, host: &str) -> PathBuf {
    let folder = format!("hash-of-{name}");
    let meta = serde_json::json!({
        "Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": false}},
    });
    write(
        &home
            .join(".docker/contexts/meta")
            .join(&folder)
            .join("meta.json"),
        &meta.to_string(),
    );
    home.join(".docker/contexts/tls")
        .join(folder)
        .join("docker")
}

#[test]
fn the_docker_cli_order_is_kept() {
    let home = tempfile::tempdir().expect("folder");
    let home = home.path();
    let mut environment = environment(home);
    let resolve = |choice: Option<&str>, environment: &Environment| {
        let endpoint = Endpoint::resolve(choice, environment).expect("resolves");
        (endpoint.url, endpoint.origin.to_string())
    };
    let default = format!("unix://{}/default.sock", home.display());

    assert_eq!(
        resolve(None, &environment),
        (default.clone(), "default".to_owned())
    );

    add_context(home, "desk", "unix:///desk.sock");
    add_context(home, "lab", "unix:///lab.sock");
    write(
        &home.join(".docker/config.json"),
        r#"{"auths":{},"currentContext":"desk"}"#,
    );
    let desk = ("unix:///desk.sock".to_owned(), "context desk".to_owned());
    let lab = ("unix:///lab.sock".to_owned(), "context lab".to_owned());
    assert_eq!(resolve(None, &environment), desk);

    environment.docker_context = Some("lab".to_owned());
    assert_eq!(resolve(None, &environment), lab);
    environment.docker_context = Some("default".to_owned());
    assert_eq!(
        resolve(None, &environment),
        (default.clone(), "default".to_owned())
    );
    environment.docker_context = Some("lab".to_owned());

    environment.docker_host = Some("unix:///host.sock".to_owned());
    let host = ("unix:///host.sock".to_owned(), "DOCKER_HOST".to_owned());
    assert_eq!(resolve(None, &environment), host);
    assert_eq!(resolve(Some("default"), &environment), host);
    assert_eq!(resolve(Some("desk"), &environment), desk);
    let chosen = ("unix:///chosen.sock".to_owned(), "--engine".to_owned());
    assert_eq!(resolve(Some("unix:///chosen.sock"), &environment), chosen);
    assert_eq!(resolve(Some("/chosen.sock"), &environment), chosen);

    environment.docker_host = None;
    assert_eq!(
        resolve(Some("default"), &environment),
        (default, "default".to_owned())
    );
}

#[test]
fn docker_config_names_another_folder() {
    let home = tempfile::tempdir().expect("folder");
    let other = tempfile::tempdir().expect("folder");
    add_context(other.path(), "desk", "unix:///desk.sock");
    write(
        &other.path().join(".docker/config.json"),
        r#"{"currentContext":"desk"}"#,
    );
    let environment = Environment {
        docker_config: Some(other.path().join(".docker")),
        ..environment(home.path())
    };
    let endpoint = Endpoint::resolve(None, &environment).expect("resolves");
    assert_eq!(endpoint.origin, Origin::Context("desk".to_owned()));
}

#[test]
fn what_cannot_be_used_is_refused_with_a_reason() {
    let home = tempfile::tempdir().expect("folder");
    let home = home.path();
    let environment = environment(home);
    let mut cases = vec![
        ("nowhere", "no Docker context named \"nowhere\""),
        ("tcp://10.0.0.7:2375", "without TLS"),
        ("http://example.org:2375", "without TLS"),
        ("tcp://localhost.example.org:2375", "without TLS"),
        ("tcp://127.0.0.1.example.org", "without TLS"),
        ("tcp://user@127.0.0.1:2375", "only a host and a port"),
        ("tcp://127.0.0.1:2375/prefix", "only a host and a port"),
        ("tcp://127.0.0.1:port", "no number"),
        ("https://127.0.0.1:2376", "certificates"),
        ("ssh://anna@box", "not supported yet"),
        ("gopher://box", "not known"),
        ("unix://relative.sock", "not absolute"),
    ];
    if cfg!(unix) {
        cases.push(("npipe:////./pipe/docker_engine", "Windows only"));
    }
    for (choice, expected) in cases {
        let error = Endpoint::resolve(Some(choice), &environment).expect_err(choice);
        assert_eq!(error.code, Code::EngineContext, "{choice}");
        assert!(
            error.message.contains(expected),
            "{choice}: {}",
            error.message
        );
        assert!(!error.advice.is_empty());
    }
    let error = Endpoint::resolve(Some("ssh://anna@box"), &environment).expect_err("refused");
    assert!(
        error
            .advice
            .contains("ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock anna@box")
    );

    write(&home.join(".docker/config.json"), "{ not json");
    let error = Endpoint::resolve(None, &environment).expect_err("refused");
    assert!(error.message.contains("config.json"), "{}", error.message);
}

#[test]
fn loopback_may_be_plain_and_others_need_certificates() {
    let home = tempfile::tempdir().expect("folder");
    let home = home.path();
    let mut environment = environment(home);
    for (url, address) in [
        ("tcp://127.0.0.1:2375", "127.0.0.1:2375"),
        ("tcp://localhost", "localhost:2375"),
        ("http://[::1]:4000/", "[::1]:4000"),
    ] {
        let endpoint = Endpoint::resolve(Some(url), &environment).expect(url);
        assert_eq!(
            endpoint.address,
            Address::Loopback(address.to_owned()),
            "{url}"
        );
    }
    environment.docker_host = Some("127.0.0.1:2375".to_owned());
    let endpoint = Endpoint::resolve(None, &environment).expect("as the docker CLI takes it");
    assert_eq!(
        endpoint.address,
        Address::Loopback("127.0.0.1:2375".to_owned())
    );

    let tls = add_context(home, "far", "tcp://far.example.org:2376");
    let error = Endpoint::resolve(Some("far"), &environment).expect_err("no certificates yet");
    assert!(error.message.contains("without TLS"), "{}", error.message);
    for name in ["ca.pem", "cert.pem", "key.pem"] {
        write(&tls.join(name), "pem");
    }
    let endpoint = Endpoint::resolve(Some("far"), &environment).expect("with certificates");
    assert!(matches!(endpoint.address, Address::Tls(host, _) if host == "far.example.org:2376"));

    environment.docker_host = Some("tcp://far.example.org".to_owned());
    environment.docker_tls_verify = Some("1".to_owned());
    environment.docker_cert_path = Some(tls);
    let endpoint = Endpoint::resolve(None, &environment).expect("with certificates");
    assert!(matches!(endpoint.address, Address::Tls(host, _) if host == "far.example.org:2376"));
}

#[cfg(unix)]
#[test]
fn other_sockets_are_offered_and_never_taken() {
    let home = tempfile::tempdir().expect("folder");
    let home = home.path();
    let environment = Environment {
        runtime_directory: Some(home.join("run")),
        ..environment(home)
    };
    let mut listeners = Vec::new();
    for place in ["run/docker.sock", ".colima/default/docker.sock"] {
        let path = home.join(place);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder");
        listeners.push(std::os::unix::net::UnixListener::bind(path).expect("socket"));
    }
    write(&home.join(".rd/docker.sock"), "a file, not a socket");

    let endpoint = Endpoint::resolve(None, &environment).expect("resolves");
    assert_eq!(endpoint.origin, Origin::Default);
    let found = environment.other_sockets(&endpoint.url);
    let ours: Vec<&String> = found
        .iter()
        .filter(|url| url.contains(&home.display().to_string()))
        .collect();
    assert_eq!(ours.len(), 2, "{found:?}");
    let taken = ours[0].clone();
    assert!(!environment.other_sockets(&taken).contains(&taken));
}

#[test]
fn a_word_that_is_no_address_is_named_with_the_forms_there_are() {
    let home = tempfile::tempdir().expect("folder");
    let mut environment = environment(home.path());
    environment.docker_host = Some("garbage \u{1b}[31m".to_owned());
    let error = Endpoint::resolve(None, &environment).expect_err("no address");
    assert_eq!(error.code, Code::EngineContext);
    assert!(
        error
            .message
            .starts_with("\"garbage \\u{1b}[31m\" (DOCKER_HOST)"),
        "{}",
        error.message
    );
    for form in ["unix:///", "tcp://", "--engine NAME"] {
        assert!(error.advice.contains(form), "{}", error.advice);
    }
}
