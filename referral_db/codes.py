"""The codes that a record may hold: those of the shared contract's taxonomy, which a test compares."""

from __future__ import annotations

NEEDS = (
    "communicatie",
    "conflict",
    "uit_elkaar_gegroeid",
    "ontrouw",
    "twijfel_scheiden",
    "scheiding",
    "liefdesverdriet",
    "seksualiteit",
    "ouderschap",
    "nieuw_samengesteld_gezin",
    "familie",
    "levensfase",
    "jaloezie_vertrouwen",
    "partner_psychisch_of_verslaving",
    "gemengde_relatie",
    "jongeren",
    "investeren",
    "eenzaamheid",
    "lhbti",
    "bezorgd_om_iemand",
)
RISKS = ("acuut_gevaar", "zelfdoding", "partnergeweld", "seksueel_geweld", "kind_in_gevaar", "eigen_agressie")
CHANNELS = ("telefoon", "chat", "mail", "sms", "ter_plaatse", "videogesprek", "groep", "website")
PRICE_KINDS = ("gratis", "inkomensgerelateerd", "vast", "vork", "onbekend")

STATES = ("draft", "published", "archived")
WHO_PAYS = ("overheid", "vzw", "prive", "onbekend")
CONFIDENCES = ("high", "medium", "low")
COST_CONDITIONS = (
    "standaard",
    "verhoogde_tegemoetkoming",
    "tot_en_met_23",
    "student",
    "eerste_gesprek",
    "groep",
)
PHILOSOPHIES = ("neutraal", "christelijk", "humanistisch")
WAIT_BANDS = ("geen", "tot_2_weken", "tot_6_weken", "tot_6_maanden", "langer", "stop")
"""How long somebody waits; "stop": nobody is taken on now."""
WAIT_KNOWN_BY = ("gebeld", "website", "hulpverlener", "schatting")
"""How the wait came to be known."""
EXTENT_TYPES = ("land", "gewest", "provincie", "gemeente")
GEWESTEN = ("vlaanderen_brussel", "vlaanderen", "brussel")
PROVINCES = ("Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen", "Brussel")
"""The five Flemish provinces, and Brussels, which lies in none and counts as one here."""
