//! What words say about their neighbours: `Mr`, `lives`, `in`, `Street`, `GmbH`.
//!
//! Lists of English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Turkish
//! and Russian words, without case and diacritics (so `straße` is `strase`). They decide nothing
//! alone: the scores do.

use std::sync::LazyLock;

use super::lexicon::Hash;

/// Roles of a word, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u32);

impl Roles {
    pub(super) const NONE: Self = Self(0);
    /// `Hello`: a name follows.
    pub(super) const GREETING: Self = Self(1);
    /// `Mr`: a surname follows.
    pub(super) const TITLE: Self = Self(1 << 1);
    /// `van`: between the words of one name.
    pub(super) const PARTICLE: Self = Self(1 << 2);
    /// `in`: a place may follow.
    pub(super) const PLACE_BEFORE: Self = Self(1 << 3);
    /// `at`: an organisation may follow.
    pub(super) const ORGANISATION_BEFORE: Self = Self(1 << 4);
    /// `sister`: a person's name may follow.
    pub(super) const PERSON_BEFORE: Self = Self(1 << 5);
    /// `thinks`: a person's name may come before.
    pub(super) const PERSON_AFTER: Self = Self(1 << 6);
    /// `says`: a person's name is on one of its sides.
    pub(super) const SPEECH: Self = Self(1 << 7);
    /// `Ltd`: ends an organisation's name.
    pub(super) const COMPANY_FORM: Self = Self(1 << 8);
    /// `University`: stands in an organisation's name.
    pub(super) const INSTITUTION: Self = Self(1 << 9);
    /// `Street`, `rue`.
    pub(super) const STREET: Self = Self(1 << 10);
    /// `Suite`, `Box`: a number follows.
    pub(super) const UNIT: Self = Self(1 << 11);
    /// `flew`, `lives`: with a preposition, a place follows.
    pub(super) const MOTION: Self = Self(1 << 12);
    /// `works`: with a preposition, an organisation follows.
    pub(super) const WORK: Self = Self(1 << 13);
    /// `address`: a postal address may be near.
    pub(super) const MAIL: Self = Self(1 << 14);
    /// `Version`: a number after it is no house's.
    pub(super) const LABEL: Self = Self(1 << 15);
    /// `and`, `&`.
    pub(super) const AND: Self = Self(1 << 16);
    /// `sister`: a person's name follows directly.
    pub(super) const KIN: Self = Self(1 << 18);
    /// `announced`, `website`: an organisation's name may come before.
    pub(super) const COMPANY_AFTER: Self = Self(1 << 20);
    /// `der`: between the words of a name only behind another particle.
    pub(super) const ARTICLE: Self = Self(1 << 21);
    /// `City:`, a field whose value is a place.
    pub(super) const PLACE_FIELD: Self = Self(1 << 19);
    /// `junior`: after a name.
    pub(super) const NAME_SUFFIX: Self = Self(1 << 17);

    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const LISTS: &[(Roles, &str)] = &[
    (
        Roles::GREETING,
        "hi hello hey dear thanks hallo liebe lieber guten gruse bonjour salut cher chere merci \
         hola estimado estimada querido querida gracias ciao caro cara gentile grazie ola prezado \
         prezada obrigado obrigada beste geachte hoi bedankt czesc drogi droga witaj hej hejsan \
         kara bäste tack merhaba selam sayın sevgili привет здравствуйте уважаемый дорогая дорогой",
    ),
    (
        Roles::TITLE,
        "mr mrs ms miss mx dr prof professor sir madam madame lord lady mme mlle monsieur \
         mademoiselle herr herrn frau fraulein senor senora senorita sr sra srta don dona sig \
         signor signora signore dott dottor dottoressa avv senhor senhora dhr mevrouw meneer mw \
         pan pani panu fru froken bay bayan doktor docteur doctor officer detective sergeant \
         captain colonel lieutenant reverend rev father sheriff judge senator congressman \
         congresswoman господин госпожа г-н г-жа",
    ),
    (
        Roles::PARTICLE,
        "van von der den de del della di da dos das do du des la le el al bin ibn ben ter ten te \
         zu zum zur af av y e",
    ),
    (
        Roles::PLACE_BEFORE,
        "in from to near around via through towards toward across outside inside into aus nach \
         bei a en dans depuis vers desde hacia nel nella em no na uit naar w we z ze do i fran \
         till в из под",
    ),
    (
        Roles::ORGANISATION_BEFORE,
        "at for by with from of join joined joining bei fur chez pour para per voor dla hos pa en \
         company firm firma employer vs called named leaving left",
    ),
    (
        Roles::PERSON_BEFORE,
        "with am i'm by under him her named called tell ask asked told call meet met contact see let help wife \
         husband brother sister friend friends colleague boss manager partner mother father mom \
         dad son daughter kid kids child cousin uncle aunt niece nephew neighbor neighbour \
         grandmother grandfather girlfriend boyfriend fiance fiancee patient customer client \
         employee author singer actor actress president ceo cto cfo director minister chancellor \
         king queen prince princess composer poet writer editor reporter commenter starring \
         featuring features feat played sung signed attn cc married frau ehemann ehefrau bruder \
         schwester sohn tochter mit von kollege kollegin avec par mari femme frere soeur fils fille \
         con por hermano hermana hijo hija esposo esposa marito moglie fratello sorella figlio \
         figlia com irmao irma filho filha marido met broer zus zoon dochter med av man bror \
         syster brat siostra corka ile kardesi speak heard about tribute of between",
    ),
    (
        Roles::PERSON_AFTER,
        "began started published lied smiled laughed opened bought sold \
         decided felt turned grew studied is was has had lives lived works worked thinks thought knows knew wants wanted likes \
         loves loved hates called calls wrote writes asked asks went goes came comes joined left \
         died married moved retired resigned quit plays played sang sings can could would should \
         will who whose and speaks spoke gave given flew sent sends needs does did hat ist war \
         sagt sagte wohnt arbeitet est etait a habite travaille dit es era tiene vive trabaja dijo \
         ha abita vive lavora disse tem mora trabalha is heeft woont werkt zei jest mieszka \
         pracuje bor arbetar sa",
    ),
    (
        Roles::SPEECH,
        "said says say replied replies added adds explained explains announced tells told admits \
         admitted commented noted claims claimed tweeted sagte sagt meint dit declare dijo dice \
         disse zei zegt powiedzial powiedziala sade sager dedi сказал сказала",
    ),
    (
        Roles::COMPANY_FORM,
        "inc incorporated ltd limited llc llp plc corp corporation gmbh ag kg ohg ug se mbh sarl \
         sas eurl sa spa srl snc sl slu lda ltda bv nv vof oy oyj ab as asa aps sp zoo a/s aş \
         pty pte pvt co company group holding holdings partners associates sons brothers \
         ooo зао оао ооо",
    ),
    (
        Roles::INSTITUTION,
        "bank university college institute hospital clinic school academy museum foundation \
         association society federation union ministry department agency bureau council committee \
         commission authority airlines airways insurance motors pharmaceuticals laboratories labs \
         industries enterprises consulting solutions logistics capital ventures universitat \
         universite universidad universita universidade universiteit uniwersytet universitet \
         universitesi krankenhaus klinik klinikum schule verein stiftung hochschule ministerium \
         ecole hopital banque mairie societe escuela hospital banco ayuntamiento scuola ospedale \
         banca comune escola ziekenhuis szkola szpital skola sjukhus bankasi hastanesi research \
         systems investments analytics services technologies technology software media \
         entertainment energy financial networks securities realty properties \
         times tribune herald gazette journal chronicle",
    ),
    (
        Roles::STREET,
        "street st road rd avenue ave boulevard blvd lane ln drive dr court ct place pl square sq \
         terrace parkway pkwy highway hwy way row crescent cres grove heights hill hills close \
         mews walk gardens circle trail pike alley plaza rue chemin allee impasse quai calle c/ av \
         avenida paseo plaza camino carrera via viale piazza corso vicolo largo rua travessa \
         praca alameda estrada ulica ul aleja osiedle plac straat laan weg plein gracht kade \
         strase str gasse platz ring ufer damm gatan vagen gata vag cadde caddesi cad sokak sok \
         sokagi mahallesi mah bulvari utca ut ter rapids pass crossing spur loop ridge creek \
         gade vej katu tie u estate ulitsa улица ул проспект пр переулок пер",
    ),
    (
        Roles::UNIT,
        "uss usns usnv uscgc apt apartment suite ste unit floor fl room box psc apo fpo dpo flat building bldg block \
         po pobox postfach appartement etage piso planta piano interno andar verdieping lokal \
         daire kat lgh квартира кв дом д",
    ),
    (
        Roles::MOTION,
        "am i'm flew fly flying flies live lives lived living moved move moving travel travels traveled \
         travelled trip born based located headquartered coming come comes went go going visit \
         visited visiting arrived arrive drove drive returned return returning wohnt wohne lebt \
         lebe reise fahre geboren habite habitent vis ne nee vivo vive nacido vivo abita abito \
         moro mora woon woont mieszkam mieszka bor where's who's",
    ),
    (
        Roles::WORK,
        "meet meeting met work works worked working job employed ceo cto cfo president director founder manager \
         employee chairman intern hired arbeite arbeitet arbeitete travaille travaillait trabajo \
         trabaja lavoro lavora trabalho trabalha werk werkt pracuje jobbar arbetar calisiyor",
    ),
    (
        Roles::MAIL,
        "address addresses adresse anschrift direccion indirizzo endereco adres adress lives live \
         living located location arrived sent send ship shipped deliver delivered delivery taxi \
         billing shipping moved office offices restaurant store shop side corner meet mail mailed \
         wohnt wohne wohnhaft habite domicile vivo vive resident residing stay staying house home \
         pick pedestrians enter event where адрес",
    ),
    (
        Roles::LABEL,
        "plaka plate license licence registration kennzeichen version section chapter figure fig table step page line part level phase issue item class \
         type grade group no nr number num volume vol article art rule note task ticket error code \
         case option question answer example test release sprint week day quarter top port row \
         column player season episode round stage model appendix exhibit title act paragraph \
         artikel absatz kapitel seite abschnitt article chapitre capitulo pagina q",
    ),
    (
        Roles::KIN,
        "wife husband brother sister friend colleague boss son daughter kid child cousin uncle \
         aunt niece nephew girlfriend boyfriend fiance fiancee commenter bruder schwester sohn \
         tochter frau kollege kollegin femme mari frere soeur fils fille amie hermano hermana hijo \
         hija esposo esposa fratello sorella figlio figlia moglie marito irmao irma filho filha \
         broer zus zoon dochter bror syster brat siostra syn corka",
    ),
    (
        Roles::COMPANY_AFTER,
        "announced acquired acquires launched launches hired hires employs invested invests merged \
         reported sells website headquarters employees employee staff spokesperson spokesman \
         spokeswoman shares stock subsidiary executives shareholders investors resignation \
         merger ipo mitarbeiter aktien employes empleados dipendenti funcionarios medewerkers",
    ),
    (
        Roles::PLACE_FIELD,
        "where location city place country town state province region birthplace hometown venue \
         ort stadt land wohnort geburtsort ville pays lieu ciudad pais lugar citta paese luogo \
         cidade plaats stad woonplaats miasto kraj miejscowosc ort sehir ulke город страна",
    ),
    (Roles::ARTICLE, "der den des zu zum zur"),
    (Roles::AND, "and und et y e i en och & ve и"),
    (Roles::NAME_SUFFIX, "jr sr ii iii iv phd md esq"),
];

/// The roles of the word with this hash.
pub(super) fn of(hash: Hash) -> Roles {
    let (slots, mask) = (&*TABLE, TABLE.len() - 1);
    let mut slot = slot(hash) & mask;
    while let Some((known, roles)) = slots.get(slot).copied().flatten() {
        if known == hash.0 {
            return roles;
        }
        slot = (slot + 1) & mask;
    }
    Roles::default()
}

/// Where a search for a hash begins.
const fn slot(hash: Hash) -> usize {
    let [first, second, ..] = hash.0.to_le_bytes();
    u16::from_le_bytes([first, second]) as usize
}

/// The words by their hash, with linear probing; a quarter full at most.
static TABLE: LazyLock<Vec<Option<(u64, Roles)>>> = LazyLock::new(|| {
    let words =
        LISTS.iter().flat_map(|(role, words)| words.split(' ').map(move |word| (*role, word)));
    let mut slots = vec![None; (words.clone().count() * 4).next_power_of_two()];
    let mask = slots.len() - 1;
    for (role, word) in words {
        let hash = Hash::of(word);
        let mut slot = slot(hash) & mask;
        while slots[slot].is_some_and(|(known, _)| known != hash.0) {
            slot = (slot + 1) & mask;
        }
        let known = slots[slot].map_or(Roles::default(), |(_, roles): (u64, Roles)| roles);
        slots[slot] = Some((hash.0, known.or(role)));
    }
    slots
});
