//! From what each unit of a text looks like to what the text looks like.
//!
//! An instruction hidden in a document is one sentence that is unlike all others, and a jailbreak
//! is a long text of one kind: so units, windows of three and of eight units, and the whole text
//! are looked at, and of each the strongest and the mean.

/// What a unit may be: a part of a document, a request, an order to leave the task, a jailbreak.
pub const CLASSES: usize = 4;
/// What is told of a text.
pub const POOLED: usize = 36;
/// Units of a wide window, and how many lie between the beginnings of two.
const WIDE: usize = 8;
const STRIDE: usize = 3;

/// The evidence for each class in a unit, and its length.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence {
    /// The sum of the features' weights, for each class.
    pub sums: [f32; CLASSES],
    /// How many features there are.
    pub features: u32,
    /// How many tokens there are.
    pub tokens: u32,
}

impl Evidence {
    fn and(self, other: &Self) -> Self {
        let mut sums = self.sums;
        sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
        Self {
            sums,
            features: self.features.saturating_add(other.features),
            tokens: self.tokens.saturating_add(other.tokens),
        }
    }

    /// How likely each class is.
    #[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
    pub fn shares(&self, bias: [f32; CLASSES]) -> [f32; CLASSES] {
        let scale = 1.0 / (self.features as f32 + 8.0).sqrt();
        let mut shares = bias;
        shares.iter_mut().zip(self.sums).for_each(|(share, sum)| *share += sum * scale);
        let highest = shares.iter().copied().fold(f32::MIN, f32::max);
        let shares = shares.map(|share| (share - highest).exp());
        let all: f32 = shares.iter().sum();
        shares.map(|share| share / all)
    }
}

/// The strongest share of each class, and of some of them together.
#[derive(Clone, Copy, Default)]
struct Strongest {
    classes: [f32; CLASSES],
    /// Anything but a document.
    any: f32,
    /// An order or a jailbreak.
    attack: f32,
}

impl Strongest {
    fn see(&mut self, shares: &[f32; CLASSES]) {
        self.classes.iter_mut().zip(shares).for_each(|(most, share)| *most = most.max(*share));
        self.any = self.any.max(1.0 - shares[0]);
        self.attack = self.attack.max(shares[2] + shares[3]);
    }
}

/// Takes the units of a text one by one, in bounded memory.
pub struct Pool {
    bias: [f32; CLASSES],
    /// The last units, the newest at the end of the count.
    recent: [Evidence; WIDE],
    units: usize,
    whole: Evidence,
    unit: Strongest,
    narrow: Strongest,
    wide: Strongest,
    /// The shares of all units, each as often as it has tokens.
    mean: [f32; CLASSES],
    mean_narrow: [f32; CLASSES],
    mean_wide: f32,
    wides: f32,
    first: f32,
    last: f32,
    /// The second strongest unit, and the tokens and share of the strongest.
    second: f32,
    top_tokens: f32,
    others: f32,
}

impl Pool {
    /// A text without units, and what each class has before anything is seen.
    pub fn new(bias: [f32; CLASSES]) -> Self {
        Self {
            bias,
            recent: [Evidence::default(); WIDE],
            units: 0,
            whole: Evidence::default(),
            unit: Strongest::default(),
            narrow: Strongest::default(),
            wide: Strongest::default(),
            mean: [0.0; CLASSES],
            mean_narrow: [0.0; CLASSES],
            mean_wide: 0.0,
            wides: 0.0,
            first: 0.0,
            last: 0.0,
            second: 0.0,
            top_tokens: 0.0,
            others: 0.0,
        }
    }

    /// Takes the next unit.
    #[expect(clippy::cast_precision_loss, reason = "a unit has few tokens")]
    pub fn unit(&mut self, evidence: Evidence) {
        let shares = evidence.shares(self.bias);
        let (any, tokens) = (1.0 - shares[0], evidence.tokens as f32);
        if any > self.unit.any {
            self.second = self.unit.any;
            self.top_tokens = tokens;
        } else {
            self.second = self.second.max(any);
        }
        self.unit.see(&shares);
        self.mean.iter_mut().zip(shares).for_each(|(mean, share)| *mean += share * tokens);
        if self.units == 0 {
            self.first = any;
        }
        self.last = any;
        self.others += if any > 0.5 { 1.0 } else { 0.0 };
        self.whole = self.whole.and(&evidence);
        self.recent[self.units % WIDE] = evidence;
        self.units += 1;
        if self.units > 1 {
            self.see_narrow(self.units.saturating_sub(3)..self.units);
        }
        if self.units >= WIDE && (self.units - WIDE).is_multiple_of(STRIDE) {
            self.see_wide(self.units - WIDE);
        }
    }

    /// The evidence of the units of a range, the last of which are kept.
    fn window(&self, range: std::ops::Range<usize>) -> Evidence {
        range.fold(Evidence::default(), |sum, unit| sum.and(&self.recent[unit % WIDE]))
    }

    fn see_narrow(&mut self, range: std::ops::Range<usize>) {
        let shares = self.window(range).shares(self.bias);
        self.narrow.see(&shares);
        self.mean_narrow.iter_mut().zip(shares).for_each(|(mean, share)| *mean += share);
    }

    fn see_wide(&mut self, start: usize) {
        let shares = self.window(start..self.units.min(start + WIDE)).shares(self.bias);
        self.wide.see(&shares);
        self.mean_wide += shares[0];
        self.wides += 1.0;
    }

    /// What is told of the text. All are from −4.5 to 4.5.
    #[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
    pub fn finish(mut self) -> [f32; POOLED] {
        if self.units == 0 {
            return [0.0; POOLED];
        }
        self.see_narrow(self.units.saturating_sub(2)..self.units);
        let unseen = self.units.saturating_sub(WIDE - 1).next_multiple_of(STRIDE);
        for start in (unseen..self.units).step_by(STRIDE) {
            self.see_wide(start);
        }
        let (tokens, units) = (self.whole.tokens as f32, self.units as f32);
        let mean = self.mean.map(|sum| sum / tokens);
        let narrow = self.mean_narrow.map(|sum| sum / units);
        let top = self.unit.any;
        let left = tokens - self.top_tokens;
        let rest = if left > 0.0 {
            ((1.0 - mean[0]) * tokens - top * self.top_tokens) / left
        } else {
            0.5
        };
        let apart = 1.0 - rest;
        let whole = self.whole.shares(self.bias);
        let alone = if self.units == 1 { 1.0 } else { 0.0 };
        let pooled = [
            margin(self.unit.classes[1]),
            margin(self.unit.classes[2]),
            margin(self.unit.classes[3]),
            margin(self.unit.attack),
            margin(top),
            margin(self.second),
            margin(self.narrow.classes[1]),
            margin(self.narrow.classes[2]),
            margin(self.narrow.classes[3]),
            margin(self.narrow.attack),
            margin(self.wide.classes[1]),
            margin(self.wide.classes[2]),
            margin(self.wide.classes[3]),
            margin(self.wide.attack),
            margin(whole[0]),
            margin(whole[1]),
            margin(whole[2]),
            margin(whole[3]),
            margin(whole[2] + whole[3]),
            margin(self.mean_wide / self.wides),
            mean[0],
            mean[1],
            mean[2],
            mean[3],
            narrow[0],
            narrow[1],
            narrow[2],
            narrow[3],
            rest,
            top * apart,
            margin(top) * apart * apart,
            margin(self.first.max(self.last)) * apart,
            (tokens + 1.0).ln() / 3.0 - 1.5,
            units.ln() / 2.0 - 1.0,
            alone,
            self.others / units,
        ];
        pooled.map(|value| value.clamp(-9.0, 9.0) / 2.0)
    }
}

/// How far a share is from a half, as the logarithm of its odds.
fn margin(share: f32) -> f32 {
    ((share + 1e-4) / (1.0001 - share)).ln()
}
