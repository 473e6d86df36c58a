from hypothesis import given
from hypothesis import strategies as st

from index.token_widths import padded_width


@given(st.integers(1, 512))
def test_every_text_fits_and_little_is_padded(tokens):
    step = 8 if tokens <= 32 else 16 if tokens <= 192 else 32
    assert tokens <= padded_width(tokens) < tokens + step


def test_the_widths_are_few():
    assert len({padded_width(tokens) for tokens in range(1, 513)}) <= 24
    assert padded_width(512) == 512  # no model's table of positions is left
