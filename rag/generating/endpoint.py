"""A chat completion streamed under deadlines of our own; the one door to `openai`.

The library's own time-outs cover neither the look-up of a name nor a server that trickles, and its retries multiply
them. So each call runs in a thread that only reads; the caller waits on a queue, for as long as the phase allows.
"""

from __future__ import annotations

import functools
import queue
import socket
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from rag.errors import SettingsError
from rag.generating.breaker import Breaker
from rag.generating.fault import Fault, fault_of

if TYPE_CHECKING:
    from openai import OpenAI


class Message(TypedDict):
    """A turn of the conversation, as the protocol has it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each phase may take, in seconds.

    A person looks at an empty page until `first`; after `patience` a retry that the server asks for comes too late,
    since the quotation is at hand already.
    """

    connect: float = 3.0
    first: float = 15.0
    gap: float = 10.0
    total: float = 60.0
    patience: float = 10.0


_CONNECTED = object()
_DONE = object()


class Endpoint:
    """A model behind an OpenAI-compatible address.

    An empty `api_key` suits local servers. `temperature` None leaves it to the server: some models refuse any other.

    Raises:
        SettingsError: the address is not one of http or https, or carries a name, a password or a query.
    """

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key: str = "",
        deadlines: Deadlines | None = None,
        temperature: float | None = 0.0,
    ) -> None:
        _check_address(base_url)
        self.model = model
        self._base_url = base_url
        self._api_key = api_key
        self._deadlines = deadlines or Deadlines()
        self._temperature = temperature
        self._breaker = Breaker()

    def reply(
        self, messages: Sequence[Message], within: float | None = None, spent: float = 0.0
    ) -> Generator[str, None, None]:
        """Yield the pieces of a reply as they arrive; an empty piece only says that the model is at work.

        `within` (seconds) narrows the total of the deadlines, of which `spent` are gone. Closing the generator ends the
        call at once.

        A call is tried once more if nothing was said yet and the server names a time within our patience and the total.

        Raises:
            Fault: no reply came, or not the whole of it.
        """
        end = time.monotonic() + min(self._deadlines.total - spent, within or self._deadlines.total)
        self._breaker.enter()
        for last in (False, True):
            said = False
            try:
                for piece in self._attempt(messages, end):
                    said = said or bool(piece)
                    yield piece
            except Fault as fault:
                pause = fault.retry_after
                if last or said or pause is None or pause > min(self._deadlines.patience, end - time.monotonic()):
                    self._breaker.record(fault)
                    raise
                time.sleep(pause)
            else:
                self._breaker.record(None)
                return

    def models(self) -> list[str]:
        """Return the names of the models that the endpoint offers, sorted.

        Raises:
            Fault: the list could not be had.
        """
        import openai

        try:
            return sorted(model.id for model in self._client.models.list(timeout=self._deadlines.connect).data)
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            raise fault_of(error) from None

    @functools.cached_property
    def _client(self) -> OpenAI:
        import openai

        limits = self._deadlines
        # Proxies and organisations out of the environment, and redirects, would send the key where nobody meant it to.
        # A connection a call: so that closing its socket ends this call and no other.
        return openai.OpenAI(
            base_url=self._base_url,
            api_key=self._api_key or "none",
            admin_api_key="",
            max_retries=0,
            default_headers={"Connection": "close"},
            timeout=openai.Timeout(limits.first, connect=limits.connect),
            http_client=openai.DefaultHttpxClient(
                trust_env=False, follow_redirects=False, event_hooks={"request": [_prepare]}
            ),
        )

    def _attempt(self, messages: Sequence[Message], end: float) -> Iterator[str]:
        call = _Call(self._client, self._request(messages))
        call.start()
        try:
            yield from self._listen(call, end)
        finally:
            call.stop()

    def _request(self, messages: Sequence[Message]) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self.model, "messages": list(messages), "stream": True}
        return request if self._temperature is None else request | {"temperature": self._temperature}

    def _listen(self, call: _Call, end: float) -> Iterator[str]:
        limits = self._deadlines
        kind, by = "unreachable", time.monotonic() + limits.connect
        while True:
            try:
                event = call.events.get(timeout=max(0.0, min(by, end) - time.monotonic()))
            except queue.Empty:
                raise Fault("late" if end <= by else kind) from None
            if event is _DONE:
                return
            if isinstance(event, Fault):
                raise event
            if event is _CONNECTED:
                kind, by = "slow", time.monotonic() + limits.first
                continue
            yield event
            kind, by = "stalled", time.monotonic() + limits.gap


class _Call(threading.Thread):
    """One request, read in a thread of its own; `events` gets what happens, in order, and `stop` ends it at once."""

    def __init__(self, client: OpenAI, request: dict[str, Any]) -> None:
        super().__init__(daemon=True, name="kaoju-reply")
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._client = client
        self._request = request
        self._socket: socket.socket | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        try:
            with self._client.chat.completions.create(**self._request) as chunks:
                ended = self._read(chunks)
        except Exception as error:  # noqa: BLE001 - whatever a foreign server makes the library raise is a fault
            self.events.put(fault_of(error))
        else:
            self.events.put(_DONE if ended == "stop" else Fault(ended))

    def _read(self, chunks: Any) -> str:
        """Pass on what the chunks say and return `stop`, or the kind of fault by which they ended."""
        ended = "format"
        for chunk in chunks:
            if self._stopped.is_set():
                break
            ended = "broken"
            for choice in chunk.choices[:1]:
                if not isinstance(choice.delta.content, str | None):
                    raise TypeError("the content of a chunk is no text")
                self.events.put(choice.delta.content or "")
                if choice.finish_reason:
                    # Servers have further words for a regular end ("eos"); all but a cut are one. What may follow
                    # (usage, `[DONE]`, nothing for ever) is not waited for.
                    return "cut" if choice.finish_reason == "length" else "stop"
        return ended

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Keep the socket that the transport opens, and tell when the request goes out."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._stopped.is_set():
                self.stop()
        elif event.endswith("send_request_headers.started"):
            self.events.put(_CONNECTED)

    def stop(self) -> None:
        """Shut the socket: a closed file alone would leave the thread waiting in its read."""
        self._stopped.set()
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the reply is over and the transport has closed it


def _prepare(request: Any) -> None:
    """Leave out what the library found in the environment; have the transport tell the call, which runs here, all."""
    for name in ("openai-organization", "openai-project"):
        request.headers.pop(name, None)
    call = threading.current_thread()
    if isinstance(call, _Call):
        request.extensions["trace"] = call.trace


def _check_address(base_url: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("llm_base_url is no address of a language model; write one like http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query:
        raise SettingsError("llm_base_url carries a secret; give the key as llm_api_key (KAOJU_LLM_API_KEY) instead")
