//! One positive example at least for each detector, and what looks like one and is not. All values
//! are synthetic or published test values.

use crate::world::found;

#[test]
fn identifiers_are_found() {
    let cases = [
        ("write to person-1@example.com.", "EMAIL_ADDRESS"),
        ("<first.last+tag@mail.example.co.uk>", "EMAIL_ADDRESS"),
        ("jörg@müller.example", "EMAIL_ADDRESS"),
        ("call +1 202-555-0143 now", "PHONE_NUMBER"),
        ("call (202) 555-0143", "PHONE_NUMBER"),
        ("202-555-0143", "PHONE_NUMBER"),
        ("+442079460958", "PHONE_NUMBER"),
        ("phone: 030 901820", "PHONE_NUMBER"),
        ("Telefon 0171 2345678", "PHONE_NUMBER"),
        ("0 (212) 555 0143", "PHONE_NUMBER"),
        ("请拨打13855501430", "PHONE_NUMBER"),
        ("seen at BE-EF-CA-FE-DE-AD twice", "DEVICE_ID/mac"),
        ("seen at beef.cafe.dead twice", "DEVICE_ID/mac"),
        ("card 4111 1111 1111 1111 please", "CREDIT_CARD"),
        ("5555555555554444", "CREDIT_CARD"),
        ("3782-822463-10005", "CREDIT_CARD"),
        ("112573018462953", "CREDIT_CARD"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN"),
        ("GB82WEST12345698765432", "IBAN"),
        ("my ssn is 219-09-9999", "US_SSN"),
        ("SSN 219099999", "US_SSN"),
        ("from 203.0.113.77 port 22", "IP_ADDRESS"),
        ("at 2001:db8:85a3::8a2e:370:7334", "IP_ADDRESS"),
    ];
    for (text, kind) in cases {
        assert_eq!(found(text), [kind], "{text}");
    }
}

#[test]
fn secrets_are_found() {
    let hex = "0123456789abcdef0123456789abcdef";
    let cases = [
        (format!("key sk-proj-{hex}T3BlbkFJ{hex} ok"), "SECRET/openai-api-key"),
        (format!("key sk-proj-{hex}{hex} ok"), "SECRET/model-api-key"),
        (format!("it was {hex}-us18"), "SECRET/mailchimp-api-key"),
        (format!("sk-ant-api03-{hex}{hex}{}AA", &hex[..29]), "SECRET/anthropic-api-key"),
        ("AKIAIOSFODNN7SAMPLES".to_owned(), "SECRET/aws-access-token"),
        (format!("ghp_{hex}abcd"), "SECRET/github-pat"),
        (format!("glpat-{}", &hex[..20]), "SECRET/gitlab-pat"),
        ("xoxb-123456789012-123456789012-abcdefABCDEF".to_owned(), "SECRET/slack-bot-token"),
        (format!("sk_live_{hex}"), "SECRET/stripe-access-token"),
        (format!("AIza{hex}abc"), "SECRET/gcp-api-key"),
        (format!("hf_{hex}ab"), "SECRET/huggingface-access-token"),
        (format!("npm_{hex}abcd"), "SECRET/npm-access-token"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl".to_owned(), "SECRET/jwt"),
        ("postgres://app:s3cr3t-pass@db.example.com/orders".to_owned(), "SECRET/connection-string"),
        ("https://user:pass1234@example.com/x".to_owned(), "SECRET/basic-auth"),
        ("Authorization: Bearer abcdef0123456789abcdef".to_owned(), "SECRET/bearer-token"),
        ("password=hunter22!".to_owned(), "SECRET/password"),
        ("{\"password\": \"correct horse battery\"}".to_owned(), "SECRET/password"),
        ("the pwd is Tr0ub4dor&3".to_owned(), "SECRET/password"),
        ("client = Client(password='correct-horse')".to_owned(), "SECRET/password"),
        (format!("export API_KEY={hex}"), "SECRET/generic-api-key"),
        (format!("?token={hex}&x=1"), "SECRET/generic-api-key"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75\n-----END RSA PRIVATE KEY-----"
                .to_owned(),
            "SECRET/private-key",
        ),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA".to_owned(),
            "SECRET/private-key",
        ),
    ];
    for (text, kind) in cases {
        assert_eq!(found(&text), [kind], "{text}");
    }
}

#[test]
fn encoded_values_are_found() {
    // "key ghp_0123456789abcdef0123456789abcdef0123 end"
    let hidden = "a2V5IGdocF8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjAxMjMgZW5k";
    assert_eq!(found(&format!("see {hidden} here")), ["SECRET/github-pat"]);
    assert_eq!(found("?mail=person-1%40example.com"), ["EMAIL_ADDRESS"]);
}

#[test]
fn what_only_looks_like_one_is_left_alone() {
    let cases = [
        "MailchimpSDK.initialize(token: 0123456789abcdef0123456789abcdef-us18)",
        "commit 8f7f0112b3c4d5e6f708192a3b4c5d6e7f809102",
        "trace 0af7651916cd43dd8448eb211c80319c span b7ad6b7169203331",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "2026-11-24T09:53:39.123456Z",
        "on 2026-11-24 10:15 and 24.11.2026",
        "unix 1795476561529282090",
        "version 1.2.3.4 of the library, v10.0.0.1",
        "localhost 127.0.0.1:8080 and 0.0.0.0",
        "card 4111 1111 1111 1112",
        "order 48213, total 1,299.00 EUR, 10000000 rows",
        "IBAN DE89 3704 0044 0532 0130 01",
        // Neither an account, nor a card with two letters for digits.
        "AT35 2040 1187 3651 820",
        "max_tokens=300 total_tokens: 1024",
        "password: str, token: Optional[str] = None",
        "password = os.environ['DB_PASSWORD']",
        "api_key=${API_KEY} password=<your password>",
        "std::io::Error a::b c::d",
        "the secret of success is practice",
        "ISBN 978-3-16-148410-0",
        "lat 52.520008, lon 13.404954",
        "user@localhost and @mention and a @ b",
        "sk-learn and sk-based, task-force, ask-me",
        "see https://example.com/path?page=2#top",
        "2001:0 12:34:56 10:00-11:30",
        "000-12-3456 666-12-3456 900-12-3456",
    ];
    for text in cases {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}
