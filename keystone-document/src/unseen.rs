//! Invisible characters.

/// Whether a character is invisible or changes how others are displayed: C0 and C1 controls, line
/// and paragraph separators, default-ignorable code points (bidirectional marks, joiners,
/// zero-width spaces, variation selectors, tags) and interlinear annotations.
///
/// Source: Unicode Technical Report 36, "Unicode Security Considerations", and the property
/// `Default_Ignorable_Code_Point` of Unicode 16.
pub fn is_unseen(one: char) -> bool {
    one.is_control()
        || matches!(
            one,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}
