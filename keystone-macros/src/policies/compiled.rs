//! Compiles the default rule of a policy to Rust, with references inlined.

use keystone_policy::__private::{LeftOperand, MOST_CHECKS, Template};
use keystone_policy::{CredentialName, Rule};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::model::{Named, Table};

/// The body of `Policy::compiled` for a policy. `None` if it has remote checks, formatted operands
/// or too many checks; it is then decided by the interpreter.
pub(super) fn body(policy: &TokenStream, table: &Table, number: usize) -> Option<TokenStream> {
    let all = table.all();
    let rule = &all.get(number)?.rule;
    let mut writer = Writer {
        policy,
        all: &all,
        nodes: 0,
        checks: 0,
        roles: Vec::new(),
    };
    // First to count the checks of roles, then to generate.
    writer.expression(rule, 0)?;
    writer.roles.retain(|role| role.asked > 1);
    (writer.nodes, writer.checks) = (0, 0);
    let expression = writer.expression(rule, 0)?;
    let roles = writer.hoisted();
    Some(quote! {
        #roles
        ::core::option::Option::Some(#expression)
    })
}

/// Limits for the nesting of the code, and the number of its operators and checks.
const DEEPEST: usize = 48;
const MOST_NODES: usize = 4 * MOST_CHECKS;

struct Writer<'a> {
    policy: &'a TokenStream,
    all: &'a [&'a Named],
    nodes: usize,
    /// How many checks were generated.
    checks: usize,
    /// The roles that are checked, without duplicates.
    roles: Vec<Role>,
}

struct Role {
    lower: String,
    asked: usize,
}

impl Writer<'_> {
    /// The expression of `rule`. It binds tighter than `&&` and `||`.
    fn expression(&mut self, rule: &Rule, depth: usize) -> Option<TokenStream> {
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST_NODES {
            return None;
        }
        Some(match rule {
            Rule::True => quote!(true),
            Rule::False => quote!(false),
            Rule::Not(inner) => {
                let inner = self.expression(inner, depth + 1)?;
                quote!((!#inner))
            }
            // Rust's operators short-circuit from left to right, as oslo.policy does. References
            // must be inlined in the same order as in `Reason`, which finds the texts of checks by
            // their positions.
            Rule::And(parts) => {
                let parts = self.expressions(parts, depth + 1)?;
                quote!((#(#parts)&&*))
            }
            Rule::Or(parts) => {
                let parts = self.expressions(parts, depth + 1)?;
                quote!((#(#parts)||*))
            }
            Rule::RuleRef(name) => {
                let named = self.all.iter().find(|named| named.name == *name)?;
                self.expression(&named.rule, depth + 1)?
            }
            check => self.check(check)?,
        })
    }

    fn expressions(&mut self, parts: &[Rule], depth: usize) -> Option<Vec<TokenStream>> {
        parts
            .iter()
            .map(|part| self.expression(part, depth))
            .collect()
    }

    /// One check, with its position among those of the policy.
    fn check(&mut self, check: &Rule) -> Option<TokenStream> {
        let at = u32::try_from(self.checks).ok()?;
        self.checks += 1;
        if self.checks > MOST_CHECKS {
            return None;
        }
        match check {
            Rule::Role(name) => match Template::parse(name) {
                Template::Fixed(name) => Some(self.role(at, name.to_lowercase())),
                Template::Attribute(name) => {
                    Some(quote!(marks.role_of::<#at>(creds.roles(), target.attr(#name))))
                }
                _ => None,
            },
            Rule::Generic { left, right } => self.generic(at, left, right),
            _ => None,
        }
    }

    fn generic(&self, at: u32, left: &str, right: &str) -> Option<TokenStream> {
        let policy = self.policy;
        let right = match Template::parse(right) {
            Template::Fixed(text) => quote! {
                ::core::option::Option::Some(#policy::Value::Str(#text))
            },
            Template::Attribute(name) => quote!(target.attr(#name)),
            _ => return None,
        };
        // Parsed by the functions of the interpreter, so that both decide alike; invalid operands
        // are left to it.
        let path = match LeftOperand::parse(left) {
            LeftOperand::Literal(text) => {
                return Some(quote!(marks.literal::<#at>(#text, #right)));
            }
            LeftOperand::Path(path) => path,
            _ => return None,
        };
        let (first, rest) = path.split_first()?;
        let value = self.credential(first);
        Some(match (rest, CredentialName::from_name(first)) {
            ([], Some(standard)) => {
                let name = standard_name(policy, standard);
                quote!(marks.standard::<#at>(creds, #name, #right))
            }
            ([], None) => quote!(marks.same::<#at>(|| #value, #right)),
            (rest, _) => quote!(marks.below::<#at>(|| #value, &[#(#rest),*], #right)?),
        })
    }

    fn credential(&self, name: &str) -> TokenStream {
        let policy = self.policy;
        match CredentialName::from_name(name) {
            Some(standard) => {
                let name = standard_name(policy, standard);
                quote!(creds.standard(#name))
            }
            None if name == "system" => quote!(#policy::__private::system_of(creds)),
            None => quote!(creds.attr(#name)),
        }
    }

    /// The check of a role: inline, or with the variable set before the first check.
    fn role(&mut self, at: u32, lower: String) -> TokenStream {
        match self.roles.iter_mut().position(|role| role.lower == lower) {
            Some(known) => {
                if let Some(role) = self.roles.get_mut(known) {
                    role.asked += 1;
                }
                let variable = variable(known);
                quote!(marks.note::<#at>(#variable))
            }
            None => {
                let check = quote!(marks.role::<#at>(creds.roles(), #lower));
                self.roles.push(Role { lower, asked: 1 });
                check
            }
        }
    }

    /// Variables for the roles that several checks name.
    fn hoisted(&self) -> TokenStream {
        let several = self.roles.iter().enumerate();
        let several = several.filter(|(_, role)| role.asked > 1);
        let asked = several.map(|(number, Role { lower, .. })| {
            let variable = variable(number);
            quote!(let #variable = creds.roles().contains_lower(#lower);)
        });
        quote!(#(#asked)*)
    }
}

fn standard_name(policy: &TokenStream, name: CredentialName) -> TokenStream {
    let variant = format_ident!("{name:?}");
    quote!(#policy::CredentialName::#variant)
}

fn variable(number: usize) -> Ident {
    Ident::new(&format!("role_{number}"), Span::mixed_site())
}
