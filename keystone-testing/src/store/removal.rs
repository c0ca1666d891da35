//! Removing a resource with all that depends on it.

use super::{Actor, Store, Table, Target, Token};

impl Store {
    /// Removes a user with its memberships, grants, credentials, trusts and secrets. Its tokens
    /// stay, to be refused when they are shown.
    pub(crate) fn forget_user(&mut self, id: &str) {
        self.users.remove(id).ok();
        self.secrets.remove(id);
        self.members.retain(|(_, user)| user != id);
        let actor = Actor::User(id.to_owned());
        self.grants.retain(|grant| grant.actor != actor);
        self.credentials
            .retain(|credential| !credential.is("user_id", id));
        self.application_credentials
            .retain(|credential| !credential.is("user_id", id));
        self.access_rules.retain(|rule| !rule.is("user_id", id));
        self.access_tokens
            .retain(|token| !token.is("authorizing_user_id", id));
        self.trusts
            .retain(|trust| !trust.is("trustor_user_id", id) && !trust.is("trustee_user_id", id));
    }

    /// Removes a group with its members and grants.
    pub(crate) fn forget_group(&mut self, id: &str) {
        self.groups.remove(id).ok();
        self.members.retain(|(group, _)| group != id);
        let actor = Actor::Group(id.to_owned());
        self.grants.retain(|grant| grant.actor != actor);
    }

    /// Removes a project with its grants, credentials and trusts.
    pub(crate) fn forget_project(&mut self, id: &str) {
        self.projects.remove(id).ok();
        let target = Target::Project(id.to_owned());
        self.grants.retain(|grant| grant.target != target);
        self.credentials
            .retain(|credential| !credential.is("project_id", id));
        self.application_credentials
            .retain(|credential| !credential.is("project_id", id));
        self.trusts.retain(|trust| !trust.is("project_id", id));
        self.request_tokens
            .retain(|token| !token.is("project_id", id));
        self.access_tokens
            .retain(|token| !token.is("project_id", id));
    }

    /// Removes a domain with everything in it.
    pub(crate) fn forget_domain(&mut self, id: &str) {
        self.domains.remove(id).ok();
        for project in ids_within(&self.projects, id) {
            self.forget_project(&project);
        }
        for user in ids_within(&self.users, id) {
            self.forget_user(&user);
        }
        for group in ids_within(&self.groups, id) {
            self.forget_group(&group);
        }
        for role in ids_within(&self.roles, id) {
            self.forget_role(&role);
        }
        let target = Target::Domain(id.to_owned());
        self.grants.retain(|grant| grant.target != target);
        self.forget_project(id);
    }

    /// Removes a trust with its redelegations.
    pub(crate) fn forget_trust(&mut self, id: &str) {
        self.trusts.remove(id).ok();
        let further: Vec<String> = self
            .trusts
            .iter()
            .filter(|trust| trust.is("redelegated_trust_id", id))
            .map(|trust| trust.id().to_owned())
            .collect();
        for id in further {
            self.forget_trust(&id);
        }
    }

    /// Removes a role with its grants and inferences.
    pub(crate) fn forget_role(&mut self, id: &str) {
        self.roles.remove(id).ok();
        self.grants.retain(|grant| grant.role != id);
        self.implied
            .retain(|(prior, implied)| prior != id && implied != id);
    }

    /// Drops a token, and those that were made from it when it began a chain.
    pub(crate) fn revoke_chain(&mut self, token: &Token) {
        let Some(revoked) = token.audit_ids.first() else {
            return;
        };
        self.tokens
            .retain(|_, token| !token.audit_ids.contains(revoked));
    }

    /// Drops all tokens of a user.
    pub(crate) fn revoke_tokens_of(&mut self, user: &str) {
        self.tokens.retain(|_, token| token.user_id != user);
    }
}

/// The ids of what belongs to a domain.
fn ids_within(table: &Table, domain: &str) -> Vec<String> {
    let own = table.iter().filter(|record| record.is("domain_id", domain));
    own.map(|record| record.id().to_owned()).collect()
}
