"""The codes of the taxonomy as Rasa's side knows them. A test holds them against the contract."""

RISKS = ("acuut_gevaar", "zelfdoding", "seksueel_geweld", "kind_in_gevaar", "partnergeweld", "eigen_agressie")
"""In the order in which one wins from the other when both are equally clear: who may die tonight comes first."""

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

QUESTIONS = (
    "vraag_kost",
    "vraag_wachttijd",
    "vraag_anonimiteit",
    "vraag_hoe_werkt_therapie",
    "partner_wil_niet_mee",
    "is_dit_normaal",
    "vraag_mens",
    "vraag_bot",
    "vraag_open_nu",
    "zoek_hulp",
    "zoek_cursus",
    "zoek_zelfhulp",
    "buiten_bereik",
)

ACTS = (
    "groet",
    "afscheid",
    "dank",
    "bevestig",
    "ontken",
    "weet_niet",
    "liever_niet",
    "opnieuw",
    "wis_gesprek",
    "geef_plaats",
    "geef_budget",
    "geef_kanaal",
    "meer_resultaten",
    "andere_regio",
    "niet_wat_ik_bedoelde",
    "kan_niet_praten",
    "voel_rot",
    "andere_taal",
)
