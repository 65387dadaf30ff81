#!/usr/bin/env python3
"""Makes the sample data sets from curriculum.csv and patterns/*.txt.

    python3 registry/data/generate.py            write the files
    python3 registry/data/generate.py --check    exit 1 if a committed file differs from what this makes

Standard library only, and its own random numbers: the same bytes on every machine.
README.md beside this file says what the files are; train_base.py imports `fill`, `load` and `label` from here.
"""
import argparse
import ast
import csv
import hashlib
import json
import pathlib
import re
import sys
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
PATTERN_FILES = ["grade12.txt", "grade34-1.txt", "grade34-2.txt", "grade56.txt"]
TRAINING, HELD_OUT = 12, 4


class Random:
    """SplitMix64 seeded by SHA-256 of a text: small, fast, and the same everywhere."""

    def __init__(self, *seed):
        text = "/".join(map(str, seed)).encode()
        self.state = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return z ^ (z >> 31)

    def between(self, low, high):
        return low + (self.next() * (high - low + 1) >> 64)

    def chance(self, p):
        return self.next() < p * 2.0**64

    def choice(self, items):
        return items[self.between(0, len(items) - 1)]

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.between(0, i)
            items[i], items[j] = items[j], items[i]
        return items


# --- the slot language of the patterns ------------------------------------------------------------------------

WORDS = {
    "이름": "민준 서연 도윤 하은 지호 수아 예준 지우 시우 하린 주원 채원 건우 다은 현우 소율 우진 유나 선우 가은 "
    "준서 나연 은호 서아 태윤 지안 승현 보람 재민 슬기 한결 미소 동현 혜진 정우 아름 규민 세아 영호 은지".split(),
    "물건": "연필 공책 구슬 스티커 지우개 색종이 블록 단추 클립 카드 풍선 리본 수첩 색연필 동전 바둑돌 딱지 도장 인형 열쇠고리 "
    "물감 접시 컵 의자 상자 책 공 모자 우산 머리핀".split(),
    "과일": "사과 귤 배 감 복숭아 자두 참외 딸기 포도 바나나 레몬 망고 키위 살구 오렌지 수박".split(),
    "동물": "강아지 고양이 토끼 다람쥐 거북이 오리 닭 염소 양 소 말 돼지 펭귄 사자 코끼리 햄스터".split(),
    "장소": "학교 도서관 공원 시장 문구점 체육관 과수원 박물관 수영장 놀이터 빵집 서점 농장 운동장 급식실 미술관".split(),
    "색": "빨간색 파란색 노란색 초록색 보라색 주황색 분홍색 하늘색 검은색 흰색 갈색 남색".split(),
    "요일": "월요일 화요일 수요일 목요일 금요일 토요일 일요일".split(),
}
SLOT = re.compile(r"\{([^{}]*)\}")
PARTICLE = re.compile(r"(.)\((이|은|을|과|으로|이나|이라|아|이랑|이에요|이라고|이어서)/(가|는|를|와|로|나|라|야|랑|예요|라고|여서|)\)")
FINAL = {"0": 21, "1": 8, "3": 16, "6": 1, "7": 8, "8": 8}  # 영(십, 백, …) 일 삼 육 칠 팔
UNIT_FINAL = {"g": 16, "kg": 16, "t": 4}  # 그램, 킬로그램, 톤; 미터 and 리터 have none


def arithmetic(text, names):
    """Evaluates + - * / // % over integers, decimals and the names of earlier slots, exactly."""

    def value(node):
        if isinstance(node, ast.Expression):
            return value(node.body)
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return Fraction(str(node.value))
        if isinstance(node, ast.Name):
            return names[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.BinOp):
            a, b = value(node.left), value(node.right)
            match node.op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.FloorDiv():
                    return Fraction(a // b)
                case ast.Mod():
                    return a % b
        raise ValueError(f"cannot compute {text!r}")

    return value(ast.parse(text, mode="eval"))


def number(x):
    """An exact number as a pupil would write it: 12, 0.75."""
    x = Fraction(x)
    if x.denominator == 1:
        return str(x.numerator)
    for places in range(1, 7):
        scaled = abs(x) * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return ("-" if x < 0 else "") + digits[:-places] + "." + digits[-places:]
    raise ValueError(f"{x} has no short decimal form")


def final_consonant(before, char):
    """Index of the final consonant of the text's last syllable as it is read aloud (0: none, 8: ㄹ)."""
    if "가" <= char <= "힣":
        return (ord(char) - 0xAC00) % 28
    unit = re.search(r"[A-Za-z]+$", before + char)
    return UNIT_FINAL.get(unit.group(), 0) if unit else FINAL.get(char, 0)


def fill(pattern, rng):
    """One problem: every slot filled, every particle chosen."""
    names, words = {}, {}

    def draw(body):
        name, bounds = body.split(":", 1)
        step = Fraction(1)
        if "|" in bounds:
            bounds, step = bounds.split("|")
            step = Fraction(step)
        low, high = (arithmetic(b, names) for b in bounds.split(".."))
        low, high = int(-(-low // 1)), int(high // 1)
        if low > high:
            raise ValueError(f"empty range {{{body}}} in: {pattern}")
        k = rng.between(low, high)
        while step != 1 and k % 10 == 0 and low < high:
            k = rng.between(low, high)
        names[name] = k * step

    def slot(match):
        body = match.group(1)
        if body.startswith("pick:"):
            return rng.choice(body[5:].split("|"))
        if body.startswith("="):
            return number(arithmetic(body[1:], names))
        name = body.split(":")[0]
        if name in names:
            return number(names[name])
        kind = body.rstrip("0123456789")
        if body not in words:
            words[body] = rng.choice([w for w in WORDS[kind] if w not in words.values()])
        return words[body]

    for body in SLOT.findall(pattern):
        if re.match(r"[a-z]:", body):
            draw(body)
    text = SLOT.sub(slot, pattern)

    def particle(match):
        char, closed, open_ = match.groups()
        final = final_consonant(text[: match.start()], char)
        if closed == "으로":
            return char + (closed if final not in (0, 8) else open_)
        return char + (closed if final else open_)

    return PARTICLE.sub(particle, text)


# --- curriculum and patterns ------------------------------------------------------------------------------------


def load():
    """The standards in curriculum order, each with its `train` and `held_out` patterns."""
    with open(HERE / "curriculum.csv", encoding="utf-8", newline="") as file:
        standards = list(csv.DictReader(file))
    by_code = {s["code"]: s for s in standards}
    for name in PATTERN_FILES:
        path, part = HERE / "patterns" / name, None
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            line = line.strip()
            if re.fullmatch(r"\[[246]수\d\d-\d\d\]", line):
                part = by_code[line].setdefault("train", [])
                current = by_code[line]
            elif line == "---":
                part = current.setdefault("held_out", [])
            elif line:
                part.append(line)
    for s in standards:
        if (len(s.get("train", [])), len(s.get("held_out", []))) != (TRAINING, HELD_OUT):
            raise SystemExit(f"{s['code']}: expected {TRAINING} + {HELD_OUT} patterns")
        s["changed"] = label(s, "2022") != label(s, "2015")
    return standards


def label(s, curriculum):
    """The answer: domain, content element and code, under the curriculum of 2022 or the one before."""
    keys = ("domain", "element", "code") if curriculum == "2022" else ("old_domain", "old_element", "old_code")
    return dict(zip(("대분류", "중분류", "하위분류"), (s[k] for k in keys)))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- the files ------------------------------------------------------------------------------------------------------

RATERS = [f"교사-{n:02}" for n in range(1, 13)]


def problems(standards):
    for n, (s, i) in enumerate((s, i) for s in standards for i in range(5)):
        rng = Random("problems", s["code"], i)
        pattern = s["train"][(i * 5 + int(s["code"][-3:-1])) % TRAINING]
        yield {"id": f"p-{n + 1:04}", "problem": fill(pattern, rng), "label": label(s, "2022")}


def feedback_row(s, i, prefix="feedback"):
    rng = Random(prefix, s["code"], i)
    pattern = s["train"][(i + int(s["code"][-3:-1])) % TRAINING]
    return {
        "id": "",
        "problem": fill(pattern, rng),
        "predicted": label(s, "2015"),
        "corrected": label(s, "2022"),
        "rating": "down" if s["changed"] else "up",
        "rater": rng.choice(RATERS),
        "grade_band": s["grade_band"],
        "date": f"2026-{rng.between(3, 6):02}-{rng.between(1, 28):02}",
    }


def spoil(row, kind):
    """One of the mistakes that real feedback has and validation must find."""
    row = json.loads(json.dumps(row))
    corrected = row["corrected"]
    match kind:
        case 0:
            corrected["하위분류"] = corrected["하위분류"].strip("[]")
        case 1:
            corrected["하위분류"] = corrected["하위분류"].replace("수", "과")
        case 2:
            corrected["대분류"] = "기하"
        case 3:
            del row["problem"]
        case 4:
            del corrected["중분류"]
        case 5:
            row["corrected"] = compact(corrected)
        case 6:
            row["rating"] = 5
        case 7:
            row["problem"] = ""
        case 8:
            row["grade_band"] = "7-9"
        case 9:
            row["date"] = "3월 2일"
        case 10:
            row["rater"] = None
        case 11:
            row["memo"] = "다시 확인"
    return row


def feedback(standards):
    """Eight corrections of every label that changed and sixteen thumbs up for every other, in an order of their own;
    then some rows repeated and some broken, put between them."""
    rows = [feedback_row(s, i) for s in standards for i in range(8 if s["changed"] else 16)]
    Random("feedback order").shuffle(rows)
    for n, row in enumerate(rows, 1):
        row["id"] = f"fb-{n:04}"
    rng = Random("feedback noise")
    good = list(rows)
    for k in range(15):
        rows.insert(rng.between(100, len(rows)), good[k * 61])
    for kind in range(12):
        bad = spoil(good[kind * 73 + 5], kind)
        bad["id"] = f"fb-{len(good) + kind + 1:04}"
        rows.insert(rng.between(20, len(rows)), bad)
    return rows


def mislabelled(standards):
    """A rater whose spreadsheet slipped by some rows: well-formed labels, nearly all wrong."""
    rows = []
    for i in range(150):
        s = standards[i * 50 % 121]
        row = feedback_row(s, i // 121, "mislabelled")
        wrong = standards[(i * 50 + 37) % 121]
        row |= {"corrected": label(wrong, "2022"), "rating": "down", "rater": "교사-99", "id": f"bad-{i + 1:04}"}
        row["grade_band"] = wrong["grade_band"]
        rows.append(row)
    return rows


def test_cases(standards, curriculum):
    """One problem from every held-out pattern."""
    for n, (s, i) in enumerate((s, i) for s in standards for i in range(HELD_OUT)):
        yield {
            "id": f"t-{n + 1:04}",
            "problem": fill(s["held_out"][i], Random("test", s["code"], i)),
            "label": label(s, curriculum),
            "영역": s["domain"] if curriculum == "2022" else s["old_domain"],
            "grade_band": s["grade_band"],
            "changed": s["changed"],
        }


def files():
    standards = load()
    made = {
        "problems.ndjson": problems(standards),
        "feedback.ndjson": feedback(standards),
        "feedback-mislabelled.ndjson": mislabelled(standards),
        "test-2022.ndjson": test_cases(standards, "2022"),
        "test-2015.ndjson": test_cases(standards, "2015"),
    }
    return {name: "".join(compact(row) + "\n" for row in rows) for name, rows in made.items()}


def main():
    parser = argparse.ArgumentParser(description="Makes the sample data sets.")
    parser.add_argument("--check", action="store_true", help="compare with the files that are there; write nothing")
    check = parser.parse_args().check
    stale = []
    for name, text in files().items():
        path = HERE / name
        if not check:
            path.write_bytes(text.encode())
            print(f"{name}: {text.count(chr(10))} rows")
        elif not path.exists() or path.read_bytes() != text.encode():
            stale.append(name)
    if stale:
        sys.exit(f"not what generate.py makes: {', '.join(stale)}; run it and look at the difference")


if __name__ == "__main__":
    main()
