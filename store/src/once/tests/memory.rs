//! TEMPORARY measure.
use super::super::Once;
use super::{at_hour, entries};

fn status() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).collect()
}

#[test]
fn measure() {
    let dir = tempfile::tempdir().unwrap();
    let mut once = Once::open(dir.path(), at_hour(0)).unwrap();
    println!("start {}", status());
    let mut next = 0_u64;
    for hour in 0..2 {
        let end = next + 4_170_000;
        let begin = std::time::Instant::now();
        let mut worst = std::time::Duration::ZERO;
        while next < end {
            let batch = entries(next..end.min(next + 8192));
            next = end.min(next + 8192);
            let one = std::time::Instant::now();
            once.insert(&batch, at_hour(hour)).unwrap();
            worst = worst.max(one.elapsed());
        }
        println!(
            "hour {hour} {:?} worst {worst:?} runs {} {}",
            begin.elapsed(),
            once.sorted.len(),
            status()
        );
    }
    let bytes: usize =
        once.sorted.iter().map(|run| (run.filter.words().len() + run.fences.capacity()) * 8).sum();
    println!(
        "filters and fences {bytes} for {}",
        once.sorted.iter().map(|run| run.head.count).sum::<u64>()
    );
    let begin = std::time::Instant::now();
    for number in next..next + 100_000 {
        assert_eq!(once.lookup(&super::fingerprint(number)), None);
    }
    println!("absent {:?}", begin.elapsed() / 100_000);
    drop(once);
    println!("dropped {}", status());
    let begin = std::time::Instant::now();
    let once = Once::open(dir.path(), at_hour(1)).unwrap();
    println!("opened {:?} {} last {:?}", begin.elapsed(), status(), once.last_index());
    let begin = std::time::Instant::now();
    for number in next..next + 100_000 {
        assert_eq!(once.lookup(&super::fingerprint(number)), None);
    }
    println!("absent {:?} in {} runs", begin.elapsed() / 100_000, once.sorted.len());
}
