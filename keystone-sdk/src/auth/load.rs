//! Makes plugins from options: the one way for builders, files and the environment.
//!
//! No plugin is known here. Each brings its loader with it.

use std::fmt;
use std::sync::Arc;

use keystone_document::suggest::remedy;

use super::options::groups::{AUTH, SCOPE, USER};
use super::options::{OptionReader, PluginOption, PluginOptions};
use super::{AuthMethod, AuthPlugin, CacheId};
use crate::{Error, SecretString};

mod combined;
mod derived;
#[cfg(feature = "schema")]
mod schema;

/// A method that can be made from options. Written by `#[auth_method]`.
pub trait LoadMethod: AuthMethod + Sized + 'static {
    /// The name of the plugin, such as `v3totp`.
    const PLUGIN: &'static str;
    /// What the plugin is for, in one line.
    const HELP: &'static str;
    /// The method's own options.
    const OPTIONS: &'static [PluginOption];
    /// Whether it takes the options that describe a user.
    const TAKES_USER: bool;
    /// Whether what it proves has a scope of its own, so that none can be asked for.
    const OWN_SCOPE: bool;
    /// Whether the options that describe a scope are known, if only to be refused with the reason.
    const TAKES_SCOPE: bool = true;

    /// Makes the method from options.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for the first option that is missing or malformed.
    fn load(options: &OptionReader<'_>) -> Result<Self, Error>;
}

/// A plugin that can be made from options. Written by [`#[auth_plugin]`](macro@crate::auth_plugin).
pub trait LoadPlugin: Sized + 'static {
    /// What the plugin hands everything on to: [`Cached<Self>`](super::Cached) unless told otherwise.
    type Plugin: AuthPlugin + Clone + 'static;

    /// The name of the plugin, such as `v3oauth2clientcredential`.
    const PLUGIN: &'static str;
    /// What the plugin is for, in one line.
    const HELP: &'static str;
    /// The plugin's own options.
    const OPTIONS: &'static [PluginOption];
    /// Whether it is told the address of Keystone.
    const TAKES_AUTH_URL: bool;
    /// Whether it takes the options that describe a user.
    const TAKES_USER: bool;
    /// Whether it takes the options that describe a scope.
    const TAKES_SCOPE: bool;
    /// Whether what it proves has a scope of its own, so that none can be asked for.
    const OWN_SCOPE: bool;

    /// Reads the options.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for the first option that is missing or malformed.
    fn load(options: &OptionReader<'_>) -> Result<Self, Error>;

    /// Makes the plugin of what was read.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for options that contradict each other.
    fn plugin(self, options: &OptionReader<'_>) -> Result<Self::Plugin, Error>;

    /// All that tells this login from any other besides its address: every field with its value.
    /// Meant for [`LogIn::cache_id`](super::LogIn::cache_id).
    fn identity(&self) -> CacheId;
}

/// A plugin that can be loaded by its name.
#[derive(Clone, Copy)]
pub struct PluginLoader {
    name: &'static str,
    help: &'static str,
    options: [&'static [PluginOption]; 5],
    make: Make,
    method: Option<MethodLoader>,
}

type Load = fn(&PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error>;

#[derive(Clone, Copy)]
enum Make {
    /// From methods of other plugins, which an option names.
    Combined(Combine),
    /// From another plugin, which an option names.
    Derived(Derive),
    /// From its own options.
    Plugin(Load),
}

/// Makes the plugin of this name from the methods of others.
type Combine = fn(&str, &[PluginLoader], &PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error>;

/// Makes a plugin of another one.
type Derive = fn(&OptionReader<'_>, Arc<dyn AuthPlugin>) -> Result<Arc<dyn AuthPlugin>, Error>;

/// The method of a v3 plugin, for logins that combine several.
#[derive(Clone, Copy)]
struct MethodLoader {
    own_scope: bool,
    load: fn(&OptionReader<'_>) -> Result<Box<dyn AuthMethod>, Error>,
}

/// A method that was made from options, and whether what it proves has a scope of its own.
pub(super) struct LoadedMethod {
    pub(super) method: Box<dyn AuthMethod>,
    pub(super) own_scope: bool,
}

impl PluginLoader {
    /// A loader with a name, one line of help, its options and the function that makes the plugin.
    pub const fn new(
        name: &'static str,
        help: &'static str,
        options: &'static [PluginOption],
        load: fn(&PluginOptions) -> Result<Arc<dyn AuthPlugin>, Error>,
    ) -> Self {
        Self::of_groups(name, help, [options, &[], &[], &[], &[]], load)
    }

    /// Like [`new`](Self::new), with options that several plugins share.
    pub(super) const fn of_groups(
        name: &'static str,
        help: &'static str,
        options: [&'static [PluginOption]; 5],
        load: Load,
    ) -> Self {
        Self {
            name,
            help,
            options,
            make: Make::Plugin(load),
            method: None,
        }
    }

    /// The loader of a plugin that `#[auth_plugin]` made.
    pub const fn of<L: LoadPlugin>() -> Self {
        let auth_url: &[PluginOption] = if L::TAKES_AUTH_URL { AUTH } else { &[] };
        let user: &[PluginOption] = if L::TAKES_USER { USER } else { &[] };
        // Those of a login with a scope of its own are known, to be refused with the reason.
        let scope: &[PluginOption] = if L::TAKES_SCOPE || L::OWN_SCOPE {
            SCOPE
        } else {
            &[]
        };
        let options = [auth_url, user, L::OPTIONS, scope, &[]];
        Self::of_groups(L::PLUGIN, L::HELP, options, |options| {
            Ok(Arc::new(plugin::<L>(options)?))
        })
    }

    /// The loader of the plugin that combines methods of others.
    pub(super) const fn combined(name: &'static str, help: &'static str, combine: Combine) -> Self {
        Self {
            name,
            help,
            options: [AUTH, combined::OPTIONS, SCOPE, &[], &[]],
            make: Make::Combined(combine),
            method: None,
        }
    }

    /// The loader of the plugin that begins with the login of another.
    pub(super) const fn derived(
        name: &'static str,
        help: &'static str,
        options: &'static [PluginOption],
        derive: Derive,
    ) -> Self {
        Self {
            name,
            help,
            options: [AUTH, options, derived::OPTIONS, USER, SCOPE],
            make: Make::Derived(derive),
            method: None,
        }
    }

    /// Offers the plugin's method to logins that combine several.
    pub(super) const fn with_method<M: LoadMethod>(self) -> Self {
        Self {
            method: Some(MethodLoader {
                own_scope: M::OWN_SCOPE,
                load: |options| Ok(Box::new(M::load(options)?)),
            }),
            ..self
        }
    }

    /// The method of the plugin, if it has one.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for the first option that is missing or malformed.
    pub(super) fn method(&self, options: &OptionReader<'_>) -> Result<Option<LoadedMethod>, Error> {
        let Some(loader) = self.method else {
            return Ok(None);
        };
        Ok(Some(LoadedMethod {
            method: (loader.load)(options)?,
            own_scope: loader.own_scope,
        }))
    }

    /// The name by which the plugin is loaded.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the plugin is for, in one line.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// The plugin's options.
    pub fn options(&self) -> impl Iterator<Item = &'static PluginOption> + use<> {
        self.options.into_iter().flatten()
    }

    /// The options that the plugin takes besides its own, given what is known so far: those of
    /// the plugins whose methods it combines, or of the one that it begins with, if it does.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when an option names a plugin that is not among `others`, or has
    /// no method.
    pub fn further_options(
        &self,
        options: &PluginOptions,
        others: &[Self],
    ) -> Result<Vec<&'static PluginOption>, Error> {
        let mut further: Vec<&'static PluginOption> = Vec::new();
        for part in self.parts(options, others)? {
            for option in part.options().chain(part.further_options(options, others)?) {
                let mut known = self.options().chain(further.iter().copied());
                if !known.any(|one| one.name == option.name) {
                    further.push(option);
                }
            }
        }
        Ok(further)
    }

    /// Makes the plugin; if it combines methods, those of `others`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for an option that the plugin does not have, that is missing, or
    /// whose value is malformed. It names the place and says what to do. And as
    /// [`further_options`](Self::further_options).
    pub fn load_among(
        &self,
        options: &PluginOptions,
        others: &[Self],
    ) -> Result<Arc<dyn AuthPlugin>, Error> {
        match self.make {
            Make::Combined(_) => combined::check(self.name, options)?,
            Make::Derived(_) => self.require(options)?,
            Make::Plugin(_) => {}
        }
        let mut known: Vec<_> = self.options().collect();
        known.extend(self.further_options(options, others)?);
        self.refuse_unknown(options, &known)?;
        let mut options = options.clone();
        known.iter().for_each(|option| options.resolve(option));
        // Also of options that the plugin turns out not to need.
        let reader = OptionReader::new(self.name, &options);
        known
            .iter()
            .try_for_each(|option| reader.refuse_blank(option))?;
        match self.make {
            Make::Plugin(load) => load(&options),
            Make::Combined(combine) => {
                let parts = self.parts(&options, others)?;
                combine(self.name, &parts, &options)
            }
            Make::Derived(derive) => {
                let reader = OptionReader::new(self.name, &options);
                let base = derived::base(&reader, &options, others)?;
                let [_, own, ..] = self.options;
                derive(
                    &reader,
                    base.load_among(&derived::without(&options, own), others)?,
                )
            }
        }
    }

    /// Refuses options of which a required one is missing.
    fn require(&self, options: &PluginOptions) -> Result<(), Error> {
        let reader = OptionReader::new(self.name, options);
        let mut required = self.options().filter(|option| option.required);
        required.try_for_each(|option| reader.required::<SecretString>(option).map(drop))
    }

    /// The plugins whose methods the plugin combines, or the one that it begins with.
    fn parts(&self, options: &PluginOptions, others: &[Self]) -> Result<Vec<Self>, Error> {
        match self.make {
            Make::Combined(_) => combined::parts(self.name, options, others),
            Make::Derived(_) => {
                let reader = OptionReader::new(self.name, options);
                Ok(vec![derived::base(&reader, options, others)?])
            }
            Make::Plugin(_) => Ok(Vec::new()),
        }
    }

    fn refuse_unknown(
        &self,
        options: &PluginOptions,
        known: &[&PluginOption],
    ) -> Result<(), Error> {
        let is_known = |name: &str| known.iter().any(|option| option.is_called(name));
        let is_stray = |name: &&str| !is_known(name) && !options.is_offered(name);
        match options.names().find(is_stray) {
            None => Ok(()),
            Some(name) => {
                let plugin = self.name;
                let names: Vec<_> = known.iter().map(|option| option.name).collect();
                let message = format!("`{plugin}` has no option `{name}`");
                Err(options
                    .fault(name, message)
                    .remedy(remedy(name, &names))
                    .into())
            }
        }
    }
}

impl fmt::Debug for PluginLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PluginLoader").field(&self.name).finish()
    }
}

/// Makes a plugin of its options.
#[doc(hidden)]
pub fn plugin<L: LoadPlugin>(options: &PluginOptions) -> Result<Made<L>, Error> {
    let reader = OptionReader::new(L::PLUGIN, options);
    let read = L::load(&reader)?;
    if L::OWN_SCOPE {
        reader.own_scope()?;
    }
    Ok(Made(read.plugin(&reader)?))
}

/// What was made of the options of a plugin.
///
/// It is generic so that it takes for granted what [`LoadPlugin::Plugin`] has to be: where that is no
/// plugin, the one error is there.
pub struct Made<L: LoadPlugin>(pub(crate) L::Plugin);

crate::__hand_on! { impl [L: LoadPlugin] AuthPlugin for Made<L>, self => &self.0 }

impl<L: LoadPlugin> Clone for Made<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: LoadPlugin> fmt::Debug for Made<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
