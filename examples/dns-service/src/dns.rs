//! The operations of the API, each with its policy beside it.

use std::convert::Infallible;

use keystone_middleware::service_api::service;
use keystone_middleware::{ApiError, Found, Load, Page, RequestContext};
use uuid::Uuid;

use crate::table::{Row, Table};
use crate::{api, check, policies};

/// The service: its operations are methods. Cheap to clone; all clones share the zones.
#[derive(Clone, Debug, Default)]
pub struct Dns {
    pub(crate) zones: Table<api::Zone>,
    pub(crate) recordsets: Table<api::Recordset>,
    pub(crate) exports: Table<api::ZoneExport>,
}

#[service(crate::api)]
impl Dns {
    #[policy("zone:list")]
    async fn list_zones(
        &self,
        ctx: RequestContext,
        query: api::ZoneListQuery,
    ) -> Result<Page<api::Zone>, ApiError> {
        // A list has what the policy of `get_zone` would show to the caller.
        let visible = ctx.filter::<policies::zone::Get>()?;
        self.zones
            .page(query.marker.as_deref(), query.limit, |zone| {
                visible.matches(zone) && fits(&query.name, &zone.name)
            })
    }

    #[policy("zone:create")]
    async fn create_zone(
        &self,
        ctx: RequestContext,
        new: api::ZoneCreate,
    ) -> Result<api::Zone, ApiError> {
        let project_id = ctx.project_id.clone().ok_or_else(|| {
            ApiError::bad_request("A zone belongs to a project: use a token that is scoped to one.")
        })?;
        let zone = api::Zone {
            id: new_id().into(),
            project_id,
            name: check::domain_name("/zone/name", new.name)?,
            email: check::mail_address("/zone/email", new.email)?,
            ttl: check::ttl("/zone/ttl", new.ttl)?.unwrap_or(3600),
            description: new.description.apply(None),
            // Only a caller whom the policy `zone:pool` allows gets as far as here with a pool.
            pool_id: new.pool_id.unwrap_or_else(|| "default".to_owned()),
            version: 1,
            serial: 1,
        };
        let name = zone.name.clone();
        self.zones.insert(zone, |other| other.name == name)
    }

    #[policy("zone:get", target = &zone)]
    async fn get_zone(&self, Found(zone): Found<api::Zone>) -> Result<api::Zone, ApiError> {
        Ok(zone)
    }

    #[policy("zone:update", target = &zone)]
    async fn update_zone(
        &self,
        Found(zone): Found<api::Zone>,
        change: api::ZoneUpdate,
    ) -> Result<api::Zone, ApiError> {
        let email = change
            .email
            .map(|email| check::mail_address("/zone/email", email));
        let email = email.transpose()?;
        let ttl = check::ttl("/zone/ttl", change.ttl)?;
        self.zones.update(&zone, |zone| {
            zone.email = email.unwrap_or_else(|| zone.email.clone());
            zone.ttl = ttl.unwrap_or(zone.ttl);
            zone.description = change.description.apply(zone.description.take());
            zone.pool_id = change.pool_id.unwrap_or_else(|| zone.pool_id.clone());
            count_change(zone);
        })
    }

    #[policy("zone:delete", target = &zone)]
    async fn delete_zone(&self, Found(zone): Found<api::Zone>) -> Result<(), ApiError> {
        self.zones.remove(|one| one.id == zone.id);
        self.recordsets.remove(|one| one.zone_id == zone.id);
        self.exports.remove(|one| one.zone_id == zone.id);
        Ok(())
    }

    #[policy("zone:transfer", target = &zone)]
    async fn transfer_zone(
        &self,
        Found(zone): Found<api::Zone>,
        to: api::ZoneTransfer,
    ) -> Result<api::Zone, ApiError> {
        self.zones
            .update(&zone, |zone| zone.project_id = to.project_id)
    }

    #[policy("zone:export", target = &zone)]
    async fn export_zone(
        &self,
        Found(zone): Found<api::Zone>,
    ) -> Result<api::ZoneExport, ApiError> {
        let export = api::ZoneExport {
            id: new_id().into(),
            zone_id: zone.id.clone(),
            status: api::ZoneExportStatus::Pending,
            message: None,
            zone_file: None,
        };
        let export = self.exports.insert(export, |_| false)?;
        // The work goes on after the response, which is 202 and tells where to poll the export.
        tokio::spawn(self.clone().finish(zone, export.clone()));
        Ok(export)
    }

    #[policy("zone_export:get", target = &zone)]
    async fn get_zone_export(
        &self,
        Found(zone): Found<api::Zone>,
        Found(export): Found<api::ZoneExport>,
    ) -> Result<api::ZoneExport, ApiError> {
        Ok(export)
    }

    #[policy("recordset:list", target = &zone)]
    async fn list_recordsets(
        &self,
        Found(zone): Found<api::Zone>,
        query: api::RecordsetListQuery,
    ) -> Result<Page<api::Recordset>, ApiError> {
        self.recordsets
            .page(query.marker.as_deref(), query.limit, |one| {
                one.zone_id == zone.id
                    && fits(&query.name, &one.name)
                    && fits(&query.r#type, &one.r#type)
                    && query
                        .data
                        .as_ref()
                        .is_none_or(|data| one.records.contains(data))
            })
    }

    #[policy("recordset:create", target = &zone)]
    async fn create_recordset(
        &self,
        Found(zone): Found<api::Zone>,
        new: api::RecordsetCreate,
    ) -> Result<api::Recordset, ApiError> {
        let recordset = api::Recordset {
            id: new_id().into(),
            zone_id: zone.id.clone(),
            name: check::name_in("/recordset/name", new.name, &zone.name)?,
            r#type: new.r#type,
            ttl: check::ttl("/recordset/ttl", new.ttl.apply(None))?,
            records: check::records("/recordset/records", new.records)?,
        };
        let (name, kind) = (recordset.name.clone(), recordset.r#type);
        let is_same = |other: &api::Recordset| {
            other.zone_id == zone.id && other.name == name && other.r#type == kind
        };
        let recordset = self.recordsets.insert(recordset, is_same)?;
        self.zones.update(&zone, count_change)?;
        Ok(recordset)
    }

    #[policy("recordset:get", target = &zone)]
    async fn get_recordset(
        &self,
        Found(zone): Found<api::Zone>,
        Found(recordset): Found<api::Recordset>,
    ) -> Result<api::Recordset, ApiError> {
        Ok(recordset)
    }

    #[policy("recordset:update", target = &zone)]
    async fn update_recordset(
        &self,
        Found(zone): Found<api::Zone>,
        Found(recordset): Found<api::Recordset>,
        change: api::RecordsetUpdate,
    ) -> Result<api::Recordset, ApiError> {
        let ttl = check::ttl("/recordset/ttl", change.ttl.apply(recordset.ttl))?;
        let records = change
            .records
            .map(|texts| check::records("/recordset/records", texts));
        let records = records.transpose()?;
        let recordset = self.recordsets.update(&recordset, |one| {
            one.ttl = ttl;
            one.records = records.unwrap_or_else(|| one.records.clone());
        })?;
        self.zones.update(&zone, count_change)?;
        Ok(recordset)
    }

    #[policy("recordset:delete", target = &zone)]
    async fn delete_recordset(
        &self,
        Found(zone): Found<api::Zone>,
        Found(recordset): Found<api::Recordset>,
    ) -> Result<(), ApiError> {
        self.recordsets.remove(|one| one.id == recordset.id);
        self.zones.update(&zone, count_change)?;
        Ok(())
    }
}

/// `Found<api::Zone>` looks here for the zone of a path, also of a longer one.
impl Load<Dns> for api::Zone {
    type Key = api::ZonePath;
    type Error = Infallible;

    async fn load(path: api::ZonePath, dns: &Dns) -> Result<Option<Self>, Infallible> {
        Ok(dns.zones.get(path.zone_id.as_str()))
    }
}

impl Load<Dns> for api::Recordset {
    type Key = api::RecordsetPath;
    type Error = Infallible;

    async fn load(path: api::RecordsetPath, dns: &Dns) -> Result<Option<Self>, Infallible> {
        let found = dns.recordsets.get(path.recordset_id.as_str());
        Ok(found.filter(|recordset| recordset.zone_id == path.zone_id))
    }
}

impl Load<Dns> for api::ZoneExport {
    type Key = api::ZoneExportPath;
    type Error = Infallible;

    async fn load(path: api::ZoneExportPath, dns: &Dns) -> Result<Option<Self>, Infallible> {
        let found = dns.exports.get(path.zone_export_id.as_str());
        Ok(found.filter(|export| export.zone_id == path.zone_id))
    }
}

impl Row for api::Zone {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Row for api::Recordset {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Row for api::ZoneExport {
    fn id(&self) -> &str {
        self.id.as_str()
    }
}

fn count_change(zone: &mut api::Zone) {
    zone.serial += 1;
    zone.version = zone.serial;
}

/// Whether a value passes a filter, if that is set.
fn fits<T: PartialEq>(wanted: &Option<T>, value: &T) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == value)
}

fn new_id() -> String {
    Uuid::new_v4().simple().to_string()
}
