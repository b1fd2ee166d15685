import time

import pytest

from rag.errors import SettingsError
from rag.generating import Fault, Generator
from rag.generating.breaker import Breaker


@pytest.mark.parametrize(
    "address", ["", "localhost:11434", "ftp://a/v1", "http://", "http://[::1", "file:///etc/passwd", "http://a:0/v1"]
)
def test_what_is_no_address_is_refused_with_an_example(address):
    with pytest.raises(SettingsError, match=r"http://127\.0\.0\.1:11434/v1"):
        Generator(base_url=address, model="m")


@pytest.mark.parametrize("address", ["http://me:secret@a/v1", "http://a/v1?api-key=secret"])
def test_a_secret_in_the_address_is_refused_and_not_repeated(address):
    with pytest.raises(SettingsError, match="llm_api_key") as caught:
        Generator(base_url=address, model="m")
    assert "me:" not in str(caught.value)
    assert "secret instead" not in str(caught.value)


def test_the_key_is_in_no_representation():
    assert "sk-canary" not in repr(Generator(base_url="http://127.0.0.1/v1", model="m", api_key="sk-canary"))


def test_after_a_rest_one_call_alone_is_let_through_until_it_has_ended():
    breaker = Breaker(rest=0.1)
    breaker.enter()
    breaker.record(Fault("server"))
    breaker.enter()
    breaker.record(Fault("server"))
    with pytest.raises(Fault, match="alone"):
        breaker.enter()
    time.sleep(0.11)
    breaker.enter()
    with pytest.raises(Fault, match="alone"):
        breaker.enter()
    breaker.record(None)
    breaker.enter()
    breaker.record(Fault("server"))
    breaker.enter()
