from __future__ import annotations

from grokdesk.model import Finding, Region
from grokdesk.ui.compose.picture_boxes import Box, Boxes, BoxHistory, boxes_for

WHOLE = Region(0, 0, 100, 50)
ONE, TWO = Region(10, 10, 20, 5), Region(40, 10, 20, 5)


def test_what_was_found_is_offered_as_covered_and_what_is_burnt_in_stays() -> None:
    found = [Finding("card number", (ONE, TWO)), Finding("IBAN", (Region(0, 30, 9, 9),))]
    boxes = boxes_for(found, [ONE, Region(70, 0, 5, 5)], [Region(0, 30, 9, 9)])
    assert [(box.rule, box.is_on) for box in boxes.boxes] == [
        ("card number", True),
        ("card number", True),
        ("IBAN", False),
        ("", True),
    ]
    assert boxes.on == (ONE, TWO, Region(70, 0, 5, 5))
    assert boxes.kept == (Region(0, 30, 9, 9),)


def test_a_new_box_is_cut_to_the_picture_and_selected() -> None:
    boxes = Boxes().added(Region(90, 40, 50, 50), WHOLE)
    assert boxes == Boxes((Box(Region(90, 40, 10, 10)),), 0)
    assert Boxes().added(Region(5, 5, 1, 20), WHOLE) == Boxes()
    assert Boxes().added(Region(200, 5, 10, 20), WHOLE) == Boxes()


def test_a_found_box_is_switched_off_and_a_drawn_one_goes() -> None:
    boxes = Boxes((Box(ONE, "IBAN"), Box(TWO)))
    assert boxes.removed(0).boxes == (Box(ONE, "IBAN", is_on=False), Box(TWO))
    assert boxes.removed(1) == Boxes((Box(ONE, "IBAN"),))
    assert boxes.toggled(0).toggled(0).boxes == boxes.boxes


def test_the_smallest_box_below_the_pointer_is_meant() -> None:
    boxes = Boxes((Box(Region(0, 0, 50, 50)), Box(ONE)))
    assert boxes.at(12, 12) == 1
    assert boxes.at(5, 5) == 0
    assert boxes.at(99, 40) is None


def test_boxes_are_moved_and_sized_inside_the_picture() -> None:
    boxes = Boxes((Box(ONE),))
    assert boxes.shaped(0, Region(-30, 3, 0, 0), WHOLE).boxes[0].region == Region(0, 13, 20, 5)
    assert boxes.shaped(0, Region(500, 500, 0, 0), WHOLE).boxes[0].region == Region(80, 45, 20, 5)
    assert boxes.shaped(0, Region(0, 0, 5, -50), WHOLE).boxes[0].region == Region(10, 10, 25, 3)


def test_going_from_box_to_box() -> None:
    boxes = Boxes((Box(ONE), Box(TWO)))
    assert boxes.neighbour(1) == 0
    assert boxes.neighbour(-1) == 1
    assert boxes.select(0).neighbour(1) == 1
    assert boxes.select(1).neighbour(1) is None
    assert boxes.select(0).neighbour(-1) is None
    assert Boxes().neighbour(1) is None


def test_undo_and_redo() -> None:
    history = BoxHistory(Boxes())
    first = history.now.added(ONE, WHOLE)
    assert history.take(first)
    assert not history.take(first.select(None))
    assert history.take(first.added(TWO, WHOLE))
    history.undo()
    assert history.now.boxes == first.boxes
    assert history.can_redo
    history.undo()
    assert history.now == Boxes()
    assert not history.can_undo
    history.undo()
    history.redo()
    history.redo()
    history.redo()
    assert len(history.now.boxes) == 2
    history.undo()
    history.take(Boxes())
    assert not history.can_redo


def test_a_box_in_words() -> None:
    assert Box(ONE, "IBAN").in_words == "IBAN, redacted"
    assert Box(ONE, is_on=False).in_words == "drawn box, not redacted"
