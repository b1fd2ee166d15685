"""The page: its layout, its events, and the server; the one door to gradio."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastapi
import gradio as gr
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from rag.library import Library
from rag.settings import Settings
from ui import chat, render
from ui.commands.printing import tell
from ui.conversations import Conversation, dump, revive
from ui.safety import Gate
from ui.sources import source_routes
from ui.strings import LANGUAGES, Strings, negotiate, translations
from ui.style import FONTS, MONOSPACE, theme_variables

_COOKIE = "kaoju_language"
_YEAR = 365 * 24 * 3600  # seconds that the choice of a language is kept
_QUEUE = 200  # questions that may wait; the next one is told that the queue is full
_THREADS = 160  # the library's own default of 40 makes the 41st reader wait for the first
_BROWSER_KEY = "kaoju"  # obfuscates, protects nothing: whoever opens the browser reads its conversations
_KEEP_EVERY = 1.5  # seconds between two writings of a growing answer into the browser
_SCOPE = ("files", "places", "kinds", "years")
_LABELS = (
    *("question", "placeholder", "send", "stop", "retry", "fresh", "conversation"),
    *("scope", "scope_files", "scope_places", "scope_kinds", "scope_years"),
)
# The component library knows Chinese by region; our tags name the script.
_REGIONS = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en"}


def serve(settings: Settings) -> None:
    """Open the index and serve the page until interrupted.

    Raises:
        StoreError: the index cannot be used.
    """
    with Library.open(settings.index) as library:
        app = build_app(library, hosts=(settings.host, *settings.allow_hosts))
        tell(f"http://{settings.host}:{settings.port}")
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


def build_app(library: Library, *, hosts: Sequence[str] = (), examples: Sequence[str] = ()) -> ASGIApp:
    """Return the page as an ASGI application."""
    gate = Middleware(
        Gate,
        hosts=hosts,
        paths=("/", "/cards", "/library", "/favicon.ico"),
        folders=("/page/", "/source/", "/language/"),
        uploads={},
    )
    routes = [
        Route("/", _index),
        Route("/language/{tag}", _choose_language),
        Mount("/page", StaticFiles(directory=str(files("ui").joinpath("assets")))),
        *source_routes(library, words_of),
    ]
    app = fastapi.FastAPI(routes=routes, middleware=[gate], openapi_url=None)
    mounted: ASGIApp = gr.mount_gradio_app(
        app,
        _blocks(library, examples),
        path="",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
        theme=_theme(),
        i18n=gr.I18n(**{_REGIONS[tag]: words for tag, words in translations(_LABELS).items()}),
    )
    return mounted


def words_of(request: Request | gr.Request) -> Strings:
    """Return the words in the language of whoever asks."""
    return Strings(negotiate(request.cookies.get(_COOKIE), request.headers.get("accept-language")))


def _index(request: Request) -> Response:
    script, style = _entry_points()
    return HTMLResponse(render.page("index.html", words_of(request), here="ask", script=script, style=style))


def _choose_language(request: Request) -> Response:
    back = request.headers.get("referer", "/")
    target = "/" + back.split("/", 3)[3] if back.count("/") > 2 else "/"
    response = RedirectResponse(target if not target.startswith("//") else "/", status_code=303)
    if request.path_params["tag"] in LANGUAGES:
        response.set_cookie(_COOKIE, request.path_params["tag"], max_age=_YEAR, samesite="lax")
    return response


def _entry_points() -> tuple[str, str]:
    """Return the script and the style sheet that start the component library in a page of our own."""
    page = (Path(gr.__file__).parent / "templates" / "frontend" / "index.html").read_text(encoding="utf-8")
    # '<script type="module" crossorigin src="./assets/index-D1.js">'
    script = re.search(r'src="\./(assets/[^"]+\.js)"', page)
    # '<link rel="stylesheet" crossorigin href="./assets/index-D1.css">'
    style = re.search(r'href="\./(assets/[^"]+\.css)"', page)
    if script is None or style is None:
        raise RuntimeError(
            f"gradio {gr.__version__} starts its page in an unknown way; use the version in requirements.lock"
        )
    return script[1], style[1]


def _theme() -> gr.themes.Base:
    return gr.themes.Base(font=FONTS, font_mono=MONOSPACE, radius_size="sm").set(**theme_variables())


def _i18n(key: str) -> Any:
    return gr.I18n()(key)


class _Desk:
    """The chat: its components, and what happens between them."""

    def __init__(self, library: Library, examples: Sequence[str]) -> None:
        self._library = library
        self._examples = examples
        self.kept = gr.BrowserState("", storage_key="kaoju-conversation", secret=_BROWSER_KEY)
        self.chat = gr.Chatbot(
            elem_id="k-chat",
            label=_i18n("conversation"),
            show_label=False,
            container=False,
            layout="panel",
            height=None,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            allow_tags=False,
            group_consecutive_messages=False,
        )
        with gr.Column(elem_id="k-ask"):
            with gr.Row(elem_id="k-row", equal_height=False):
                self.box = gr.Textbox(
                    elem_id="k-box", label=_i18n("question"), placeholder=_i18n("placeholder"), show_label=False,
                    container=False, lines=1, max_lines=6, scale=1, min_width=0,
                )  # fmt: skip
                self.send = gr.Button(_i18n("send"), variant="primary", elem_id="k-send", scale=0, min_width=72)
                self.stop = gr.Button(_i18n("stop"), elem_id="k-stop", scale=0, min_width=72, visible=False)
            with gr.Row(elem_id="k-tools"):
                self.retry = gr.Button(_i18n("retry"), elem_id="k-retry", size="sm", scale=0, visible=False)
                self.fresh = gr.Button(_i18n("fresh"), elem_id="k-fresh", size="sm", scale=0, visible=False)
            with gr.Accordion(_i18n("scope"), open=False, elem_id="k-scope"), gr.Row():
                self.scope = tuple(
                    gr.Dropdown(label=_i18n(f"scope_{name}"), multiselect=True, allow_custom_value=True, min_width=140)
                    for name in _SCOPE
                )

    def connect(self, blocks: gr.Blocks) -> None:
        """Tie the events to the handlers."""
        shown = [self.chat, self.kept, self.box, self.send, self.stop, self.retry, self.fresh]
        blocks.load(self._open, [self.kept], [self.chat, self.retry, self.fresh, *self.scope], queue=False)
        asked = gr.on(
            [self.box.submit, self.send.click],
            self._ask, [self.box, self.kept, *self.scope], shown,
            show_progress="hidden", concurrency_limit=None, api_name="ask",
        )  # fmt: skip
        again = self.retry.click(
            self._again,
            [self.kept, *self.scope],
            shown,
            show_progress="hidden",
            concurrency_limit=None,
            api_visibility="private",
        )
        self.stop.click(self._stop, [self.kept], shown, cancels=[asked, again], queue=False, api_visibility="private")
        self.fresh.click(self._fresh, None, shown, queue=False, api_visibility="private")

    def _open(self, kept: str, request: gr.Request) -> list[Any]:
        words = words_of(request)
        with self._library.reader() as reader:
            articles = reader.articles()
        conversation = chat.stopped(revive(kept))
        documents = sorted({article.doc_id for article in articles})
        questions = self._examples or chat.suggestions(articles, words)
        welcome = render.welcome(words, len(documents), len(articles), questions)
        some = bool(conversation.exchanges)
        choices = chat.scope_choices(articles)
        return [
            gr.update(value=chat.messages(conversation, words), placeholder=welcome),
            gr.Button(visible=some),
            gr.Button(visible=some),
            *(gr.Dropdown(choices=choices[name]) for name in _SCOPE),
        ]

    def _ask(self, request: gr.Request, question: str, kept: str, *scope: list[str]) -> Iterator[dict[Any, Any]]:
        yield from self._answered(question, revive(kept), scope, words_of(request))

    def _again(self, request: gr.Request, kept: str, *scope: list[str]) -> Iterator[dict[Any, Any]]:
        conversation, question = chat.without_last(revive(kept))
        yield from self._answered(question, conversation, scope, words_of(request))

    def _answered(
        self, question: str, conversation: Conversation, scope: Sequence[list[str]], words: Strings
    ) -> Iterator[dict[Any, Any]]:
        if not question.strip():
            gr.Info(str(render.inert(words("empty_question"))))
            yield {self.box: ""}
            return
        kept_at = 0.0
        where = chat.to_filter(dict(zip(_SCOPE, scope, strict=True)))
        for state in chat.ask(self._library, conversation, question, where, words):
            running = state.exchanges[-1].state == "running"
            update = {self.chat: chat.messages(state, words), **self._buttons(running=running)}
            if not kept_at:
                update[self.box] = ""
            if not running or time.monotonic() - kept_at >= _KEEP_EVERY:
                update[self.kept] = dump(state)
                kept_at = time.monotonic()
            yield update

    def _stop(self, request: gr.Request, kept: str) -> dict[Any, Any]:
        conversation = chat.stopped(revive(kept))
        return {self.chat: chat.messages(conversation, words_of(request)), self.kept: dump(conversation),
                **self._buttons(running=False)}  # fmt: skip

    def _fresh(self) -> dict[Any, Any]:
        return {self.chat: [], self.kept: "", self.box: "", self.retry: gr.Button(visible=False),
                self.fresh: gr.Button(visible=False)}  # fmt: skip

    def _buttons(self, *, running: bool) -> dict[Any, Any]:
        return {
            self.send: gr.Button(visible=not running),
            self.stop: gr.Button(visible=running),
            self.retry: gr.Button(visible=not running),
            self.fresh: gr.Button(visible=not running),
        }


def _blocks(library: Library, examples: Sequence[str]) -> Any:
    with gr.Blocks(analytics_enabled=False, title="Kaoju", delete_cache=(3600, 86400), fill_width=True) as blocks:
        _Desk(library, examples).connect(blocks)
    blocks.max_threads = _THREADS
    blocks.queue(max_size=_QUEUE)
    return blocks
