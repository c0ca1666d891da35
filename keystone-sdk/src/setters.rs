//! Macros for the plain setters of builders.

/// Setters of the field with the same name.
macro_rules! setters {
    ($($(#[$meta:meta])* $visibility:vis $name:ident: $type:ty;)*) => {$(
        $(#[$meta])*
        $visibility fn $name(mut self, $name: $type) -> Self {
            self.$name = $name.into();
            self
        }
    )*};
}

/// Setters of the optional text in the field with the same name.
macro_rules! text_setters {
    ($($(#[$meta:meta])* $visibility:vis $name:ident;)*) => {$(
        $(#[$meta])*
        $visibility fn $name(mut self, $name: impl Into<String>) -> Self {
            self.$name = Some($name.into());
            self
        }
    )*};
}

pub(crate) use {setters, text_setters};
