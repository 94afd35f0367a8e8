"""Why a document cannot be read as a notice: always one Chinese line that says what would work."""


class NoticeError(ValueError):
    """The document is no notice, or is broken, locked or too large to be one."""
