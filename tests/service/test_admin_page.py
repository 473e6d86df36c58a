"""The operator's pages in a real browser, against a running server."""

import re

import pytest
from playwright.sync_api import Page, expect
from worker_process import send, slow_text

SAMPLE_TITLE = "Central foreign affairs work conference"


@pytest.fixture(scope="session")
def token(server, served_folder) -> str:
    return (served_folder / "admin.token").read_text().strip()


@pytest.fixture
def admin(watched, token) -> Page:
    """The operator's pages, signed in by the link that the server prints."""
    page = watched.context.new_page()
    page.goto(f"/admin#token={token}")
    expect(heading(page)).to_have_text("Collections")
    return page


def heading(page: Page):
    return page.get_by_role("heading", level=1)


def go(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="Sections").get_by_role("link", name=section).click()
    expect(heading(page)).to_have_text(section)


def expect_refusal(watched, status: int) -> None:
    """The browser's console tells of every answer that is an error; this one was asked for."""
    told = [error for error in watched.errors if f"status of {status}" in error]
    assert len(told) == 1
    watched.errors.remove(told[0])


def drop(page: Page, files: dict[str, str]) -> None:
    transfer = page.evaluate_handle(
        """(files) => {
          const data = new DataTransfer();
          for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));
          return data;
        }""",
        files,
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": transfer})


# Signing in


def test_the_link_signs_in_and_leaves_no_token_behind(admin, token):
    assert token not in admin.url
    assert token not in admin.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert token not in admin.content()
    admin.go_back() if admin.evaluate("history.length") > 1 else None
    assert token not in admin.url
    admin.goto("/admin#/jobs")
    expect(heading(admin)).to_have_text("Jobs")


def test_a_wrong_token_is_told_and_the_right_one_gets_in(watch, server, token):
    watched = watch(server)
    page = watched.context.new_page()
    page.goto("/admin#token=wrong-wrong-wrong")
    expect(page.get_by_role("alert")).to_contain_text("not the operator's token")
    assert "wrong-wrong" not in page.url
    field = page.get_by_label("Token", exact=True)
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Paste the token first")
    field.fill(token)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Collections")
    expect(heading(page)).to_be_focused()
    assert [error for error in watched.errors if "401" not in error] == []
    watched.context.close()


def test_who_signs_out_sees_nothing_more(admin, client):
    go(admin, "Questions")
    admin.get_by_role("button", name="Sign out", exact=True).click()
    expect(heading(admin)).to_have_text("Sign in")
    admin.reload()
    expect(heading(admin)).to_have_text("Sign in")
    assert admin.get_by_role("navigation").count() == 0


# Collections and documents


def test_a_collection_is_made_and_deleted_after_a_question(admin, watched, client):
    form = admin.locator("form")
    form.get_by_label("Name").fill("bad name")
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_contain_text("cannot name a collection")
    expect_refusal(watched, 422)
    form.get_by_label("Name").fill("made-here")
    form.get_by_role("button", name="Create").click()
    remove = admin.get_by_role("button", name="Delete the collection made-here")
    remove.click()
    dialog = admin.get_by_role("dialog", name="Delete the collection made-here?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    admin.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(remove).to_be_visible()
    remove.click()
    dialog.get_by_role("button", name="Delete").click()
    expect(remove).to_have_count(0)
    expect(heading(admin)).to_be_focused()
    assert client.get("/v1/collections/made-here").status_code == 404


def test_files_are_dropped_followed_looked_for_and_deleted(admin, client, upload):
    upload("drawer", {"first.txt": "The first sheet lies at the bottom of the drawer."})
    admin.goto("/admin#/upload/drawer")
    expect(admin.get_by_text("Drop files here")).to_be_visible()
    drop(admin, {"otter <b>.txt": "The otter Ida eats two kilograms of fish a day.", "empty.txt": ""})
    good = admin.locator("li.upload", has_text="otter <b>.txt")
    expect(good).to_have_attribute("data-status", "added")
    bad = admin.locator("li.upload", has_text="empty.txt")
    expect(bad).to_contain_text("is empty")
    expect(bad).to_contain_text("Check that it was saved")
    expect(admin.locator("#announcer")).to_have_text("1\u00a0file taken in, 1\u00a0file not.")

    admin.get_by_role("link", name="See the documents").click()
    expect(admin.get_by_role("row")).to_have_count(3)
    admin.get_by_label("Search by title or address").fill("otter")
    row = admin.get_by_role("row", name="otter")
    expect(admin.get_by_role("row")).to_have_count(2)
    expect(row).to_contain_text("In use")
    with admin.expect_popup() as opened:
        row.get_by_role("link", name=re.compile("^View")).click()
    opened.value.wait_for_load_state()
    assert "/view/" in opened.value.url
    expect(opened.value.locator("article, main").first).to_contain_text("two kilograms of fish")
    opened.value.close()
    row.get_by_role("button", name=re.compile("^Delete")).click()
    admin.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(admin.get_by_text("No title or address holds")).to_be_visible()
    assert client.get("/v1/documents", params={"collection": "drawer"}).json()["total"] == 1


def test_a_file_that_is_dropped_while_the_collections_load_is_not_lost_without_a_word(admin, client, upload):
    upload("early", {"first.txt": "The first sheet."})
    asked = []
    admin.route("**/v1/collections", lambda route: asked.append(route))
    with admin.expect_request("**/v1/collections"):
        admin.goto("/admin#/upload/early")
    drop(admin, {"second.txt": "The second sheet."})
    expect(admin.locator("#announcer")).to_contain_text("Nothing was taken")
    asked[0].continue_()
    expect(admin.get_by_text("Drop files here")).to_be_visible()
    drop(admin, {"second.txt": "The second sheet."})
    expect(admin.locator("li.upload", has_text="second.txt")).to_have_attribute("data-status", "added")
    assert client.get("/v1/documents", params={"collection": "early"}).json()["total"] == 2


def test_a_document_is_replaced_under_its_own_name(admin, client, upload, tmp_path):
    upload("swap", {"rules.txt": "Rule one: whoever comes late brings cake."})
    newer = tmp_path / "rules of this year.txt"
    newer.write_text("Rule two: whoever comes early brings coffee.")
    admin.goto("/admin#/documents/swap")
    with admin.expect_file_chooser() as chooser:
        admin.get_by_role("button", name=re.compile("^Replace")).click()
    chooser.value.set_files(newer)
    expect(admin.locator("#announcer")).to_have_text("Replaced.")
    [only] = client.get("/v1/documents", params={"collection": "swap"}).json()["documents"]
    assert only["uri"] == "upload:rules.txt"
    text = client.get(f"/v1/documents/{only['id']}/text", params={"collection": "swap"}).text
    assert "coffee" in text


def test_jobs_show_reasons_and_sources_their_command(admin, upload, footnoted, served_folder, tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "paper.txt").write_text("Paper is made of wood, rags or hemp.")
    (folder / "ink.txt").write_text("Ink is made of soot or oak galls.")
    assert footnoted("ingest", folder, "-c", "told", data_dir=served_folder).returncode == 0
    upload("told", {"nothing.txt": b""})
    go(admin, "Jobs")
    job = admin.locator(".job").first
    expect(job).to_contain_text("Failed")
    expect(job).to_contain_text("nothing.txt is empty")
    admin.goto("/admin#/sources/told")
    expect(admin.locator(".card", has_text=str(folder)).locator("code")).to_have_text(
        f"footnoted ingest {folder} --collection told --data-dir {served_folder}"
    )


def test_a_running_job_shows_its_progress_and_is_cancelled(admin, client):
    long, waiting = (send(client, {name: slow_text(name, 2000)}, "cancelling") for name in ("ant.txt", "bee.txt"))
    go(admin, "Jobs")
    row = admin.locator(f'[data-job="{long["id"]}"]')
    expect(row.get_by_role("progressbar", name="Progress")).to_be_visible()
    expect(row.get_by_role("status")).not_to_be_empty()
    expect(row).to_contain_text("0 of 1")
    expect(row).to_contain_text(re.compile("reading|taking in"), timeout=60_000)
    admin.locator(f'[data-job="{waiting["id"]}"]').get_by_role("button", name="Cancel this upload").click()
    row.get_by_role("button", name="Cancel this upload").click()
    for job in (long, waiting):
        expect(admin.locator(f'[data-job="{job["id"]}"]')).to_have_attribute("data-status", "cancelled", timeout=60_000)
    expect(row.get_by_role("progressbar")).to_be_hidden()
    assert client.get(f"/v1/jobs/{long['id']}").json()["status"] == "cancelled"


def test_a_folder_is_taken_in_and_synced_from_the_page(admin, upload, client, tmp_path):
    folder = tmp_path / "drawings <1>"
    folder.mkdir()
    (folder / "bridge.txt").write_text("The bridge over the Ilm has four arches.")
    upload("drawn", {"first.txt": "The first drawing shows a mill."})
    admin.goto("/admin#/sources/drawn")
    admin.get_by_label("Folder, file or web address").fill(str(folder))
    admin.get_by_role("button", name="Take in", exact=True).click()
    expect(admin.locator("#announcer")).to_contain_text("1 added", timeout=60_000)
    card = admin.locator(".card", has_text="drawings <1>")
    (folder / "bridge.txt").write_text("The bridge over the Ilm has five arches.")
    (folder / "mill.txt").write_text("The mill has two wheels.")
    (folder / "empty.txt").touch()
    card.get_by_role("button", name=re.compile("^Sync now: ")).click()
    expect(admin.locator("#announcer")).to_contain_text("1 added, 1 changed, 1 failed", timeout=60_000)
    expect(card).to_contain_text("empty.txt is empty")
    expect(card).to_contain_text("Check that it was saved")
    assert client.get("/v1/documents", params={"collection": "drawn"}).json()["total"] == 3


# Questions


def test_questions_are_filtered_and_lead_to_their_sources(admin, ask, client, date_question):
    unknown = "How do I reset <b>the</b> router password?"
    found = ask(date_question)
    ask(unknown)
    client.post(
        "/v1/feedback", json={"answer_id": found["id"], "rating": "down", "comment": "<i>Which</i> year?"}
    ).raise_for_status()
    go(admin, "Questions")
    expect(admin.locator(".card", has_text=unknown).first).to_contain_text("Not found")
    admin.get_by_role("link", name="Thumbs down").click()
    expect(admin.get_by_role("link", name="Thumbs down")).to_have_attribute("aria-current", "true")
    card = admin.locator(".card", has_text="<i>Which</i> year?")
    expect(admin.locator(".card", has_text=unknown)).to_have_count(0)
    card.locator("summary").click()
    link = card.get_by_role("link", name=SAMPLE_TITLE)
    assert link.get_attribute("href").startswith(f"/view/{found['citations'][0]['document_id']}")
    admin.get_by_role("link", name="Not found").click()
    expect(card).to_have_count(0)
    expect(admin.locator(".card", has_text=unknown).first).to_be_visible()


# Sites


def test_a_site_is_made_copied_previewed_changed_and_deleted(admin, watched, server):
    go(admin, "Sites")
    admin.get_by_role("link", name="New site").click()
    admin.get_by_label("Name", exact=True).fill("Shop <1>")
    admin.get_by_label("Allowed origins").fill("not an origin")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("alert")).to_contain_text("not an origin")
    expect_refusal(watched, 422)
    admin.get_by_label("Allowed origins").fill("https://Shop.example.org/\nhttps://*.example.com")
    admin.get_by_label("Title").fill("Ask the shop")
    admin.get_by_label("Questions to start with").fill("When was the conference held?\n\n")
    admin.get_by_role("button", name="Save").click()
    expect(heading(admin)).to_have_text("Shop <1>")
    site = admin.url.rpartition("/")[2]
    tag = f'<script src="{server}/widget.js" data-site="{site}" defer></script>'
    expect(admin.locator("code").first).to_have_text(tag)
    expect(admin.get_by_label("Allowed origins")).to_have_value("https://shop.example.org\nhttps://*.example.com")

    preview = admin.frame_locator("iframe")
    admin.locator("iframe").evaluate("(frame) => frame.scrollIntoView({ block: 'end' })")
    launcher = preview.get_by_role("button").first
    launcher.click()
    expect(preview.get_by_text("Ask the shop")).to_be_visible()
    expect(preview.get_by_text("When was the conference held?")).to_be_visible()
    admin.get_by_label("Title").fill("Ask our shop")
    admin.get_by_label("Use a colour of its own").check()
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("status").filter(has_text="Saved.").first).to_be_visible()
    admin.locator("iframe").evaluate("(frame) => frame.scrollIntoView({ block: 'end' })")
    launcher.click()
    expect(preview.get_by_text("Ask our shop")).to_be_visible()

    admin.get_by_role("link", name="All sites").click()
    admin.get_by_role("button", name="Delete Shop <1>").click()
    admin.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(admin.get_by_role("link", name="Shop <1>")).to_have_count(0)


# For everybody


@pytest.mark.parametrize("section", ["Collections", "Documents", "Upload", "Sources", "Jobs", "Questions", "Sites"])
def test_every_section_fits_a_narrow_phone(admin, upload, section):
    upload("narrow", {"a-name-that-goes-on-without-a-break-" + "x" * 120 + ".txt": "Words."})
    admin.set_viewport_size({"width": 320, "height": 640})
    if section != "Collections":
        go(admin, section)
    if section in ("Documents", "Sources"):
        admin.get_by_label("Collection").select_option("narrow")
        expect(admin).to_have_url(re.compile("narrow$"))
    expect(admin.locator(".section > *").first).to_be_visible()
    admin.wait_for_load_state("networkidle")
    assert admin.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_keyboard_alone_reaches_a_section(admin):
    admin.keyboard.press("Tab")
    admin.locator("#nav a").nth(2).focus()
    admin.keyboard.press("Enter")
    expect(heading(admin)).to_have_text("Upload")
    expect(heading(admin)).to_be_focused()
    admin.locator("#skip").focus()
    admin.keyboard.press("Enter")
    expect(heading(admin)).to_be_focused()
    assert admin.url.endswith("#/upload")
