//! How rare four bytes are in texts, for whoever looks for one of many words by its rarest part.
//!
//! Whole bits. Pairs of bytes were counted over the descriptions of 460 Rust packages, modules of
//! Python's library, and the sources of this workspace; fours over 8 MB of such descriptions, Rust
//! sources, Python's library and Debian's documentation. Nothing that is found depends on them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Kinds of bytes: the letters without their case, digits, a space, `_`, `-`, `.`, `:`, `/`, `"`,
/// `=`, what else is ASCII, what is not.
const KINDS: usize = 37;
/// Bits of a byte, as a hexadecimal digit.
const FIRST: &[u8; KINDS] = b"575546765a856556a54467787a72686677839";
/// Bits of a byte (the digit of a row) behind another (the row).
const BEHIND: [&[u8; KINDS]; KINDS] = [
    b"b644a65a4b6343f5c34367776aa59a99bab7f",
    b"3a8939cb55b38846f5673bde3b95a95a77c4f",
    b"397a37a35e45ac28a46359dc7f8578879b96f",
    b"5a9528694cb69b48c5576aac6f82575598a3f",
    b"5854668a8ba464867344a6757c9367669893f",
    b"4d77458d3fb68539e5665f7b7f827937b9a4f",
    b"6b9b29654f86545af5565acebab358466793f",
    b"3bdb1efc3fe97b4cc6845fbf8da478879b95f",
    b"6645545f9d844236b633b6f7f698aa8aabf8f",
    b"69881acc7c8cc938cc2c4c69cc76ac79aa85c",
    b"7a89168e3cc7b585b9487a6d9ea358567893e",
    b"477423ac3f949938d9554aaf5eb4697899b5f",
    b"35972c6b4fc66a43da5749ce9fa468776ab5f",
    b"4a43373b5d77a648ba43678c7eb3687799a4e",
    b"7645856d69654254d3544659cfb478887aa6f",
    b"3ba83ac75f94ba34b34449df7fb569679a94f",
    b"88689aacaca8a8c598891c7ac9977a7a89a2c",
    b"3a66276b4f786539e544579d5fb468669994f",
    b"6b6a29854e779955d943589e7fb3674568a4f",
    b"4b7739c33dd78a46d4555a9d6ba357679884f",
    b"6467366b6ee45375f333bdf9e957becdded8e",
    b"2c9c195a4daaab6bcc9abdc8ac67998a7cd6f",
    b"3ca83ab33db8d44af34aba7cbdb568688aa4f",
    b"492848c75ce69984cc828ac79c54575578a4e",
    b"67aa6aca6db57543b844c78f9ba256547773c",
    b"5aa9189a4aa67a4ccc6a6aa95596998a98c5c",
    b"778888babc8a9aaacb9babd7ec14654566c2b",
    b"566666875b966666a655776b9c7188ad9764a",
    b"45454475578455548434665aab764d9afcc5b",
    b"5556668859a46775855567799944e2dceb93e",
    b"4746655648866755a44567798a443d6e97b2f",
    b"777666986aa87667d666879cfc82f8e24ad2f",
    b"5545775859a56866b55577689963bbaf29d4f",
    b"575767666aa6676695557889a964b95782a2a",
    b"a9999699aee885c9e867cc8bce61acdec543e",
    b"776776977b977787b756779aac7298667781b",
    b"bbcdccdddddbbbcadc7abbdddd94addddad60",
];

/// Fours of bytes that are commoner than their pairs tell, by their bits: of those that the words have
/// which are looked for.
const COMMON: [(u32, &[&[u8; 4]]); 6] = [
    (9, &[b" is ", b" not", b" of ", b"ing ", b"name"]),
    (
        10,
        &[
            b" thi", b"able", b"atio", b"code", b"ctio", b"e = ", b"e th", b"form", b"hat ",
            b"http", b"ment", b"not ", b"port", b"ring", b"stri", b"this", b"ttps", b"type",
            b"with",
        ],
    ),
    (
        11,
        &[
            b" a s", b" cod", b" mod", b" nam", b"(htt", b"](ht", b"ame ", b"ated", b"ault",
            b"base", b"call", b"cens", b"d th", b"date", b"e is", b"e of", b"ed b", b"ense",
            b"he f", b"icen", b"ill ", b"late", b"lice", b"ned ", b"nsta", b"ode ", b"pend",
            b"ust ",
        ],
    ),
    (
        12,
        &[
            b" lic", b" num", b" sys", b"_nam", b"_str", b"acka", b"age ", b"brar", b"cate",
            b"cess", b"ckag", b"crip", b"d by", b"deco", b"e fo", b"ecti", b"een ", b"entr",
            b"epor", b"even", b"firs", b"gith", b"ibra", b"icat", b"ight", b"ilen", b"info",
            b"irst", b"is c", b"ithu", b"kage", b"lect", b"libr", b"llow", b"mber", b"me =",
            b"mode", b"n't ", b"nd t", b"numb", b"oken", b"oper", b"ovid", b"pass", b"proc",
            b"prov", b"ract", b"rati", b"repo", b"ries", b"ript", b"rovi", b"ruct", b"s.io",
            b"scri", b"sign", b"stem", b"stru", b"syst", b"t a ", b"t co", b"t fo", b"t in",
            b"t no", b"t re", b"tabl", b"tack", b"thub", b"tial", b"tory", b"truc", b"umbe",
            b"vide", b"will", b"you ", b"ypes", b"yste",
        ],
    ),
    (
        13,
        &[
            b" abo", b" acc", b" dep", b" ena", b" fol", b" inf", b" log", b" reg", b" soc",
            b" sto", b"a st", b"acce", b"alls", b"at i", b"auth", b"bili", b"bina", b"cces",
            b"cert", b"cord", b"ctiv", b"ddit", b"de t", b"depe", b"disc", b"e en", b"e na",
            b"e so", b"ecod", b"ecur", b"egis", b"elec", b"enab", b"entl", b"epen", b"epla",
            b"es.i", b"fica", b"foll", b"full", b"gist", b"gnor", b"hout", b"ial ", b"ider",
            b"ient", b"ific", b"igno", b"imeo", b"in c", b"ion_", b"istr", b"just", b"key ",
            b"l be", b"last", b"ll b", b"look", b"lowi", b"lter", b"lway", b"mail", b"me i",
            b"nabl", b"nati", b"nect", b"nfor", b"niti", b"nnec", b"node", b"nore", b"nstr",
            b"ntly", b"ntry", b"oces", b"oduc", b"ollo", b"onne", b"ost ", b"ot i", b"ough",
            b"owin", b"per ", b"plat", b"poll", b"push", b"r a ", b"r re", b"re n", b"regi",
            b"rive", b"s de", b"st a", b"stor", b"toke", b"urns", b"ut t", b"wing", b"word",
            b"zero",
        ],
    ),
    (
        14,
        &[
            b" avo", b"_key", b"abil", b"abov", b"acco", b"act ", b"acte", b"ails", b"al c",
            b"al i", b"al t", b"ame:", b"arac", b"arie", b"asci", b"assu", b"ata,", b"ate:",
            b"avoi", b"be d", b"be f", b"be s", b"betw", b"bled", b"body", b"bove", b"brok",
            b"brow", b"cial", b"clie", b"cred", b"ct a", b"curi", b"cust", b"dica", b"do n",
            b"down", b"ds a", b"e ac", b"edia", b"eigh", b"emai", b"en s", b"en u", b"enso",
            b"er m", b"er r", b"er: ", b"erri", b"ess_", b"est_", b"estr", b"etwe", b"ge i",
            b"gned", b"hann", b"hara", b"hnam", b"icti", b"igne", b"ired", b"isco", b"itia",
            b"ives", b"keep", b"kflo", b"kind", b"l co", b"l th", b"lien", b"lnam", b"ly f",
            b"n mo", b"n us", b"nnel", b"nsor", b"nt a", b"ntia", b"ntic", b"null", b"o no",
            b"omet", b"ompt", b"ords", b"orta", b"ot r", b"ot t", b"play", b"post", b"r li",
            b"r mo", b"rict", b"rkfl", b"rman", b"rn o", b"rnam", b"rows", b"rtab", b"rtif",
            b"s ab", b"secu", b"ser.", b"st c", b"t as", b"t do", b"t lo", b"t me", b"tell",
            b"th =", b"th c", b"tnam", b"trav", b"tric", b"twee", b"ucti", b"ular", b"ult_",
            b"usto", b"verr", b"view", b"void", b"ward", b"ween", b"y ca", b"y fi", b"year",
            b"zati",
        ],
    ),
];

/// The same, for looking one up.
static COMMON_BITS: LazyLock<HashMap<[u8; 4], u32>> = LazyLock::new(|| {
    let fours = COMMON.iter().flat_map(|(bits, fours)| fours.iter().map(|four| (**four, *bits)));
    fours.collect()
});

/// The bits of four bytes that stand beside each other, without regard to the case of letters.
pub(crate) fn rarity(bytes: [u8; 4]) -> u32 {
    let common = COMMON_BITS.get(&bytes.map(|byte| byte.to_ascii_lowercase()));
    common.copied().unwrap_or_else(|| bits_of_pairs(&bytes))
}

fn bits_of_pairs(bytes: &[u8]) -> u32 {
    let first = bytes.first().map_or(0, |first| bits(FIRST[kind(*first)]));
    let behind = |pair: &[u8]| bits(BEHIND[kind(pair[0])][kind(pair[1])]);
    first + bytes.windows(2).map(behind).sum::<u32>()
}

fn bits(digit: u8) -> u32 {
    char::from(digit).to_digit(16).unwrap_or(0)
}

fn kind(byte: u8) -> usize {
    match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        b'0'..=b'9' => 26,
        b' ' => 27,
        b'_' => 28,
        b'-' => 29,
        b'.' => 30,
        b':' => 31,
        b'/' => 32,
        b'"' => 33,
        b'=' => 34,
        0..=0x7f => 35,
        _ => 36,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fours_of_common_words_are_less_rare_than_their_pairs() {
        assert!(rarity(*b"NUMB") < bits_of_pairs(b"numb"));
        let lower = |four: &[u8; 4]| !four.iter().any(u8::is_ascii_uppercase);
        assert!(COMMON.iter().all(|(_, fours)| fours.iter().all(|four| lower(four))));
    }

    #[test]
    fn common_letters_are_less_rare() {
        assert!(rarity(*b"tion") < rarity(*b"xbox"));
        assert!(rarity(*b"ing ") < rarity(*b"ghp_"));
        assert!(rarity(*b" THE") == rarity(*b" the"));
    }
}
