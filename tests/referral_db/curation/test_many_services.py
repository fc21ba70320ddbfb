"""The application with thousands of services: the number of statements and the time do not follow their number."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select

from nachtlicht.settings import Settings
from referral_db.areas import PLACES
from referral_db.curation import consequences
from referral_db.curation.app import create_app
from referral_db.curation.site import Site
from referral_db.database import make_session_factory
from referral_db.generate import generate
from referral_db.geography import Geography
from referral_db.models import Service
from tests.referral_db.curation.conftest import NOW, TODAY, signed_in
from tests.referral_db.curation.site_client import Page, SiteClient, changed

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

FEW, MANY = 300, 6000
"""The one is twenty times the other."""
MOST_STATEMENTS = 40

PATHS = {
    "the list": "/diensten",
    "its last page": "/diensten?pagina=8",
    "words": "/diensten?zoek=voorbeeld+7",
    "words that nothing has": "/diensten?zoek=zoiets+bestaat+niet",
    "a need in a region": "/diensten?nood=ontrouw&streek=Limburg&staat=published",
    "everywhere": "/diensten?streek=ruim",
    "one service": "/diensten/voorbeeld-7",
    "a new service": "/diensten/nieuw",
    "today": "/",
    "the gaps": "/gaten",
}


class Measured:
    """An application with so many services, and a count of the statements of its database."""

    def __init__(self, url: str) -> None:
        self.factory = make_session_factory(url)
        self.statements: list[str] = []
        engine = self.factory.kw["bind"]
        event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: self.statements.append(statement))
        settings = Settings(database_url=url, clock=NOW)
        self.app = create_app(settings, Site(settings, self.factory))

    def count(self, ask: Callable[[], httpx.Response]) -> int:
        self.statements.clear()
        response = ask()
        assert response.status_code in (200, 303), response.status_code
        return len(self.statements)

    def seconds(self, ask: Callable[[], httpx.Response]) -> float:
        """Processor time of the quickest of some: what else runs on the machine makes no difference."""
        times = []
        for _ in range(3):
            start = time.process_time()
            ask()
            times.append(time.process_time() - start)
        return min(times)


@pytest.fixture(scope="module")
def sizes(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Measured]]:
    folder = tmp_path_factory.mktemp("many")
    geography = Geography.load(PLACES)
    made = {}
    for count in (FEW, MANY):
        path = folder / f"{count}.db"
        shutil.copy(filled_file, path)
        made[count] = Measured(f"sqlite:///{path}")
        with made[count].factory() as db:
            generate(db, geography, count, on=TODAY)
    yield made
    for one in made.values():
        one.factory.kw["bind"].dispose()


@pytest.fixture
def editors(sizes: dict[int, Measured]) -> dict[int, SiteClient]:
    return {count: signed_in(one.app, "editor") for count, one in sizes.items()}


@pytest.mark.parametrize("name", PATHS)
def test_a_page_asks_the_database_as_often_with_many_services(
    sizes: dict[int, Measured], editors: dict[int, SiteClient], name: str
) -> None:
    counts = [sizes[size].count(lambda size=size: editors[size].get(PATHS[name])) for size in (FEW, MANY)]
    assert counts[1] <= counts[0] + 1  # a page that is empty with few asks for no organizations
    assert counts[1] <= MOST_STATEMENTS


def save(editor: SiteClient, slug: str, **changes: str) -> Callable[[], httpx.Response]:
    path = f"/diensten/{slug}"
    pairs = changed(Page(editor.get(path).text).form(path), **changes)
    return lambda: editor.send(path, pairs)


def test_saving_and_checking_ask_as_often_with_many_services(
    sizes: dict[int, Measured], editors: dict[int, SiteClient]
) -> None:
    draft, proposal, check = [], [], []
    for size in (FEW, MANY):
        one, editor = sizes[size], editors[size]
        draft.append(one.count(save(editor, "schets", description=f"Een tekst van {size}.")))
        proposal.append(one.count(save(editor, "voorbeeld-3", state="archived", waarom="stopt ermee")))
        form = Page(editor.get("/diensten/voorbeeld-5").text).form("/diensten/voorbeeld-5/nagekeken")
        check.append(one.count(lambda form=form, editor=editor: editor.send("/diensten/voorbeeld-5/nagekeken", form)))
    for counts in (draft, proposal, check):
        assert counts[0] == counts[1] <= MOST_STATEMENTS


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("the list", 3),
        ("one service", 3),
        ("a new service", 6),
        ("a need in a region", 6),
        ("words that nothing has", 12),
    ],
)
def test_twenty_times_as_many_services_do_not_take_twenty_times_as_long(
    sizes: dict[int, Measured], editors: dict[int, SiteClient], name: str, most: float
) -> None:
    """What an index answers stays about as quick; words are looked for in every text, and that is all."""
    times = [sizes[size].seconds(lambda size=size: editors[size].get(PATHS[name])) for size in (FEW, MANY)]
    assert times[1] < most * times[0], times


def test_the_list_is_read_from_an_index(sizes: dict[int, Measured]) -> None:
    with sizes[MANY].factory() as db:
        statement = select(Service.id).order_by(Service.sort_name, Service.slug).limit(40)
        compiled = str(statement.compile(db.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(row) for row in db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))
    assert "ix_service_sort_name_slug" in plan
    assert "TEMP B-TREE" not in plan


def test_the_preview_looks_at_every_question_and_reads_each_service_once(
    sizes: dict[int, Measured], editors: dict[int, SiteClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The searches before and after read the same rows; by itself each of them takes twelve statements."""
    monkeypatch.setattr(consequences, "LONGEST", 600.0)
    one = sizes[MANY]
    path = save(editors[MANY], "voorbeeld-11", state="archived", waarom="stopt ermee")().headers["location"]
    publisher = signed_in(one.app, "publisher")
    assert one.count(lambda: publisher.get(path)) < 208 * 2 * 4
    page = publisher.get(path).text
    assert "proefvragen" in page
    assert "te weinig tijd" not in page
