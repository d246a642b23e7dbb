//! Credentials on the command line of curl: `-u user:password`.

use memchr::memmem;

use super::bytes::{at, run};
use super::is_placeholder;
use crate::matched::Match;

/// The command. The option is no anchor, since a space before it stands in every text.
pub(super) const COMMAND: &str = "curl ";
/// How far behind the command the option may stand.
const REACH: usize = 1024;
const LONGEST: usize = 4 << 10;

/// The first credentials behind a command that ends at `end`.
pub(super) fn find(text: &str, end: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let space = end.checked_sub(1)?;
    let window = bytes.get(space..bytes.len().min(end + REACH))?;
    let behind = |option: &[u8]| memmem::find(window, option).map(|place| place + option.len());
    let option = [behind(b" -u "), behind(b" --user ")].into_iter().flatten().min()?;
    let place = run(bytes, space + option, 8, |byte| byte == b' ');
    let quote = at(bytes, place);
    let quoted = matches!(quote, b'"' | b'\'');
    let begin = place + usize::from(quoted);
    let finish = run(bytes, begin, LONGEST, |byte| {
        if quoted { byte != quote && byte != b'\n' } else { !byte.is_ascii_whitespace() }
    });
    let (user, password) = text.get(begin..finish)?.split_once(':')?;
    let secret = if password.is_empty() { user } else { password };
    let named = matches!(secret, "token" | "test" | "secret" | "pwd" | "changeit");
    let stands_for_one = is_placeholder(secret) || secret.starts_with('$') || named;
    (secret.len() > 4 && !stands_for_one).then(|| Match::secret("basic-auth", begin..finish, 0.97))
}
