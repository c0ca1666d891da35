//! The common domain of user and project.

use crate::auth::{PluginLoader, PluginOptions};

/// With a project, `domain_id` and `domain_name` are the defaults of the domains of user and
/// project, as in `clouds.yaml` and the variables. Without a project they are the scope.
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
