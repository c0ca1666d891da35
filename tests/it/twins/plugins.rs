//! Twins of mistakes in `#[auth_plugin]`.

use keystone_sdk::auth::{
    CacheId, LoadPlugin, LogIn, LogInFuture, Login, PluginOption, PluginOptions, Scope, Token,
    UserIdentity,
};
use keystone_sdk::config::Registry;
use keystone_sdk::transport::Transport;
use keystone_sdk::{SecretString, Session, Url, auth_plugin};

// Twin of plugin_that_does_not_log_in, plugin_without_its_suffix, plugin_on_an_enum.
// Twin of argument_of_a_method_on_a_plugin, key_of_a_method_on_a_plugin, debug_derived_for_a_plugin.
// Twin of secret_of_a_plugin_of_a_plain_type, several_mistakes_in_one_plugin, generic_plugin.
// Twin of plugin_that_its_spec_lacks, option_of_a_plugin_that_differs_from_the_spec.
// Twin of plugin_with_an_address_that_its_spec_lacks.
/// A badge.
#[auth_plugin("badge", spec = "../ui/mistakes/specs/methods.yaml")]
#[derive(Clone)]
pub struct BadgeLogin {
    /// Where badges are.
    porter: Url,
    /// What the porter wants to hear.
    #[auth(secret)]
    word: SecretString,
}

impl LogIn for BadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.porter
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        let token = Token::new(self.word.clone(), None);
        LogInFuture::ready(token.map(Login::without_access))
    }
}

// Twin of address_of_keystone_that_is_no_url_in_a_plugin, scope_of_a_plugin_that_is_not_marked.
// Twin of plugin_that_asks_for_a_scope_beside_its_own.
/// A badge of somebody else.
#[auth_plugin("lent_badge", spec = "../ui/mistakes/specs/methods.yaml")]
pub struct LentBadgeLogin {
    auth_url: Url,
    #[auth(user)]
    lender: Option<UserIdentity>,
    #[auth(scope)]
    scope: Scope,
    porter: Option<Url>,
}

impl LogIn for LentBadgeLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, _: &'a Transport) -> LogInFuture<'a> {
        let proof = format!(
            "{:?} {} {:?}",
            self.lender,
            self.scope,
            self.porter.is_some()
        );
        LogInFuture::ready(Token::new(proof.into(), None).map(Login::without_access))
    }

    fn cache_id(&self) -> Option<CacheId> {
        Some(self.identity())
    }
}

// Twin of plugin_whose_inner_one_is_not_made.
/// A badge that a plugin is made of, and which is none itself.
mod made {
    use keystone_sdk::auth::{Cached, OptionReader};
    use keystone_sdk::{Error, SecretString, auth_plugin};

    use super::BadgeLogin;

    #[auth_plugin("word", plugin = pub Word, inner = Cached<BadgeLogin>, make = WordOptions::make)]
    struct WordOptions {
        /// What the porter wants to hear.
        #[auth(secret, env = "OS_PASSWORD_OF_THE_DAY", aliases = ["password"], help = "The word")]
        word: SecretString,
        /// How often it is said.
        #[auth(default = 1)]
        times: u32,
        /// Whether it is shouted.
        #[auth(flag)]
        loud: bool,
    }

    impl WordOptions {
        fn make(self, _: &OptionReader<'_>) -> Result<Cached<BadgeLogin>, Error> {
            let times = usize::try_from(self.times).unwrap_or_default();
            let word = self.word.expose().repeat(times);
            let word = if self.loud { word.to_uppercase() } else { word };
            Ok(Cached::new(BadgeLogin {
                porter: "http://porter".parse().unwrap(),
                word: word.into(),
            }))
        }
    }
}

async fn token(session: Session) -> String {
    session.token().await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn a_login_is_a_plugin_by_builder_and_by_name() {
    let built = Badge::builder().porter("http://h").word("canary").build();
    let built = built.unwrap();
    assert!(!format!("{built:?}").contains("canary"), "{built:?}");
    assert_eq!(token(Session::new(built).unwrap()).await, "canary");

    let registry = Registry::empty().with(Badge::loader());
    let options = PluginOptions::new().with("porter", "http://h");
    let error = registry.load("badge", &options).unwrap_err().to_string();
    assert!(error.contains("`badge` needs the option `word`"), "{error}");
    let loaded = registry.load("badge", &options.with("word", "w")).unwrap();
    assert_eq!(token(Session::new(loaded).unwrap()).await, "w");
}

#[test]
fn options_are_those_of_the_spec_and_those_that_plugins_share() {
    let options: Vec<&PluginOption> = Badge::loader().options().collect();
    let names: Vec<_> = options.iter().map(|one| (one.name, one.help)).collect();
    let expected = [
        ("porter", "Where badges are"),
        ("word", "What the porter wants to hear"),
    ];
    assert_eq!(names, expected);
    assert!(options[1].secret && options[1].required);

    let lent: Vec<&PluginOption> = LentBadge::loader().options().collect();
    let option = |name| lent.iter().find(|one| one.name == name);
    for shared in ["auth_url", "user_domain_id", "project_id", "trust_id"] {
        assert!(option(shared).is_some(), "{shared}");
    }
    let porter = option("porter").unwrap();
    assert_eq!(
        (porter.env, porter.aliases),
        ("OS_LENDER", &["janitor"][..])
    );
    assert!(porter.underscored && !porter.required);

    let word: Vec<&PluginOption> = made::Word::loader().options().collect();
    assert_eq!(
        (word[0].env, word[0].help),
        ("OS_PASSWORD_OF_THE_DAY", "The word")
    );
    assert_eq!(word[1].default, Some("1"));
}

#[test]
fn an_address_is_one_of_http_and_an_error_names_its_option() {
    let build = |porter: &str| Badge::builder().porter(porter).word("w").build();
    let error = build("porter").unwrap_err().to_string();
    assert!(error.starts_with("`porter` is not a URL"), "{error}");
    let error = build("http://u:canary@h").unwrap_err().to_string();
    assert!(error.contains("`porter` contains a user name"), "{error}");
    assert!(!error.contains("canary"), "{error}");
    let error = LentBadge::builder("h:1").build().unwrap_err().to_string();
    assert!(error.starts_with("`auth_url` is a `h` URL"), "{error}");
}

#[tokio::test]
async fn user_and_scope_are_options_and_tell_logins_apart() {
    use keystone_sdk::auth::AuthPlugin;

    let builder = || LentBadge::builder("http://h").user_id("u");
    let plugin = builder().project_id("p").build().unwrap();
    let shown = token(Session::new(plugin.clone()).unwrap()).await;
    assert_eq!(shown, r#"Some(Id("u")) project `p` false"#);
    let id = |builder: LentBadgeBuilder| builder.build().unwrap().cache_id().unwrap();
    assert_eq!(id(builder().project_id("p")), plugin.cache_id().unwrap());
    let others = [
        builder(),
        builder().project_id("q"),
        builder().project_id("p").porter("http://h"),
        LentBadge::builder("http://h").project_id("p"),
        LentBadge::builder("http://i").user_id("u").project_id("p"),
    ];
    for other in others {
        assert_ne!(id(other.clone()), plugin.cache_id().unwrap(), "{other:?}");
    }
    let two = builder()
        .project_id("p")
        .domain_id("d")
        .build()
        .unwrap_err();
    assert!(two.to_string().contains("has two scopes"), "{two}");
}

#[tokio::test]
async fn what_is_made_of_options_is_the_plugin() {
    let plugin = made::Word::builder().word("a").times(2_u32).loud(true);
    assert_eq!(
        token(Session::new(plugin.build().unwrap()).unwrap()).await,
        "AA"
    );
    let options = PluginOptions::new().with("password", "a");
    let plugin = Registry::empty().with(made::Word::loader());
    let plugin = plugin.load("word", &options).unwrap();
    assert_eq!(token(Session::new(plugin).unwrap()).await, "a");
}
