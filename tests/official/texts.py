"""Texts that tokenizers disagree about: every script and category, white space, digits, contractions, marks, emoji, code."""
import random
import unicodedata

BLOCK = 128
WORDS = ("the of and to a in is was he for it with as his on be at by I this had not are but from or have an they which one you were her all "
         "she there would their we him been has when who will more no if out so said what up its about into than them can only other new some "
         "could time these two may then do first any my now such like our over man me even most made after also did many before must through "
         "Hello World HTML JSONParser iPhone McDonald's O'Reilly naïve café Zürich résumé coöperate jalapeño Ångström straße İstanbul ΣΊΣΥΦΟΣ "
         "привет мир Москва ёлка 你好 世界 中文 分词 人工智能 北京大学 天气很好 日本語 カタカナ ひらがな 東京 한국어 서울 안녕하세요 สวัสดี "
         "ภาษาไทย नमस्ते हिन्दी தமிழ் ગુજરાતી বাংলা العربية مرحبا שלום עברית Ελληνικά ქართული հայերեն አማርኛ ខ្មែរ ລາວ မြန်မာ བོད་ཡིག").split()
CONTRACTIONS = "'s 't 're 've 'm 'll 'd 'S 'T 'RE 'VE 'M 'LL 'D 'Re 'lL ’s ’t ’ll 'ſ n't do not can't I'm we'd it's 's's ''s '".split(" ")
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n", "\n ", "\r", "\v", "\f", "\x85", "\xa0", "\u2003", "\u2028", "\u2029", "\u3000", "\u1680",
          "\u200b", "\u202f", "\u205f", "\ufeff", "\x1c", "\x1f"]
CODE = ["if (x == 0) {", "return a->b[i];", "x += 1", "// note", "/* c */", "def f(self):", "<div class=\"a\">", "&amp;", "https://a.b/c?d=e&f=1#g",
        "C:\\x\\y", "a_b_c", "camelCase", "__init__", "0x1F", "1e-5", "3.14159", "1,000,000", "$5.00", "50%", "a@b.co", "#tag", "...", "!!!", "?!", "--", "—",
        "==>", "||", "&&", "!=", "[]", "{}", "()", "''", '""', "``", "~~", "\\n", "\\", "¿¡", "。", "，", "、", "！", "？", "「」", "《》", "（）", "…", "·"]
EMOJI = ["🚀", "😶\u200d🌫️", "👨\u200d👩\u200d👧\u200d👦", "🇩🇪", "🇨🇳🇺🇸", "👍🏽", "❤️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "☃", "™", "©", "½", "²", "Ⅷ", "ﬁ", "ǅ", "Å", "Ω", "한", "가", "각", "が"]
ODD = ["\0", "\x01", "\x7f", "\ufffd", "\ufffe", "\U0010ffff", "\ue000", "\u0301", "\u0327\u0301", "e\u0301", "a\u0323\u0307", "\u0345", "▁", "▁▁", "Ġ", "Ċ", "Â", "</w>", "##a",
       "<0x0A>", "\u2581a", "\u200d", "\u00ad", "\u034f", "\u115f\u1160\u11a8", "\u1100\u1161\u11a8", "\u0e33", "\u0eb3", "\u0958", "\u1e9e", "ß", "İ", "ı", "ŉ", "ﬀ", "㎏", "①", "ｱ", "ﾞ", "Ａｂ"]


def assigned_blocks():
    """Blocks of code points with something assigned, private use and unassigned ones among them now and then."""
    blocks = []
    for at in range(0, 0x110000, BLOCK):
        if 0xD800 <= at < 0xE000:
            continue
        kinds = [unicodedata.category(chr(c)) for c in range(at, at + BLOCK)]
        if any(k not in ("Cn", "Co") for k in kinds):
            blocks.append(at)
    return blocks


BLOCKS = assigned_blocks()
CATEGORIES = {}
for cp in range(0x110000):
    CATEGORIES.setdefault(unicodedata.category(chr(cp)), []).append(cp)
CATEGORIES.pop("Cs", None)


def piece(rng, specials):
    kind = rng.randrange(20)
    if kind < 5:
        word = rng.choice(WORDS)
        return rng.choice([word, word, word, word.upper(), word.title(), word.swapcase(), word[::-1]])
    if kind < 6:
        return rng.choice(WORDS) + rng.choice(CONTRACTIONS)
    if kind < 9:
        return rng.choice(SPACES) * rng.choice([1, 1, 1, 2, 3, rng.randrange(1, 20)])
    if kind < 10:
        return "".join(rng.choice("0123456789") for _ in range(rng.choice([1, 2, 3, 4, 5, 9, rng.randrange(1, 40)])))
    if kind < 12:
        return rng.choice(CODE)
    if kind < 13:
        return rng.choice(EMOJI)
    if kind < 14:
        return rng.choice(ODD)
    if kind < 16:
        at = rng.choice(BLOCKS)
        return "".join(chr(rng.randrange(at, at + BLOCK)) for _ in range(rng.randrange(1, 8)))
    if kind < 18:
        pool = CATEGORIES[rng.choice(list(CATEGORIES))]
        return "".join(chr(rng.choice(pool)) for _ in range(rng.randrange(1, 4)))
    if kind < 19 and specials:
        return rng.choice(specials)
    return rng.choice("aA1 .中é\n") * rng.choice([1, 2, 3, rng.randrange(1, 60)])


def texts(count, seed, specials=()):
    """`count` texts without lone surrogates; `specials` appear in some."""
    rng = random.Random(seed)
    for _ in range(count):
        glue = rng.choice(["", "", " ", " "])
        yield glue.join(piece(rng, specials) for _ in range(rng.choice([1, 2, 3, 5, 8, rng.randrange(1, 25)])))
