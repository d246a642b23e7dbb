//! Measures the store: records a second, bytes a record, and times of searches and queries.
//!
//! `cargo run --release -p store --example load -- [CALLS] [BATCH] [LAG]`: CALLS calls of a model
//! with some 2 KB of conversation, as the proxy records them (a request and, LAG calls later, an
//! answer), from words in natural frequencies. It writes to the system's folder for temporary files.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measuring program prints, and ends at the first failure"
)]

use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant};

use model::{
    Actor, Body, Call, Direction, Door, Exchange, Fingerprint, IdentifiedBy, Kind, Logged, Part,
    Record, Role, Sealed, Segment, Source, SpanId, Status, Timestamp, TraceId, Usage,
};
use store::{Filters, Functions, Limits, Reader, Span, Writer};

const START: i64 = 1_795_478_400;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap());
    let calls = arguments.next().unwrap_or(100_000);
    let batch = usize::try_from(arguments.next().unwrap_or(2_000)).unwrap();
    let folder = std::env::temp_dir().join("plainsight-load");
    let _ = std::fs::remove_dir_all(&folder);
    let key = Sealed::new([7; 32]);
    let lag = arguments.next().unwrap_or(batch as u64);
    fill(&folder, &key, calls, batch, lag);
    read(&folder, &key);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn fill(folder: &Path, key: &Sealed<[u8; 32]>, calls: u64, batch: usize, lag: u64) {
    let words = Words::new();
    let mut writer = Writer::open(folder, key).unwrap();
    let mut busy = Duration::ZERO;
    let mut text = 0;
    let mut pending: Vec<Logged> = Vec::with_capacity(batch + 2);
    let (mut peak, mut processor, mut index) = (0, 0.0, 0);
    let mut answers = VecDeque::new();
    for call in 0..calls + lag {
        if call < calls {
            let [request, answer] = proxied(call, calls, &words);
            text += length(&request) + length(&answer);
            answers.push_back(answer);
            pending.push(at(&mut index, request));
        }
        if call >= lag {
            pending.extend(answers.pop_front().map(|answer| at(&mut index, answer)));
        }
        if pending.len() >= batch || call + 1 == calls + lag {
            let (start, cpu) = (Instant::now(), processor_seconds());
            writer.apply(&pending).unwrap();
            busy += start.elapsed();
            processor += processor_seconds() - cpu;
            peak = peak.max(resident());
            pending.clear();
        }
    }
    let start = Instant::now();
    drop(writer);
    busy += start.elapsed();
    let bytes: u64 = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    let each = |total: f64| total / calls as f64;
    println!(
        "{calls} calls, {} records, batches of {batch}, answers {lag} calls later: {:.0} calls/s, {:.1} µs CPU a call, \
         {:.0} bytes a call on disk for {:.0} bytes of text, resident {peak} MB",
        calls * 2,
        calls as f64 / busy.as_secs_f64(),
        each(processor) * 1e6,
        each(bytes as f64),
        each(text as f64),
    );
}

fn at(index: &mut u64, record: Record) -> Logged {
    *index += 1;
    Logged { index: *index - 1, log_time: record.time, record }
}

fn read(folder: &Path, key: &Sealed<[u8; 32]>) {
    let start = Instant::now();
    drop(Writer::open(folder, key).unwrap());
    println!("{:8.1} ms open for writing", millis(start));
    let start = Instant::now();
    let reader = Reader::open(folder, key, Span::default(), &Functions::default()).unwrap();
    println!("{:8.1} ms open for reading", millis(start));
    let words = Words::new();
    let by_user = Filters { user: Some("user-77".to_owned()), ..Filters::default() };
    let nothing = Filters { kind: Some(Kind::Agent), ..Filters::default() };
    let common = words.0[0].0.clone();
    let middle = words.0[300].0.clone();
    let rare = words.0[15_000].0.clone();
    for (text, filters) in [
        (common.clone(), Filters::default()),
        (middle.clone(), Filters::default()),
        (rare.clone(), Filters::default()),
        (format!("{common} {middle} {rare}"), Filters::default()),
        (format!("\"{common} {middle}\""), Filters::default()),
        (format!("{}*", &rare.get(..3).unwrap()), Filters::default()),
        (common.clone(), by_user.clone()),
        (rare, by_user),
        (common, nothing),
    ] {
        let start = Instant::now();
        let hits = reader.search(&text, &filters, 50).unwrap();
        println!("{:8.1} ms {} hits: search {text} {:?}", millis(start), hits.len(), filters.user);
    }
    for sql in QUERIES {
        let start = Instant::now();
        let table = reader.query(sql, &Limits::default());
        let rows =
            table.map_or_else(|error| error.to_string(), |table| table.rows.len().to_string());
        println!("{:8.1} ms {rows} rows: {sql}", millis(start));
    }
    println!("resident {} MB", resident());
}

const QUERIES: &[&str] = &[
    "SELECT kind, count(*) FROM records GROUP BY kind",
    "SELECT count(*) FROM records WHERE kind = 'interaction'",
    "SELECT * FROM records WHERE user_id = 'user-77' ORDER BY time DESC LIMIT 100",
    "SELECT * FROM records WHERE session_id = 'session-1234'",
    "SELECT * FROM records WHERE time >= '2026-11-24T12:00' AND time < '2026-11-24T12:00:30'",
    "SELECT * FROM records WHERE kind = 'interaction' AND time_unix_nano > 1795478400000000000 ORDER BY time_unix_nano DESC LIMIT 100",
    "SELECT * FROM records ORDER BY time DESC LIMIT 100",
    "SELECT * FROM records ORDER BY \"index\" DESC LIMIT 100",
    "SELECT * FROM records WHERE status = 'error' ORDER BY time DESC LIMIT 100",
    "SELECT * FROM messages WHERE record_index = 1000",
    "SELECT name, count(*) FROM tool_calls GROUP BY name",
    "SELECT user_id, sum(count), sum(output_tokens) FROM rollup_hour GROUP BY user_id ORDER BY 3 DESC LIMIT 10",
    "SELECT model, quantile(merge_sketches(sketch), 0.99) FROM rollup_minute GROUP BY model",
    "SELECT type, count(*) FROM entities GROUP BY type",
];

fn proxied(call: u64, calls: u64, words: &Words) -> [Record; 2] {
    let step = 86_000_000_000_000 / i64::try_from(calls).unwrap();
    let time = Timestamp(START * 1_000_000_000 + i64::try_from(call).unwrap() * step);
    let mut random = Random(call.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    [request(call, time, words, &mut random), answer(call, time, words, &mut random)]
}

fn part(call: u64, time: Timestamp, part: Part, content: Vec<Segment>) -> Record {
    Record {
        version: 1,
        kind: Kind::Interaction,
        part,
        source: Source {
            door: Door::Proxy,
            service: Some("openai".to_owned()),
            dialect: Some("openai".to_owned()),
        },
        time,
        trace_id: TraceId::from_slice(&spread(call, 1)),
        span_id: SpanId::from_slice(spread(call, 2).get(..8).unwrap()),
        fingerprint: Some(Fingerprint(spread(call, 3 + part as u64))),
        content,
        ..Record::default()
    }
}

fn request(call: u64, time: Timestamp, words: &Words, random: &mut Random) -> Record {
    let actor = Actor {
        identified_by: IdentifiedBy::Header,
        user: Some(format!("user-{}", random.below(5_000))),
        session: Some(format!("session-{}", call / 5)),
        api_key: Some("key_0123456789abcdef".to_owned()),
        client_address: Some(format!("ip_{:012x}", random.below(3_000))),
        user_agent: Some("OpenAI/Python 2.8.1".to_owned()),
        ..Actor::default()
    };
    let asked = Call {
        operation: "chat".to_owned(),
        provider: Some("openai".to_owned()),
        request_model: Some("gpt-5-mini".to_owned()),
        stream: Some(true),
        ..Call::default()
    };
    let content = vec![
        segment(Direction::Input, 0, Role::System, text(words.text(400, random))),
        segment(Direction::Input, 1, Role::User, text(words.text(800, random))),
    ];
    let mut record = part(call, time, Part::Request, content);
    record.actor = actor;
    record.call = Some(asked);
    record.exchange = Some(exchange(None));
    record.attributes.insert("http.request.header.x-request".to_owned(), call.into());
    record
}

fn answer(call: u64, time: Timestamp, words: &Words, random: &mut Random) -> Record {
    let said = text(words.text(800, random));
    let mut content = vec![segment(Direction::Output, 0, Role::Assistant, said)];
    if call.is_multiple_of(10) {
        let tool = Body::ToolCall {
            id: Some(format!("call_{call}")),
            name: format!("tool_{}", call % 7),
            arguments: serde_json::json!({"query": words.text(40, random)}),
        };
        content.push(segment(Direction::Output, 0, Role::Assistant, tool));
    }
    let told = Call {
        operation: "chat".to_owned(),
        response_model: Some("gpt-5-mini-2026".to_owned()),
        finish_reasons: vec!["stop".to_owned()],
        usage: Usage {
            input_tokens: Some(300),
            output_tokens: Some(random.below(400)),
            ..Usage::default()
        },
        time_to_first_chunk: Some(200_000_000),
        ..Call::default()
    };
    Record {
        status: Status { ok: Some(!call.is_multiple_of(100)), ..Status::default() },
        call: Some(told),
        exchange: Some(exchange(Some(200))),
        duration: Some(500_000_000 + random.below(3_000_000_000)),
        ..part(call, time, Part::Response, content)
    }
}

fn segment(direction: Direction, message: u32, role: Role, body: Body) -> Segment {
    Segment { direction, message, role, origin: role.origin(), name: None, body }
}

fn text(content: String) -> Body {
    Body::Text { content }
}

fn exchange(status: Option<u16>) -> Exchange {
    Exchange {
        method: "POST".to_owned(),
        path: "/v1/chat/completions".to_owned(),
        status,
        request_bytes: Some(2_000),
        response_bytes: status.map(|_| 3_000),
        ..Exchange::default()
    }
}

fn spread(call: u64, seed: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (half, place) in bytes.chunks_exact_mut(8).zip(0..) {
        // splitmix64
        let mut x = (call * 16 + seed * 2 + place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        half.copy_from_slice(&(x ^ (x >> 31)).to_le_bytes());
    }
    bytes
}

fn length(record: &Record) -> usize {
    let text = |segment: &Segment| match &segment.body {
        Body::Text { content } => content.len(),
        _ => 0,
    };
    record.content.iter().map(text).sum()
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Resident memory in MB, as Linux tells it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
        / 1024
}

/// Processor time of this process so far, as Linux tells it in hundredths of a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let field = |n: usize| fields.get(n).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (field(11) + field(12)) / 100.0
}

/// Words with Zipf's frequencies.
struct Words(Vec<(String, f64)>);

impl Words {
    fn new() -> Self {
        let mut random = Random(88_172_645_463_325_252);
        let mut sum = 0.0;
        let word = |rank: u32| {
            let letters = 2 + random.below(9);
            let text = (0..letters)
                .map(|_| char::from(b'a' + u8::try_from(random.below(26)).unwrap()))
                .collect();
            sum += 1.0 / f64::from(rank + 3);
            (text, sum)
        };
        Self((0..30_000).map(word).collect())
    }

    fn text(&self, size: usize, random: &mut Random) -> String {
        let total = self.0.last().map_or(0.0, |(_, sum)| *sum);
        let mut text = String::with_capacity(size + 12);
        while text.len() < size {
            let at = random.below(1 << 40) as f64 / (1_u64 << 40) as f64 * total;
            let word = self.0.partition_point(|(_, sum)| *sum < at);
            text.push_str(&self.0[word].0);
            text.push(' ');
        }
        text
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }
}
