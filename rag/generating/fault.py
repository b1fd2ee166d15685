"""What can go wrong with a language model, and what to do about each; no message holds a key or an address."""

from __future__ import annotations

from typing import Any

from rag.errors import GeneratorError

_REMEDIES = {
    "unreachable": "the language model cannot be reached; check llm_base_url, and that its server runs",
    "key": "the language model refused the key; check llm_api_key (KAOJU_LLM_API_KEY)",
    "unknown_model": "the endpoint does not know this model; check llm_model, and that llm_base_url ends as in …/v1",
    "request": "the language model refused the request; its context may be smaller than llm_context says",
    "busy": "the language model has no room for now; ask again later",
    "server": "the language model's server failed; look at its log",
    "redirect": "the address redirects, and redirects are not followed; set llm_base_url to where it leads",
    "slow": "the language model did not begin to answer in time; try a smaller model",
    "stalled": "the language model stopped in the middle of its answer; ask again",
    "late": "the language model did not finish in time; try a smaller model",
    "broken": "the answer of the language model broke off; ask again",
    "format": "what answered speaks no chat completions; check that llm_base_url ends as in …/v1",
    "empty": "the language model said nothing; try another model",
    "cut": "the answer of the language model was cut at its length limit",
    "resting": "the language model failed repeatedly and is left alone for half a minute",
}
_BY_STATUS = {400: "request", 401: "key", 403: "key", 404: "unknown_model", 408: "slow", 413: "request", 422: "request"}
_BUSY = (429, 503, 529)


class Fault(GeneratorError):
    """Why a reply did not come, or not whole. `retry_after` (seconds) is when the server says to try again."""

    def __init__(self, kind: str, retry_after: float | None = None, detail: str = "") -> None:
        super().__init__(_REMEDIES[kind] + detail)
        self.kind = kind
        self.retry_after = retry_after


def fault_of(error: Exception) -> Fault:
    """Return the fault that an exception of the client stands for. What the server wrote is left out: it may echo."""
    import openai

    if isinstance(error, Fault):
        return error
    if isinstance(error, openai.APIStatusError):
        return _fault_of_status(error.status_code, error.response.headers)
    if isinstance(error, openai.APITimeoutError):
        return Fault("slow")
    if isinstance(error, openai.APIConnectionError):
        # Nothing was connected, or the connection went before a word came: the cause tells which.
        dropped = type(error.__cause__).__name__ in ("RemoteProtocolError", "ReadError")
        return Fault("broken", retry_after=0.0) if dropped else Fault("unreachable")
    if isinstance(error, openai.APIError):
        return Fault("server")
    return Fault("format")


def _fault_of_status(status: int, headers: Any) -> Fault:
    if 300 <= status < 400:
        return Fault("redirect")
    if status in _BUSY or status >= 500:
        return Fault("busy" if status in _BUSY else "server", _seconds(headers.get("retry-after", "")))
    return Fault(_BY_STATUS.get(status, "request"))


def _seconds(text: str) -> float | None:
    """Return the pause that a Retry-After header of whole seconds asks for; a date (rare here) counts as none."""
    return float(text) if text.strip().isdecimal() else None
