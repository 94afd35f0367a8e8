"""A document as its readers give it, whatever its format: paragraphs and tables in their order."""

from dataclasses import dataclass, field

MAX_SLOTS = 200_000  # of one table's grid: a county's list has five hundred
MAX_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words without line breaks of their own; `heading` where the format marks them as one."""

    text: str
    heading: bool = False


@dataclass(eq=False, slots=True)
class Cell:
    """What stands in a cell, a line for each paragraph. A merged cell is the same object in all its slots."""

    text: str
    height: int = 1  # rows it covers
    width: int = 1
    blocks: tuple["Block", ...] = field(default=(), repr=False)  # where a table stands inside


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` all have the same number of slots. `wrapped`: its lines may be cut anywhere (plain text, a scan)."""

    rows: tuple[tuple[Cell, ...], ...]
    wrapped: bool = False
    lines: tuple[tuple[str, ...], ...] = ()  # of a text: the cells as they stand in its lines, however many


Block = Paragraph | Table


class GridBuilder:
    """Places cells one after another, as docx and html give them, around those that reach down from rows above."""

    def __init__(self) -> None:
        self._rows: list[dict[int, Cell]] = []
        self._row = -1
        self._slots = 0

    def next_row(self) -> None:
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append({})

    def place(self, cell: Cell, height: int = 1, width: int = 1, at: int | None = None) -> None:
        """Puts the cell at column `at`, or the first free one. Raises OverflowError beyond MAX_SLOTS."""
        row = self._rows[self._row]
        left = next(column for column in range(len(row) + 1) if column not in row) if at is None else at
        width = max(1, min(width, MAX_COLUMNS - left))
        height = max(1, height)
        self._slots += width * height
        if left >= MAX_COLUMNS or self._slots > MAX_SLOTS:
            raise OverflowError
        cell.height, cell.width = height, width
        for down in range(height):
            while self._row + down >= len(self._rows):
                self._rows.append({})
            for right in range(width):
                self._rows[self._row + down].setdefault(left + right, cell)

    def above(self, column: int) -> Cell | None:
        """What stands over this column in the row before."""
        return self._rows[self._row - 1].get(column) if self._row > 0 else None

    def extend(self, cell: Cell, column: int, width: int) -> None:
        """Lets a cell of the row above reach down into this one."""
        cell.height += 1
        self._slots += width
        if self._slots > MAX_SLOTS:
            raise OverflowError
        for right in range(min(width, MAX_COLUMNS - column)):
            self._rows[self._row].setdefault(column + right, cell)

    def table(self, *, wrapped: bool = False) -> Table:
        """Only the rows that were begun; what is missing is empty."""
        rows = self._rows[: self._row + 1]
        width = max((max(row, default=-1) + 1 for row in rows), default=0)
        return Table(tuple(tuple(row.get(column) or Cell("") for column in range(width)) for row in rows), wrapped)
