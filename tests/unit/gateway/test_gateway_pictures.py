"""Pictures: what is drawn where, to scale, and what has no room."""

from datetime import date

from gateway.pictures.blocks import MAX_BLOCKS, day_blocks
from gateway.pictures.chart import BOTTOM, LEFT, RIGHT, TOP, Point, step_chart
from gateway.pictures.dots import MOST_NAMES, WIDTH, Place, dot_map

TODAY = date(2026, 11, 23)


def test_a_block_is_a_day_and_half_a_block_half_a_day() -> None:
    picture = day_blocks(free_half_days=3, held_half_days=2)
    assert [(block.x, block.width, block.is_held) for block in picture.blocks] == [
        (1, 44, False),
        (52, 19.5, False),
        (103, 44, True),
    ]
    assert (picture.width, picture.height, picture.left_out_half_days) == (302, 46, 0)


def test_the_seventh_block_stands_on_the_next_row() -> None:
    picture = day_blocks(free_half_days=14, held_half_days=0)
    assert (picture.blocks[6].x, picture.blocks[6].y) == (1, 52)
    assert picture.height == 97


def test_what_is_set_aside_begins_a_row_when_it_does_not_fit_beside_the_rest() -> None:
    picture = day_blocks(free_half_days=9, held_half_days=5)
    assert [(block.x, block.y) for block in picture.blocks if block.is_held] == [(1, 52), (52, 52), (103, 52)]
    assert picture.height == 97
    full = day_blocks(free_half_days=12, held_half_days=4)
    assert [(block.x, block.y) for block in full.blocks if block.is_held] == [(1, 52), (52, 52)]
    crowded = day_blocks(free_half_days=26, held_half_days=10)
    assert next((block.x, block.y) for block in crowded.blocks if block.is_held) == (52, 103)


def test_what_has_no_room_is_counted_and_less_than_nothing_is_not_drawn() -> None:
    picture = day_blocks(free_half_days=100, held_half_days=1)
    assert len(picture.blocks) == MAX_BLOCKS
    assert picture.left_out_half_days == 100 - 2 * MAX_BLOCKS + 1
    assert day_blocks(free_half_days=-4, held_half_days=0).blocks == ()


def test_the_chart_steps_from_level_to_level_and_ends_today() -> None:
    points = [Point(date(2026, 9, 1), 2), Point(date(2026, 10, 1), -2)]
    chart = step_chart(points, 0, date(2026, 8, 2), TODAY)
    zero, up, down = chart.zero_y, chart.ticks[-1].y, chart.ticks[0].y
    assert (up, down) == (TOP, BOTTOM)
    assert chart.path.startswith(f"M{LEFT}.0 {zero}H")
    assert chart.path.endswith(f"V{down}H{RIGHT}.0")
    assert chart.path.count("V") == 2
    assert (chart.end_x, chart.end_y) == (RIGHT, down)
    (below,) = chart.below
    assert (below.y, round(below.y + below.height, 1)) == (zero, down)
    assert [tick.half_days for tick in chart.ticks] == [-2, 0, 2]


def test_two_changes_on_one_day_are_one_step() -> None:
    points = [Point(date(2026, 9, 1), 2), Point(date(2026, 9, 1), 4)]
    assert step_chart(points, 0, date(2026, 8, 1), TODAY).path.count("V") == 1


def test_what_happened_before_the_chart_is_its_first_level() -> None:
    points = [Point(date(2024, 1, 1), 6), Point(date(2026, 11, 1), 8)]
    chart = step_chart(points, 0, date(2026, 1, 1), TODAY)
    assert (chart.first.half_days, chart.last.half_days) == (6, 8)
    assert (chart.lowest.half_days, chart.highest.half_days) == (6, 8)


def test_the_table_behind_has_the_level_at_each_months_end() -> None:
    points = [Point(date(2026, 9, 15), 2), Point(date(2026, 11, 2), 1)]
    chart = step_chart(points, 0, date(2026, 9, 1), TODAY)
    assert [(point.day.month, point.half_days) for point in chart.ends] == [(9, 2), (10, 2), (11, 1)]


def test_a_work_date_in_the_future_is_inside_the_picture() -> None:
    chart = step_chart([Point(date(2026, 12, 1), 2)], 0, date(2026, 11, 1), TODAY)
    assert chart.end_x == RIGHT
    assert chart.last.half_days == 2


def test_large_balances_have_few_ticks() -> None:
    chart = step_chart([Point(date(2026, 11, 1), 200)], 0, date(2026, 10, 1), TODAY)
    assert len(chart.ticks) <= 7
    assert chart.ticks[-1].y >= TOP


def place(name: str, north: float, east: float, kind: str = "need") -> Place:
    return Place(name, north, east, kind)


def test_north_is_up_and_east_is_right() -> None:
    picture = dot_map([place("Sør", 60, 11, "own"), place("Nord", 61, 11), place("Øst", 60, 13)])
    assert picture is not None
    at = {dot.name: (dot.x, dot.y) for dot in picture.dots}
    assert at["Nord"][1] < at["Sør"][1]
    assert at["Øst"][0] > at["Sør"][0]
    assert {ring.km for ring in picture.rings} == {50, 100}
    assert all((ring.x, ring.y) == at["Sør"] for ring in picture.rings)


def test_what_is_far_away_does_not_press_the_near_together() -> None:
    places = [place("Eidskog", 60, 12, "own"), place("Grue", 60.4, 12), place("Bodø", 67, 14)]
    picture = dot_map(places)
    assert picture is not None
    assert {dot.name for dot in picture.dots} == {"Eidskog", "Grue"}
    assert dot_map([places[0], places[2]]) is None
    everywhere = dot_map([Place(one.name, one.latitude, one.longitude, "offer") for one in places])
    assert everywhere is not None
    assert len(everywhere.dots) == 3


def test_the_nearest_have_their_names_and_not_everybody() -> None:
    around = [place(f"By {n}", 60 + 0.03 * n, 12 + 0.12 * (n % 5)) for n in range(1, 40)]
    picture = dot_map([place("Her", 60, 12, "own"), *around])
    assert picture is not None
    named = [dot.name for dot in picture.dots if dot.label_x is not None]
    assert len(named) == MOST_NAMES
    assert "Her" in named
    assert "By 1" in named


def test_a_degree_is_drawn_as_wide_as_it_is() -> None:
    picture = dot_map([place("A", 60, 11, "own"), place("B", 61, 11), place("C", 60, 13)])
    assert picture is not None
    at = {dot.name: (dot.x, dot.y) for dot in picture.dots}
    north, east = at["A"][1] - at["B"][1], at["C"][0] - at["A"][0]
    assert abs(east / north - 2 * 0.5) < 0.03
    assert abs(picture.rings[1].radius / north - 100 / 111.2) < 0.01


def test_names_cover_neither_each_other_nor_leave_the_picture() -> None:
    crowd = [place(f"Bibliotek {number}", 60 + number / 100, 11) for number in range(12)]
    picture = dot_map([*crowd, place("Langt", 64, 12)])
    assert picture is not None
    named = [dot for dot in picture.dots if dot.label_x is not None]
    assert 2 < len(named) < len(picture.dots)
    for dot in named:
        assert 0 <= dot.label_x <= WIDTH  # type: ignore[operator]


def test_one_place_makes_no_map() -> None:
    assert dot_map([place("A", 60, 11), place("B", 60, 11)]) is None
    assert dot_map([]) is None
