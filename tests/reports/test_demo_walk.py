"""Each demo account walks where its menu and its workbench lead: pages open, in Chinese, under the entry
that led there, and leads on to pages that open."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory

from reform.admin.navigation import navigation
from reports.demo.accounts import ACCOUNTS
from tests.markup import english_in, links_in

STAFF = [account.username for account in ACCOUNTS if account.is_staff]
# Held to little, so that a link of a shared page may lead further than they are let.
HELD = ("danwei", "kaoping", "kaocha", "caiwu", "kaohe")
# What leads to no page: files, and what is made at great cost.
NO_PAGES = re.compile(r"\.(xlsx|docx|pdf|csv|lrmx|zip)$|/evidence/|/static/|/logout/")
WHICH = re.compile(r"/\w*\d\w*")
CODES = re.compile(r"[A-Z_]{4,}")


def as_account(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def opened(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode() if not answer.streaming else ""


def entries(username: str) -> list[dict[str, Any]]:
    request = RequestFactory().get("/admin/")
    request.user = get_user_model().objects.get(username=username)
    return [one for group in navigation(request) for one in group["items"]]


def words_of_accounts() -> set[str]:
    """User names stand where users are looked after."""
    return {part for account in ACCOUNTS for part in re.findall("[A-Za-z]{4,}", account.username)} | {"demo"}


def foreign_words(page: str, address: str) -> set[str]:
    words = english_in(page) - words_of_accounts()
    return {word for word in words if not CODES.fullmatch(word)} if "/machines/" in address else words


@pytest.mark.parametrize("username", STAFF)
def test_every_entry_of_the_menu_opens_in_chinese_and_is_lit(loaded, username):
    client = as_account(username)
    for entry in entries(username):
        address = entry["link"]
        page = opened(client, address)
        assert foreign_words(page, address) == set(), address
        if address.startswith("/admin/"):
            request = RequestFactory().get(address)
            request.user = get_user_model().objects.get(username=username)
            lit = [one for group in navigation(request) for one in group["items"] if one["active"]]
            assert [one["title"] for one in lit] == [entry["title"]], address


@pytest.mark.parametrize("username", HELD)
def test_what_a_page_leads_to_opens_for_its_reader(loaded, username):
    client = as_account(username)
    seen: set[str] = set()
    for entry in entries(username):
        for link in links_in(opened(client, entry["link"])):
            kind = WHICH.sub("/N", link)
            if kind not in seen and not NO_PAGES.search(link):
                seen.add(kind)
                opened(client, link)


def test_person_walks_through_the_own_pages(loaded):
    client = as_account("geren")
    for link in links_in(opened(client, "/my/")):
        if not NO_PAGES.search(link):
            assert foreign_words(opened(client, link), link) == set(), link
