"""When a link is looked at again, and when it counts as dead."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.links import NEXT_DAY, RETRIES, Course, Page, PageKind, Reach, Trouble, after

NOW = datetime(2021, 6, 24, 2, 0, tzinfo=UTC)
TODAY = date(2021, 6, 24)
MONTH = timedelta(days=30)
FINE = Page(Reach.REACHED, PageKind.ARTICLE)
GONE = Page(Reach.REACHED, PageKind.MISSING)
SILENT = Page(Reach.UNREACHED, trouble=Trouble.TIMEOUT)
REFUSED = Page(Reach.UNREACHED, trouble=Trouble.STATUS, status=403)


def step(course: Course, page: Page, days: int = 0, network: bool = True) -> Course:
    return after(course, page, NOW + days * NEXT_DAY, TODAY + timedelta(days=days), MONTH, network)


def test_a_link_that_opens_is_looked_at_again_after_a_month() -> None:
    assert step(Course(NOW), FINE) == Course(NOW + MONTH, fine_at=NOW)


def test_one_that_never_opened_is_tried_a_few_times_and_then_monthly() -> None:
    course, pauses = Course(NOW), []
    for _ in range(len(RETRIES) + 2):
        course = step(course, SILENT)
        pauses.append(course.due_at - NOW)
    assert pauses == [*RETRIES, MONTH, MONTH] and course.dead_on is None


def test_one_that_opened_is_dead_after_failures_on_two_days() -> None:
    for page in (GONE, SILENT, REFUSED):
        once = step(Course(NOW, fine_at=NOW), page)
        assert (once.failed_on, once.dead_on, once.due_at) == (TODAY, None, NOW + NEXT_DAY)
        assert step(once, page) == once  # the same day again
        twice = step(once, page, days=1)
        assert (twice.failed_on, twice.dead_on) == (TODAY, TODAY + timedelta(days=1))
        assert step(twice, page, days=31).dead_on == twice.dead_on
        assert step(once, FINE, days=1) == Course(NOW + NEXT_DAY + MONTH, fine_at=NOW + NEXT_DAY)
        assert step(twice, FINE, days=31).dead_on is None


def test_where_nobody_answers_nothing_is_held_against_a_link() -> None:
    course = Course(NOW, fine_at=NOW)
    for days in range(5):
        course = step(course, SILENT, days, network=False)
        assert course.failed_on is None and course.dead_on is None
    assert step(course, GONE, 6, network=False).failed_on is not None  # somebody did answer
