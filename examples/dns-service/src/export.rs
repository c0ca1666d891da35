//! What goes on after the response to `export`: a zone is written as a zone file (RFC 1035,
//! section 5).

use crate::Dns;
use crate::api::{Recordset, RecordsetType, Zone, ZoneExport, ZoneExportStatus};

impl Dns {
    /// Completes an export, or notes why that fails.
    pub(crate) async fn finish(self, zone: Zone, export: ZoneExport) {
        let recordsets = self.recordsets.all(|one| one.zone_id == zone.id);
        let written = zone_file(&zone, &recordsets);
        let stored = self.exports.update(&export, |export| match written {
            Some(text) => {
                export.status = ZoneExportStatus::Complete;
                export.zone_file = Some(text);
            }
            None => {
                let why = format!(
                    "`{}` has no name servers: add a recordset of type NS",
                    zone.name
                );
                export.status = ZoneExportStatus::Error;
                export.message = Some(why);
            }
        });
        // The zone may have been deleted in the meantime, and the export with it.
        let _ = stored;
    }
}

/// The text of the zone file; `None` for a zone without name servers, which cannot have one.
fn zone_file(zone: &Zone, recordsets: &[Recordset]) -> Option<String> {
    let mut of_zone = recordsets.iter().filter(|one| one.name == zone.name);
    let servers = of_zone.find(|one| one.r#type == RecordsetType::Ns)?;
    let (name, host) = zone.email.split_once('@')?;
    let mut text = format!("$ORIGIN {}\n$TTL {}\n", zone.name, zone.ttl);
    text.push_str(&format!(
        "@ IN SOA {} {}.{host}. {} 3600 600 86400 3600\n",
        servers.records.first()?,
        name.replace('.', "\\."),
        zone.serial
    ));
    for one in recordsets {
        let ttl = one.ttl.map(|ttl| format!("{ttl} ")).unwrap_or_default();
        for record in &one.records {
            let kind = one.r#type.as_str();
            text.push_str(&format!("{} {ttl}IN {kind} {record}\n", one.name));
        }
    }
    Some(text)
}
