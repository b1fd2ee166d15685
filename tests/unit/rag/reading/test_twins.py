"""Reprints are found by sketches whose estimate is held against the exact resemblance."""

import random

import numpy as np
import pytest

from rag.reading.twins import RESEMBLANCE, group, resemblance, sketch

WORDS = "各级各部门要切实加强领导落实责任完善措施强化督查确保任务按期完成群众满意安全生产防汛抗旱森林防火"


def make_text(length: int, seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(WORDS) for _ in range(length))


def exact(first: str, second: str, size: int = 9) -> float:
    a, b = ({t[i : i + size] for i in range(len(t) - size + 1)} for t in (first, second))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("changed", [0.0, 0.1, 0.3, 0.6, 1.0])
def test_the_estimate_is_near_the_exact_resemblance(changed: float) -> None:
    errors = []
    for seed in range(20):
        whole = make_text(3_000, seed)
        kept = int(len(whole) * (1 - changed))
        other = whole[:kept] + make_text(len(whole) - kept, seed + 1_000)
        errors.append(resemblance(sketch(whole), sketch(other)) - exact(whole, other))
    assert abs(float(np.mean(errors))) < 0.04
    assert max(map(abs, errors)) < 0.25


def test_script_width_and_marks_do_not_count() -> None:
    assert (
        resemblance(
            sketch("關於做好２０２３年春季植樹造林工作的通知，請認真落實。"),
            sketch("关于做好2023年春季植树造林工作的通知 请认真落实"),
        )
        == 1.0
    )


def test_reprints_join_their_first_and_nothing_else_does() -> None:
    notice = make_text(1_500, 1)
    texts = [
        notice,
        make_text(1_500, 2),
        "各县区人民政府:现将通知转发给你们。" + notice + "二〇二三年五月",
        notice,
        make_text(900, 3),
        "",
    ]
    assert group([sketch(t) for t in texts]) == [0, 1, 0, 0, 4, 5]


def test_texts_below_the_threshold_stay_apart() -> None:
    whole = make_text(2_000, 5)
    half = whole[:900] + make_text(1_100, 6)
    assert exact(whole, half) < RESEMBLANCE
    assert group([sketch(whole), sketch(half)]) == [0, 1]
