//! How long reading takes; run by hand: `cargo test -p wire speed -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use wire::provider::{AnswerLimits, AnswerReader, How, parse_request};

use crate::{answer, request};

/// The best of many rounds, since the machine is seldom ours alone.
fn measure(name: &str, bytes: usize, mut read: impl FnMut()) {
    const TIMES: u32 = 50;
    let mut round = || {
        let start = Instant::now();
        (0..TIMES).for_each(|_| read());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
    };
    let best = (0..50).map(|_| round()).fold(f64::INFINITY, f64::min);
    println!("{name}: {best:.1} µs for {bytes} B");
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn microseconds_per_request() {
    let said = "The train to the coast leaves at 07:25 and is seldom late. ".repeat(8);
    let plain = format!(
        r#"{{"model":"gpt-5.1","messages":[{{"role":"system","content":"{said}"}},{{"role":"user","content":"{said}"}},{{"role":"assistant","content":"{said}"}},{{"role":"user","content":"{said}"}}],"stream":true,"user":"user-42"}}"#
    );
    let (_, dialect, path, _) = request::FIXTURES[0];
    let plain = ("plain text", dialect, path, plain.as_bytes());
    for (name, dialect, path, body) in request::FIXTURES.into_iter().chain([plain]) {
        measure(name, body.len(), || {
            drop(black_box(parse_request(dialect, path, body)));
        });
    }
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn microseconds_per_answer() {
    for fixture in &answer::FIXTURES {
        for (kind, body) in [(answer::JSON, fixture.whole), (answer::EVENTS, fixture.stream)] {
            measure(&format!("{} {kind}", fixture.name), body.len(), || {
                let limits = AnswerLimits::default();
                let mut reader =
                    AnswerReader::new(fixture.dialect, fixture.path, Some(kind), limits);
                reader.push(body);
                black_box(reader.finish(How::Complete));
            });
        }
    }
}
