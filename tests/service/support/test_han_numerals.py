"""Numerals of Chinese and Japanese."""

import pytest

from service.support.facts.han_numerals import in_figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("三百元", "300元"),
        ("一九三四年", "1934年"),
        ("两千四百人", "2400人"),
        ("二百五十万元", "2500000元"),
        ("十四万", "140000"),
        ("十月三日", "10月3日"),
        ("张三向李四", "张三向李四"),
        ("一般", "一般"),
        ("三分之二", "三分之二"),
        ("三分之一", "三分之一"),
        ("二三天", "二三天"),
        ("三四十人", "三四十人"),
        ("三分钟", "3分钟"),
    ],
)
def test_numerals_are_figures_and_names_are_not(text: str, figures: str) -> None:
    assert in_figures(text) == figures
