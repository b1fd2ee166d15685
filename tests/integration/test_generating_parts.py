"""A question that asks several things is taken apart by the model, if what it says can be trusted; over a real socket."""

import time

import pytest

from rag.datatypes import Answer, Hit
from rag.generating import Deadlines, Generator
from rag.generating.parts import is_several, merged, parts_of
from rag.generating.prompt import load_phrases
from tests.support.scripted import DROP, Request, Script, ScriptedServer, chunk, key_for, keys_of, say, stop
from tests.support.shelf import example_shelf

QUESTION = "临渌市二级保护的古树一年补助多少?青砚县每名管水员每月补助多少?"
PARTS = ("临渌市二级保护的古树一年补助多少?", "青砚县每名管水员每月补助多少?")
NOTE = load_phrases()[0].notes["split"].format(questions=" ".join(PARTS))


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Have the client imported ahead: the second that it takes is none of the endpoint's."""
    Generator(base_url="http://127.0.0.1:9/v1", model="m").split(QUESTION)


def ask(first: Script) -> tuple[Answer, list[Request]]:
    shelf = example_shelf()

    def second(request: Request) -> Script:
        trees, water = key_for(request, "不低于一千二百元"), key_for(request, "每个行政村聘请1名管水员")
        return Script(
            say(f"二级保护的古树名木,每株每年养护补助不低于1200元[{trees}]。管水员每月补助200元[{water}]。") + stop()
        )

    with ScriptedServer([first, second]) as server:
        return list(Generator(base_url=server.base_url, model="m").answer(QUESTION, (), shelf))[-1], server.requests


def test_the_parts_are_shown_and_the_evidence_of_each_is_there():
    answer, requests = ask(Script(say(f"1. {PARTS[0]}\n2. {PARTS[1]}\n") + stop()))
    assert NOTE in answer.notes
    assert answer.text == "二级保护的古树名木,每株每年养护补助不低于1200元。[1]管水员每月补助200元。[2]"
    assert len(keys_of(requests[1])) == len(set(keys_of(requests[1]))) == 8


@pytest.mark.parametrize(
    "first",
    [
        Script(say(f"{PARTS[0]}\n白苎县每名管水员每月补助多少?") + stop()),
        Script(say(f"{PARTS[0]}\n每名管水员每月补助多少?") + stop()),
        Script(say(PARTS[0]) + stop()),
        Script(say("好" * 5000) + stop()),
        Script([DROP]),
    ],
    ids=["another name", "a name lost", "one part", "too long", "broken"],
)
def test_parts_that_cannot_be_trusted_are_not_used(first):
    with ScriptedServer([first]) as server:
        assert Generator(base_url=server.base_url, model="m").split(QUESTION) == []
        assert server.requests


def test_what_taking_apart_took_is_part_of_the_whole_time():
    limits = Deadlines(total=2.0)
    trickle = [step for n in range(100) for step in (chunk(f"{n}、"), 0.1)]
    begun = time.monotonic()
    with ScriptedServer([Script([1.4, *say("\n".join(PARTS)), *stop()]), Script(trickle)]) as server:
        generator = Generator(base_url=server.base_url, model="m", deadlines=limits)
        answer = list(generator.answer(QUESTION, (), example_shelf()))[-1]
    assert 1.8 < time.monotonic() - begun < 3.2
    assert answer.status == "fallen back"
    assert answer.notes[-1] == load_phrases()[0].notes["late"]


def test_a_question_of_one_thing_is_not_taken_apart():
    with ScriptedServer([Script(say("\n".join(PARTS)) + stop())]) as server:
        assert Generator(base_url=server.base_url, model="m").split(PARTS[0]) == []
        assert server.requests == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("甲县和乙县的目标有什么不同?", True),
        ("两个县分别投入多少?", True),
        ("何时开始?由谁负责?", True),
        ("比较两份通知的要求", True),
        ("二级保护的古树一年补助多少?", False),
        ("请问,补助标准是多少?", False),
    ],
)
def test_what_asks_several_things(question, expected):
    assert is_several(question) is expected


def test_numbers_and_dashes_before_the_parts_are_left_out():
    written = f"1、{PARTS[0]}\n\n- {PARTS[1]}"
    assert parts_of("".join(PARTS), written, 4) == list(PARTS)
    assert parts_of("".join(PARTS), "\n".join([written] * 3), 4) == list(PARTS)
    assert parts_of("".join(PARTS), written + "\n三\n四\n五", 4) == []


def test_rankings_are_merged_by_turns_and_nothing_comes_twice():
    one, two, three = (Hit(passage, 1.0) for passage in example_shelf().all_passages[:3])
    assert merged([[one, two], [two, three]], 8) == [one, two, three]
    assert merged([[one, two], [two, three]], 2) == [one, two]
    assert merged([], 8) == []
