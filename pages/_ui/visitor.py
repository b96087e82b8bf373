"""Who is looking: on a shared server an account where ``st.login`` is configured, else the visitor of the signed cookie.

The cookie is set by the server with the first answer, before any script runs (``pages._ui.doorman``). Without it, since the browser
takes none, a tab is a visitor of its own: its runs are found until it is closed.
"""

import secrets
import time
from functools import lru_cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.secrets import secrets_singleton

from core.lab import access, visitors

LAPTOP = "laptop"
LOOKED_SECONDS = 5.0


def owner() -> str | None:
    """Return the owner name of this visit; None outside of any, such as in tests and on the command line."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if access.mode() == "laptop":
        return LAPTOP
    if (account := _account()) is not None:
        return account
    held = st.context.cookies.get(visitors.COOKIE)
    if isinstance(held, str) and (number := visitors.number_of(held)) is not None:
        return visitors.owner_of("v", number)
    return visitors.owner_of("t", st.session_state.setdefault("tab", secrets.token_hex(16)))


def _account() -> str | None:
    if not has_accounts() or not st.user.is_logged_in:
        return None
    return visitors.owner_of("a", str(st.user.get("iss", "")), str(st.user.get("sub", "") or st.user.get("email", "")))


def has_accounts() -> bool:
    """Return whether a secrets file names a provider of accounts; looked at anew every few seconds, since pages ask a hundred times."""
    return _names_provider(int(time.monotonic() // LOOKED_SECONDS))


@lru_cache(maxsize=1)
def _names_provider(_when: int) -> bool:
    return secrets_singleton.load_if_toml_exists() and "auth" in secrets_singleton


def is_stranger() -> bool:
    """Return whether this visitor has to log in before a run may start."""
    return has_accounts() and not st.user.is_logged_in


def sidebar() -> None:
    """Draw the way in and out, where there are accounts."""
    if access.mode() == "laptop" or not has_accounts():
        return
    if st.user.is_logged_in:
        st.button("Log out", icon=":material/logout:", type="tertiary", key="log-out", on_click=st.logout)
    else:
        st.button("Log in to run", icon=":material/login:", type="tertiary", key="log-in", on_click=st.login)


access.serve(owner, is_stranger)
