//! One alert in every format, as it goes over the wire.

use deliver::Format;
use deliver::format::webhook::SigningKey;
use deliver::format::{bulk, hec, pagerduty, sentinel, syslog, webhook};
use model::Timestamp;

use crate::samples::{self, teller};

fn event(format: Format) -> deliver::Outgoing {
    let logged = samples::logged_alert(41, samples::alert());
    format.events(&logged, &teller(false)).remove(0)
}

fn pretty(bytes: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn formats() {
    for format in [
        Format::Ocsf,
        Format::Ecs,
        Format::Native,
        Format::Sentinel,
        Format::PagerDuty,
        Format::Slack,
        Format::Asff,
    ] {
        insta::assert_snapshot!(format.as_str(), pretty(&event(format).payload));
    }
    for format in [Format::Cef, Format::Leef] {
        insta::assert_snapshot!(format.as_str(), String::from_utf8_lossy(&event(format).payload));
    }
}

#[test]
fn envelopes() {
    let cef = event(Format::Cef);
    let message = syslog::message(&cef, "recorder.example");
    insta::assert_snapshot!("syslog", String::from_utf8(syslog::octet_counted(&message)).unwrap());
    let ecs = event(Format::Ecs);
    insta::assert_snapshot!("bulk", bulk::action(&ecs).lines().next().unwrap());
    let native = event(Format::Native);
    let destination =
        hec::Destination { index: Some("llm".to_owned()), host: "recorder.example".to_owned() };
    insta::assert_snapshot!(
        "hec",
        pretty(hec::event(&native, Format::Native, &destination).as_bytes())
    );
    insta::assert_snapshot!(
        "hec_cef",
        pretty(hec::event(&cef, Format::Cef, &destination).as_bytes())
    );
    insta::assert_snapshot!("webhook", pretty(&webhook::body(&native, Format::Native)));
    let pager = event(Format::PagerDuty);
    let body = pretty(&pagerduty::body(&pager, "R0UT1NG"));
    assert!(body.contains(r#""routing_key": "R0UT1NG""#));
    let rows = sentinel::body(&[event(Format::Sentinel), event(Format::Sentinel)]);
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&rows).unwrap().len(), 2);
}

// The vector of the Standard Webhooks specification's reference libraries.
#[test]
fn a_webhook_is_signed_as_the_specification_says() {
    let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let at = Timestamp::from_secs(1_614_265_330);
    let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert!(SigningKey::parse("whsec_short").is_err());
    assert!(!format!("{key:?}").contains("Mf"));
}
