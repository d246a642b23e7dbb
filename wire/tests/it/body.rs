//! Content codings, by round trip, by random cuts, and by bombs.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use wire::body::{Decoder, Ending, Limits, Stop, UnknownCoding};

use crate::chunk::{cuts, mutate, mutations, pieces};

const CODINGS: [&str; 8] =
    ["gzip", "members", "header", "deflate", "raw deflate", "br", "zstd", "gzip, br"];

/// The coding's name on the wire.
fn wire_name(coding: &str) -> &str {
    match coding {
        "members" | "header" => "x-gzip",
        "raw deflate" => "Deflate",
        other => other,
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encode(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let (front, back) = bytes.split_at(bytes.len() / 2);
    match coding {
        "gzip" => gzip(bytes),
        "members" => [gzip(front), gzip(b""), gzip(back)].concat(),
        "header" => {
            let builder =
                flate2::GzBuilder::new().filename("name").comment("text").extra(*b"extra");
            let mut encoder = builder.write(Vec::new(), Compression::best());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "raw deflate" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
            encoder.write_all(bytes).unwrap();
            encoder.into_inner()
        }
        "zstd" => {
            [zstd::encode_all(front, 3).unwrap(), zstd::encode_all(back, 3).unwrap()].concat()
        }
        _ => encode("br", &gzip(bytes)),
    }
}

fn decode(coding: &str, pieces: &[&[u8]], limits: Limits) -> (Vec<u8>, Ending) {
    let mut decoded = Vec::new();
    let mut decoder = Decoder::new(wire_name(coding), limits).unwrap();
    for piece in pieces {
        decoder.push(piece, &mut |bytes| decoded.extend_from_slice(bytes));
    }
    let ending = decoder.finish();
    assert_eq!(ending.decoded, decoded.len() as u64);
    (decoded, ending)
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|place| b"the quick brown fox "[place * place % 20]).collect()
}

#[test]
fn every_coding_comes_back() {
    for coding in CODINGS {
        for length in [0, 1, 1_000, 200_000] {
            let bytes = text(length);
            let coded = encode(coding, &bytes);
            let (decoded, ending) = decode(coding, &[&coded], Limits::default());
            assert!(ending.is_whole(), "{coding} {length} {ending:?}");
            assert!(decoded == bytes, "{coding} {length}");
        }
    }
    assert_eq!(decode("identity", &[b"as it is"], Limits::default()).0, b"as it is");
    assert_eq!(decode("", &[b"as it is"], Limits::default()).0, b"as it is");
}

#[test]
fn a_cut_body_gives_its_beginning_and_says_so() {
    for coding in CODINGS {
        let bytes = text(300_000);
        let coded = encode(coding, &bytes);
        for kept in [coded.len() - 1, coded.len() / 2 + 5, 5, 1] {
            let (decoded, ending) = decode(coding, &[&coded[..kept]], Limits::default());
            assert!(ending.truncated, "{coding} {kept}");
            assert!(bytes.starts_with(&decoded), "{coding} {kept}");
        }
        assert!(decode(coding, &[], Limits::default()).1.is_whole());
    }
}

#[test]
fn a_bomb_costs_no_more_than_its_bound() {
    let zeros = vec![0; 8 << 20];
    for coding in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
        let bomb = encode(coding, &zeros);
        let limits = Limits { max_decoded: 100_000, max_ratio: 1_000_000_000 };
        let (decoded, ending) = decode(coding, &[&bomb], limits);
        assert_eq!((decoded.len(), ending.stop), (100_000, Some(Stop::TooLarge)), "{coding}");
        let (decoded, ending) =
            decode(coding, &[&bomb[..bomb.len().min(2_000)]], Limits::default());
        assert_eq!(ending.stop, Some(Stop::TooDense), "{coding}");
        assert!(decoded.len() < 2 << 20, "{coding}");
    }
}

#[test]
fn what_is_unknown_is_named() {
    let new = |name: &str| Decoder::new(name, Limits::default()).err();
    assert_eq!(new("compress"), Some(UnknownCoding::Name));
    assert_eq!(new("gzip, gzip, gzip"), Some(UnknownCoding::Depth));
    assert_eq!(new("GZIP, identity"), None);
}

#[test]
fn damage_is_found() {
    for coding in ["gzip", "deflate", "zstd", "br"] {
        let (_, ending) = decode(coding, &[b"this is not coded at all"], Limits::default());
        assert!(!ending.is_whole(), "{coding} {ending:?}");
    }
    let mut coded = gzip(b"checksum");
    let place = coded.len() - 6;
    coded[place] ^= 1;
    assert_eq!(decode("gzip", &[&coded], Limits::default()).1.stop, Some(Stop::Damaged));
    let trailing = [gzip(b"data"), b"garbage".to_vec()].concat();
    let (decoded, ending) = decode("gzip", &[&trailing], Limits::default());
    assert_eq!((decoded.as_slice(), ending.stop), (&b"data"[..], Some(Stop::Damaged)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_chunking_gives_the_same_bytes(
        coding in prop::sample::select(&CODINGS[..]),
        length in 0..5_000_usize,
        cut in any::<prop::sample::Index>(),
        cuts in cuts(),
    ) {
        let coded = encode(coding, &text(length));
        let coded = &coded[..coded.len().min(cut.index(coded.len() * 2) + 1)];
        let whole = decode(coding, &[coded], Limits::default());
        prop_assert_eq!(decode(coding, &pieces(coded, &cuts), Limits::default()), whole);
    }

    #[test]
    fn damaged_bytes_never_panic(
        coding in prop::sample::select(&CODINGS[..]),
        random in prop::collection::vec(any::<u8>(), 0..300),
        changes in mutations(),
        cuts in cuts(),
    ) {
        let limits = Limits { max_decoded: 1 << 20, max_ratio: 200 };
        decode(coding, &pieces(&random, &cuts), limits);
        let damaged = mutate(&encode(coding, &text(2_000)), &changes);
        decode(coding, &pieces(&damaged, &cuts), limits);
    }
}
