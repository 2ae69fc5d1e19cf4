"""The whole way of a new person, in each language, on a phone-sized screen with a camera."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.async_api import Page, Request, Route, expect

from tests.browser.harness import PASSWORD, Api, Product
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.slow]


@pytest.mark.parametrize("language", ["en", "zh", "ko"])
async def test_register_consent_check_in_and_look_back(person: Person, page: Page, photos: Path, language: str) -> None:
    await person.open()
    await person.press("welcome.register")
    await person.fill("username", person.username)
    await person.speak(language)
    await expect(page.locator("input[name=username]")).to_have_value(person.username)  # the form stays
    await person.press("welcome.have")
    await person.register()
    await person.open("/help")
    await person.title("help.title")
    await person.open("/today")  # where the first choices are not made yet
    await person.title("consent.title")
    await person.choose()
    await person.check_in()
    await person.has_result()
    await expect(page.locator(".bar-row")).to_have_count(10)
    await person.press("reading.match.yes")
    await expect(page.get_by_text(person.say("reading.match.thanks"))).to_be_visible()

    await person.open("/today")
    await person.check_in_from_album(photos / "odd" / "quality_good.jpg")
    await expect(page).to_have_url(re.compile(r"/reading/"), timeout=20_000)

    await person.open("/history?view=readings")
    rows = page.locator(".reading-row")
    await expect(rows).to_have_count(2)
    await rows.first.get_by_role("button").click()
    await person.press("app.delete")
    await expect(rows).to_have_count(1)


async def test_the_camera_photo_is_read_as_the_expression_that_was_shown(person: Person, page: Page) -> None:
    await person.arrive()
    await person.check_in()
    await person.has_result()
    await expect(page.locator(".result-glyph")).to_have_text("🙂")  # the clip shows a smile at that time
    await person.press("reading.match.yes")
    await expect(page.get_by_text(person.say("reading.match.thanks"))).to_be_visible()
    await person.press("app.back")
    await page.go_forward()
    await expect(page.get_by_text(person.say("reading.match.thanks"))).to_be_visible()  # not asked again


async def test_an_app_that_lay_open_over_night_shows_the_new_day(person: Person, page: Page) -> None:
    await page.clock.install()
    await person.arrive()
    date = page.locator("main > .stack > p.muted")
    yesterday = await date.inner_text()
    said: list[Request] = []
    page.on("request", lambda asked: said.append(asked) if asked.url.endswith("/selfreports") else None)
    await page.get_by_role("button", name=person.say("today.mood.4"), exact=True).dblclick()
    await expect(page.get_by_text(person.say("today.mood.saved"))).to_be_visible()
    assert len(said) == 1
    await page.clock.fast_forward("24:00:00")
    await expect(date).not_to_have_text(yesterday)
    await expect(page.get_by_role("button", name=person.say("today.mood.4"), exact=True)).to_be_visible()


async def test_without_consent_nothing_can_be_sent(person: Person, page: Page) -> None:
    # Registered from a phone that cannot tell where it is: the server knows no such zone.
    await page.add_init_script(
        "const told = Intl.DateTimeFormat.prototype.resolvedOptions;"
        "Intl.DateTimeFormat.prototype.resolvedOptions = function () {"
        " return { ...told.call(this), timeZone: 'Etc/Unknown' } }"
    )
    await person.arrive(read_photos=False)
    await person.follow("today.checkin")
    await expect(page.get_by_text(person.say("capture.noconsent"))).to_be_visible()
    await expect(page.locator("video")).to_have_count(0)

    # Nobody agrees to words that did not come.
    await page.route(re.compile("/consents/texts"), lambda route: route.abort())
    await page.reload()
    again = page.get_by_role("button", name=person.say("app.retry"))
    agree = page.get_by_role("button", name=person.say("consent.agree"))
    await expect(again).to_be_visible()
    await expect(agree).to_have_count(0)
    await page.unroute_all()
    await again.click()
    await expect(agree).to_be_visible()


async def test_a_photo_without_a_face_gets_advice(person: Person, page: Page, photos: Path) -> None:
    await person.arrive()
    await page.evaluate("void (IDBObjectStore.prototype.put = () => { throw new Error('the phone is full') })")
    await person.check_in_from_album(photos / "noface" / "shapes.jpg")
    await expect(page.get_by_text(person.say("capture.notkept"))).to_be_visible()

    await person.open("/today")
    await person.check_in_from_album(photos / "noface" / "shapes.jpg")
    await expect(page.locator("[data-abstained=no_face]")).to_be_visible(timeout=20_000)
    await expect(page.get_by_text(person.say("abstained.no_face"))).to_be_visible()


KEEP_WHAT_IS_SENT = """
const fetchAsBefore = window.fetch;
window.sent = [];
window.fetch = async (path, init) => {
  const file = init?.body instanceof FormData ? init.body.get('file') : null;
  if (file) window.sent.push([...new Uint8Array(await file.arrayBuffer())]);
  return fetchAsBefore(path, init);
};
"""


async def test_the_photo_leaves_without_metadata_and_scaled_down(person: Person, page: Page, photos: Path) -> None:
    """What is sent holds neither the place nor the camera's name, and no more than 1280 pixels."""
    await page.add_init_script(KEEP_WHAT_IS_SENT)
    await person.arrive()
    large, located = photos / "odd" / "large_6400px.jpg", photos / "odd" / "exif_gps.jpg"
    assert b"Exif" in located.read_bytes()
    for source in (large, located):
        await person.check_in_from_album(source)
        await expect(page).to_have_url(re.compile(r"/reading/"), timeout=20_000)
        await person.press("app.back")
    await page.evaluate(
        "void (window.createImageBitmap = ((made) => (...given) => new Promise((later) => setTimeout(later, 500))"
        ".then(() => made(...given)))(createImageBitmap))"
    )
    await person.check_in_from_album(source)
    await person.press("app.back")  # before the photo was opened: it is not sent
    await page.wait_for_timeout(1000)
    await expect(page).to_have_url(re.compile("/today$"))
    sent = [bytes(photo) for photo in await page.evaluate("window.sent")]
    assert len(sent) == 2
    assert all(b"Exif" not in photo for photo in sent)
    assert max(Image.open(BytesIO(sent[0])).size) == 1280


async def test_tokens_are_in_no_storage_that_a_script_could_read_later(person: Person, page: Page) -> None:
    await person.arrive()
    stored = await page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "eyJ" not in stored
    await page.evaluate("localStorage.clear()")  # as Safari does after a week without a visit; it keeps the cookie
    await page.reload()
    await expect(page.get_by_role("link", name=person.say("today.checkin"))).to_be_visible()
    await person.check_in()
    await person.has_result()


async def test_history_of_several_days(page: Page, product: Product, api: Api, person: Person, photos: Path) -> None:
    photo = (photos / "odd" / "quality_good.jpg").read_bytes()
    taken = datetime.now(ZoneInfo("Europe/London")) - timedelta(hours=2)
    api.http.patch("/me", json={"timezone": "Europe/London"}).raise_for_status()
    assert api.send(photo, taken.isoformat())["status"] == "read"
    username = api.get("/me")["username"]
    await person.open()
    await person.log_in(username)
    await person.follow("nav.history")
    await expect(page.locator("a.day")).to_have_count(1)
    await page.locator("a.day").click()
    await expect(page.locator("svg.chart rect.positive")).to_have_count(1)
    await expect(page.locator(".reading-row")).to_have_count(1)
    await person.open("/history?view=trend")
    await expect(page.locator("svg.chart circle.now")).to_have_count(1)
    await page.get_by_text(person.say("app.table")).click()
    await expect(page.locator("tbody tr")).to_have_count(1)

    # After a move the day keeps its readings, also where it was another day by then.
    zone = "Pacific/Kiritimati" if taken.hour >= 10 else "Pacific/Pago_Pago"
    api.http.patch("/me", json={"timezone": zone}).raise_for_status()
    await person.open(f"/history/day/{taken:%Y-%m-%d}")
    await expect(page.locator("svg.chart rect.positive")).to_have_count(1)
    await expect(page.locator(".reading-row")).to_have_count(1)


MENU = {"en": "What can you do?", "zh": "你能做什么?", "ko": "무엇을 할 수 있어요?"}


@pytest.mark.parametrize("language", MENU)
async def test_chat_questionnaire_withdraw_export_and_delete(
    person: Person, page: Page, product: Product, language: str, tmp_path: Path
) -> None:
    await person.open()
    await person.speak(language)
    await person.register()
    await person.choose()

    await person.follow("nav.chat")
    await page.get_by_role("button", name=person.say("chat.start.1"), exact=True).click()
    await expect(page.locator(".bubble.person")).to_have_text(re.compile(re.escape(person.say("chat.start.1"))))
    await expect(page.locator(".bubble.bot:not(.muted)").first).to_be_visible()
    for said in range(2, 5):
        await page.locator(".composer input, .composer textarea").fill(person.say("chat.start.1"))
        await page.keyboard.press("Enter")
        await expect(page.locator(".bubble.bot:not(.muted)")).to_have_count(said)
    await page.locator(".composer input, .composer textarea").fill(MENU[language])
    await page.keyboard.press("Enter")
    choices = page.locator(".quick button")
    await expect(choices).to_have_count(6)
    composer = await page.locator(".composer").bounding_box()
    for box in [await choice.bounding_box() for choice in await choices.all()]:
        assert box
        assert composer
        assert box["y"] + box["height"] <= composer["y"], "a choice hides under the bar"

    await person.open("/questionnaire/who5")
    for number in range(5):
        await expect(page.get_by_text(_count(person.say("survey.progress"), number + 1, 5))).to_be_visible()
        await page.locator("fieldset button").nth(3).click()
    await expect(page.get_by_text(re.compile(r"\b60\b")).first).to_be_visible()  # 5 answers of 3, times 4

    await person.open("/me/consents")
    photos = page.locator("[data-purpose=score_photos]")
    await photos.get_by_role("button", name=person.say("consent.withdraw")).click()
    await page.get_by_role("dialog").get_by_role("button", name=person.say("consent.withdraw")).click()
    await expect(photos).to_have_attribute("data-granted", "false")
    await page.locator("summary", has_text=re.compile(f"^{person.say('consent.history')}$")).click()
    async with page.expect_download() as receipt:
        await page.get_by_role("button", name=person.say("consent.receipt")).first.click()
    await (await receipt.value).save_as(tmp_path / "receipt.json")
    assert "signature" in json.loads((tmp_path / "receipt.json").read_bytes())

    await person.open("/me/export")
    async with page.expect_download() as download:
        await person.press("me.export.button")
    target = tmp_path / "export.zip"
    await (await download.value).save_as(target)
    with zipfile.ZipFile(target) as archive:
        assert any(name.endswith(".json") for name in archive.namelist())
        assert any(name.upper().startswith("README") for name in archive.namelist())

    await person.open("/me/erase")
    await page.locator("form input").fill(person.username)
    await person.press("me.erase.button")
    await expect(page.get_by_text(person.say("me.erase.done"))).to_be_visible()
    await person.fill("username", person.username)
    await person.fill("password", PASSWORD)
    await person.press("welcome.login")
    await expect(page.get_by_text(person.say("error.credentials"))).to_be_visible()


def _count(sentence: str, number: int, total: int) -> str:
    return sentence.replace("{n}", str(number)).replace("{total}", str(total))


async def test_profile_password_and_sessions(person: Person, page: Page, product: Product) -> None:
    await person.arrive()
    await person.open("/me/profile")
    await page.get_by_label(re.compile(person.say("profile.display"))).fill("Ana Maria")
    elsewhere = Api(product.url).sign_in(person.username, PASSWORD)
    elsewhere.http.patch("/me", json={"email": f"{person.username}@example.org"}).raise_for_status()
    await person.press("app.save")
    await expect(page.get_by_text(person.say("app.saved"))).to_be_visible()
    assert elsewhere.get("/me")["email"]  # given on another device meanwhile
    await expect(page.get_by_label(re.compile(person.say("welcome.email")))).not_to_have_value("")
    await page.locator("summary", has_text=person.say("profile.password")).click()
    await page.get_by_label(person.say("profile.password.old")).fill(PASSWORD)
    await page.get_by_label(person.say("profile.password.new")).fill("another calm harbour")
    await person.press("profile.password")
    await expect(page.get_by_text(person.say("profile.password.done"))).to_be_visible()
    await person.open("/me/sessions")  # the new cookie goes on
    await expect(page.get_by_text(person.say("me.sessions.this"))).to_be_visible()
    await person.open("/today")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Maria")
    await person.open("/help")
    await page.get_by_label(person.say("help.plan.call")).fill("My sister")
    await page.wait_for_timeout(500)  # saved a moment after the last key
    await person.open("/me/sessions")
    await person.press("me.sessions.all")
    await expect(page.get_by_role("dialog")).to_contain_text(person.say("me.logout.plan"))
    await page.get_by_role("dialog").get_by_role("button", name=person.say("me.sessions.all")).click()
    await expect(page.locator("input[name=username]")).to_be_visible()

    # The link of a mail; its code is not this test's matter, and the password stays.
    await page.route(re.compile("/password-reset/confirm$"), lambda route: route.fulfill(status=204))
    await person.open("/reset#token=from-the-mail")
    await page.get_by_label(person.say("welcome.reset.new")).fill("another calm harbour")
    await person.press("welcome.reset.set")
    await person.press("welcome.login")
    await person.log_in(person.username, "another calm harbour")


async def test_enrolling_a_face_and_erasing_it(person: Person, page: Page, photos: Path) -> None:
    await person.arrive()
    await person.open("/me/consents")
    camera = page.locator("[data-purpose=office_camera]")
    await camera.get_by_role("button", name=person.say("consent.agree")).click()
    await expect(camera).to_have_attribute("data-granted", "true")
    await person.open("/me/face")
    await page.get_by_label(person.say("me.face.pick")).set_input_files(photos / "odd" / "quality_good.jpg")
    await expect(page.get_by_text(person.say("me.face.done"))).to_be_visible(timeout=30_000)
    await person.press("me.face.remove")
    await expect(page.get_by_text(person.say("me.face.none"))).to_be_visible()


async def test_the_chosen_language_becomes_the_one_of_notes_and_bot(person: Person, page: Page) -> None:
    await person.arrive()
    await person.open("/me")
    async with page.expect_response(lambda answer: answer.request.method == "PATCH") as patched:
        await person.speak("ko")
    assert (await (await patched.value).json())["locale"] == "ko"


async def test_whoever_comes_back_from_the_mail_sees_the_address_confirmed(person: Person, page: Page) -> None:
    address = {"email": "ana@example.org", "email_confirmed": False}

    async def with_an_address(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json={**await answer.json(), **address})

    await person.arrive()
    await page.route(re.compile("/api/v1/me$"), with_an_address)
    await person.open("/me/channels")
    mails = page.locator("[data-purpose=email]")
    await mails.get_by_role("button", name=person.say("consent.agree")).click()
    unconfirmed = page.get_by_text(person.say("channels.email.unconfirmed"))
    await expect(unconfirmed).to_be_visible()
    address["email_confirmed"] = True
    await page.evaluate("void window.dispatchEvent(new Event('visibilitychange'))")
    await expect(unconfirmed).to_have_count(0)


async def test_quiet_hours_and_prompts_are_kept(person: Person, page: Page) -> None:
    await person.arrive()
    await person.open("/me/channels")
    await page.get_by_label(person.say("channels.quiet.from"), exact=True).fill("21:30")
    await expect(page.get_by_text(person.say("app.saved"))).to_be_visible()
    await page.get_by_label(person.say("channels.prompts.2")).check(force=True)
    await page.reload()
    await expect(page.get_by_label(person.say("channels.quiet.from"), exact=True)).to_have_value("21:30")
    twice = page.get_by_label(person.say("channels.prompts.2"))
    await expect(twice).to_be_checked()

    # What was not saved is not shown either.
    await page.context.set_offline(True)
    await page.get_by_label(person.say("channels.prompts.0")).click(force=True)
    await expect(page.locator(".toast")).to_be_visible()
    await expect(twice).to_be_checked()
    await page.get_by_label(person.say("channels.pause")).click()
    await expect(page.get_by_label(person.say("channels.pause"))).not_to_be_checked()


async def test_asking_hr_for_a_conversation_and_seeing_what_becomes_of_it(
    person: Person, page: Page, product: Product
) -> None:
    await person.arrive()
    await person.open("/me/cases")
    await page.locator("summary").click()
    await page.get_by_label(person.say("me.cases.note")).fill("I would like to talk about my shifts.")
    await person.press("today.share.look")
    await expect(page.get_by_role("dialog")).to_contain_text("I would like to talk about my shifts.")
    await page.get_by_role("dialog").get_by_role("button", name=person.say("app.cancel"), exact=True).click()
    await expect(page.get_by_role("heading", name=person.say("me.case.new"), exact=True)).to_have_count(0)
    await person.press("today.share.look")
    await page.get_by_role("dialog").get_by_role("button", name=person.say("today.share.yes"), exact=True).click()
    await expect(page.get_by_role("heading", name=person.say("me.case.new"), exact=True)).to_be_visible()

    hr = Api(product.url).sign_in(**product.demo["logins"]["hr"])
    case = next(row for row in hr.get("/hr/escalations")["items"] if row["name"] == "Ana" and row["status"] == "new")
    assert hr.get(f"/hr/escalations/{case['id']}")["shared"]["note"] == "I would like to talk about my shifts."
    hr.http.post(f"/hr/escalations/{case['id']}/acknowledge", json={"note": ""}).raise_for_status()

    await page.reload()
    await expect(page.get_by_role("heading", name=person.say("me.case.acknowledged"), exact=True)).to_be_visible()
    for _ in range(55):
        hr.get(f"/hr/escalations/{case['id']}")
    await person.open("/me/access")
    await expect(page.locator(".list .item")).to_have_count(50)
    await page.context.set_offline(True)
    await person.press("app.more")
    await expect(page.locator(".toast")).to_be_visible()
    await page.context.set_offline(False)
    await person.press("app.more")
    await expect(page.locator(".list .item").nth(55)).to_be_visible()

    # "Never" takes cases back for good: it is asked about like every other withdrawal.
    await person.open("/me/consents")
    sharing = page.locator("[data-purpose=share_escalations]")
    await sharing.get_by_label(person.say("consent.sharing.automatic")).click()
    await expect(sharing).to_have_attribute("data-granted", "true")
    await sharing.get_by_label(person.say("consent.sharing.never")).click()
    await page.get_by_role("dialog").get_by_role("button", name=person.say("app.cancel")).click()
    await expect(sharing.get_by_label(person.say("consent.sharing.automatic"))).to_be_checked()
    await sharing.get_by_label(person.say("consent.sharing.never")).click()
    await page.get_by_role("dialog").get_by_role("button", name=person.say("consent.withdraw")).click()
    await expect(sharing).to_have_attribute("data-granted", "false")
