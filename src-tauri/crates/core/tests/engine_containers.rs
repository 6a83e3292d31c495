//! Containers, volumes and vaults on the real engine.

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use lifeboat_core::Code;
use lifeboat_core::api::StorageKind;
use lifeboat_core::engine::{ContainerNotice, MountKind, RestartPolicy, VolumeInfo};
use support::{World, docker};

#[tokio::test]
async fn containers_are_seen_with_what_they_mount() {
    let world = World::new("seen").await;
    let volume = world.volume("data").await;
    let image = world.engine.ensure_helper().await.expect("loaded");
    let name = world.name("box");
    docker(&[
        "create",
        "--name",
        &name,
        "--label",
        "dev.lifeboat.test=1",
        "--interactive",
        "--restart",
        "on-failure:3",
        "--stop-timeout",
        "7",
        "--mount",
        &format!("type=volume,source={volume},target=/data,readonly"),
        "--mount",
        "type=bind,source=/tmp,target=/host",
        "--tmpfs",
        "/memory",
        &image,
    ]);
    assert!(
        world
            .engine
            .containers()
            .await
            .expect("listed")
            .iter()
            .all(|found| found.name != name),
        "what carries our role is not an application"
    );
    let found = world
        .engine
        .container(&name)
        .await
        .expect("asked")
        .expect("is there");
    assert_eq!(
        (found.name.as_str(), found.state.as_str()),
        (name.as_str(), "created")
    );
    assert_eq!(found.health, "none");
    assert_eq!(found.image_id, image);
    assert_eq!(found.started_at, None);
    assert_eq!(found.stop_timeout_seconds, Some(7));
    let policy = RestartPolicy {
        name: "on-failure".to_owned(),
        maximum_retry_count: 3,
    };
    assert_eq!(found.restart_policy, policy);
    let at = |destination: &str| {
        found
            .mounts
            .iter()
            .find(|m| m.destination == destination)
            .expect("mounted")
            .clone()
    };
    let data = at("/data");
    assert_eq!(data.kind, MountKind::Storage(StorageKind::Volume));
    assert_eq!(
        (data.name, data.read_write, data.driver),
        (volume, false, "local".to_owned())
    );
    let host = at("/host");
    assert_eq!(host.kind, MountKind::Storage(StorageKind::Bind));
    assert_eq!((host.name.as_str(), host.read_write), ("/tmp", true));

    world
        .engine
        .set_restart_policy(&name, &RestartPolicy::never())
        .await
        .expect("changed");
    let changed = world
        .engine
        .container(&name)
        .await
        .expect("asked")
        .expect("is there");
    assert_eq!(changed.restart_policy, RestartPolicy::never());
    let nobody = world
        .engine
        .container(&world.name("nobody"))
        .await
        .expect("asked");
    assert!(nobody.is_none());
}

#[tokio::test]
async fn others_containers_start_stop_and_are_watched() {
    let world = World::new("watch").await;
    let image = world.plain_image().await;
    let name = world.name("box");
    let id = docker(&[
        "create",
        "--name",
        &name,
        "--network",
        "none",
        "--interactive",
        &image,
    ]);
    let listed = world.engine.containers().await.expect("listed");
    assert!(listed.iter().any(|found| found.id == id));

    let mut watch = world.engine.watch_starts().await.expect("watching");
    world.engine.start(&name).await.expect("started");
    world
        .engine
        .start(&name)
        .await
        .expect("starting twice is fine");
    let mine = async {
        loop {
            if watch.next().await.expect("told") == ContainerNotice::Happened(id.clone()) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), mine)
        .await
        .expect("the start is told");
    let found = world
        .engine
        .container(&name)
        .await
        .expect("asked")
        .expect("is there");
    assert!(found.is_active() && found.started_at.is_some(), "{found:?}");
    let hello = async {
        loop {
            let log = world
                .engine
                .container_logs_tail(&name, 10)
                .await
                .expect("read");
            if log.contains("hello") {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), hello)
        .await
        .expect("its words can be read");

    world.engine.stop(&name, Some(1)).await.expect("stopped");
    world
        .engine
        .stop(&name, None)
        .await
        .expect("stopping twice is fine");
    let found = world
        .engine
        .container(&name)
        .await
        .expect("asked")
        .expect("is there");
    assert_eq!(found.state, "exited");
}

#[tokio::test]
async fn volumes_come_and_go() {
    let world = World::new("volumes").await;
    let wanted = VolumeInfo {
        name: world.name("v"),
        labels: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        ..VolumeInfo::default()
    };
    world.engine.create_volume(&wanted).await.expect("made");
    world
        .engine
        .create_volume(&wanted)
        .await
        .expect("making it twice is fine");
    let found = world
        .engine
        .volume(&wanted.name)
        .await
        .expect("asked")
        .expect("is there");
    assert_eq!(
        (found.driver.as_str(), &found.labels),
        ("local", &wanted.labels)
    );
    let all = world.engine.volumes().await.expect("listed");
    assert!(all.iter().any(|volume| volume.name == wanted.name));
    world
        .engine
        .remove_volume(&wanted.name)
        .await
        .expect("removed");
    world
        .engine
        .remove_volume(&wanted.name)
        .await
        .expect("removing it twice is fine");
    assert_eq!(
        world.engine.volume(&wanted.name).await.expect("asked"),
        None
    );
}

#[tokio::test]
async fn a_vault_is_ours_alone() {
    let world = World::new("vault").await;
    let vault = world.vault().await;
    assert_eq!(vault, format!("lifeboat-{}", world.app));
    assert_eq!(
        world
            .engine
            .create_vault(&world.app)
            .await
            .expect("is there"),
        vault
    );
    let vaults = world.engine.vaults().await.expect("listed");
    assert!(vaults.contains(&(vault, world.app.clone())));

    let foreign = format!("{}-foreign", world.app);
    docker(&[
        "volume",
        "create",
        "--label",
        "dev.lifeboat.test=1",
        &format!("lifeboat-{foreign}"),
    ]);
    let error = world
        .engine
        .create_vault(&foreign)
        .await
        .expect_err("it is somebody else's");
    assert_eq!(error.code, Code::InvalidInput);
    docker(&["volume", "rm", &format!("lifeboat-{foreign}")]);
    let error = world
        .engine
        .create_vault("../up")
        .await
        .expect_err("no name");
    assert_eq!(error.code, Code::InvalidInput);
}

#[tokio::test]
async fn a_kept_vault_survives_a_prune() {
    let world = World::new("keeper").await;
    let vault = world.vault().await;
    world
        .engine
        .ensure_keeper(&vault, &world.app)
        .await
        .expect("kept");
    world
        .engine
        .ensure_keeper(&vault, &world.app)
        .await
        .expect("once is enough");
    // Only what this test made may be pruned: the label keeps everything else out of it.
    let filter = format!("label=dev.lifeboat.app={}", world.app);
    let label = format!("dev.lifeboat.app={}", world.app);
    let unkept = world.name("unkept");
    docker(&["volume", "create", "--label", &label, &unkept]);
    docker(&["volume", "prune", "--force", "--filter", &filter]);
    let gone = world.engine.volume(&unkept).await.expect("asked");
    assert_eq!(gone, None, "the prune takes what nothing refers to");
    assert!(world.engine.volume(&vault).await.expect("asked").is_some());

    let keepers = docker(&["ps", "-aq", "--filter", &filter]);
    assert_eq!(keepers.lines().count(), 1, "{keepers}");
    docker(&["rm", &keepers]);
    world
        .engine
        .ensure_keeper(&vault, &world.app)
        .await
        .expect("made again");
    assert_eq!(
        docker(&["ps", "-aq", "--filter", &filter]).lines().count(),
        1
    );
}

#[tokio::test]
async fn running_and_young_sessions_are_not_left_over() {
    let world = World::new("leftover").await;
    let running = world.session(Default::default()).await;
    let image = world.engine.ensure_helper().await.expect("loaded");
    let ended = docker(&[
        "run",
        "--detach",
        "--label",
        "dev.lifeboat.role=session",
        "--label",
        &world.job_label(),
        "--network",
        "none",
        &image,
    ]);
    docker(&["wait", &ended]);
    world
        .engine
        .remove_leftover_sessions()
        .await
        .expect("looked");
    let left = world.containers();
    assert_eq!(
        left.lines().count(),
        2,
        "both are too young or at work: {left}"
    );
    docker(&["rm", &ended]);
    running.close().await.expect("closed");
}
