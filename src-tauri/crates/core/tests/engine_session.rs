//! Helper containers on the real engine: their image, their conversation, their end.

mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lifeboat_core::Code;
use lifeboat_core::api::StorageKind;
use lifeboat_core::engine::{ContainerNotice, SessionError, SessionSpec, SourceBinding};
use lifeboat_store::manifest::{BackedVolume, Ownership};
use lifeboat_store::protocol::{
    Answer, DownloadRequest, ImportRequest, ImportTarget, OpenVault, Request, ScanRequest,
    SourceMount,
};
use lifeboat_store::{FailureKind, RelativePath};
use support::{World, docker};
use tokio_util::sync::CancellationToken;

fn quiet() -> impl FnMut(lifeboat_store::protocol::Event) + Send {
    |_| {}
}

fn open_vault(app: &str) -> Request {
    Request::OpenVault(OpenVault {
        app: app.to_owned(),
        exclusive: true,
        holder: "a test".to_owned(),
        recovery: false,
    })
}

fn import(app: &str, size_bytes: u64) -> Request {
    Request::Import(Box::new(ImportRequest {
        id: "20260101T000000Z-abcdef".to_owned(),
        app: app.to_owned(),
        original_name: "file.db".to_owned(),
        size_bytes,
        expected_sha256: None,
        manifest_json: None,
        created_at: "2026-01-01T00:00:00Z".parse().expect("a time"),
        tool_version: "0".to_owned(),
        target: Some(ImportTarget {
            volume: BackedVolume {
                index: 0,
                kind: StorageKind::Volume,
                name: format!("{app}-data"),
                compose_volume: None,
                driver: "local".to_owned(),
                labels: BTreeMap::new(),
                options: BTreeMap::new(),
                destinations: vec!["/data".to_owned()],
                root: Ownership::default(),
            },
            path: RelativePath::parse("file.db").expect("a path"),
        }),
    }))
}

#[tokio::test]
async fn the_helper_image_is_loaded_once_under_one_id() {
    let world = World::new("image").await;
    let id = world.engine.ensure_helper().await.expect("loaded");
    let again = world.another_connection().await;
    assert_eq!(again.ensure_helper().await.expect("found"), id);
    let inspected = docker(&[
        "image",
        "inspect",
        "--format",
        "{{.Id}} {{.Config.Labels}}",
        &id,
    ]);
    assert!(inspected.starts_with(&id), "{inspected}");
    assert!(
        inspected.contains("dev.lifeboat.role:helper"),
        "{inspected}"
    );
}

#[tokio::test]
async fn a_session_greets_answers_and_leaves_nothing() {
    let world = World::new("greet").await;
    let mut session = world.session(SessionSpec::default()).await;
    assert!(!session.helper_version().is_empty());
    assert!(session.sqlite_version().starts_with("3."));
    let container = session.container_id().to_owned();

    // Without a vault mounted this cannot work; the session goes on all the same.
    for _ in 0..2 {
        let result = session
            .request(Request::List, &mut quiet(), &CancellationToken::new())
            .await;
        assert!(matches!(result, Err(SessionError::Failed(_))), "{result:?}");
    }
    assert!(session.is_running());
    session.close().await.expect("closed");
    assert_eq!(
        docker(&[
            "ps",
            "-aq",
            "--no-trunc",
            "--filter",
            &format!("id={container}")
        ]),
        ""
    );
}

#[tokio::test]
async fn a_helper_has_only_what_it_needs() {
    let world = World::new("confined").await;
    let volume = world.volume("data").await;
    let spec = SessionSpec {
        sources: vec![SourceBinding {
            index: 0,
            kind: StorageKind::Volume,
            name: volume.clone(),
            writable: false,
            single_file: false,
        }],
        capabilities: vec!["DAC_OVERRIDE"],
        ..SessionSpec::default()
    };
    let session = world.session(spec).await;
    let text = docker(&["inspect", session.container_id()]);
    let inspected: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let host = &inspected[0]["HostConfig"];
    assert_eq!(host["NetworkMode"], "none");
    assert_eq!(host["ReadonlyRootfs"], true);
    assert_eq!(host["Privileged"], false);
    assert_eq!(host["CapDrop"], serde_json::json!(["ALL"]));
    let mut added: Vec<&str> = host["CapAdd"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|c| c.as_str())
        .collect();
    added.sort_unstable();
    assert_eq!(added.len(), 5, "{added:?}");
    assert!(
        host["SecurityOpt"]
            .to_string()
            .contains("no-new-privileges")
    );
    assert_eq!(host["VolumesFrom"], serde_json::Value::Null);
    let mounts = inspected[0]["Mounts"].as_array().expect("a list");
    assert_eq!(mounts.len(), 1, "{mounts:?}");
    assert_eq!(mounts[0]["Destination"], "/volumes/0");
    assert_eq!(mounts[0]["RW"], false);
    session.close().await.expect("closed");
}

#[tokio::test]
async fn a_scan_sees_volumes_and_binds() {
    let world = World::new("scan").await;
    let volume = world.volume("data").await;
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("app.db"), "").expect("file");
    let source = |index, kind, name: &str| SourceBinding {
        index,
        kind,
        name: name.to_owned(),
        writable: false,
        single_file: false,
    };
    let path = folder.path().to_string_lossy().into_owned();
    let spec = SessionSpec {
        sources: vec![
            source(0, StorageKind::Volume, &volume),
            source(1, StorageKind::Bind, &path),
        ],
        capabilities: vec!["DAC_OVERRIDE"],
        ..SessionSpec::default()
    };
    let mut session = world.session(spec).await;
    let mount = |index, name: &str| SourceMount {
        index,
        name: name.to_owned(),
        single_file: false,
        writable: false,
        in_use: false,
    };
    let request = Request::Scan(ScanRequest {
        sources: vec![mount(0, &volume), mount(1, &path)],
        max_entries: 1000,
        max_depth: 8,
        deadline_ms: 10_000,
    });
    let answer = session
        .request(request, &mut quiet(), &CancellationToken::new())
        .await
        .expect("scanned");
    let Answer::Scan(report) = answer else {
        panic!("another answer: {answer:?}")
    };
    assert_eq!(report.sources.len(), 2);
    assert_eq!(report.databases.len(), 1, "{:?}", report.databases);
    assert_eq!(report.databases[0].source_index, 1);
    session.close().await.expect("closed");
}

#[tokio::test]
async fn what_does_not_exist_is_not_made() {
    let world = World::new("missing").await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("gone");
    let missing_volume = world.name("gone");
    for (kind, name) in [
        (StorageKind::Bind, path.to_string_lossy().into_owned()),
        (StorageKind::Volume, missing_volume.clone()),
    ] {
        let spec = SessionSpec {
            sources: vec![SourceBinding {
                index: 0,
                kind,
                name: name.clone(),
                writable: true,
                single_file: false,
            }],
            ..world.spec(SessionSpec::default())
        };
        let error = world
            .engine
            .open_session(spec)
            .await
            .expect_err("it does not exist");
        assert_eq!(error.code, Code::DatabaseNotFound, "{error:?}");
        assert!(error.message.contains(&name), "{}", error.message);
    }
    assert!(!path.exists());
    assert_eq!(
        world.engine.volume(&missing_volume).await.expect("asked"),
        None
    );
    assert_eq!(world.containers(), "", "nothing stays behind");
}

#[tokio::test]
async fn a_killed_helper_is_lost() {
    let world = World::new("lost").await;
    let mut session = world.session(SessionSpec::default()).await;
    docker(&["kill", session.container_id()]);
    session.ended().await;
    let result = session
        .request(Request::List, &mut quiet(), &CancellationToken::new())
        .await;
    match result {
        Err(SessionError::Lost {
            exit_code,
            out_of_memory,
            ..
        }) => {
            assert_eq!(exit_code, Some(137));
            assert!(!out_of_memory);
        }
        other => panic!("{other:?}"),
    }
    session.close().await.expect("closed");
    assert_eq!(world.containers(), "");
}

#[tokio::test]
async fn a_dropped_session_cleans_up_behind_itself() {
    let world = World::new("dropped").await;
    let session = world.session(SessionSpec::default()).await;
    let ends = support::Ends::watch();
    let container = session.container_id().to_owned();
    drop(session);
    let code = tokio::task::spawn_blocking(move || ends.code_of(&container));
    assert_eq!(
        code.await.expect("told"),
        "0",
        "a closed input is a good end"
    );
    world.no_containers_within(Duration::from_secs(20)).await;
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out_again() {
    let world = World::new("file").await;
    let vault = world.vault().await;
    let spec = || SessionSpec {
        vault_volume: Some(vault.clone()),
        ..SessionSpec::default()
    };
    let cancel = CancellationToken::new();
    let content = support::database_of(3 << 20);

    let mut session = world.session(spec()).await;
    session
        .request(open_vault(&world.app), &mut quiet(), &cancel)
        .await
        .expect("opened");
    let answer = session
        .send_file(
            import(&world.app, content.len() as u64),
            &content[..],
            &mut quiet(),
            &cancel,
        )
        .await
        .expect("imported");
    let Answer::Backup(record) = answer else {
        panic!("another answer: {answer:?}")
    };
    let listed = session
        .request(Request::List, &mut quiet(), &cancel)
        .await
        .expect("goes on");
    assert!(matches!(listed, Answer::List(listing) if listing.backups.len() == 1));
    session.close().await.expect("closed");

    let mut sink = Vec::new();
    let setup = vec![open_vault(&world.app)];
    let request = DownloadRequest {
        id: record.summary.id.clone(),
        database: None,
    };
    let sent = world
        .engine
        .download(
            world.spec(spec()),
            setup,
            request,
            &mut sink,
            &mut quiet(),
            &cancel,
        )
        .await
        .expect("downloaded");
    assert_eq!(sent.size_bytes, sink.len() as u64);
    assert_eq!(sent.sha256, support::sha256(&sink));
    assert_eq!(world.containers(), "");
}

#[tokio::test]
async fn a_cancel_in_the_middle_of_a_file_ends_it_soon() {
    let world = World::new("cancel").await;
    let vault = world.vault().await;
    let spec = SessionSpec {
        vault_volume: Some(vault),
        ..SessionSpec::default()
    };
    let mut session = world.session(spec).await;
    let cancel = CancellationToken::new();
    session
        .request(open_vault(&world.app), &mut quiet(), &cancel)
        .await
        .expect("opened");

    // A file that stops in the middle, as a network share does.
    let (mut feeder, file) = tokio::io::duplex(1 << 16);
    let feeding = {
        let cancel = cancel.clone();
        tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            let start = support::database_of(1 << 20);
            feeder.write_all(&start).await.expect("taken");
            cancel.cancel();
            feeder
        })
    };
    let begun = Instant::now();
    let result = session
        .send_file(import(&world.app, 64 << 20), file, &mut quiet(), &cancel)
        .await;
    match result {
        Err(SessionError::Failed(failure)) => assert_eq!(failure.kind, FailureKind::Cancelled),
        other => panic!("{other:?}"),
    }
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    drop(feeding.await);
    session.close().await.expect("closed");
    assert_eq!(world.containers(), "");
}

#[tokio::test]
async fn a_file_that_is_refused_is_not_sent_to_its_end() {
    let world = World::new("refused").await;
    let vault = world.vault().await;
    let spec = SessionSpec {
        vault_volume: Some(vault),
        ..SessionSpec::default()
    };
    let mut session = world.session(spec).await;
    let cancel = CancellationToken::new();
    // The vault was not opened, so the answer comes at once; the file never ends.
    let endless = tokio::io::repeat(0);
    let result = session
        .send_file(import(&world.app, u64::MAX), endless, &mut quiet(), &cancel)
        .await;
    assert!(matches!(result, Err(SessionError::Failed(_))), "{result:?}");
    let after = session.request(Request::List, &mut quiet(), &cancel).await;
    assert!(matches!(after, Err(SessionError::Lost { .. })), "{after:?}");
    session.close().await.expect("closed");
}

#[cfg(unix)]
#[tokio::test]
async fn a_broken_connection_is_lost_and_cleaned_up() {
    let world = World::new("broken").await;
    let proxy = support::Proxy::to(world.engine.summary().endpoint.clone());
    let engine = proxy.connect().await;
    let spec = world.spec(SessionSpec::default());
    let mut session = engine.open_session(spec).await.expect("through the proxy");
    proxy.cut();
    let cancel = CancellationToken::new();
    let result = session.request(Request::List, &mut quiet(), &cancel).await;
    assert!(
        matches!(result, Err(SessionError::Lost { .. })),
        "{result:?}"
    );
    session.close().await.expect("closed over a new connection");
    assert_eq!(world.containers(), "");
}

#[cfg(unix)]
#[tokio::test]
async fn the_watch_says_when_it_was_blind() {
    let world = World::new("blind").await;
    let proxy = support::Proxy::to(world.engine.summary().endpoint.clone());
    let engine = proxy.connect().await;
    let mut watch = engine.watch_starts().await.expect("watching");
    let image = world.engine.ensure_helper().await.expect("loaded");
    let start = || {
        docker(&[
            "run",
            "--detach",
            "--network",
            "none",
            "--label",
            &world.job_label(),
            &image,
        ])
    };
    let first = start();
    while watch.next().await.expect("told") != ContainerNotice::Happened(first.clone()) {}
    proxy.cut();
    let second = start();
    let mut reconnected = false;
    loop {
        match watch.next().await.expect("told") {
            ContainerNotice::Reconnected => reconnected = true,
            ContainerNotice::Happened(id) if id == second => break,
            ContainerNotice::Happened(id) => assert_ne!(id, first, "told once only"),
        }
    }
    assert!(reconnected);
}
