//! What every database has to do alike.

use keystone_middleware::RequestContext;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::sdk::client::Patch;
use proxy_service::api::{Proxy, ProxyCreate, ProxyUpdate};
use proxy_service::policies::{self, proxy};
use proxy_service::store::{Db, ListFilter, StoreError};

/// The caller, whom the policies know by role and project.
pub(crate) fn caller(role: &str, project: &str) -> RequestContext {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    RequestContext::builder()
        .project_id(project)
        .roles([role])
        .enforcer(&enforcer)
        .build()
}

pub(crate) fn admin(project: &str) -> RequestContext {
    caller("admin", project)
}

pub(crate) fn new(domain: &str) -> ProxyCreate {
    ProxyCreate {
        domain: domain.into(),
        backends: vec!["http://10.0.0.1".into()],
        note: Patch::Set("old".into()),
    }
}

pub(crate) async fn create_in(
    db: &Db,
    project: &str,
    new: ProxyCreate,
) -> Result<Proxy, StoreError> {
    let may = admin(project).authorize::<proxy::Create>().unwrap();
    db.create(&may, project, new).await
}

pub(crate) async fn create(db: &Db, domain: &str) -> Result<Proxy, StoreError> {
    create_in(db, "p", new(domain)).await
}

pub(crate) async fn all(db: &Db) -> Vec<Proxy> {
    db.list(&ListFilter::default(), None, 100).await.unwrap()
}

pub(crate) fn change(text: &str) -> ProxyUpdate {
    serde_json::from_str(text).unwrap()
}

/// All cases, each in a database of its own: `$database` has `create`, `settings` and `remove`.
macro_rules! on {
    ($database:ident) => {
        $crate::storage_cases::on!($database:
            a_domain_is_taken_once
            a_list_goes_through_all_pages_in_the_order_of_creation
            a_marker_of_nothing_is_refused
            a_marker_whose_proxy_is_gone_is_refused_and_others_hold
            a_null_note_is_removed_and_an_absent_one_stays
            a_query_of_a_policy_selects_what_the_policy_allows
            a_text_with_nul_is_the_callers_mistake
            a_closed_database_is_unavailable
            changes_at_the_same_time_are_made_one_after_the_other
            every_text_comes_back_as_it_was
            nothing_is_found_under_an_odd_id
            only_one_of_many_gets_a_domain
            tables_are_made_once
            the_domain_filter_compares_exactly
            the_proof_about_one_proxy_serves_no_other
            the_proof_is_checked_against_the_proxy_as_it_is_now
        );
    };
    ($database:ident: $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let database = $database::create().await;
                let db = proxy_service::store::Db::connect(&database.settings()).await.unwrap();
                $crate::storage_cases::cases::$case(&db, &database.settings()).await;
                db.close().await;
                database.remove().await;
            }
        )*
    };
}
pub(crate) use on;

pub(crate) mod cases;
