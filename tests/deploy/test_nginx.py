"""deploy/nginx.conf: which addresses are public, what reaches the application, and what nginx says itself."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from bot.chat import problem
from bot.chat.app import create_app
from nachtlicht import headers
from nachtlicht.settings import Settings
from tests.conftest import missing
from tests.services import HOME, free_port, private_nginx

PUBLIC = [
    "/",
    "/gesprek",
    "/venster",
    "/insluiten",
    "/widget.js",
    "/w/0123456789abcdef/chat.js",
    "/favicon.ico",
    "/healthz",
    "/readyz",
    "/api/v1/sessions",
    "/api/v1/messages",
    "/api/v1/sessions/end",
    "/api/v1/reports",
    "/api/v1/sentences",
    "/api/v1/embedding",
]
CLOSED = [
    "/turn",
    "/forget",
    "/model/parse",
    "/webhook",
    "/webhooks/rest/webhook",
    "/conversations/x/tracker",
    "/status",
    "/health",
    "/hsds/v3/",
    "/api/v1/",
    "/api/v1/sessions/",
    "/api/v1/messages/x",
    "/nakijken/0123456789abcdef",  # the curation app has a door of its own: deploy/README.md
    "/zinnen",
    "/w/%2e%2e/turn",
    "/w/../turn",
    "/.git/config",
    "/problem.json",
    "/nginx.conf",
]


@dataclass
class Chat:
    """A stand-in for the chat process: answers anything, remembers what reached it."""

    port: int
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@dataclass
class Door:
    url: str
    port: int
    chat: Chat
    prefix: Path
    rasa_url: str


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """nginx with one chat process that answers and one that is away, and no Rasa process at all."""
    if not shutil.which("nginx"):
        missing("nginx is not installed")
    chat = Chat(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            chat.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.send_header("permissions-policy", "camera=()")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("door")
    port, rasa_door = free_port(), free_port()
    ports = {
        "listen 8080": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8181": f"127.0.0.1:{chat.port}",
        "127.0.0.1:8182": f"127.0.0.1:{free_port()}",
        "127.0.0.1:5005": f"127.0.0.1:{rasa_door}",
        "127.0.0.1:5006": f"127.0.0.1:{free_port()}",
        "127.0.0.1:5007": f"127.0.0.1:{free_port()}",
        # So that this machine is counted too.
        '(127\\.|': '(127\\.0\\.0\\.99|',
    }  # fmt: skip
    with private_nginx(folder, ports) as prefix:
        yield Door(f"http://127.0.0.1:{port}", port, chat, prefix, f"http://127.0.0.1:{rasa_door}")
    server.shutdown()
    server.server_close()


def assert_own_answer(response: httpx.Response, status: int) -> None:
    """The answer is nginx's own, kind, and as closed as the application's."""
    assert response.status_code == status
    for name, value in (headers.ALWAYS | headers.UNLESS_SET).items():
        if name != "permissions-policy":  # a policy for scripts, and nginx's own pages have none
            assert response.headers[name] == value
    assert response.headers["server"] == "nginx"
    assert "etag" not in response.headers


def test_every_public_address_of_the_application_is_open_and_no_other(tmp_path: Path) -> None:
    routes = create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.db", var=tmp_path)).routes
    paths = {re.sub(r"\{.*", "", route.path) for route in routes if isinstance(route, Route)}
    public = (HOME / "deploy/nginx.conf").read_text("utf-8").split("listen 127.0.0.1:5005")[0]
    opened = set(re.findall(r"location (?:= )?(\S+) \{[^{}]*proxy_pass http://chat;", public))
    assert opened == paths
    assert public.count("proxy_pass") == len(opened) + public.count("proxy_pass_request_headers")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_address_reaches_the_chat_with_its_headers(door: Door, path: str) -> None:
    response = httpx.get(door.url + path)
    assert (response.status_code, response.text) == (200, "ok")
    assert response.headers["permissions-policy"] == "camera=()"
    assert response.headers["server"] == "nginx"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", CLOSED)
def test_nothing_else_is_there(door: Door, path: str, method: str) -> None:
    before = len(door.chat.requests)
    with socket.create_connection(("127.0.0.1", door.port), 5) as raw:  # a client library would tidy the path
        raw.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert len(door.chat.requests) == before


def test_who_asks_does_not_reach_the_application(door: Door) -> None:
    telling = {
        "user-agent": "kanarie",
        "referer": "https://kanarie.example/",
        "cookie": "kanarie=1",
        "accept-language": "nl-kanarie",
        "x-forwarded-for": "192.0.2.77",
        "x-real-ip": "192.0.2.77",
        "forwarded": "for=192.0.2.77",
        "x-kanarie": "1",
    }
    needed = {"origin": "https://site.example", "accept-encoding": "gzip", "content-type": "application/json"}
    httpx.post(door.url + "/api/v1/messages", content=b'{"text": "dag"}', headers=telling | needed)
    _, _, arrived, body = door.chat.requests[-1]
    assert body == b'{"text": "dag"}'
    assert not {"kanarie", "192.0.2.77"} & set(re.split(r"[^\w.]+", json.dumps(arrived)))
    assert set(arrived) == {*needed, "host", "content-length", "x-forwarded-proto"}
    assert arrived["host"] == f"127.0.0.1:{door.port}"
    assert arrived["x-forwarded-proto"] == "http"


def test_the_question_before_a_request_from_another_site_arrives(door: Door) -> None:
    asks = {
        "origin": "https://site.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    httpx.options(door.url + "/api/v1/messages", headers=asks)
    assert asks.items() <= door.chat.requests[-1][2].items()


def test_every_header_that_the_application_reads_reaches_it() -> None:
    sources = [path.read_text("utf-8") for path in (HOME / "bot/chat").glob("*.py")]
    read = {name for source in sources for name in re.findall(r'request\.headers\.get\("([a-z-]+)"', source)}
    conf = (HOME / "deploy/nginx.conf").read_text("utf-8").lower()
    assert read
    assert {name for name in read if f"proxy_set_header {name} " not in conf} <= {"content-length"}


def test_nothing_is_written_to_the_disk(door: Door) -> None:
    folders = [folder for folder in door.prefix.iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} >= {"body", "proxy"}
    before = {folder: folder.stat().st_mtime_ns for folder in folders}
    body = b'{"text": "' + b"k" * 15_000 + b'"}'
    assert httpx.post(door.url + "/api/v1/messages", content=body).status_code == 200
    assert {folder: folder.stat().st_mtime_ns for folder in folders} == before
    assert {path.name for path in door.prefix.iterdir() if path.is_file()} == {"nginx.conf", "nginx.pid"}
    assert (door.prefix.parent / "nginx.log").read_bytes() == b""


def test_a_body_over_16_kilobyte_gets_the_sentence_of_the_application(door: Door) -> None:
    response = httpx.post(door.url + "/api/v1/messages", content=b"k" * 17_000)
    assert_own_answer(response, 413)
    assert response.headers["content-type"] == "application/problem+json"
    too_long = problem.too_long()
    assert response.json() == {"type": "urn:nachtlicht:too-long", "title": too_long.title, "status": 413}


def test_an_unknown_address_gets_the_sentence_of_the_application(door: Door) -> None:
    page, data = httpx.get(door.url + "/webhook"), httpx.get(door.url + "/api/v2/messages")
    assert_own_answer(page, 404)
    assert_own_answer(data, 404)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Deze pagina bestaat niet." in page.text
    assert data.json()["title"] == "Deze pagina bestaat niet."


def test_too_many_conversations_from_one_network(door: Door) -> None:
    with httpx.Client() as client:
        answers = [client.post(door.url + "/api/v1/sessions", json={}) for _ in range(40)]
        refused = [answer for answer in answers if answer.status_code != 200]
        assert 5 <= len(refused) <= 10
        for answer in refused:
            assert_own_answer(answer, 429)
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["retry-after"] == "30"
            assert answer.json()["title"] == problem.too_many_sessions(30).title
        assert client.post(door.url + "/api/v1/messages", json={}).status_code == 200


def test_asking_before_a_request_is_not_counted(door: Door) -> None:
    asks = {"origin": "https://site.example", "access-control-request-method": "POST"}
    with httpx.Client() as client:
        answers = [client.options(door.url + "/api/v1/sessions", headers=asks) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {200}


def test_without_any_process_behind_it_the_numbers_are_still_said(tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        missing("nginx is not installed")
    port = free_port()
    addresses = ("127.0.0.1:8181", "127.0.0.1:8182", "127.0.0.1:5005", "127.0.0.1:5006", "127.0.0.1:5007")
    ports = {address: f"127.0.0.1:{free_port()}" for address in addresses}
    with private_nginx(tmp_path, {"listen 8080": f"listen 127.0.0.1:{port}", **ports}):
        answer = httpx.post(f"http://127.0.0.1:{port}/api/v1/messages", json={"text": "dag"})
        page = httpx.get(f"http://127.0.0.1:{port}/gesprek")
        assert httpx.get(f"http://{ports['127.0.0.1:5005']}/").status_code == 502
        assert httpx.get(f"http://{ports['127.0.0.1:5005']}/webhooks/rest/webhook").status_code == 404
    assert_own_answer(answer, 502)
    assert answer.headers["access-control-allow-origin"] == "*", "a window on another website can read it"
    assert "access-control-allow-origin" not in page.headers
    assert_own_answer(page, 502)
    assert answer.json()["title"] == problem.failed().title
    assert problem.failed().title in page.text
