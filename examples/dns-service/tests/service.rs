//! Every operation by the typed client of the same description. The service runs behind
//! `declared_only`, so a response that the description does not declare fails the call.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

use dns_service::{Cloud, api, app, policies};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::testing::declared_only;
use keystone_sdk::Error;
use keystone_sdk::client::Url;
use tokio::net::TcpListener;

mod client {
    keystone_sdk::client!("../../specs/services/dns.yaml");
}

use client::{
    Client, Recordset, RecordsetCreate, RecordsetType, RecordsetUpdate, Zone, ZoneCreate,
    ZoneExport, ZoneExportStatus, ZoneTransfer, ZoneUpdate,
};

/// A service, and who calls it: `member` and `reader` in one project, `stranger` a member of
/// another.
struct Scene {
    admin: Client,
    member: Client,
    reader: Client,
    stranger: Client,
    other_project: String,
    _cloud: Cloud,
}

async fn scene() -> Scene {
    let cloud = Cloud::start().await.unwrap();
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let app = app(cloud.config().unwrap(), enforcer).unwrap();
    let app = declared_only(app, &api::SERVICE);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    cloud.register(&url).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let project = cloud.project("demo").await.unwrap();
    let other_project = cloud.project("other").await.unwrap();
    let user = async |name, role, project: &str| {
        Client::new(&cloud.user(name, role, project).await.unwrap())
    };
    Scene {
        admin: Client::new(&cloud.admin().unwrap()),
        member: user("alice", "member", &project).await,
        reader: user("rita", "reader", &project).await,
        stranger: user("sam", "member", &other_project).await,
        other_project,
        _cloud: cloud,
    }
}

fn new_zone(name: &str) -> ZoneCreate {
    ZoneCreate::new(name, "host.master@example.org")
}

async fn create_zone(client: &Client, name: &str) -> Zone {
    client.zones().create(new_zone(name)).await.unwrap()
}

async fn create_recordset(
    client: &Client,
    zone: &Zone,
    name: &str,
    kind: RecordsetType,
) -> Recordset {
    let records = match kind {
        RecordsetType::Ns => "ns1.example.org.",
        _ => "192.0.2.1",
    };
    let new = RecordsetCreate::new(name, kind, [records]);
    client.recordsets(&zone.id).create(new).await.unwrap()
}

fn names(recordsets: &[Recordset]) -> Vec<&str> {
    recordsets.iter().map(|one| one.name.as_str()).collect()
}

/// The status of a refusal, and its message.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.unwrap_err();
    (error.status().unwrap().as_u16(), error.to_string())
}

fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    refused(result).0
}

/// Polls an export until its work is over, which takes no longer than a few requests.
async fn finished(client: &Client, zone: &Zone, export: &ZoneExport) -> ZoneExport {
    for _ in 0..1000 {
        let export = client.zone_exports(&zone.id).get(&export.id).await.unwrap();
        if export.status != ZoneExportStatus::Pending {
            return export;
        }
    }
    panic!("the export is still pending");
}

#[tokio::test]
async fn a_zone_is_created_shown_listed_changed_and_deleted() {
    let scene = scene().await;
    let zones = scene.member.zones();
    let new = new_zone("example.org.").ttl(60).description("first");
    let zone = zones.create(new).await.unwrap();
    assert_eq!((zone.name.as_str(), zone.ttl), ("example.org.", 60));
    assert_eq!(zone.description.as_deref(), Some("first"));
    let shown = scene.reader.zones().get(&zone.id).await.unwrap();
    assert_eq!((&shown.name, &shown.email), (&zone.name, &zone.email));

    create_zone(&scene.member, "example.net.").await;
    let named = zones.list().name("example.net.").all().await.unwrap();
    assert_eq!(named.len(), 1);
    let change = ZoneUpdate::new().ttl(30).clear_description();
    let changed = zones.update(&zone.id, change).await.unwrap();
    assert_eq!((changed.ttl, changed.description), (30, None));
    assert_eq!(changed.email, zone.email, "what is not sent stays");

    create_recordset(&scene.member, &zone, "example.org.", RecordsetType::Ns).await;
    zones.delete(&zone.id).await.unwrap();
    assert_eq!(status(zones.get(&zone.id).await), 404);
    assert_eq!(
        status(scene.member.recordsets(&zone.id).list().send().await),
        404
    );
    assert_eq!(zones.list().all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_recordset_is_created_shown_listed_changed_and_deleted_in_its_zone() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let recordsets = scene.member.recordsets(&zone.id);
    let server = create_recordset(&scene.member, &zone, "example.org.", RecordsetType::Ns).await;
    let host = create_recordset(&scene.member, &zone, "www.example.org.", RecordsetType::A).await;
    assert_eq!(server.zone_id, zone.id);
    let reader = scene.reader.recordsets(&zone.id);
    assert_eq!(reader.get(&host.id).await.unwrap().records, ["192.0.2.1"]);

    let of_type = reader.list().r#type(RecordsetType::Ns).all().await.unwrap();
    assert_eq!(names(&of_type), ["example.org."]);
    let with_data = reader.list().data("192.0.2.1").all().await.unwrap();
    assert_eq!(names(&with_data), ["www.example.org."]);
    let named = reader.list().name("ftp.example.org.").all().await.unwrap();
    assert!(named.is_empty());

    let change = RecordsetUpdate::new()
        .ttl(5)
        .records(["192.0.2.2", "192.0.2.3"]);
    let changed = recordsets.update(&host.id, change).await.unwrap();
    assert_eq!((changed.ttl, changed.records.len()), (Some(5), 2));
    let other = create_zone(&scene.member, "example.net.").await;
    let elsewhere = scene.member.recordsets(&other.id);
    assert_eq!(
        status(elsewhere.get(&host.id).await),
        404,
        "not of this zone"
    );
    recordsets.delete(&host.id).await.unwrap();
    assert_eq!(status(recordsets.delete(&host.id).await), 404);
}

#[tokio::test]
async fn an_export_is_a_task_to_poll_where_the_response_says() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    create_recordset(&scene.member, &zone, "example.org.", RecordsetType::Ns).await;
    create_recordset(&scene.member, &zone, "www.example.org.", RecordsetType::A).await;
    let accepted = scene
        .member
        .zones()
        .export(&zone.id)
        .with_headers()
        .await
        .unwrap();
    let location = accepted.headers()["location"].to_str().unwrap().to_owned();
    let export = accepted.into_body();
    assert_eq!(export.status, ZoneExportStatus::Pending);
    let path = format!("/v2/zones/{}/exports/{}", zone.id, export.id);
    assert_eq!(location.parse::<Url>().unwrap().path(), path);

    let done = finished(&scene.reader, &zone, &export).await;
    assert_eq!(done.status, ZoneExportStatus::Complete, "{done:?}");
    let expected = "$ORIGIN example.org.\n$TTL 3600\n\
                    @ IN SOA ns1.example.org. host\\.master.example.org. 3 3600 600 86400 3600\n\
                    example.org. IN NS ns1.example.org.\nwww.example.org. IN A 192.0.2.1\n";
    assert_eq!(done.zone_file.as_deref(), Some(expected));
}

#[tokio::test]
async fn an_export_that_cannot_be_completed_tells_why() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let export = scene.member.zones().export(&zone.id).await.unwrap();
    let failed = finished(&scene.member, &zone, &export).await;
    assert_eq!(failed.status, ZoneExportStatus::Error);
    let message = failed.message.unwrap();
    assert!(message.contains("add a recordset of type NS"), "{message}");
    assert_eq!(failed.zone_file, None);
}

#[tokio::test]
async fn a_zone_that_is_transferred_is_of_the_other_project() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let to = ZoneTransfer::new(&scene.other_project);
    let moved = scene.member.zones().transfer(&zone.id, to).await.unwrap();
    assert_eq!(moved.project_id, scene.other_project);
    assert_eq!(status(scene.member.zones().get(&zone.id).await), 404);
    assert!(scene.member.zones().list().all().await.unwrap().is_empty());
    let shown = scene.stranger.zones().get(&zone.id).await.unwrap();
    assert_eq!(shown.name, "example.org.");
}

/// A status other than 404 would tell that the zone exists.
#[tokio::test]
async fn to_other_projects_a_zone_does_not_exist_in_any_operation() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let host = create_recordset(&scene.member, &zone, "www.example.org.", RecordsetType::A).await;
    let export = scene.member.zones().export(&zone.id).await.unwrap();
    let (zones, recordsets) = (scene.stranger.zones(), scene.stranger.recordsets(&zone.id));
    let exports = scene.stranger.zone_exports(&zone.id);
    let new = RecordsetCreate::new("a.example.org.", RecordsetType::A, ["192.0.2.1"]);
    let to = ZoneTransfer::new(&scene.other_project);
    for (operation, status) in [
        ("zone.get", status(zones.get(&zone.id).await)),
        (
            "zone.update",
            status(zones.update(&zone.id, ZoneUpdate::new()).await),
        ),
        ("zone.delete", status(zones.delete(&zone.id).await)),
        ("zone.transfer", status(zones.transfer(&zone.id, to).await)),
        ("zone.export", status(zones.export(&zone.id).await)),
        ("zone_export.get", status(exports.get(&export.id).await)),
        ("recordset.list", status(recordsets.list().send().await)),
        ("recordset.create", status(recordsets.create(new).await)),
        ("recordset.get", status(recordsets.get(&host.id).await)),
        (
            "recordset.update",
            status(recordsets.update(&host.id, RecordsetUpdate::new()).await),
        ),
        (
            "recordset.delete",
            status(recordsets.delete(&host.id).await),
        ),
    ] {
        assert_eq!(status, 404, "{operation}");
    }
    assert!(zones.list().all().await.unwrap().is_empty());
    assert_eq!(scene.admin.zones().list().all().await.unwrap().len(), 1);
    scene.admin.zones().delete(&zone.id).await.unwrap();
}

#[tokio::test]
async fn a_reader_sees_and_changes_nothing() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let zones = scene.reader.zones();
    assert_eq!(zones.list().all().await.unwrap().len(), 1);
    assert_eq!(status(zones.create(new_zone("example.net.")).await), 403);
    assert_eq!(
        status(zones.update(&zone.id, ZoneUpdate::new().ttl(1)).await),
        403
    );
    assert_eq!(status(zones.delete(&zone.id).await), 403);
    assert_eq!(status(zones.export(&zone.id).await), 403);
    let anonymous = scene.reader.anonymous();
    assert_eq!(status(anonymous.zones().list().send().await), 401);
}

#[tokio::test]
async fn only_administrators_see_and_choose_the_pool() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    assert_eq!(zone.pool_id, None, "the member does not see it");
    let pool = |zone: Zone| zone.pool_id;
    let seen = scene.admin.zones().get(&zone.id).await.unwrap();
    assert_eq!(pool(seen).as_deref(), Some("default"));

    let change = || ZoneUpdate::new().pool_id("fast");
    let (status, message) = refused(scene.member.zones().update(&zone.id, change()).await);
    assert_eq!(status, 403);
    assert!(message.contains("/zone/pool_id"), "{message}");
    let new = new_zone("example.net.").pool_id("fast");
    let (status, message) = refused(scene.member.zones().create(new).await);
    assert_eq!(status, 403);
    assert!(message.contains("/zone/pool_id"), "{message}");

    let changed = scene
        .admin
        .zones()
        .update(&zone.id, change())
        .await
        .unwrap();
    assert_eq!(pool(changed).as_deref(), Some("fast"));
    for zone in scene.reader.zones().list().all().await.unwrap() {
        assert_eq!(pool(zone), None);
    }
}

#[tokio::test]
async fn the_serial_took_the_place_of_the_version_with_2_1() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    create_recordset(&scene.member, &zone, "example.org.", RecordsetType::Ns).await;
    let zones = scene.member.zones();
    for (microversion, version, serial) in [("2.0", Some(2), None), ("2.1", None, Some(2))] {
        let zone = zones
            .get(&zone.id)
            .microversion(microversion)
            .await
            .unwrap();
        assert_eq!(
            (zone.version, zone.serial),
            (version, serial),
            "{microversion}"
        );
    }
    let older = scene.member.microversion("2.0");
    let list = older.recordsets(&zone.id).list().data("192.0.2.1");
    let error = list.all().await.unwrap_err().to_string();
    assert!(error.contains("`data` needs microversion 2.1"), "{error}");
    assert_eq!(status(zones.get(&zone.id).microversion("2.2").await), 406);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let scene = scene().await;
    for number in 0..5 {
        create_zone(&scene.member, &format!("z{number}.example.org.")).await;
    }
    let zones = scene.member.zones();
    let first = zones.list().limit(2).send().await.unwrap();
    assert_eq!(first.into_iter().count(), 2);
    let all = zones.list().limit(2).all().await.unwrap();
    let names: Vec<&str> = all.iter().map(|zone| &zone.name[..2]).collect();
    assert_eq!(names, ["z0", "z1", "z2", "z3", "z4"]);
}

#[tokio::test]
async fn what_is_no_zone_or_recordset_is_refused_with_its_place() {
    let scene = scene().await;
    let zone = create_zone(&scene.member, "example.org.").await;
    let zones = scene.member.zones();
    let same = refused(
        scene
            .stranger
            .zones()
            .create(new_zone("example.org."))
            .await,
    );
    assert_eq!(same.0, 409);
    for (new, place) in [
        (new_zone("example.com"), "/zone/name"),
        (new_zone("."), "/zone/name"),
        (new_zone("a..org."), "/zone/name"),
        (new_zone("a b.org."), "/zone/name"),
        (new_zone(&format!("{}.org.", "a".repeat(64))), "/zone/name"),
        (new_zone("example.com.").ttl(-1), "/zone/ttl"),
        (ZoneCreate::new("example.com.", "nobody"), "/zone/email"),
        (ZoneCreate::new("example.com.", "a\n@b"), "/zone/email"),
    ] {
        let (status, message) = refused(zones.create(new).await);
        assert_eq!(status, 400, "{message}");
        assert!(message.contains(place), "{message}");
    }
    let new = |name: &str, records: &[&str]| {
        RecordsetCreate::new(name, RecordsetType::A, records.iter().copied())
    };
    for (new, place) in [
        (new("www.example.com.", &["192.0.2.1"]), "/recordset/name"),
        (new("notexample.org.", &["192.0.2.1"]), "/recordset/name"),
        (new("www.example.org.", &[]), "/recordset/records"),
        (
            new("www.example.org.", &["a", "b\nc"]),
            "/recordset/records/1",
        ),
        (
            new("www.example.org.", &["a"]).ttl(1 << 31),
            "/recordset/ttl",
        ),
        (
            RecordsetCreate::new("www.example.org.", RecordsetType::from("MD"), ["a"]),
            "/recordset/type",
        ),
    ] {
        let (status, message) = refused(scene.member.recordsets(&zone.id).create(new).await);
        assert_eq!(status, 400, "{message}");
        assert!(message.contains(place), "{message}");
    }
}
