from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotPossibleHere
from grokdesk.model import Ended, Finding, ImageLimits, Picture, PreparedImage, Profile, Region, ScanPolicy
from grokdesk.model.request_limits import RequestLimits
from grokdesk.paths import resources
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.prepare.preparing import RememberingPreparer
from grokdesk.providers.models.image_sizes import ImageSizes
from grokdesk.questions.context.rules import Upkeep
from grokdesk.questions.context.weighing import weight_of_picture
from grokdesk.questions.scan import Scanner
from grokdesk.ui.capture.popup import Popup
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.compose.draft_scan import DraftScan
from grokdesk.ui.compose.picture_chips import PictureChip, ThumbnailButton
from grokdesk.ui.compose.picture_viewer import PictureViewer
from grokdesk.ui.compose.question_text import QuestionText
from grokdesk.ui.compose.scan_step import ScanStep
from grokdesk.ui.kit.theme import Theme
from tests.support.images.images import encoded
from tests.support.servers.providers import PROFILE, Scripted, asker
from tests.support.windows.popups import asking_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")

FAR = Profile("far", "Far", "chat-completions", "https://api.example.org/v1")
CARD = Region(10, 10, 40, 8)
MAIL = Region(60, 30, 20, 6)
RED, BLUE = (255, 0, 0), (0, 0, 255)


@dataclass
class SeesColours:
    """A Look that takes red for a card number and blue for an e-mail address, so that boxes really hide them."""

    go_on: threading.Event = field(default_factory=threading.Event)
    error: NotPossibleHere | None = None
    looks: int = 0

    def __call__(self, image: PreparedImage, own_words: Sequence[str], cancel: CancelSwitch, /) -> tuple[Finding, ...]:
        self.looks += 1
        with cancel.waking(self.go_on.set):
            assert self.go_on.wait(20)
        cancel.check()
        if self.error is not None:
            raise self.error
        with Image.open(BytesIO(image.data)) as shown:
            picture = shown.convert("RGB")
        rules = (("card number", CARD, RED), ("e-mail address", MAIL, BLUE))
        return tuple(
            Finding(rule, (region,))
            for rule, region, colour in rules
            if picture.getpixel((region.x + 1, region.y + 1)) == colour
        )


def secret_picture() -> Picture:
    image = Image.new("RGB", (100, 60), "white")
    for region, colour in ((CARD, RED), (MAIL, BLUE)):
        image.paste(colour, (region.x, region.y, region.right, region.bottom))
    return Picture("a.png", encoded(image, "PNG"), "https://example.org/a.png")


def photo() -> Picture:
    """Noise: a JPEG unless every pixel is to be kept."""
    image = Image.effect_noise((200, 160), 90).convert("RGB")
    return Picture("photo.webp", encoded(image, "WEBP"))


def colours_of(image: QImage, fill: QColor | None = None) -> set[tuple[int, ...]]:
    if fill is not None:
        image.fill(fill)
    colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {(colour.red(), colour.green(), colour.blue(), colour.alpha()) for colour in colours}


class Stage:
    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot, self.look, prepare = qtbot, SeesColours(), RememberingPreparer()
        self.composer = Composer(theme)
        qtbot.addWidget(self.composer)
        self.composer.resize(560, 300)
        self.draft = Draft(PictureSources(lambda _f: secret_picture(), lambda _u, _c: secret_picture()), prepare)
        scanner = Scanner(self.look, lambda: "suggest", tuple)
        self.viewers: list[PictureViewer] = []
        self.step = ScanStep(
            self.draft, self.composer, DraftScan(self.draft, scanner, prepare, open_picture), self._make_viewer
        )
        self.sizes = ImageSizes()
        self.question = DraftComposer(
            self.draft,
            self.composer,
            lambda action: action == "read-text",
            lambda images, profile: Upkeep(sizes=lambda _profile: self.sizes).unfit(images, profile),
        )
        self.question.use_scan(self.step)
        self.sent: list[tuple[str, str]] = []
        self.question.submitted.connect(lambda text, action: self.sent.append((text, action)))
        self.theme = theme
        self.look.go_on.set()

    def _make_viewer(self) -> PictureViewer:
        viewer = PictureViewer(self.theme, QIcon(), QSize(500, 400))
        self.qtbot.addWidget(viewer)
        self.viewers.append(viewer)
        return viewer

    def begin(self, policy: ScanPolicy, *, is_seen: bool = True, picture: Picture | None = None) -> None:
        profile = replace(FAR, scan=policy)
        self.step.set_limits(profile.limits)
        self.step.scan.set_profile(profile)
        if is_seen:
            self.composer.show()
        self.draft.add_picture(picture or secret_picture())

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    @property
    def words(self) -> str:
        return self.composer.scan_row.words

    @property
    def choices(self) -> list[str]:
        return [button.text() for button in self.composer.scan_row.buttons]

    def choose(self, text: str) -> None:
        self.qtbot.mouseClick(self.composer.scan_row.buttons[self.choices.index(text)], Qt.MouseButton.LeftButton)

    def pixel(self, x: int, y: int) -> object:
        [entry] = self.draft.entries
        assert entry.prepared is not None
        with Image.open(BytesIO(entry.prepared.data)) as image:
            return image.convert("RGB").getpixel((x, y))

    @property
    def nothing_visible(self) -> bool:
        return all(each.is_scanned and not each.visible for each in self.step.scan.state.images.values())

    @property
    def image(self) -> PreparedImage:
        [entry] = self.draft.entries
        assert entry.prepared is not None
        return entry.prepared

    @property
    def send_button(self) -> QPushButton:
        return next(b for b in self.composer.findChildren(QPushButton) if b.property("look") == "primary")

    @property
    def thumbnail_colours(self) -> set[tuple[int, ...]]:
        """Of the picture that the thumbnail is made of, without what is drawn over it."""
        image = self.chip.state.thumbnail
        assert image is not None
        return {colour[:3] for colour in colours_of(image)}

    @property
    def chip(self) -> PictureChip:
        return self.composer.findChildren(PictureChip)[0]


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    theme = Theme(qapp, resources() / "icons")
    stage = Stage(qtbot, theme)
    yield stage
    stage.draft.clear()


FOUND = "2 items found: card number, e-mail address"


def test_what_is_found_is_shown_on_the_chip_and_in_a_row(stage: Stage) -> None:
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    assert stage.choices == ["Review", "Redact", "Send as it is"]
    assert stage.chip.state.in_words == "2 items found"
    assert stage.chip.state.suggested == (CARD, MAIL)
    assert FOUND in stage.chip.accessibleName()


def test_the_keyboard_is_in_the_text_when_boxes_were_accepted(stage: Stage) -> None:
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    stage.composer.scan_row.buttons[1].setFocus()
    stage.choose("Redact")
    assert isinstance(stage.composer.focusWidget(), QuestionText)
    stage.wait(lambda: stage.words == "")
    assert isinstance(stage.composer.focusWidget(), QuestionText)


def test_send_redacts_what_was_suggested_as_its_button_says(stage: Stage) -> None:
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    assert stage.send_button.text() == "Redact and send"
    assert stage.thumbnail_colours >= {RED, BLUE}
    stage.question.submit("What?", "ask")
    stage.wait(lambda: stage.sent == [("What?", "ask")])
    assert stage.pixel(11, 11) == stage.pixel(61, 31) == (0, 0, 0)
    assert not stage.thumbnail_colours & {RED, BLUE}


def test_send_as_it_is_is_the_second_choice(stage: Stage) -> None:
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    stage.composer.set_text("What?")
    stage.choose("Send as it is")
    assert stage.sent == [("What?", "ask")]
    assert stage.pixel(11, 11) == RED


def test_send_as_it_is_with_nothing_to_send_decides_nothing(stage: Stage) -> None:
    """Nothing is written and there is no action that Enter would run: the next question is another one."""
    stage.composer.set_actions((), "")
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    stage.choose("Send as it is")
    assert stage.sent == []
    assert stage.step.scan.state.request == "none"


def test_suggestions_are_outlines_that_leave_the_picture_readable(stage: Stage) -> None:
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    button = stage.chip.findChild(ThumbnailButton)
    assert button is not None
    colours = colours_of(button.pixmap().toImage())
    assert not any(red + green + blue < 60 and alpha == 255 for red, green, blue, alpha in colours)
    [warn] = colours_of(QImage(1, 1, QImage.Format.Format_RGB32), stage.theme.color("warn"))
    assert any(max(abs(a - b) for a, b in zip(colour, warn, strict=True)) < 40 for colour in colours)


def test_an_action_that_needs_every_pixel_is_prepared_scanned_and_shown_before_it_is_sent(stage: Stage) -> None:
    stage.begin("suggest", picture=photo())
    stage.wait(lambda: stage.step.scan.state.images != {} and not stage.step.scan.state.is_scanning)
    assert stage.image.media_type == "image/jpeg"
    looks = stage.look.looks
    stage.question.submit("", "read-text")
    assert stage.sent == []
    stage.wait(lambda: bool(stage.sent))
    assert (stage.image.media_type, stage.look.looks) == ("image/png", looks + 1)
    assert stage.image.sha256 == stage.step.scan.image(stage.draft.entries[0].id).found_on
    assert "PNG" in stage.composer.caption


def test_offer_asks_about_what_nobody_has_seen_yet(stage: Stage) -> None:
    stage.begin("suggest", is_seen=False)
    stage.wait(lambda: stage.words == FOUND)
    with stage.qtbot.waitSignal(stage.step.person_needed):
        stage.question.submit("What?", "ask")
    assert stage.sent == []
    stage.composer.show()
    assert stage.words == f"{FOUND}. Send to Far as it is?"
    stage.choose("Send as it is")
    assert stage.sent == [("What?", "ask")]


def test_send_waits_for_the_look_and_offer_can_be_sent_now(stage: Stage) -> None:
    stage.look.go_on.clear()
    stage.begin("suggest")
    stage.wait(lambda: stage.look.looks == 1 and stage.draft.is_ready)
    stage.question.submit("What?", "ask")
    assert stage.words == "Scanning for sensitive data…"
    assert stage.chip.state.in_words == "100 × 60 · scanning…"
    assert (stage.choices, stage.sent) == (["Cancel", "Send now"], [])
    stage.choose("Send now")
    assert stage.sent == [("What?", "ask")]
    stage.look.go_on.set()


@pytest.mark.parametrize("policy", ["ask", "block"])
def test_the_other_policies_wait_and_can_be_cancelled(stage: Stage, policy: ScanPolicy) -> None:
    stage.look.go_on.clear()
    stage.begin(policy)
    stage.wait(lambda: stage.look.looks == 1 and stage.draft.is_ready)
    stage.question.submit("What?", "ask")
    assert stage.choices == ["Cancel"]
    stage.choose("Cancel")
    stage.look.go_on.set()
    stage.wait(lambda: stage.words == FOUND)
    assert stage.sent == []
    assert len(stage.draft.entries) == 1


def test_always_ask_asks_each_time(stage: Stage) -> None:
    stage.begin("ask")
    stage.wait(lambda: stage.words == FOUND)
    for _ in range(2):
        stage.question.submit("What?", "ask")
        assert stage.words == f"{FOUND}. Send to Far as it is?"
        stage.choose("Cancel")
    assert stage.sent == []
    stage.question.submit("What?", "ask")
    stage.choose("Redact and send")
    stage.wait(lambda: stage.sent == [("What?", "ask")])
    assert stage.pixel(11, 11) == stage.pixel(61, 31) == (0, 0, 0)
    assert stage.words == ""


def test_block_has_no_way_to_send_it_as_it_is(stage: Stage) -> None:
    stage.begin("block")
    stage.wait(lambda: stage.words == FOUND)
    stage.question.submit("What?", "ask")
    assert stage.words == f"Not sent to Far. {FOUND}"
    assert stage.choices == ["Cancel", "Review", "Redact and send"]
    stage.choose("Redact and send")
    stage.wait(lambda: bool(stage.sent))
    [entry] = stage.draft.entries
    assert entry.picture is not None
    assert entry.picture.url == ""
    assert stage.pixel(11, 11) == (0, 0, 0)


def test_a_picture_that_cannot_be_looked_at(stage: Stage) -> None:
    stage.look.error = NotPossibleHere("The engine is missing.")
    stage.begin("block")
    stage.wait(lambda: stage.words == "Not scanned for sensitive data. The engine is missing.")
    stage.question.submit("What?", "ask")
    assert stage.words.startswith("Not sent to Far. ")
    assert stage.sent == []
    stage.choose("Cancel")
    stage.step.scan.set_profile(replace(FAR, scan="suggest"))
    stage.wait(lambda: stage.words == "Not scanned for sensitive data. The engine is missing.")
    stage.question.submit("What?", "ask")
    assert stage.sent == [("What?", "ask")]


def test_off_looks_at_nothing_and_boxes_can_be_drawn_all_the_same(stage: Stage) -> None:
    stage.begin("off")
    stage.wait(lambda: stage.draft.is_ready)
    assert stage.look.looks == 0
    stage.qtbot.mouseClick(stage.chip.findChild(ThumbnailButton), Qt.MouseButton.LeftButton)
    stage.wait(lambda: bool(stage.viewers) and stage.viewers[0].isVisible())
    canvas = stage.viewers[0].canvas
    assert canvas.boxes.boxes == ()
    canvas.take(canvas.boxes.added(Region(0, 0, 20, 20), canvas.whole))
    stage.viewers[0].apply.click()
    stage.question.submit("What?", "ask")
    stage.wait(lambda: bool(stage.sent))
    assert stage.pixel(5, 5) == (0, 0, 0)
    assert stage.pixel(30, 12) == RED


def test_the_viewer_decides_and_can_take_it_back(stage: Stage) -> None:
    stage.begin("ask")
    stage.wait(lambda: stage.words == FOUND)
    stage.choose("Review")
    stage.wait(lambda: bool(stage.viewers) and stage.viewers[0].isVisible())
    viewer = stage.viewers[0]
    assert viewer.canvas.boxes.on == (CARD, MAIL)
    viewer.canvas.take(viewer.canvas.boxes.toggled(1))
    viewer.apply.click()
    stage.wait(lambda: stage.look.looks == 2 and stage.words == "")
    assert (stage.pixel(11, 11), stage.pixel(61, 31)) == ((0, 0, 0), BLUE)
    stage.step.open_viewer(stage.draft.entries[0].id)
    stage.wait(viewer.isVisible)
    assert viewer.canvas.boxes.kept == (MAIL,)
    viewer.canvas.take(viewer.canvas.boxes.toggled(0))
    viewer.apply.click()
    stage.wait(lambda: stage.draft.is_ready and stage.pixel(11, 11) == RED)
    stage.question.submit("What?", "ask")  # both were left by the person, so nothing is undecided
    stage.wait(lambda: bool(stage.sent))


def test_another_profile_looks_again_and_what_is_over_is_dropped(stage: Stage) -> None:
    stage.look.go_on.clear()
    stage.begin("suggest")
    stage.wait(lambda: stage.look.looks == 1)
    stage.draft.set_limits(ImageLimits(long_edge=90))
    stage.draft.remove(stage.draft.entries[0].id)
    stage.look.go_on.set()
    stage.draft.add_picture(secret_picture())
    stage.wait(lambda: stage.draft.is_ready and stage.look.looks >= 2)
    assert len(stage.step.scan.state.images) == 1


def test_discarding_forgets_the_question_that_waits(stage: Stage) -> None:
    stage.begin("ask")
    stage.wait(lambda: stage.words == FOUND)
    stage.question.submit("What?", "ask")
    stage.question.discard()
    assert stage.words == ""
    assert stage.sent == []


def test_a_question_that_is_asked_without_a_window_gets_one(stage: Stage) -> None:
    controller = Controller(lambda: asker(Scripted()), lambda: PROFILE)
    popup = Popup(stage.question, asking_in(controller))
    stage.qtbot.addWidget(popup.window)
    stage.step.scan.set_profile(FAR)
    stage.draft.set_limits(FAR.limits)
    told: list[Ended | GrokDeskError] = []
    popup.ask(Incoming(pictures=(secret_picture(),)), "describe", told.append, quiet=True)
    stage.wait(popup.window.isVisible)
    assert stage.words == f"{FOUND}. Send to Far as it is?"
    stage.choose("Cancel")
    [outcome] = told
    assert isinstance(outcome, Cancelled)
    assert stage.sent == []
    controller.shut_down(5)


def test_a_part_of_a_covered_picture_is_another_picture(stage: Stage) -> None:
    """The boxes stay burnt in; the way back leads to nothing that is no longer there."""
    stage.begin("suggest")
    stage.wait(lambda: stage.words == FOUND)
    stage.choose("Redact")
    stage.wait(lambda: stage.draft.is_ready and stage.pixel(11, 11) == (0, 0, 0))
    [entry] = stage.draft.entries
    assert entry.picture is not None
    assert stage.step.scan.image(entry.id).original is not None
    stage.draft.replace_picture(entry.id, replace(entry.picture, as_is=True))
    assert stage.step.scan.image(entry.id).original is None
    assert stage.step.scan.image(entry.id).boxes == ()
    stage.wait(
        lambda: (
            stage.draft.is_ready
            and [(e.is_scanned, e.visible) for e in stage.step.scan.state.images.values()] == [(True, ())]
        )
    )
    assert stage.pixel(11, 11) == (0, 0, 0)


def test_too_many_pictures_are_said_before_send_and_the_draft_stays(stage: Stage) -> None:
    stage.begin("off")
    for _ in range(12):
        stage.draft.add_picture(photo())
    stage.wait(lambda: stage.draft.is_ready)
    stage.composer.set_text("Why?")
    row = stage.composer.limit_row
    assert row.words == "13 pictures: at most 10 can be sent in one question. Remove 3."
    stage.question.submit("Why?", "ask")
    assert (stage.sent, len(stage.draft.entries), stage.composer.text()) == ([], 13, "Why?")
    chips = stage.composer.findChildren(PictureChip)
    stage.qtbot.keyClick(chips[0].stops[-1], Qt.Key.Key_Delete)
    assert row.words == "12 pictures: at most 10 can be sent in one question. Remove 2."
    stage.qtbot.mouseClick(row.buttons[0], Qt.MouseButton.LeftButton)
    assert (row.words, len(stage.draft.entries)) == ("", 10)
    stage.question.submit("Why?", "ask")
    stage.wait(lambda: stage.sent == [("Why?", "ask")])


def test_an_image_that_the_model_is_known_to_refuse_is_said_before_send(stage: Stage) -> None:
    stage.sizes = ImageSizes(least_edge=5000)
    stage.begin("off")
    stage.wait(lambda: stage.draft.is_ready)
    assert "each side needs at least 5,000" in stage.composer.limit_row.words.replace("5000", "5,000")
    assert "enlarge it first" in stage.composer.limit_row.words
    stage.question.submit("Why?", "ask")
    assert (stage.sent, len(stage.draft.entries)) == ([], 1)
    stage.draft.remove(stage.draft.entries[0].id)
    assert stage.composer.limit_row.words == ""


@pytest.mark.parametrize(("room", "is_said"), [(1, True), (0, False)])
def test_pictures_that_are_too_large_together_are_said_before_send(stage: Stage, room: int, is_said: bool) -> None:
    picture = photo()
    image = RememberingPreparer()(picture, FAR.limits)
    size = 2 * weight_of_picture(image, lambda _url: False).bytes
    profile = replace(FAR, scan="off", request=RequestLimits(max_bytes=size - room))
    stage.step.scan.set_profile(profile)
    for _ in range(2):
        stage.draft.add_picture(picture)
    stage.wait(lambda: stage.draft.is_ready)
    assert bool(stage.composer.limit_row.words) == is_said
    stage.question.submit("Why?", "ask")
    assert stage.sent == ([] if is_said else [("Why?", "ask")])
    assert len(stage.draft.entries) == 2


def test_what_was_put_aside_can_be_brought_back(stage: Stage) -> None:
    stage.begin("off")
    stage.wait(lambda: stage.draft.is_ready)
    stage.composer.set_text("half written")
    stage.question.put_aside()
    assert (stage.draft.entries, stage.composer.text()) == ((), "")
    stage.question.put_aside()  # with nothing in it; the earlier one is still offered
    stage.draft.add_picture(photo())
    stage.composer.set_text("another")
    [offer] = [b for b in stage.composer.findChildren(QPushButton) if b.text() == "Restore"]
    stage.qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert stage.composer.text() == "half written\nanother"
    assert [entry.name for entry in stage.draft.entries] == ["photo.webp", "a.png"]
    stage.wait(lambda: stage.draft.is_ready)


def test_a_question_whose_pictures_were_removed_while_it_waited_is_not_sent(stage: Stage) -> None:
    stage.look.go_on.clear()
    stage.begin("ask")
    stage.question.submit("What is this?", "ask")
    stage.draft.remove(stage.draft.entries[0].id)
    stage.look.go_on.set()
    assert (stage.sent, stage.step.scan.state.request) == ([], "none")
    stage.question.submit("What is this?", "ask")
    assert stage.sent == [("What is this?", "ask")]
