//! Search finds what was said, and only that.

use model::{Kind, TenantId};
use store::{Filters, QueryError};

use crate::made::*;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut parts = Vec::new();
    for n in 1..=30_u8 {
        let who = format!("user-{}", n % 3);
        parts.extend(proxied(
            n,
            &who,
            &format!("please reset the password {n}"),
            "Über the account",
        ));
    }
    parts.extend(proxied(31, "user-9", "the password, reset it", "नमस्ते दुनिया"));
    let mut records = log(parts);
    for logged in records.iter_mut().skip(30) {
        logged.log_time.0 += 86_400_000_000_000;
    }
    write(folder.path(), &records);
    folder
}

fn indexes(folder: &tempfile::TempDir, text: &str, filters: &Filters) -> Vec<u64> {
    let hits = reader(folder.path()).search(text, filters, 100).unwrap();
    hits.iter().map(|hit| hit.index).collect()
}

#[test]
fn words_phrases_prefixes() {
    let folder = folder();
    let all = Filters::default();
    assert_eq!(indexes(&folder, "reset password", &all).len(), 31);
    assert_eq!(indexes(&folder, "RESET Pass*", &all).len(), 31);
    assert_eq!(indexes(&folder, "\"reset the password\"", &all).len(), 30);
    assert_eq!(indexes(&folder, "\"password reset\"", &all), [60]);
    assert_eq!(indexes(&folder, "password 17", &all), [32]);
    assert_eq!(indexes(&folder, "über", &all).len(), 30);
    assert_eq!(indexes(&folder, "नमस्ते", &all), [60]);
    assert!(indexes(&folder, "absent", &all).is_empty());
    assert!(matches!(reader(folder.path()).search("?", &all, 1), Err(QueryError::NoWords)));
}

#[test]
fn newest_first_and_filtered() {
    let folder = folder();
    let hits = reader(folder.path()).search("reset", &Filters::default(), 3).unwrap();
    assert_eq!(hits.iter().map(|hit| hit.index).collect::<Vec<_>>(), [60, 58, 56]);
    assert_eq!((hits[0].role.as_str(), hits[0].direction.as_str()), ("user", "input"));
    assert!(hits[0].snippet.contains("reset"));
    let of_user = Filters { user: Some("user-1".to_owned()), ..Filters::default() };
    assert_eq!(indexes(&folder, "reset", &of_user).len(), 10);
    let kind = Filters { kind: Some(Kind::Log), ..Filters::default() };
    assert!(indexes(&folder, "reset", &kind).is_empty());
    let tenant = Filters { tenant: Some(TenantId::default()), ..Filters::default() };
    assert_eq!(indexes(&folder, "reset", &tenant).len(), 31);
    let later = Filters { since: Some(seconds(1)), ..Filters::default() };
    assert!(indexes(&folder, "reset", &later).is_empty());
}
