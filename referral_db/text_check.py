"""Checks a Dutch text that a person will read against the house rules for texts.

Each rule has a reason in `RULES`; docs/texts.md tells authors what to do instead. The check finds what a pattern can
find: it does not replace somebody who reads the text aloud.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from referral_db.crisis import load_crisis

MAX_WORDS: Final = 60
MAX_WORDS_FIRST: Final = 45
"""For `kind="eerste"`: the offer of help stands right under it."""
MAX_WORDS_PER_SENTENCE: Final = 15
MIN_FLESCH_DOUMA: Final = 70.0
"""Douma's bands: 60-70 is standard (a newspaper), 70-80 fairly easy, 80-90 easy. B1 is everyday text, and who reads
here is tired or upset, so the standard band is out."""

MIN_WORDS_TO_SCORE: Final = 10
"""The score of one short sentence says little more than how long its longest word is."""

RULES: Final = {
    "te_lang": "Meer dan zestig woorden leest niemand om drie uur 's nachts op een gsm.",
    "lange_zinnen": "Boven vijftien woorden per zin haken lezers af.",
    "moeilijk": "De meeste Vlamingen lezen op B1 of lager.",
    "te_veel_vragen": "Op twee vragen tegelijk antwoordt iemand die overstuur is niet.",
    "vraag_in_eerste": "Onder een eerste antwoord stelt de bot zelf al een vraag.",
    "vraag_ontbreekt": "Een keuzevraag vraagt iets: de knoppen eronder zijn er het antwoord op.",
    "u_vorm": "We spreken iemand met je aan: u houdt afstand.",
    "partner_met_geslacht": "We weten niet wie de partner is, en raden sluit mensen uit.",
    "verwijt": "Wie zich beschuldigd voelt, stopt met vertellen.",
    "waarom_vraag": "Een vraag met waarom klinkt als een verwijt. Vraag hoe, wat of sinds wanneer.",
    "diagnose": "Een chatbot stelt geen diagnose. Beschrijf wat iemand doet en wat het met je doet.",
    "zelfmoordtaal": "VLESP: plegen klinkt als een misdaad, en een poging slaagt of mislukt niet.",
    "methode": "VLESP: een methode noemen kan iemand op een idee brengen.",
    "buitenlandse_dienst": "Nederlandse en andere buitenlandse diensten helpen hier niemand.",
    "belofte": "Een belofte die niet uitkomt, kost vertrouwen.",
    "blijven_of_gaan": "Blijven, weggaan, vergeven of aangeven beslist iemand zelf.",
    "dooddoener": "Een dooddoener, een opgewekte raad of een te groot medeleven kleineert.",
    "weerlegd_cijfer": "De zes jaar wachten is niet bevestigd door onderzoek (Doherty e.a., 2021).",
    "onbekend_nummer": "Een nummer komt uit referral_db/crisis.yml, of het staat op een kaart uit de databank.",
}
"""Every rule by its code, with the reason for it."""

_PATTERNS: Final = {
    "u_vorm": (r"(?<![0-9] )\b(u|uw|uzelf)\b", "Schrijf je of jouw in plaats van u of uw."),
    "partner_met_geslacht": (
        r"\b(hij|hem|haar|echtgenoot|echtgenote|mannen|vrouwen|stiefmoeder|stiefvader)\b"
        r"|\b(je|jouw|mijn|een|de) (man|vrouw)\b|\b(je|jouw|mijn) (vriend|vriendin)\b"
        # "Zij" with a verb in the singular: "zij" is also a plural, so the verbs are named.
        r"|\b(zij|ze) (is|heeft|wil|wou|wilde|kan|mag|zal|was|had|zei|moet|weet|doet|gaat|komt|zegt|denkt|voelt|vindt"
        r"|ziet|krijgt|geeft|neemt|wordt|blijft|houdt|slaat|belt|vraagt|woont|drinkt|helpt|luistert)\b",
        "Schrijf je partner, je ex, je lief of die persoon.",
    ),
    "verwijt": (
        r"(?<!niet )(?<!niet jouw )(?<!niet je )(?<!niet jullie )(?<!niet de )(?<!geen )\bschuld(ig)?\b"
        r"|(?<!niet )\b(jouw|je|jullie|eigen) fout\b|\b(gefaald|falen|faalt|mislukking|zo lang gewacht)\b"
        r"|\b(vreemdganger|vreemdgaander|bedrieger|vechtscheiding|daders?|plegers?)\b"
        r"|\bslechte? (relatie|ouder|partner|huwelijk)\b|\bjullie communiceren slecht\b|\bte (snel|vlug) opgegeven\b"
        r"|\bligt aan jullie\b|\bnemen je kind(eren)? af\b|\bweet je (dat|het) zeker\b",
        "Laat het oordeel weg. Zeg wat er gebeurt en wat iemand nodig heeft.",
    ),
    "waarom_vraag": (r"\bwaarom\b[^.!?]*\?", "Vraag hoe, wat of sinds wanneer, of laat de vraag weg."),
    "diagnose": (
        r"\b(narcis|borderline|toxisch|alcoholist|gaslight|psychopa|ziekelijk|bindingsangst|hysterisch|manipulator)\w*"
        r"|\b(verslaafde?n?|midlifecrisis)\b|\b(hechtings|persoonlijkheids)stoornis\w*",
        "Laat het etiket weg. Beschrijf het gedrag.",
    ),
    "zelfmoordtaal": (
        r"\b(plegen|pleegt?|pleegden?|gepleegd)\b|\b(geslaagde?|gelukte?|mislukte?) (zelfmoord|zelfdodings?)?poging",
        "Zeg: aan zelfmoord denken, sterven door zelfdoding, een poging doen.",
    ),
    "methode": (
        r"\b(overdosis|(slaap)?pillen|polsen|strop|vergif|vergiftig\w*|vuurwapens?|pistool)\b"
        r"|\b(verhang|verdrink|wurg|afscheidsbrie)\w*|\bvan (een|de) brug\b|\bvoor (een|de) trein\b",
        "Noem geen manier, plaats of middel.",
    ),
    "buitenlandse_dienst": (
        r"\b(113|988|911|999|116 ?123)\b|\b0800[ -]?(2000|0113)\b|\b(veilig thuis|centrum seksueel geweld)\b"
        r"|\b(luisterlijn|csg|ggz|verwijsbrief|eigen risico|zorgverzekeraar|huisartsenpost|korrelatie)\b",
        "Noem de dienst van hier: 112, 106, 1712, 1813, CAW, huisarts van wacht.",
    ),
    "belofte": (
        r"\bkom(t|en) ((het|dit|dat|alles|wel|weer|allemaal|vast|zeker) )*goed\b|\b(100|honderd) ?(%|procent)"
        r"|\b(beloof|beloven|ongetwijfeld)\b|\b(ge)?garan\w+|\b(volledig|helemaal|totaal) (anoniem|veilig|discreet)\b"
        r"|\b(zal|gaat) (zeker|vast|wel) (lukken|helpen|beteren)\b|\bmorgen (een )?plaats\b",
        "Zeg vaak, soms of je kan. Zeg niets toe wat kan tegenvallen.",
    ),
    "blijven_of_gaan": (
        r"\b(moet|moeten|kan beter|kunnen beter|zou beter|doet er goed aan)\b[^.!?]{0,30}"
        r"\b(blijven|weggaan|weg te gaan|vertrekken|scheiden|verlaten|vergeven|opbiechten|aangeven)\b"
        r"|\bverlaat (je partner|die persoon|je lief)\b|\bga (\w+ )?scheiden\b|\b(vergeef|biecht|breek met)\b"
        r"|\bga (\w+ )?(weg )?(bij|van) (je partner|die persoon|je lief)\b|\bbeter (uit elkaar|af zonder)\b"
        r"|\bblijf (\w+ )?(voor de kinderen|bij (je partner|die persoon|je lief|elkaar))\b"
        r"|\bvoor de kinderen (samen|blijven|bij elkaar)\b|\bmaak (het|er) (\w+ ){0,3}uit\b"
        r"|\bgeef (het|je relatie|je partner|elkaar) (\w+ ){0,2}kans\b|\bzet (je partner|die persoon) buiten\b"
        r"|\b(dien|leg) (\w+ )?klacht\b|\bdoe (\w+ )?aangifte\b",
        "Zeg wat er kan en met wie iemand kan nadenken. Laat de keuze open.",
    ),
    "dooddoener": (
        r"\b(tijd heelt|er zijn er nog genoeg|geniet ervan|onder de mensen|neem een hobby|date ?night|weekendje weg)\b"
        r"|\b(etentje|kop op|koste wat kost|water bij de wijn|dan is de liefde op|echte ouder|nu eenmaal|maar gratis)\b"
        r"|\b(praat|praten) (het )?(gewoon|uit)\b|\bdat gaat (wel )?over\b|\b(maar|gewoon) een fase\b|\beens bedrogen\b"
        r"|\bop jullie leeftijd\b|\bwees (sterk|positief)\b|\bmorgen ziet alles\b|\bdenk aan je kind\w*"
        r"|\bprecies hoe je je voelt\b|\bals die (echt )?van je h(oudt|ield)\b",
        "Schrijf iets wat alleen voor deze vraag klopt.",
    ),
    "weerlegd_cijfer": (
        r"\bgemiddeld (6|zes) jaar\b|\b(wacht|wachten) (\w+ ){0,3}(6|zes) jaar\b",
        "Zeg: vroeger mag altijd, laat is zelden te laat.",
    ),
}

_MONTHS: Final = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_AMOUNT: Final = r"\d+(?:[.,]\d+)?"
_NOT_A_LINE: Final = re.compile(
    rf"€ ?{_AMOUNT}(?: (?:tot|of|en) (?:€ ?)?{_AMOUNT})?|{_AMOUNT}(?:(?:,| tot| of| en) {_AMOUNT})* euro\b"
    rf"|\b\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?\b|\b(?:{_MONTHS}) \d{{4}}\b|\b(?:in|sinds|vanaf|van|tot) 20\d\d\b"
    r"|\b\d{1,2}/\d{1,2}/\d{4}\b"
    r"|\b\d{1,2}(?:[.:]\d\d)?(?: (?:tot|of|en) \d{1,2}(?:[.:]\d\d)?)?"
    r" ?(?:u|uur|jaar|minuten|dagen|weken|maanden|keer)\b"
    r"|\b\d+ op (?:de )?\d+\b|\b\d{1,2} ?%",
    re.IGNORECASE,
)
"""Prices, dates, hours and other amounts with their unit."""
_NUMBER: Final = re.compile(r"\+?\d+(?:[ ./-]?\d+)*")

_WORD: Final = re.compile(r"[\w€]+(?:['’-]\w+)*")
_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_SYLLABLE: Final = re.compile(r"eau|ieu|eeu|aai|ooi|oei|aa|ee|oo|uu|oe|ie|ei|ij|ui|eu|au|ou|y(?![aeiou])|[aeiou]")
_COMPILED: Final = {rule: (re.compile(pattern, re.IGNORECASE), advice) for rule, (pattern, advice) in _PATTERNS.items()}


@dataclass(frozen=True)
class Finding:
    """What breaks a rule: `rule` is a key of `RULES`, `message_dutch` says what to do, `excerpt` is where."""

    rule: str
    message_dutch: str
    excerpt: str


def check_text(text: str, *, kind: str = "answer") -> list[Finding]:
    """Return what is wrong with a text, nothing when it may be shown.

    `kind` is "eerste" for a first answer to a need (shorter, and without a question), "keuze_1" or "keuze_2" for a
    differential question (with one), anything else for another text.
    """
    findings = [*_length(text, kind), *_questions(text, kind), *_numbers(text)]
    for rule, (pattern, advice) in _COMPILED.items():
        findings += [Finding(rule, advice, match.group().strip()) for match in pattern.finditer(text)]
    return findings


def flesch_douma(text: str) -> float:
    """Return the reading ease of a Dutch text: about 0 (very hard) to 100 (very easy).

    W.H. Douma (1960): 206.84 - 0.77 x syllables per 100 words - 0.93 x words per sentence.
    """
    words = _words(text)
    if not words:
        return 100.0
    syllables = sum(count_syllables(word) for word in words)
    return 206.84 - 0.77 * (100 * syllables / len(words)) - 0.93 * (len(words) / len(_sentences(text)))


def count_syllables(word: str) -> int:
    """Count the syllables of a Dutch word. Letters said one by one (gsm, CAW) count each; a number counts one."""
    if word[0].isdigit() or word.startswith("€"):
        return 1
    # An accent does not change the count, a diaeresis starts a new syllable: "één" has one, "reële" has three.
    plain = unicodedata.normalize("NFD", word.replace("ĳ", "ij"))
    plain = re.sub("[\u0300\u0301\u0302]", "", plain)
    plain = re.sub("(\\w)\u0308", r"-\1", plain)
    found = len(_SYLLABLE.findall(plain.lower()))
    if found == 0 or (1 < len(word) <= 5 and word.isupper()):
        return len(word) if len(word) > 1 else 1
    return found


def _length(text: str, kind: str) -> Iterator[Finding]:
    words, sentences = len(_words(text)), len(_sentences(text))
    limit = MAX_WORDS_FIRST if kind == "eerste" else MAX_WORDS
    if words > limit:
        yield Finding("te_lang", f"Deze tekst telt {words} woorden. Houd het op {limit}.", text[:60])
    if sentences and words / sentences > MAX_WORDS_PER_SENTENCE:
        longest = max(_sentences(text), key=lambda sentence: len(_words(sentence)))
        average = f"{words / sentences:.1f}".replace(".", ",")
        yield Finding(
            "lange_zinnen", f"De zinnen tellen gemiddeld {average} woorden. Knip de langste in twee.", longest
        )
    score = flesch_douma(text)
    if words >= MIN_WORDS_TO_SCORE and score < MIN_FLESCH_DOUMA:
        hardest = max(_words(text), key=count_syllables)
        yield Finding(
            "moeilijk",
            f"De leesbaarheid is {score:.0f}; nodig is {MIN_FLESCH_DOUMA:.0f}. Zoek kortere woorden.",
            hardest,
        )


def _questions(text: str, kind: str) -> Iterator[Finding]:
    questions = [sentence for sentence in re.findall(r"[^.!?]*\?", text) if sentence.strip()]
    if kind.startswith("keuze_") and not questions:
        yield Finding("vraag_ontbreekt", "Eindig met één vraag waar de knoppen op antwoorden.", text[-60:])
    if kind == "eerste" and questions:
        yield Finding("vraag_in_eerste", "Maak er een zin zonder vraagteken van.", questions[0].strip())
    elif len(questions) > 1:
        yield Finding("te_veel_vragen", f"Er staan {len(questions)} vragen. Houd er één over.", questions[1].strip())


def _numbers(text: str) -> Iterator[Finding]:
    for match in _NUMBER.finditer(_NOT_A_LINE.sub(" ; ", text)):
        if re.sub(r"[ ./-]", "", match.group()) not in _known_numbers():
            yield Finding(
                "onbekend_nummer",
                "Schrijf een bedrag of uur met zijn eenheid, en zet een ander nummer op een kaart.",
                match.group(),
            )


@lru_cache(maxsize=1)
def _known_numbers() -> frozenset[str]:
    return frozenset(line.number.replace(" ", "") for line in load_crisis().lines.values() if line.number)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if _WORD.search(part)]
