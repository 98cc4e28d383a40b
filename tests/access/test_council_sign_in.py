"""The council's own sign-in, against a real provider; P15: a forged identity gets nobody in."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import select
from yarl import URL

from bot.access.id_tokens import Expected, HostileToken, Why, key_set, verify
from bot.access.oidc import Provider, ProviderAway, is_safe
from bot.access.roles import Role
from bot.service.council import CouncilSignIn
from bot.service.house import House
from storage import people
from storage.tables import audit, staff, staff_identities
from tests.access.council import EMAIL, acts, code_now, give_code, real_council, seed_on
from tests.access.hostile_tokens import good_claims, hostile, signed
from tests.access.provider import (
    CLIENT_ID,
    Forger,
    come_back,
    forging,
    has_user,
    provider_running,
    set_out,
    settings,
    sign_in_at,
    until_it_answers,
)
from tests.desk import northborough
from tests.desk.northborough import AMINA
from tests.desk.running import Browser, Desk, Page
from tests.promises import Promise

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
MFA = CouncilSignIn(second_factor_amr=("mfa",))


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The issuer of a running provider."""
    with provider_running() as issuer:
        yield issuer


@asynccontextmanager
async def council(database_url: str, issuer: str, ours: CouncilSignIn = MFA) -> AsyncIterator[Desk]:
    """A desk that takes the council's own sign-in."""
    async with real_council(database_url, oidc=ours, **settings(issuer)) as desk:
        yield desk


async def _somebody(issuer: str, sub: str = "amina", **claims: object) -> str:
    await until_it_answers(issuer)
    said = {"email": EMAIL, "email_verified": True, "amr": ["pwd", "mfa"], "name": "A. Y."}
    await has_user(issuer, sub, **{**said, **claims})
    return sub


async def test_whoever_was_invited_gets_in_and_is_known_by_the_subject_from_then_on(
    database_url: str, provider: str
) -> None:
    async with council(database_url, provider) as desk:
        sub = await _somebody(provider)
        page = await sign_in_at(await desk.browser(), sub)
        assert page.url.endswith("/desk/")
        assert "Amina Yusuf" in page.seen

        await _somebody(provider, sub, email="married@northborough.example")
        page = await sign_in_at(await desk.browser(), sub)

        assert "Amina Yusuf" in page.seen
        assert (await acts(desk)).count("identity_bound") == 1
        bound = await desk.store.read(lambda db: db.execute(select(staff_identities)).all())
        assert [row.staff_id for row in bound] == [AMINA]
        assert sub.encode() not in bound[0].subject_index


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "nobody@northborough.example"}, "not_invited"),
        ({"email_verified": False}, "email_not_verified"),
        ({"email_verified": "true"}, "email_not_verified"),
        ({"email": ["x"]}, "email_not_verified"),
    ],
)
async def test_without_an_invitation_or_a_verified_address_nobody_gets_an_account(
    sqlite_database_url: str, provider: str, claims: dict[str, object], why: str
) -> None:
    async with council(sqlite_database_url, provider) as desk:
        sub = await _somebody(provider, f"stranger-{why}", **claims)
        page = await sign_in_at(await desk.browser(), sub)

        assert page.status == 403
        assert "You are not signed in" in page.seen
        assert await _why(desk) == [why]
        assert len(await _everybody(desk)) == len(northborough.STAFF)


async def test_an_invitation_is_good_for_one_identity(
    sqlite_database_url: str, provider: str
) -> None:
    async with council(sqlite_database_url, provider) as desk:
        await sign_in_at(await desk.browser(), await _somebody(provider))
        page = await sign_in_at(await desk.browser(), await _somebody(provider, "twin"))

        assert page.status == 403
        assert await _why(desk) == ["bound_to_another"]


async def test_groups_decide_the_role_at_every_sign_in(
    sqlite_database_url: str, provider: str
) -> None:
    ours = CouncilSignIn(
        roles={"g-unit": Role.UNIT_MANAGER, "g-iro": Role.IRO}, second_factor_amr=("mfa",)
    )
    async with council(sqlite_database_url, provider, ours) as desk:
        sub = await _somebody(provider, groups=["other", "g-unit", "g-iro"])
        page = await sign_in_at(await desk.browser(), sub)
        assert page.url.endswith("/desk/")
        assert 'href="/desk/unit"' in page.text
        assert "role_changed" in await acts(desk)

        await _somebody(provider, sub, groups=["g-iro"])
        page = await sign_in_at(await desk.browser(), sub)
        assert page.status == 200
        assert 'href="/desk/unit"' not in page.text

        for groups in ([], ["other"], "other", None, [["g-iro"]], {"g-iro": 1}):
            await _somebody(provider, sub, groups=groups)
            assert (await sign_in_at(await desk.browser(), sub)).status == 403, groups
        assert await _why(desk) == ["no_role"] * 6


async def test_a_council_may_let_groups_make_accounts(
    sqlite_database_url: str, provider: str
) -> None:
    ours = CouncilSignIn(roles={"g-iro": Role.IRO}, make_accounts=True, second_factor_amr=("mfa",))
    async with council(sqlite_database_url, provider, ours) as desk:
        new = {"email": "new@northborough.example", "name": "Nia New", "groups": ["g-iro"]}
        page = await sign_in_at(await desk.browser(), await _somebody(provider, "new", **new))

        assert "Nia New" in page.seen
        assert ("Nia New", "iro") in await _everybody(desk)


async def test_where_the_provider_names_no_second_factor_ours_is_asked(
    sqlite_database_url: str, provider: str
) -> None:
    async with council(sqlite_database_url, provider) as desk:
        sub = await _somebody(provider, amr=["pwd"])
        first = await desk.browser()
        page = await sign_in_at(first, sub)
        assert page.url.endswith("/desk/second-factor/set-up")
        assert (await first.get("/desk/")).url.endswith("/desk/sign-in")

        # Whoever left it at that may not set it up with the council's password alone later on.
        again = await desk.browser()
        page = await sign_in_at(again, sub)
        assert "Your second factor is not set up" in page.seen

        page = await first.get("/desk/second-factor/set-up")
        seed = seed_on(page)
        code = code_now(seed)
        page = await first.post("/desk/second-factor/set-up", {"token": page.token, "code": code})
        assert "Keep your recovery codes" in page.seen
        assert (await first.get("/desk/")).status == 200

        page = await sign_in_at(again, sub)
        assert "Type the code from your app" in page.seen
        assert (await give_code(again, code)).status == 422  # it was used to set it up


async def test_whoever_has_left_does_not_get_in_by_the_council_either(
    sqlite_database_url: str, provider: str
) -> None:
    async with council(sqlite_database_url, provider) as desk:
        sub = await _somebody(provider)
        await sign_in_at(await desk.browser(), sub)
        await desk.store.write(lambda db: db.execute(staff.update().values(active=False)))

        page = await sign_in_at(await desk.browser(), sub)

        assert page.status == 403
        assert await _why(desk) == ["left"]


async def test_a_way_back_counts_once_and_in_the_browser_that_set_out(
    sqlite_database_url: str,
) -> None:
    async with forging() as forger, council(sqlite_database_url, forger.issuer) as desk:
        mine, thiefs = await desk.browser(), await desk.browser()
        asked = await set_out(mine)
        theirs = await set_out(thiefs)
        assert asked["code_challenge_method"] == "S256"
        assert {asked[one] == theirs[one] for one in ("state", "nonce", "code_challenge")} == {
            False
        }
        forger.token = _good(forger, asked["nonce"])

        assert (await come_back(thiefs, asked["state"])).status == 403  # another browser's
        assert (await come_back(await desk.browser(), asked["state"])).status == 403  # none at all
        assert (await come_back(mine, "0" * 64)).status == 403  # clears the visit
        asked = await set_out(mine)
        cookies = mine.session.cookie_jar.filter_cookies(URL(desk.base + "/"))
        forger.token = _good(forger, asked["nonce"])
        assert (await come_back(mine, asked["state"])).url.endswith("/desk/")
        replay = await desk.browser()
        replay.session.cookie_jar.update_cookies({"sayso-visit": cookies["sayso-visit"].value})
        assert (await come_back(replay, asked["state"])).status == 403
        assert set(await _why(desk)) == {"visit"}


def _good(forger: Forger, nonce: str) -> str:
    rsa = forger.keys[0]
    return signed(good_claims(forger.issuer, CLIENT_ID, nonce, datetime.now(UTC)), rsa)


async def test_two_hundred_forged_tokens_let_nobody_in_and_each_is_recorded(
    sqlite_database_url: str, full: bool, promise: Promise
) -> None:
    """P15. Each goes the whole way: out, back with a code, and the token from the provider."""
    async with forging() as forger, council(sqlite_database_url, forger.issuer) as desk:
        rsa, elliptic = forger.keys
        assert isinstance(rsa, RSAKey)
        assert isinstance(elliptic, ECKey)
        browser = await desk.browser()
        names = [name for name, _ in _hostile_to("n" * 64, forger, rsa, elliptic)]
        assert len(names) >= 200
        tried = range(len(names)) if full else range(0, len(names), 8)
        for number in tried:
            asked = await set_out(browser)
            name, forger.token = _hostile_to(asked["nonce"], forger, rsa, elliptic)[number]
            page = await come_back(browser, asked["state"])
            assert page.status == 403, name
            assert (await browser.get("/desk/")).url.endswith("/desk/sign-in"), name
        assert len(await _why(desk)) == len(tried)

        for key in (rsa, elliptic):  # the good one, from which each of them differs
            asked = await set_out(browser)
            claims = good_claims(forger.issuer, CLIENT_ID, asked["nonce"], datetime.now(UTC))
            forger.token = signed(claims, key)
            assert (await come_back(browser, asked["state"])).url.endswith("/desk/")
        promise("P15", tokens=len(tried), let_in=0, recorded=len(tried))


def _hostile_to(nonce: str, forger: Forger, rsa: RSAKey, elliptic: ECKey) -> list[tuple[str, str]]:
    claims = good_claims(forger.issuer, CLIENT_ID, nonce, datetime.now(UTC))
    return list(hostile(claims, rsa, elliptic))


def test_every_forged_token_is_refused_for_a_reason_of_ours() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
    elliptic = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
    keys = key_set({"keys": [key.as_dict(private=False) for key in (rsa, elliptic)]})
    expected = Expected("https://issuer.example", CLIENT_ID, "n" * 64)
    claims = good_claims(expected.issuer, CLIENT_ID, expected.nonce, NOW)
    reasons = set()
    count = 0
    for name, token in hostile(claims, rsa, elliptic):
        with pytest.raises(HostileToken) as refused:
            verify(token, keys, expected, NOW)
        reasons.add(refused.value.why)
        count += 1
        assert name
    assert count >= 200
    assert reasons == set(Why)


@pytest.mark.parametrize(
    ("changed", "subject"),
    [
        ({}, ("sub", "https://issuer.example", "amina")),
        ({"tid": "t", "oid": "o"}, ("entra", "t", "o")),
        ({"aud": [CLIENT_ID]}, ("sub", "https://issuer.example", "amina")),
        ({"aud": [CLIENT_ID, "x"], "azp": CLIENT_ID}, ("sub", "https://issuer.example", "amina")),
        ({"nbf": int(NOW.timestamp()) + 30}, ("sub", "https://issuer.example", "amina")),
    ],
)
def test_a_good_token_names_a_subject_that_lasts(
    changed: dict[str, Any], subject: tuple[str, ...]
) -> None:
    for key in (
        RSAKey.generate_key(2048, {"kid": "rsa"}),
        ECKey.generate_key("P-256", {"kid": "ec"}),
    ):
        keys = key_set({"keys": [key.as_dict(private=False)]})
        expected = Expected("https://issuer.example", CLIENT_ID, "n" * 64)
        claims = good_claims(expected.issuer, CLIENT_ID, expected.nonce, NOW)
        identity = verify(signed({**claims, **changed}, key), keys, expected, NOW)
        assert identity.subject == subject


def test_a_token_need_not_name_its_key_where_the_provider_has_only_one() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
    expected = Expected("https://issuer.example", CLIENT_ID, "n" * 64)
    claims = good_claims(expected.issuer, CLIENT_ID, expected.nonce, NOW)
    token, other = signed(claims, rsa, kid=None), RSAKey.generate_key(2048, {"kid": "other"})
    one = key_set({"keys": [rsa.as_dict(private=False)]})
    two = key_set({"keys": [rsa.as_dict(private=False), other.as_dict(private=False)]})

    assert verify(token, one, expected, NOW).subject[2] == "amina"
    for keys in (two, key_set({"keys": [other.as_dict(private=False)]}), key_set({})):
        with pytest.raises(HostileToken):
            verify(token, keys, expected, NOW)


def test_small_private_and_symmetric_keys_of_a_provider_sign_nothing() -> None:
    short = base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()  # 1024 bits
    good = RSAKey.generate_key(2048, {"kid": "good"})
    published = [
        {"kty": "RSA", "kid": "small", "n": short, "e": "AQAB"},
        good.as_dict(private=True),
        {**good.as_dict(private=False), "kid": "encrypts", "use": "enc"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"},
        {"kty": "RSA", "kid": "broken"},
        {"kty": "OKP", "kid": "later", "crv": "Ed25519", "x": "x"},
        "nonsense",
        good.as_dict(private=False),
    ]
    assert [key.kid for key in key_set({"keys": published}).keys] == ["good"]
    documents: tuple[object, ...] = (None, [], {"keys": None}, {"keys": {}}, {})
    for document in documents:
        assert key_set(document).keys == []


async def test_a_provider_that_changes_its_keys_is_asked_again_but_not_each_time(
    sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with forging() as forger, council(sqlite_database_url, forger.issuer) as desk:
        browser = await desk.browser()
        await set_out(browser)
        assert forger.asked_for_keys == 1
        new = RSAKey.generate_key(2048, {"kid": "new"})
        forger.published.append(new.as_dict(private=False))
        monkeypatch.setattr("bot.access.oidc._AGAIN", -1)

        asked = await set_out(browser)
        claims = good_claims(forger.issuer, CLIENT_ID, asked["nonce"], datetime.now(UTC))
        forger.token = signed(claims, new)
        assert (await come_back(browser, asked["state"])).url.endswith("/desk/")
        assert forger.asked_for_keys == 2
        monkeypatch.undo()
        for _ in range(3):
            asked = await set_out(browser)
            forger.token = signed(claims, RSAKey.generate_key(2048, {"kid": "unknown"}))
            assert (await come_back(browser, asked["state"])).status == 403
        assert forger.asked_for_keys == 2


async def test_without_the_provider_a_kind_page_says_so(sqlite_database_url: str) -> None:
    async with council(sqlite_database_url, "http://127.0.0.1:9") as desk:
        page = await (await desk.browser()).get("/desk/sign-in/council")

        assert page.status == 503
        assert "Your council’s sign-in does not answer" in page.seen


async def test_without_the_settings_there_is_no_such_way_in(desk: Desk) -> None:
    browser: Browser = await desk.browser()
    assert "council account" not in (await browser.get("/desk/sign-in")).seen
    page: Page = await browser.get("/desk/sign-in/council")
    assert page.status == 404
    assert (await browser.get("/desk/sign-in/council/back?code=x&state=y")).status == 404


async def test_a_provider_that_calls_itself_by_another_name_is_not_ours() -> None:
    async with forging() as forger:
        other = Provider(forger.issuer + "/", CLIENT_ID, "", "http://localhost/back")
        with pytest.raises(ProviderAway):
            await other.keys(named=None)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.example/x", True), ("http://127.0.0.1:9400/x", True),
        ("http://login.example/x", False), ("https://", False), ("ftp://x", False), (None, False),
        ("file:///etc/passwd", False), ("http://127.0.0.1.evil.example/", False), (5, False),
    ],
)  # fmt: skip
def test_secrets_go_over_https_or_stay_on_this_machine(address: object, safe: bool) -> None:
    assert is_safe(address) is safe


async def _why(desk: Desk) -> list[str]:
    return list(
        await desk.store.read(
            lambda db: (
                db.execute(
                    select(audit.c.detail)
                    .where(audit.c.act == "identity_refused")
                    .order_by(audit.c.entry_id)
                )
                .scalars()
                .all()
            )
        )
    )


async def _everybody(desk: Desk) -> list[tuple[str, str]]:
    house: House = desk.house
    found = await desk.store.read(lambda db: people.all_staff(db, house.id))
    return [(one.name, one.role) for one in found]
