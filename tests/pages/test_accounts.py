"""Accounts by Streamlit's own login against a provider on this machine: who has logged in may run, and is the same visitor everywhere."""

import http.client
import json
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import streamlit as st
from starlette.testclient import TestClient
from streamlit import config
from streamlit.auth_util import encode_provider_token
from streamlit.runtime.secrets import secrets_singleton
from streamlit.starlette import App
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.lab import access
from core.lab.errors import InputError
from core.lab.experiment import ROOT
from pages._ui import doorman, visitor
from tests.pages import oidc

HERE = "http://testserver"


class User(dict):
    """What a page reads of whoever looks at it, as ``st.user`` has it."""

    @property
    def is_logged_in(self) -> bool:
        return self["is_logged_in"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A provider, named in a secrets file, and a shared server."""
    monkeypatch.setenv("GLASSHOUSE_SHARED", "1")
    with oidc.provider() as found:
        place = tmp_path / "secrets.toml"
        place.write_text(f'[auth]\nredirect_uri = "{HERE}/oauth2callback"\ncookie_secret = "{"s" * 40}"\nclient_id = "{oidc.CLIENT}"\n'
                         f'client_secret = "{oidc.PASSWORD}"\nserver_metadata_url = "{found.url}/.well-known/openid-configuration"\n')
        before = config.get_option("secrets.files")
        config.set_option("secrets.files", [str(place)])
        secrets_singleton._reset()
        visitor._names_provider.cache_clear()
        yield found
        config.set_option("secrets.files", before)
        secrets_singleton._reset()
        visitor._names_provider.cache_clear()


def login(client: TestClient) -> None:
    """Press Log in, go to the provider, and come back with its code."""
    sent = client.get(f"/auth/login?provider={encode_provider_token('default')}", follow_redirects=False)
    there = urlsplit(sent.headers["location"])
    connection = http.client.HTTPConnection(there.netloc)
    connection.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    client.get(f"{back.path}?{back.query}", follow_redirects=False)


def person(client: TestClient) -> User:
    """Return whom a page would see, by the cookie alone."""
    held = client.cookies.get(USER_COOKIE_NAME)
    read = decode_signed_value(get_cookie_secret(), USER_COOKIE_NAME, held.strip('"')) if held else None
    return User(json.loads(read) if read else {"is_logged_in": False})


def owner(monkeypatch, user: User) -> str | None:
    monkeypatch.setattr(st, "user", user)
    monkeypatch.setattr(st, "context", SimpleNamespace(cookies={}))
    monkeypatch.setattr(visitor, "get_script_run_ctx", lambda **_: object())
    return visitor.owner()


def test_log_in_run_log_out(desk, monkeypatch):
    app = App(str(ROOT / "app.py"), middleware=doorman.at_the_door())
    first, second = (TestClient(app, base_url=HERE) for _ in range(2))
    assert visitor.has_accounts()
    assert owner(monkeypatch, person(first)).startswith("t")
    with pytest.raises(InputError, match="need an account"):
        access.check_live()
    login(first)
    ann = owner(monkeypatch, person(first))
    assert ann.startswith("a")
    access.check_live()
    login(second)  # at another browser
    assert owner(monkeypatch, person(second)) == ann
    desk.person = {"sub": "ben", "email": "ann@example.org"}  # an address says nothing: whose account it is, the provider's number does
    login(second)
    assert owner(monkeypatch, person(second)) != ann
    first.get("/auth/logout", follow_redirects=False)
    assert not person(first).is_logged_in
    desk.key = oidc.RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})  # a token that somebody else signed
    login(first)
    assert not person(first).is_logged_in
