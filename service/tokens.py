"""How long a text is for a language model, without the tokenizer of a model that may be anybody's."""

# English has 4 to 4.5 bytes a token with the vocabularies in use, Chinese about 3, others less than 3 with the smaller
# ones: three is on the safe side for most.
_BYTES_PER_TOKEN = 3


def estimated_tokens(text: str) -> int:
    """UTF-8 bytes divided by three, rounded up."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
