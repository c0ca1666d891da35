//! The model of a struct with `#[auth_method]` or `#[auth_plugin]`.

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, Ident, ItemStruct, Lit, LitStr, Meta, Path,
    PathArguments, Type, Visibility,
};

use super::parse::{Arguments, FieldKind, RawField, Subject};
use crate::diag::Errors;
use crate::root::Root;

/// A method or a plugin, with all names resolved.
pub(crate) struct Model {
    pub(crate) subject: Subject,
    pub(crate) name: LitStr,
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) plugin: Ident,
    /// The visibility of the plugin and its builder.
    pub(crate) plugin_visibility: Visibility,
    pub(crate) builder: Ident,
    /// The name in a registry; for a method `v3` followed by its name without `_`.
    pub(crate) loader: String,
    pub(crate) help: String,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) alone: bool,
    /// Whether its credentials can be used only once, such as a one-time password.
    pub(crate) once: bool,
    /// Whether fields are inside `user` in the payload.
    pub(crate) nested: bool,
    pub(crate) own_scope: bool,
    /// Whether there are no scope options at all.
    pub(crate) no_scope: bool,
    pub(crate) check: Option<Path>,
    pub(crate) data: Option<Path>,
    /// The inner plugin and the function that creates it; `None` for a cached login.
    pub(crate) inner: Option<(Type, Path)>,
    pub(crate) root: Root,
    pub(crate) fields: Vec<ModelField>,
    /// Whether the expansion compiles in spite of the errors. If so it is emitted, so that code
    /// which uses the method adds no errors.
    pub(crate) sound: bool,
}

/// A field of a method or a plugin.
pub(crate) struct ModelField {
    pub(crate) ident: Ident,
    /// The type, without `Option`.
    pub(crate) ty: Type,
    pub(crate) span: Span,
    pub(crate) optional: bool,
    pub(crate) kind: FieldKind,
    /// The key in the token request, if the field is part of it; for a plugin the name of the
    /// option. An auth-methods file lists the field under this name.
    pub(crate) wire: Option<String>,
    pub(crate) header: Option<LitStr>,
    pub(crate) option: PluginOption,
    /// The key of the attribute that describes the option, if any.
    pub(crate) describes_option: Option<&'static str>,
    /// The default value.
    pub(crate) default: Option<Lit>,
    pub(crate) docs: Vec<Attribute>,
    /// Whether its attribute could not be parsed, so that its kind is guessed from the type.
    pub(crate) unclear: bool,
}

/// The option of a field.
pub(crate) struct PluginOption {
    pub(crate) name: String,
    pub(crate) env: String,
    pub(crate) help: String,
    pub(crate) aliases: Vec<String>,
    /// Whether command lines also accept it with `_`.
    pub(crate) underscored: bool,
}

impl PluginOption {
    /// The default environment variable of an option.
    pub(crate) fn env(option: &str) -> String {
        format!("OS_{}", option.to_uppercase())
    }
}

impl Model {
    pub(crate) fn user(&self) -> Option<&ModelField> {
        self.fields
            .iter()
            .find(|field| field.kind == FieldKind::User)
    }

    /// The URL of Keystone, if a plugin has one.
    pub(crate) fn auth_url(&self) -> Option<&ModelField> {
        self.fields.iter().find(|field| field.is_auth_url())
    }

    /// The scope, if a plugin has one.
    pub(crate) fn scope(&self) -> Option<&ModelField> {
        self.fields
            .iter()
            .find(|field| field.kind == FieldKind::Scope)
    }

    /// The fields with an option of their own.
    pub(crate) fn values(&self) -> impl Iterator<Item = &ModelField> {
        self.fields.iter().filter(|field| !field.is_shared())
    }
}

impl ModelField {
    pub(crate) fn is_auth_url(&self) -> bool {
        self.kind == FieldKind::Address && self.option.name == AUTH_URL
    }

    pub(crate) fn is_address(&self) -> bool {
        self.kind == FieldKind::Address
    }

    /// Whether its options are the same for all plugins.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.kind, FieldKind::User | FieldKind::Scope) || self.is_auth_url()
    }

    /// Whether it is an argument of the constructor.
    pub(crate) fn is_required(&self) -> bool {
        !self.optional && self.kind != FieldKind::Flag && self.default.is_none()
    }

    /// The default as the text of an option.
    pub(crate) fn default_text(&self) -> Option<String> {
        self.default.as_ref().map(|default| match default {
            Lit::Str(text) => text.value(),
            Lit::Int(number) => number.base10_digits().to_owned(),
            Lit::Bool(flag) => flag.value.to_string(),
            other => other.to_token_stream().to_string(),
        })
    }

    /// The last part of the type's path, such as `SecretString`.
    pub(crate) fn type_name(&self) -> Option<String> {
        last_segment(&self.ty).map(|segment| segment.ident.to_string())
    }
}

const AUTH_URL: &str = "auth_url";

/// Builds the model from arguments and fields; reports what is missing altogether.
pub(crate) fn model(
    arguments: Arguments,
    fields: Vec<RawField>,
    item: &ItemStruct,
    errors: &mut Errors,
) -> Model {
    let subject = arguments.subject;
    let plugin = plugin(&arguments, item, errors);
    let inner = inner(&arguments, errors);
    let plugin_visibility = match arguments.plugin {
        Some((visibility @ (Visibility::Public(_) | Visibility::Restricted(_)), _)) => visibility,
        _ => item.vis.clone(),
    };
    let name = arguments.name.unwrap_or_else(|| {
        let message = match subject {
            Subject::Method => {
                "the name of the method is missing; write `#[auth_method(\"name\")]`, the name as \
                 it stands under `auth.identity.methods`"
            }
            Subject::Plugin => {
                "the name of the plugin is missing; write `#[auth_plugin(\"name\")]`, the name by \
                 which it is loaded"
            }
        };
        errors.at_span(Span::call_site(), message);
        // Any valid name, so that everything else is checked too.
        LitStr::new("missing", Span::call_site())
    });
    let fields: Vec<_> = fields
        .into_iter()
        .filter_map(|raw| field(subject, raw))
        .collect();
    let nested = !arguments.flat
        && fields
            .iter()
            .any(|field| field.kind == FieldKind::User && !field.optional);
    let docs = docs(&item.attrs);
    Model {
        builder: format_ident!("{plugin}Builder"),
        loader: match subject {
            Subject::Method => format!("v3{}", name.value().replace('_', "")),
            Subject::Plugin => name.value(),
        },
        subject,
        plugin_visibility,
        inner,
        data: arguments.data,
        help: first_line(&docs),
        ident: item.ident.clone(),
        visibility: item.vis.clone(),
        alone: arguments.alone,
        once: arguments.once,
        own_scope: arguments.own_scope,
        no_scope: arguments.no_scope,
        check: arguments.check,
        root: arguments.root,
        sound: true,
        nested,
        plugin,
        docs,
        name,
        fields,
    }
}

fn plugin(arguments: &Arguments, item: &ItemStruct, errors: &mut Errors) -> Ident {
    if let Some((_, plugin)) = &arguments.plugin {
        return plugin.clone();
    }
    let suffix = arguments.subject.suffix();
    let name = item.ident.to_string();
    match name.strip_suffix(suffix).filter(|rest| !rest.is_empty()) {
        Some(plugin) => Ident::new(plugin, item.ident.span()),
        None => {
            let message = format!(
                "`{name}` does not end in `{suffix}`, so its plugin has no name; rename it to \
                 `{name}{suffix}`, or write `plugin = Name`"
            );
            errors.at(&item.ident, message);
            format_ident!("{name}Plugin", span = item.ident.span())
        }
    }
}

/// `inner` and `make`, which require each other.
fn inner(arguments: &Arguments, errors: &mut Errors) -> Option<(Type, Path)> {
    match (&arguments.inner, &arguments.make) {
        (None, None) => None,
        (Some(inner), Some(make)) => Some((inner.clone(), make.clone())),
        (Some(inner), None) => {
            errors.at(
                inner,
                "`inner` needs the function that creates it: `make = path`",
            );
            None
        }
        (None, Some(make)) => {
            errors.at(
                make,
                "`make` needs the type that it creates: `inner = Type`",
            );
            None
        }
    }
}

fn field(subject: Subject, raw: RawField) -> Option<ModelField> {
    let span = raw.field.ty.span();
    let ident = raw.field.ident?;
    let (ty, optional) = match inner_of_option(&raw.field.ty) {
        Some(inner) => (inner, true),
        None => (raw.field.ty, false),
    };
    let name = ident.to_string().trim_start_matches("r#").to_owned();
    let only_header = raw.kind.is_none() && raw.header.is_some();
    let wire = raw.rename.map_or_else(|| name.clone(), |name| name.value());
    let described = [
        ("option", raw.option.is_some()),
        ("env", raw.env.is_some()),
        ("aliases", raw.aliases.is_some()),
        ("help", raw.help.is_some()),
    ];
    let describes_option = described.into_iter().find(|(_, here)| *here);
    let option = raw.option.map_or(name, |option| option.value());
    let wire = match subject {
        Subject::Method => wire,
        Subject::Plugin => option.clone(),
    };
    let is_address = subject == Subject::Plugin && is_called(&ty, "Url");
    let env = raw.env.map(|env| env.value());
    let help = raw.help.map(|help| help.value());
    let aliases = raw.aliases.unwrap_or_default();
    let docs = docs(&raw.field.attrs);
    Some(ModelField {
        wire: (!only_header).then_some(wire),
        kind: match raw.kind {
            Some((kind, _)) => kind,
            None if is_address => FieldKind::Address,
            None if raw.unclear => kind_of(&ty),
            // A header usually carries a credential, so it is treated as a secret.
            None if only_header => FieldKind::Secret,
            None => FieldKind::Plain,
        },
        unclear: raw.unclear,
        option: PluginOption {
            env: env.unwrap_or_else(|| PluginOption::env(&option)),
            help: help.unwrap_or_else(|| first_line(&docs)),
            aliases: aliases.iter().map(LitStr::value).collect(),
            underscored: false,
            name: option,
        },
        header: raw.header,
        describes_option: describes_option.map(|(key, _)| key),
        default: raw.default,
        optional,
        ident,
        span,
        docs,
        ty,
    })
}

fn is_called(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == name)
}

/// The usual kind of a field of this type; a secret if in doubt.
fn kind_of(ty: &Type) -> FieldKind {
    let name = last_segment(ty).map(|segment| segment.ident.to_string());
    match name.as_deref() {
        Some("UserIdentity") => FieldKind::User,
        Some("bool") => FieldKind::Flag,
        Some("Scope") => FieldKind::Scope,
        _ => FieldKind::Secret,
    }
}

/// `T` of `Option<T>`.
fn inner_of_option(ty: &Type) -> Option<Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner.clone()),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        _ => None,
    }
}

fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    let docs = attributes.iter().filter(|one| one.path().is_ident("doc"));
    docs.cloned().collect()
}

/// The first non-empty line, for a list of options.
fn first_line(docs: &[Attribute]) -> String {
    let texts = docs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let mut lines = texts.map(|text| text.trim().to_owned());
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    line.trim_end_matches('.').to_owned()
}
