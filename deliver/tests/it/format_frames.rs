//! Whatever a record holds, an event stays one frame and reads back as the same values.

use std::collections::BTreeMap;

use deliver::Format;
use deliver::format::{bulk, hec, syslog, webhook};
use model::Alert;
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::{self, teller};

const ALL: [Format; 8] = [
    Format::Ocsf,
    Format::Ecs,
    Format::Cef,
    Format::Leef,
    Format::Native,
    Format::Sentinel,
    Format::PagerDuty,
    Format::Slack,
];

/// Texts full of what formats have meanings for.
fn hostile() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        4 => any::<char>(),
        4 => prop::sample::select(
            "|\\=\"][]\n\r\t \u{0}\u{1b}\u{7f}\u{85}\u{2028}\u{202e}\u{200b}\u{feff}\u{e0041}<&>{}"
                .chars()
                .collect::<Vec<_>>()
        ),
        4 => prop::char::range('a', 'z'),
    ];
    prop::collection::vec(sign, 0..60).prop_map(|signs| signs.into_iter().collect())
}

fn alert(reason: &str, title: &str, user: &str) -> Alert {
    let mut alert = samples::alert();
    reason.clone_into(&mut alert.reason);
    title.clone_into(&mut alert.rule.title);
    title.clone_into(&mut alert.rule.id);
    alert.entities = BTreeMap::from([("user.id".to_owned(), user.to_owned())]);
    alert
}

fn text(format: Format, alert: Alert) -> String {
    let event = format.events(&samples::logged_alert(5, alert), &teller(true)).remove(0);
    String::from_utf8(event.payload.to_vec()).unwrap()
}

/// Splits at `sign` where no backslash stands before it, and takes the backslashes away.
fn split_escaped(text: &str, sign: char, most: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = text.chars();
    while let Some(next) = signs.next() {
        if parts.len() == most {
            let last = parts.last_mut().unwrap();
            last.push(next);
            last.extend(signs.by_ref());
        } else if next == '\\' {
            parts.last_mut().unwrap().extend(signs.next());
        } else if next == sign {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(next);
        }
    }
    parts
}

/// Reads the extension of a CEF line as a receiver does: a key is what stands between a space and
/// an `=` without a backslash.
fn cef_extension(text: &str) -> BTreeMap<String, String> {
    let signs: Vec<char> = text.chars().collect();
    let mut starts = Vec::new();
    let mut escaped = false;
    for (at, sign) in signs.iter().enumerate() {
        if *sign == '=' && !escaped {
            let key =
                signs[..at].iter().rposition(|sign| *sign == ' ').map_or(0, |space| space + 1);
            starts.push((key, at));
        }
        escaped = *sign == '\\' && !escaped;
    }
    let mut pairs = BTreeMap::new();
    for (number, (key, equals)) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(signs.len(), |(next, _)| next - 1);
        let value: String = signs[equals + 1..end].iter().collect();
        pairs.insert(signs[*key..*equals].iter().collect(), unescape(&value));
    }
    pairs
}

fn unescape(value: &str) -> String {
    let mut signs = value.chars();
    let mut text = String::new();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => text.extend(signs.next().map(|next| match next {
                'n' => '\n',
                'r' => '\r',
                other => other,
            })),
            _ => text.push(sign),
        }
    }
    text
}

proptest! {
    #[test]
    fn a_frame_is_one_line(reason in hostile(), title in hostile(), user in hostile()) {
        for format in ALL {
            let line = text(format, alert(&reason, &title, &user));
            prop_assert!(!line.contains(['\n', '\r']), "{format:?}");
            if format.is_json() {
                prop_assert!(serde_json::from_str::<Value>(&line).unwrap().is_object());
                let hidden = ['\u{7f}', '\u{85}', '\u{2028}', '\u{202e}', '\u{e0041}'];
                prop_assert!(!line.contains(hidden));
            }
        }
    }

    #[test]
    fn json_reads_back(reason in hostile(), user in hostile()) {
        let parsed = |format| {
            serde_json::from_str::<Value>(&text(format, alert(&reason, "title", &user))).unwrap()
        };
        let ocsf = parsed(Format::Ocsf);
        prop_assert_eq!(ocsf["finding_info"]["desc"].as_str(), Some(reason.as_str()));
        prop_assert_eq!(ocsf["evidences"][0]["data"]["user.id"].as_str(), Some(user.as_str()));
        prop_assert_eq!(&parsed(Format::Ecs)["message"], &reason);
        prop_assert_eq!(&parsed(Format::Sentinel)["UserId"], &user);
        let native = parsed(Format::Native);
        let read: model::Record = serde_json::from_value(native["record"].clone()).unwrap();
        prop_assert_eq!(*read.alert.unwrap(), alert(&reason, "title", &user));
    }

    #[test]
    fn cef_reads_back(reason in hostile(), title in hostile(), user in hostile()) {
        let line = text(Format::Cef, alert(&reason, &title, &user));
        let parts = split_escaped(&line, '|', 8);
        prop_assert_eq!(parts.len(), 8);
        prop_assert_eq!(&parts[0], "CEF:0");
        prop_assert_eq!(&parts[5], &title.replace(['\n', '\r'], " "));
        prop_assert_eq!(&parts[6], "8");
        let pairs = cef_extension(&parts[7]);
        prop_assert_eq!(&pairs["msg"], &reason);
        prop_assert_eq!(&pairs["suid"], &user);
        prop_assert_eq!(&pairs["PlainsightAlertId"], &samples::alert().id);
    }

    #[test]
    fn leef_reads_back_with_spaces_for_what_it_cannot_hold(
        reason in hostile(), title in hostile(), user in hostile()
    ) {
        let line = text(Format::Leef, alert(&reason, &title, &user));
        let parts: Vec<&str> = line.splitn(7, '|').collect();
        prop_assert_eq!(parts[5], "x09");
        let pairs: BTreeMap<&str, &str> =
            parts[6].split('\t').map(|pair| pair.split_once('=').unwrap()).collect();
        let held = |text: &str| text.replace(['\n', '\r', '\t'], " ");
        prop_assert_eq!(pairs["msg"], held(&reason));
        prop_assert_eq!(pairs["usrName"], held(&user));
        prop_assert_eq!(pairs["policy"], held(&title));
    }

    #[test]
    fn structured_syslog_reads_back(title in hostile(), host in hostile()) {
        let logged = samples::logged_alert(5, alert("so", &title, "u"));
        let event = Format::Cef.events(&logged, &teller(false)).remove(0);
        let frame = syslog::octet_counted(&syslog::message(&event, &host));
        let frame = String::from_utf8(frame).unwrap();
        let (length, message) = frame.split_once(' ').unwrap();
        prop_assert_eq!(length.parse::<usize>().unwrap(), message.len());
        prop_assert!(!message.contains(['\n', '\r']));
        let head: Vec<&str> = message.splitn(8, ' ').collect();
        prop_assert_eq!(&head[..2], ["<83>1", "2025-10-09T08:53:23.500000Z"]);
        prop_assert!(head[2].bytes().all(|byte| byte.is_ascii_graphic()) && !head[2].is_empty());
        let rule = message.split_once(" rule=\"").unwrap().1;
        let value = &split_escaped(rule, '"', 2)[0];
        prop_assert_eq!(value, &title.replace(['\n', '\r'], " "));
        prop_assert!(message.ends_with(std::str::from_utf8(&event.payload).unwrap()));
    }

    #[test]
    fn envelopes_read_back(reason in hostile()) {
        let logged = samples::logged_alert(5, alert(&reason, "title", "u"));
        for format in [Format::Ocsf, Format::Cef] {
            let event = format.events(&logged, &teller(false)).remove(0);
            let envelope = hec::event(&event, format, &hec::Destination::default());
            let envelope: Value = serde_json::from_str(&envelope).unwrap();
            let body: Value = serde_json::from_slice(&webhook::body(&event, format)).unwrap();
            prop_assert_eq!(&envelope["event"], &body["data"]);
            prop_assert_eq!(envelope["time"].as_str(), Some("1760000003.500"));
        }
        let event = Format::Ecs.events(&logged, &teller(false)).remove(0);
        let lines = bulk::action(&event);
        prop_assert_eq!(lines.lines().count(), 2);
        prop_assert!(lines.ends_with('\n'));
    }
}

#[test]
fn ten_megabytes_stay_one_frame() {
    let reason = "x=|\\\n\u{202e}é ".repeat(1_000_000);
    for format in ALL {
        let line = text(format, alert(&reason, "title", "u"));
        assert!(!line.contains('\n'), "{format:?}");
        let bounded = matches!(format, Format::PagerDuty | Format::Slack);
        assert!(bounded || line.len() > 10_000_000, "{format:?} {}", line.len());
    }
}
