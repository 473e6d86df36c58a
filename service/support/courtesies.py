"""Sentences about the answer itself in other languages than English: they claim nothing that a source could support.

Each pattern must match the whole sentence, so that no claim is taken for a courtesy.
"""

import re

_SENTENCES = (
    # Chinese, Japanese
    r"(?:以下|下面)是(?:我)?(?:找到|整理|总结)?(?:的)?(?:相关)?(?:答案|内容|信息|要点|摘要|结果|总结)",
    r"(?:根据|依据)(?:提供|所给|上述|以上|这些)?的?(?:文档|文件|段落|资料|材料|内容|来源)",
    r"希望(?:这些?|以上|这)?(?:信息|回答|内容)?(?:对您|对你)?(?:能)?(?:有(?:所)?帮助|帮到您|帮助您)",
    r"(?:总结|总之|答案|来源|要点)",
    r"以下(?:は|が)(?:回答|要約|内容|情報)(?:です)?|お役に立てば幸いです",
    # German
    r"(?:hier|nachfolgend)\s(?:ist|sind|finden\ssie)\s(?:die|eine|der|das)\s(?:antwort|zusammenfassung|überblick|angaben|informationen)",
    r"(?:laut|gemäß|nach)\s(?:den|der)\s(?:dokumenten?|quellen?|textstellen?|unterlagen|angaben)",
    r"(?:ich\shoffe,?\s)?das\shilft(?:\s(?:ihnen|dir))?(?:\sweiter)?|gern(?:e)?\sgeschehen|zusammenfassung|antwort|quellen",
    # French
    r"voici\s(?:ce\sque\sj'ai\strouvé|la\sréponse|un\srésumé|les\s(?:informations|réponses|détails))",
    r"(?:selon|d'après)\s(?:les|le)\s(?:documents?|sources?|passages?|textes?)|(?:en\s)?résumé|réponse|sources",
    r"j'espère\sque\s(?:cela|ça)\s(?:vous|t')?\s?aide(?:ra)?",
    # Spanish
    r"(?:aquí\s(?:está|tiene|están)|esta\ses)\s(?:la\srespuesta|lo\sque\sencontré|un\sresumen|la\sinformación)",
    r"(?:según|de\sacuerdo\scon)\s(?:los|las|el)\s(?:documentos?|fuentes?|pasajes?|textos?)|(?:en\s)?resumen|respuesta",
    r"espero\sque\s(?:esto|le|te)\s?(?:le|te)?\s?(?:ayude|sirva)",
    # Russian
    r"вот\s(?:ответ|краткое\sизложение|что\sя\sнаш(?:ёл|ел|ла)|информация)",
    r"(?:согласно|по\sданным)\s(?:документам|документов|источникам|источников|тексту)|надеюсь,?\sэто\sпоможет(?:\sвам)?",
    r"(?:кратко|итог|ответ|источники)",
)
_COURTESY = re.compile(rf"(?:{'|'.join(_SENTENCES)})[\s.,:;!…。，：！]*", re.IGNORECASE)


def is_courtesy(text: str) -> bool:
    """``text`` is a sentence without markup, apostrophes straight."""
    return _COURTESY.fullmatch(" ".join(text.split())) is not None
