//! A domain that is named once, for user and project alike.

use crate::auth::{PluginLoader, PluginOptions};

/// Takes `domain_id` and `domain_name` for those of user and project that are not given, where
/// there is a project: as `clouds.yaml` and the variables mean them. Without a project they are
/// the scope.
pub(super) fn share(loader: &PluginLoader, options: &mut PluginOptions) {
    let has_project = options.has("project_id") || options.has("project_name");
    if !has_project {
        return;
    }
    for kind in ["id", "name"] {
        let domain = format!("domain_{kind}");
        for owner in ["user", "project"] {
            let name = format!("{owner}_{domain}");
            if loader.options().any(|option| option.name == name) {
                options.fill(&name, &domain);
            }
        }
        options.remove(&domain);
    }
}
