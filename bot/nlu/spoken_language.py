"""The other language that somebody writes in or asks help in, as ISO 639-1 code.

The codes are those of `actions/languages.yml`; a test compares them. A text gets no code rather than a wrong one: Dutch
with English or French in it is Dutch. Own tables, because no library of the project tells languages apart.
"""

from __future__ import annotations

import re

OTHER = "und"
"""Some other language than Dutch, not known which (ISO 639-2 "undetermined")."""

_NAMES = {
    "fr": r"frans(?:talig\w*)?|francais|french|franzosisch|fransizca|francophone",
    "en": r"engels(?:talig\w*)?|english|anglais|englisch|ingilizce",
    "de": r"duits(?:talig\w*)?|deutsch|german|allemand|almanca",
    "ar": r"arabisch(?:talig\w*)?|arabic|arabe|arapca|العربيه|العربية|بالعربي",
    "tr": r"turks(?:talig\w*)?|turkce|turkish|turc|turkisch",
    "es": r"spaans(?:talig\w*)?|espanol|spanish|espagnol|castellano",
    "pl": r"pools(?:talig\w*)?|polski\w*|polsku|polish|polonais",
    "ro": r"roemeens(?:talig\w*)?|romana|romaneste|romanian|roumain",
    "uk": r"oekraiens(?:talig\w*)?|українськ\w*|ukrainian|ukrainien",
    "ru": r"russisch(?:talig\w*)?|русски\w*|russian|russe",
    "fa": r"farsi|perzisch|dari|persian|فارسی",
    "ti": r"tigrinya|tigrigna|tigrina|ትግርኛ",
}
CODES = tuple(_NAMES)
_NAMED = re.compile("|".join(rf"(?P<{code}>\b(?:{names})\b)" for code, names in _NAMES.items()))
_ASKED = re.compile(
    r"\b(?:in het|in 't|in t|in|en|auf|spreek\w*|sprek\w*|praat|praten|kent|kennen|kunnen|begrijp\w*|versta\w*)"
    r" (?:(?:ook|goed|wel|beter|alleen|enkel|een beetje) ){0,2}$"
)
_SPOKEN = re.compile(r"^ (?:\w+ )?(?:spreek|sprek|praat|praten|begrijp|versta)")
_BACK_TO_DUTCH = re.compile(r"\b(?:terug|verder|weer|liever|toch|gewoon) (?:\w+ )?in (?:het )?nederlands\b")

# What is left of a script once `normalise` took the marks away.
_SCRIPTS = {
    "ti": re.compile(r"[\u1200-\u137f]"),
    "arabic": re.compile(r"[\u0621-\u06d3]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
    OTHER: re.compile(r"[\u0370-\u03ff\u0530-\u05ff\u0900-\u10ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"),
}
_LATIN = re.compile(r"[a-z]")
_PERSIAN = re.compile(r"[\u067e\u0686\u0698\u06af\u06a9\u06cc]")
_NEITHER = re.compile(r"[\u0679\u0688\u0691\u06ba\u06be\u06d2\u06d5\u06ce\u06c6\u06b5\u0695\u0681\u069a]")
"""Letters of Urdu, Kurdish and Pashto, which write with Arabic ones as well."""
_UKRAINIAN = re.compile(
    r"[іїєґ]|\b(?:де|дуже|допомогу|будь|щодня|хто|може|допомогти|вона|він|що|як|або|але|мене|тому|нема|чому)\b"
)
_RUSSIAN = re.compile(r"[ыэ]")
_BULGARIAN_OR_SERBIAN = re.compile(r"[ъђћјљњ]")

_LETTERS = {"tr": re.compile("ı"), "pl": re.compile("ł")}
_DUTCH, _SHARED = "nl", "shared"
_WORDS = {
    "fr": (
        "aide aider aime aller allons alors amour an ans apres argent au aussi autre aux avant avec avoir avons "
        "beaucoup belle besoin bien boit bonjour bonsoir c'est ca car ce cet cette cherche chez combien comme comment "
        "copain copine couple coute d'un d'une dans depuis dernier des deux dispute dix donc dont du elle encore "
        "enfants entre envie est est-ce et etait ete etes etre eux faire fait famille faut femme fille francais "
        "frappe garcon gratuit hier homme ici il ils j'ai j'aimerais j'habite jamais je jour l'ai la lequel les leur "
        "leurs lui m'a m'aime ma madame mais maison mal mari matin meme menace merci mere mes moi mois mon monsieur "
        "mort mourir n'est ne non nos notre nous on ou oui parce parle parler pas pense pere personne peur peut peux "
        "plus possible pour pourquoi probleme problemes puis qu'elle qu'il qu'on quand que quelqu'un qui quitte "
        "quittee quitter quoi relation rendez rien s'il sa sais sans se semaine ses seule si soir sommes son suicider "
        "suis sur svp t'aime ta tellement temps tes toi ton toujours tous tout travail tres trois trop tue tuer une "
        "va vais vers veut veux vient vivre vont vos votre voudrais vous"
    ),
    "en": (
        "about afraid after again ago alone already always and another any anymore are at bad because been before "
        "between both boyfriend but came can can't chat cheating children come continue cost couldn't day didn't die "
        "do does doesn't don't dont drinking drinks drunk each family father feel feels felt few fight fighting find "
        "for free friend friends from get girlfriend give given goes going gone got had has have he he's hello help "
        "helps her here hers him his hit hits home house how husband i i'd i'll i'm i've into is isn't it's job just "
        "keep kids kill know knows last left like listens live lonely look looking lost love loved loves made make "
        "many marriage married me money month more most mother much my myself need needs never night not nothing now "
        "of once only other our own partner please raped really relationship said same say says scared see she she's "
        "should since so some someone somewhere speak still such suicide take talk tell than that that's the their "
        "them then there these they they're think thinks this those thought threatens through to today told tomorrow "
        "tonight too us very wants wasn't we we're week went what what's when where while who why wife with without "
        "won't would wouldn't year years you your"
    ),
    "de": (
        "abend aber allein alles angst arbeit auch auf aus bedroht bei betrogen beziehung bin bitte brauche bruder "
        "damit danke dann das dass dein dem den der deshalb dich die dieser dir dort durch ehe ein eine einen einer "
        "eltern er es etwas euer familie finde frau freund freundin fuhle fur gegen geht geld gemacht gern gestern "
        "getrennt gibt ging gut guten habe haben hast hat hatte hatten haus helfen heute hier hilfe ich ihm ihn ihr "
        "ihre immer ist jahr jahre jahren jeden jemand jemanden kam kann kannst kein keine keinen kinder kommt konnen "
        "konnte kostenlos kostet lassen leben leider letzte liebe liebt macht mag mann mehr mein meine meinem meiner "
        "messer mich mir mit mochte monat morgen muss mutter nach nacht nicht nichts nie niemand niemanden noch nur "
        "ob oder ohne paare problem probleme reden redet sagt sagte scheiden schlagt schlecht schon schwester sehr "
        "sein seine seit sich sie sind so soll sollte sprechen sterben streiten suche tag trennen trinkt trotzdem um "
        "umbringen und uns unsere vater vergangene vergewaltigt verlassen verstehe viel viele vielleicht von vor war "
        "waren warum was wegen weil weiss weiter wenig wenn werden wie will willst wir wird wirklich wo woche wollen "
        "wollte wurde zu zum zur zusammen zwei zwischen"
    ),
    "tr": (
        "adam aile ailem aksam alabilirim aldatiyor aldatti ama anne annem artik ay ayrildik ayrilmak az baba babam "
        "bana bazi belki beni benim benimle bicak bilen biliyorum bilmiyor bilmiyorum bir biraz biri biriyle biz bize "
        "bizi bizim bosanmak bu bugun cocugum cocuk cocuklar cocuklari cok cunku daha degil degilim degiliz dovuyor "
        "dun edebilir ediyor ediyoruz eger en esim esimle etmek etti ev evet evliligimizde evliligimize evlilik fakat "
        "gece gecen gerek gibi gun hafta hala hayir her hic hissediyorum hollandaca icin ihtiyacim ile iliski "
        "iliskimiz intihar is ise istemiyor istemiyorum istiyor istiyorum iyi kadar kadin karim karisiyor kavga kendi "
        "kendim kim kimsem kocam konusacak konusan konusmaya konusmuyor korkuyor korkuyorum kotu lazim lutfen merhaba "
        "mi misiniz miyim mu musunuz mı nasil ne neden nerede nereden nicin niye oldu olmak olmaz olmek olur oluyor "
        "once onlar onu onun para polis sabah sen seni senin sevgilim seviyorum sevmiyor sey simdi siz sizi sizin "
        "sonra sorun sorunlar sorunum su tecavuz tehdit terk tesekkurler turkce ucretsiz var ve veya vurdum ya yalniz "
        "yapabilirim yapamiyorum yapiyor yapmali yapmaliyim yardim yarin yasamak yil yildir yok"
    ),
    "es": (
        "ahora algo alguien amenaza amo amor ano anos antes aquel aunque ayer ayuda ayudar ayudarme bebe bien buenas "
        "busco casa casados como companera con conmigo contra creo cuando cuanto cuchillo cuesta decir dejar dejo del "
        "demasiado desde despues dia dias dice dijo dinero discutimos donde dos el ella ellos en encontrar enganado "
        "enganando engano entiendo entre era es esa ese eso espanol esta estamos estan estoy familia favor fue golpea "
        "gracias ha habla hablar hable hace hacer hacia han hasta hay he hemos hermana hermano hijos hola hoy ir "
        "jamas la le los luego madre mal manana marido mas matar matrimonio me menos mes mi miedo mientras mis mismo "
        "morir morirme mucha mucho muchos mujer muy nada nadie necesito ninos no noche noches nos nosotros novia "
        "novio nuestra nuestro nunca otra otro padre para pareja parejas pasada pega pegue pero poco podemos podria "
        "por porque problema problemas puede puedes puedo pues que queremos quien quiere quiero quisiera relacion "
        "sabe saber se segun semana separados separarnos ser siempre siento sin sobre sola solo son su sus tambien "
        "tenemos tener tengo tiene tienen toda todo todos trabajo un una vamos violo vivir voy ya yo"
    ),
    "pl": (
        "albo ale bardzo bede bedzie bez bo brat byc byl byla bylo chce chcemy chcialabym chcialbym chlopak co "
        "codziennie cos czego czemu czesto czuje czy dla dlaczego dlatego dobry dom duzo dzieci dziekuje dzien "
        "dziewczyna dzis dzisiaj gdzie i ich ile ja jak jego jej jesli jest jestem jutro juz kiedy kim kims kocha "
        "kocham kosztuje kto ktora ktore ktory ktos lat lata malzenstwo mam mamy matka maz mezem miedzy miesiac "
        "milosc mnie mniej moge moi moim moj moja mojego mojej mowi mowie moze my mysle na nad nam nas nic nie nigdy "
        "nikt noc od ojciec on ona oni pan pani par pieniadze pije po pod polsku pomoc pomocy poniewaz porozmawiac "
        "potrzebuje praca problem problemy prosze przed przez przy rano razem robic rodzina rok rozmawia rozmawiac "
        "rozumiem sa sam sama samotna sie siostra swoj swoja szukam ta tak takze tego tej ten teraz tez to ty tydzien "
        "tygodniu tylko tym wczoraj wiecej wieczor wiem wszystko wy za zawsze zdradza zdradzil ze zeszlym znalezc "
        "zona zostawil zostawila zwiazek"
    ),
    "ro": (
        "aceasta acest acestea acum ai ajuta ajutor am an ani are asta au avea avem azi bani bea bine buna ca cand "
        "care casa casatorie cat ce cea cel ceva cine cineva coleg colega copii costa cred cu cum cupluri daca dar de "
        "deci despre dimineata din doar doi dragoste dupa ea el era este esti eu fac familie fara fi fiecare foarte "
        "fost frate gasi ieri imi impreuna in inainte inseala inselat inteleg intre iubesc iubeste iubita iubitul la "
        "lor lui luna ma mai maine mama mea mei mereu meu mine mult multi multumesc munca ne nevoie nici niciodata "
        "nimeni nimic noapte noastra noi nostru nu olandeza parasit pe pentru poate pot poti prea prin problema "
        "probleme putem putin rau relatia relatie rog romaneste sa saptamana sau se seara si simt singur singura sora "
        "sotia sotul stie stii stiu sunt suntem sunteti ta tata tau toate tot totul trecuta un unde va vorbesc "
        "vorbiti vrea vreau vrei vrem zi ziua"
    ),
    # Portuguese and Italian, only so that they are not taken for Spanish or Romanian.
    OTHER: (
        "aiuto ajuda bisogno buonasera buongiorno che com comigo como con coppia della di ela ele estou eu fala falam "
        "gli grazie ho il isso italiano la mais marido marito meu mi mia minha mio moglie muito nao non obrigada "
        "obrigado para parla parlare per piu portugues preciso qualcuno questo sei sono um uma una voce"
    ),
    _DUTCH: (
        "aan al als altijd ben bent bij da dag dan dat dit doen door een ga gaan gaat ge geen gewoon gezegd gij goed "
        "haar heb hebt heeft hem het hij hoe hoi iets ik jij jouw jullie kan komt maar meer met mij mijn mn moet naar "
        "ni niet niets nog nooit omdat ons onze ook op over te tussen uit van vinden voor wa waar waarom wanneer want "
        "wat weg wij zal zegt zei zij zijn zn zo"
    ),
    # Of Dutch, its dialects and its chat, and of other languages too: half a word, beside one that is not.
    _SHARED: (
        "ai alles am an angst bad been ce chat che co con das de den der die dom du en er es et familie geld ging gun "
        "had he help hier ich il in is ist ja je job kids la last lat les los lui ma mag mama me mei merci mes mi mis "
        "morgen na nacht nam ne nicht nie niemand no non nu of on pan partner pas pe per plus pot reden relatie rok "
        "sa scheiden so tot un viel war waren was we week wie yo ze zi zum"
    ),
}
"""Small and telling words, normalised."""
_SETS = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_FOREIGN = [code for code in _SETS if code not in (_DUTCH, _SHARED)]
_LEAST = 2
_SHARE, _SHARE_WITHOUT_DUTCH = 0.4, 0.28
_SHORT = 5
"""At least so many of the words, and such a share of them, are small words of the language."""


def language_of(text: str, *, foreign: bool) -> str | None:
    """Return the code for a normalised text. `foreign`: it is known to be about, or in, another language than Dutch.

    "in het frans" and "franstalig" ask for French; "mijn vrouw is frans" asks for nothing unless `foreign`.
    """
    if _BACK_TO_DUTCH.search(text):
        return "nl"
    for named in _NAMED.finditer(text):
        asked = _ASKED.search(text[: named.start()]) or _SPOKEN.match(text[named.end() :])
        if foreign or asked or "talig" in named[0]:
            return named.lastgroup
    written = written_in(text, foreign=True) if foreign else None
    return None if written == OTHER else written


def written_in(text: str, *, foreign: bool = False) -> str | None:
    """Return the language that a normalised text is written in, OTHER, or None for Dutch and what nobody can tell.

    `foreign`: it is known not to be plain Dutch, so that less is enough.
    """
    script = _script_of(text)
    if script == "arabic":
        return _in_arabic_letters(text)
    if script == "cyrillic":
        return _in_cyrillic(text)
    if script:
        return script
    words = text.split()
    counts = {code: _count(words, code) for code in _FOREIGN}
    best = max(counts, key=lambda code: counts[code])
    most, second = sorted(counts.values(), reverse=True)[:2]
    dutch = sum(word in _SETS[_DUTCH] for word in words)
    enough = most >= _LEAST or (foreign and most)
    share = _SHARE if dutch or len(words) < _SHORT else _SHARE_WITHOUT_DUTCH
    if not enough or most == second or most <= 2 * dutch or most < share * len(words) * (0.5 if foreign else 1):
        return None
    return best


def _script_of(text: str) -> str | None:
    """Return the script of most letters, None for Latin ones."""
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] > len(_LATIN.findall(text)) else None


def _count(words: list[str], code: str) -> float:
    """Return how many of `words` are those of a language; what Dutch has too counts half, and never alone."""
    known, unclear = _SETS[code] - _SETS[_DUTCH], _SETS[_SHARED]
    own = sum(word in known and word not in unclear for word in words)
    letters = _LETTERS[code].findall(" ".join(words)) if code in _LETTERS else []
    own += 2 * len(letters)
    return own + sum(word in known and word in unclear for word in words) / 2 if own else 0.0


def _in_arabic_letters(text: str) -> str:
    if _NEITHER.search(text):
        return OTHER
    return "fa" if _PERSIAN.search(text) else "ar"


def _in_cyrillic(text: str) -> str:
    if _BULGARIAN_OR_SERBIAN.search(text) and not _RUSSIAN.search(text):
        return OTHER
    return "uk" if _UKRAINIAN.search(text) else "ru"
