"""The codes of needs, risks, channels and kinds of provider in words that a person reads. One table for the product."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Words:
    """`label` stands on a button; `why` says on a card what a service is for ("voor vragen over ontrouw")."""

    label: str
    why: str


NEEDS = {
    "communicatie": Words("Moeilijk kunnen praten", "voor vragen over praten met elkaar"),
    "conflict": Words("Vaak ruzie", "voor vragen over ruzie"),
    "uit_elkaar_gegroeid": Words("Uit elkaar gegroeid", "voor wie uit elkaar groeit"),
    "ontrouw": Words("Vertrouwen geschonden", "voor vragen over ontrouw"),
    "twijfel_scheiden": Words("Twijfelen over de relatie", "voor wie twijfelt over de relatie"),
    "scheiding": Words("Uit elkaar gaan", "voor vragen over uit elkaar gaan"),
    "liefdesverdriet": Words("Verdriet na een breuk", "voor wie verdriet heeft na een breuk"),
    "seksualiteit": Words("Seks en intimiteit", "voor vragen over seks en intimiteit"),
    "ouderschap": Words("Samen ouder zijn", "voor vragen van ouders"),
    "nieuw_samengesteld_gezin": Words("Nieuw samengesteld gezin", "voor nieuw samengestelde gezinnen"),
    "familie": Words("Familie en schoonfamilie", "voor vragen over familie"),
    "levensfase": Words("Een grote verandering", "voor wie een grote verandering meemaakt"),
    "jaloezie_vertrouwen": Words("Jaloers of onzeker", "voor vragen over jaloezie en vertrouwen"),
    "partner_psychisch_of_verslaving": Words(
        "Je partner heeft het moeilijk", "voor naasten van iemand met psychische klachten of een verslaving"
    ),
    "gemengde_relatie": Words("Twee culturen of talen", "voor koppels met twee culturen of talen"),
    "jongeren": Words("Jong en een relatie", "voor jongeren"),
    "investeren": Words("Sterker samen", "voor wie de relatie sterker wil maken"),
    "eenzaamheid": Words("Je alleen voelen", "voor wie zich alleen voelt"),
    "lhbti": Words("Lhbti+", "voor vragen van lhbti+ mensen"),
    "bezorgd_om_iemand": Words("Bezorgd om iemand", "voor wie bezorgd is om iemand"),
}

RISKS = {
    "acuut_gevaar": Words("Nu in gevaar", "als er nu gevaar is"),
    "zelfdoding": Words("Denken aan zelfdoding", "voor wie aan zelfdoding denkt"),
    "partnergeweld": Words("Niet veilig bij je partner", "bij geweld of controle door een partner"),
    "seksueel_geweld": Words("Seks tegen je wil", "bij seksueel geweld"),
    "kind_in_gevaar": Words("Een kind is niet veilig", "als een kind niet veilig is"),
    "eigen_agressie": Words("Bang om iemand pijn te doen", "voor wie zelf geweld gebruikt of daar bang voor is"),
}

CODES = {**NEEDS, **RISKS}

CHANNELS = {
    "telefoon": "bellen",
    "chat": "chatten",
    "mail": "mailen",
    "sms": "sms'en",
    "ter_plaatse": "langsgaan",
    "videogesprek": "videobellen",
    "groep": "in groep samenkomen",
    "website": "online lezen",
}
"""What a person does on a channel; after "je kan"."""

NO_JOINT_HELP = frozenset({"acuut_gevaar", "partnergeweld", "seksueel_geweld", "kind_in_gevaar", "eigen_agressie"})
"""After one of these risks couple therapy, mediation and joint talks are never shown."""

JOINT_PROVIDERS = frozenset({"relatietherapeut", "relatiebegeleiding", "bemiddelaar", "bemiddeling"})
"""Kinds of provider that work with two partners together, also where a record forgot to say so."""

INDIRECT_PROVIDERS = frozenset({"infolijn", "infopunt", "zoeksite", "ziekenfonds", "klachtendienst"})
"""Kinds of provider that inform or pay, and send on to who helps."""

ON_REFERRAL_PROVIDERS = frozenset({"bezoekruimte"})
"""Kinds of provider to which a court or another service sends people."""

LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "en": "Engels", "de": "Duits", "ar": "Arabisch", "tr": "Turks"}

_GROUPS = {
    "nood": ("noodnummer", "nooddienst", "noodlijn"),
    "hulplijn": ("hulplijn", "chat", "luisterpunt", "online hulplijn"),
    "welzijnswerk": ("caw", "welzijnswerk", "relatiebegeleiding", "gesprek", "ocmw"),
    "jongeren": ("jac", "jeugdgroep", "clb", "overkop"),
    "geestelijke gezondheid": ("cgg", "psycholoog", "ziekenhuis", "huisarts"),
    "therapie": ("relatietherapeut", "therapeut", "seksuoloog"),
    "recht": ("advocaat", "bemiddelaar", "bemiddeling", "justitiehuis", "rechtbank", "overheidsdienst"),
    "leren": ("vorming", "groep", "cursus", "pastoraal"),
    "ontmoeten": ("ontmoetingshuis", "ontmoetingsgroep", "lotgenoten", "zelfhulpgroep"),
    "lezen": ("website", "zoeksite", "bibliotheek", "informatiesite"),
    "inlichten": ("infolijn", "infopunt", "ziekenfonds", "klachtendienst"),
    "zorg na geweld": ("zorgcentrum", "vertrouwenscentrum", "veilig huis", "vluchthuis"),
}
_GROUP_OF = {provider: group for group, providers in _GROUPS.items() for provider in providers}


@lru_cache(maxsize=1024)
def provider_group(provider_type: str) -> str:
    """The kind of help behind a provider type, so that the first three cards differ; an unknown type is its own."""
    name = provider_type.casefold().partition("(")[0].strip()
    return _GROUP_OF.get(name, name)
