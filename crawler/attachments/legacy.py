"""Text typed in the fonts of before Unicode (TCVN3 or ABC: .VnTime; VNI: VNI-Times), told and converted."""

from __future__ import annotations

import re
import unicodedata

# TCVN 5712:1993, third table (VN3): where a Western machine shows "Céng hßa", the font showed "Cộng hòa". PDF
# files make a minus of its soft hyphen and a bullet of its dot.
_TCVN3 = str.maketrans(
    "−∙¡¢£¤¥¦§¨©ª«¬­®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ưãĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_MARKS = {"ù": "́", "ø": "̀", "û": "̉", "õ": "̃", "ï": "̣"}
_HAT = {"á": "́", "à": "̀", "å": "̉", "ã": "̃", "ä": "̣"}
_BREVE = {"é": "́", "è": "̀", "ú": "̉", "ü": "̃", "ë": "̣"}


def _vni_pairs() -> dict[str, str]:
    """VNI writes a vowel's mark as a letter of its own behind it: `aù` á, `aá` ấ, `aé` ắ, `öù` ứ."""
    pairs = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    for vowel, plain in {**dict(zip("aeouy", "aeouy", strict=True)), "ô": "ơ", "ö": "ư"}.items():
        pairs |= {vowel + mark: plain + tone for mark, tone in _MARKS.items()}
    for vowel in "aeo":
        pairs |= {vowel + "â": vowel + "̂"} | {vowel + mark: vowel + "̂" + tone for mark, tone in _HAT.items()}
    pairs |= {"iù": "í", "iø": "ì", "aê": "ă"} | {"a" + mark: "ă" + tone for mark, tone in _BREVE.items()}
    both = {**pairs, **{key.upper(): value.upper() for key, value in pairs.items()}}
    # A capital vowel takes a small mark where only the first letter of a word is capital.
    both |= {key[0].upper() + key[1:]: value[0].upper() + value[1:] for key, value in pairs.items()}
    return {key: unicodedata.normalize("NFC", value) for key, value in both.items()}


_VNI = _vni_pairs()
_VNI_PAIR = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")
#: A syllable of Vietnamese: first consonants, vowels, last consonants; tones are looked at apart.
_VOWELS = (
    "uyê|uya|uyu|uây|uôi|ươi|ươu|iêu|yêu|oai|oay|oao|oeo|iê|yê|ia|ua|uô|ưa|ươ|oa|oă|oe|uâ|uê|uy|uơ|oo|ai|ao|au"
    "|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(
    rf"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?(?:{_VOWELS})(?:ch|ng|nh|[cmnpt])?"
)
_TONES = dict.fromkeys(map(ord, "̣̀́̉̃"))


def convert(text: str) -> str:
    """The text in Unicode; unchanged where it is already, or where no table makes Vietnamese of it.

    Told by the letters, not by the fonts' names, which PDF and DOC files lose: a line is converted when more
    of its words are syllables afterwards.
    """
    legacy = max((_from_tcvn3, _from_vni), key=lambda f: readable(f(text)))
    if not _better(text, legacy(text), 0.15):
        return text
    lines = [(line, legacy(line)) for line in text.split("\n")]
    return "\n".join(new if _better(old, new, 0.01) else old for old, new in lines)


def _better(old: str, new: str, by: float) -> bool:
    return new != old and readable(new) >= readable(old) + by


def readable(text: str) -> float:
    """The part of a text's words that could be Vietnamese, 0 to 1; 1 for a text without words."""
    words = _WORD.findall(text[:20_000])
    words = [w for w in words if len(w) > 1 or not w.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 1.0


def _is_syllable(word: str) -> bool:
    low = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", low)))


def _from_tcvn3(text: str) -> str:
    return _WORD_TCVN3.sub(lambda m: _capitals(m[0], m[0].translate(_TCVN3)), text)


# Its letters include signs (¸ á, ¶ ả, ­ ư) that are none of a word's elsewhere.
_WORD_TCVN3 = re.compile("[A-Za-z¡-þ]+")


def _capitals(old: str, new: str) -> str:
    """A heading in a font of capitals (.VnTimeH) is typed `CéNG HßA`: its small letters are capitals too."""
    plain = [c for c in old if c.isascii() and c.isalpha()]
    return new.upper() if plain and all(c.isupper() for c in plain) and len(old) > 1 else new


def _from_vni(text: str) -> str:
    return _VNI_PAIR.sub(lambda m: _VNI[m[0]], text)
