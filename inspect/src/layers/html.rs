//! Character references of HTML (WHATWG HTML, 13.5): by number, and the names of ASCII characters.

use super::escape::Decoded;

/// The named references of ASCII characters and of spaces, without the ampersand.
const NAMES: [(&str, char); 46] = [
    ("commat;", '@'),
    ("period;", '.'),
    ("colon;", ':'),
    ("semi;", ';'),
    ("comma;", ','),
    ("lowbar;", '_'),
    ("UnderBar;", '_'),
    ("hyphen;", '-'),
    ("dash;", '-'),
    ("ndash;", '-'),
    ("mdash;", '-'),
    ("minus;", '-'),
    ("sol;", '/'),
    ("bsol;", '\\'),
    ("equals;", '='),
    ("plus;", '+'),
    ("num;", '#'),
    ("percnt;", '%'),
    ("dollar;", '$'),
    ("excl;", '!'),
    ("quest;", '?'),
    ("ast;", '*'),
    ("lpar;", '('),
    ("rpar;", ')'),
    ("lsqb;", '['),
    ("lbrack;", '['),
    ("rsqb;", ']'),
    ("rbrack;", ']'),
    ("lcub;", '{'),
    ("lbrace;", '{'),
    ("rcub;", '}'),
    ("rbrace;", '}'),
    ("verbar;", '|'),
    ("vert;", '|'),
    ("Tab;", '\t'),
    ("NewLine;", '\n'),
    ("nbsp;", ' '),
    ("ensp;", ' '),
    ("emsp;", ' '),
    ("thinsp;", ' '),
    ("zwnj;", '\u{200c}'),
    ("zwj;", '\u{200d}'),
    ("shy;", '\u{ad}'),
    ("ZeroWidthSpace;", '\u{200b}'),
    ("amp;", '&'),
    ("quot;", '"'),
];
/// The longest name, with its semicolon.
const LONGEST_NAME: usize = 15;
/// The digits of a reference, with leading zeros.
const LONGEST: usize = 10;

/// The character whose reference begins at `place`.
pub(super) fn read(bytes: &[u8], place: usize) -> Option<Decoded> {
    let rest = bytes.get(place..)?.strip_prefix(b"&")?;
    let Some(number) = rest.strip_prefix(b"#") else {
        // Most ampersands are those of programs.
        let letters = rest.iter().take(LONGEST_NAME).take_while(|byte| byte.is_ascii_alphabetic());
        let written = rest.get(..=letters.count()).filter(|written| written.ends_with(b";"))?;
        let (name, char) = NAMES.iter().find(|(name, _)| name.as_bytes() == written)?;
        // What every page has makes nobody look again.
        let everyday = matches!(*name, "amp;" | "quot;" | "nbsp;");
        return Some(Decoded { char: *char, length: 1 + name.len(), everyday });
    };
    let (radix, digits) = match number {
        [b'x' | b'X', digits @ ..] => (16, digits),
        digits => (10, digits),
    };
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let count = digits.iter().take(LONGEST).take_while(|byte| is_digit(byte)).count();
    let written = std::str::from_utf8(digits.get(..count)?).ok()?;
    let char = char::from_u32(u32::from_str_radix(written, radix).ok()?)?;
    // Browsers read a reference without its semicolon too.
    let closed = usize::from(digits.get(count) == Some(&b';'));
    let length = 2 + usize::from(radix == 16) + count + closed;
    Some(Decoded { char, length, everyday: false })
}
