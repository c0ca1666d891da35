//! The meaning of an `#[auth_method]` struct.

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, Ident, ItemStruct, Lit, LitStr, Meta, Path,
    PathArguments, Type, Visibility,
};

use super::parse::{Arguments, Kind, RawField};
use crate::diag::Errors;
use crate::root::Root;

/// A method, all its names resolved.
pub(crate) struct Method {
    pub(crate) name: LitStr,
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) plugin: Ident,
    pub(crate) builder: Ident,
    /// The name in a registry: `v3` and the method's name without `_`.
    pub(crate) loader: String,
    pub(crate) help: String,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) alone: bool,
    /// Whether what it proves is good for one login.
    pub(crate) once: bool,
    /// Whether fields stand inside `user`.
    pub(crate) nested: bool,
    pub(crate) own_scope: bool,
    pub(crate) check: Option<Path>,
    pub(crate) root: Root,
    pub(crate) fields: Vec<MethodField>,
    /// Whether the expansion compiles in spite of the errors that were found. If so it is emitted,
    /// so that code which uses the method adds none of its own.
    pub(crate) sound: bool,
}

/// A field of a method.
pub(crate) struct MethodField {
    pub(crate) ident: Ident,
    /// The type, without `Option`.
    pub(crate) ty: Type,
    pub(crate) span: Span,
    pub(crate) optional: bool,
    pub(crate) kind: Kind,
    /// The key in the token request, if the field stands there.
    pub(crate) wire: Option<String>,
    pub(crate) header: Option<LitStr>,
    pub(crate) option: PluginOption,
    /// The key of the attribute that describes the option, if one does.
    pub(crate) describes_option: Option<&'static str>,
    /// The value of a field that was not set.
    pub(crate) default: Option<Lit>,
    pub(crate) docs: Vec<Attribute>,
    /// Whether its attribute could not be read, so that only its type says what it is.
    pub(crate) unclear: bool,
}

/// What the registry says of a field.
pub(crate) struct PluginOption {
    pub(crate) name: String,
    pub(crate) env: String,
    pub(crate) help: String,
    pub(crate) aliases: Vec<String>,
    /// Whether command lines write it with `_` too.
    pub(crate) underscored: bool,
}

impl PluginOption {
    /// The variable of an option.
    pub(crate) fn env(option: &str) -> String {
        format!("OS_{}", option.to_uppercase())
    }
}

impl Method {
    pub(crate) fn user(&self) -> Option<&MethodField> {
        self.fields.iter().find(|field| field.kind == Kind::User)
    }

    /// All fields but the user.
    pub(crate) fn values(&self) -> impl Iterator<Item = &MethodField> {
        self.fields.iter().filter(|field| field.kind != Kind::User)
    }
}

impl MethodField {
    /// Whether it is set in the constructor.
    pub(crate) fn is_required(&self) -> bool {
        !self.optional && self.kind != Kind::Flag && self.default.is_none()
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

/// Puts arguments and fields together; reports what is missing altogether.
pub(crate) fn method(
    arguments: Arguments,
    fields: Vec<RawField>,
    item: &ItemStruct,
    errors: &mut Errors,
) -> Method {
    let plugin = plugin(&arguments, item, errors);
    let name = arguments.name.unwrap_or_else(|| {
        errors.at_span(
            Span::call_site(),
            "the name of the method is missing; write `#[auth_method(\"name\")]`, the name as it \
             stands under `auth.identity.methods`",
        );
        // Any legal name: all else is checked too.
        LitStr::new("missing", Span::call_site())
    });
    let fields: Vec<_> = fields.into_iter().filter_map(field).collect();
    let nested = !arguments.flat
        && fields
            .iter()
            .any(|field| field.kind == Kind::User && !field.optional);
    let docs = docs(&item.attrs);
    Method {
        builder: format_ident!("{plugin}Builder"),
        loader: format!("v3{}", name.value().replace('_', "")),
        help: first_line(&docs),
        ident: item.ident.clone(),
        visibility: item.vis.clone(),
        alone: arguments.alone,
        once: arguments.once,
        own_scope: arguments.own_scope,
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
    if let Some(plugin) = &arguments.plugin {
        return plugin.clone();
    }
    let name = item.ident.to_string();
    match name.strip_suffix("Method").filter(|rest| !rest.is_empty()) {
        Some(plugin) => Ident::new(plugin, item.ident.span()),
        None => {
            let message = format!(
                "`{name}` does not end in `Method`, so its plugin has no name; rename it to \
                 `{name}Method`, or write `plugin = Name`"
            );
            errors.at(&item.ident, message);
            format_ident!("{name}Plugin", span = item.ident.span())
        }
    }
}

fn field(raw: RawField) -> Option<MethodField> {
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
    let env = raw.env.map(|env| env.value());
    let help = raw.help.map(|help| help.value());
    let aliases = raw.aliases.unwrap_or_default();
    let docs = docs(&raw.field.attrs);
    Some(MethodField {
        wire: (!only_header).then_some(wire),
        kind: match raw.kind {
            Some((kind, _)) => kind,
            None if raw.unclear => kind_of(&ty),
            // What goes into a header only is a credential as a rule, and shown nowhere.
            None if only_header => Kind::Secret,
            None => Kind::Plain,
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

/// What a field of this type is as a rule; if in doubt, something that is not shown.
fn kind_of(ty: &Type) -> Kind {
    let name = last_segment(ty).map(|segment| segment.ident.to_string());
    match name.as_deref() {
        Some("UserIdentity") => Kind::User,
        Some("bool") => Kind::Flag,
        _ => Kind::Secret,
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

/// The first line that says something, for a list of options.
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
