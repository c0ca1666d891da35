//! What changes for all operations at once.

use super::change::{Changes, Effect, Kind};
use crate::version::{Range, numbers};

const TYPE: Kind = Kind {
    name: "service-type",
    effect: Effect::Clients,
    why: "clients look for the old type in the catalog and find no service",
};
const VERSION: Kind = Kind {
    name: "version",
    effect: Effect::Clients,
    why: "every path begins with it: requests of clients are 404",
};
const DISCOVER: Kind = Kind {
    name: "discovery",
    effect: Effect::Operators,
    why: "clients build their addresses in another way from the endpoint in the catalog",
};
const MICROVERSIONS_GONE: Kind = Kind {
    name: "microversions-removed",
    effect: Effect::Clients,
    why: "the microversion that a client asks for is ignored",
};
const MICROVERSIONS_NEW: Kind = Kind {
    name: "microversions-added",
    effect: Effect::Servers,
    why: "clients that ask for none get the lowest one",
};
const RANGE_LOSS: Kind = Kind {
    name: "microversions-lost",
    effect: Effect::Clients,
    why: "clients that ask for one of those get 406",
};
const RANGE_GROWTH: Kind = Kind {
    name: "microversions-grown",
    effect: Effect::Servers,
    why: "what is new in them reaches only clients that ask for them",
};

pub(super) fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (&changes.old.service, &changes.new.service);
    let pair = |what: &str, old: &str, new: &str| format!("{what} is `{new}`, was `{old}`");
    if old.service_type != new.service_type {
        let what = pair("the type", &old.service_type, &new.service_type);
        changes.of_service(TYPE, what);
    }
    if old.version != new.version {
        let what = pair("the version in paths", &old.version, &new.version);
        changes.of_service(VERSION, what);
    }
    if old.discover != new.discover {
        let what = match new.discover {
            true => "its version is found by discovery, was appended to the endpoint",
            false => "its version is appended to the endpoint, was found by discovery",
        };
        changes.of_service(DISCOVER, what.to_owned());
    }
    match (&old.microversions, &new.microversions) {
        (None, None) => {}
        (Some((min, max)), None) => {
            let what = format!("it has no microversions any more, had {min} to {max}");
            changes.of_service(MICROVERSIONS_GONE, what);
        }
        (None, Some((min, max))) => {
            changes.of_service(
                MICROVERSIONS_NEW,
                format!("it has microversions {min} to {max}"),
            );
        }
        (Some(old), Some(new)) => ranges(changes, old, new),
    }
}

fn ranges(changes: &mut Changes<'_>, old: &Range, new: &Range) {
    let [(old_min, old_max), (new_min, new_max)] =
        [old, new].map(|(min, max)| (numbers(min), numbers(max)));
    if new_min > old_min {
        let what = format!("the lowest microversion is {}, was {}", new.0, old.0);
        changes.of_service(RANGE_LOSS, what);
    }
    if new_max < old_max {
        let what = format!("the highest microversion is {}, was {}", new.1, old.1);
        changes.of_service(RANGE_LOSS, what);
    }
    if new_min < old_min {
        let what = format!("the lowest microversion is {}, was {}", new.0, old.0);
        changes.of_service(RANGE_GROWTH, what);
    }
    if new_max > old_max {
        let what = format!("the highest microversion is {}, was {}", new.1, old.1);
        changes.of_service(RANGE_GROWTH, what);
    }
}
