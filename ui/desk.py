"""The chat: its layout and its events; the one door to gradio."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastapi
import gradio as gr
from starlette.types import ASGIApp

from rag.library import Library
from ui import chat, export, render
from ui.catalogue import Once
from ui.conversations import Conversation, dump, revive
from ui.first_sight import FirstSight, chosen_files
from ui.library_page import safe_name
from ui.pages import Asking, Downloads, words_of
from ui.shelves import Shelf, find, listed, rename
from ui.strings import Strings, translations
from ui.style import FONTS, MONOSPACE, theme_variables

_QUEUE = 200  # questions that may wait; the next one is told that the queue is full
_THREADS = 160  # the library's own default of 40 makes the 41st reader wait for the first
_SESSIONS = (
    200  # readers whose state the library keeps, 50 kB each; we keep none in it, so that losing it costs nothing
)
_KEEP_EVERY = 1.5  # seconds between two writings of a growing answer into the browser
_BROWSER_KEY = "kaoju"  # obfuscates, protects nothing: whoever opens the browser reads its conversations
_SCOPE = ("files", "places", "kinds", "years")
_LABELS = (
    *("question", "placeholder", "send", "stop", "retry", "fresh", "conversation"),
    *("scope", "scope_files", "scope_places", "scope_kinds", "scope_years"),
    *("fluent", "shelf", "shelf_search", "shelf_title", "shelf_rename", "shelf_delete", "shelf_export"),
)
# The component library knows Chinese by region; our tags name the script.
_REGIONS = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en"}
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_Update = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Means:
    """What the chat works with.

    `shelf_of` finds where a reader's conversations are kept; `together` questions are answered at the same time.
    """

    library: Library
    shelf_of: Callable[[Asking, str], Shelf]
    downloads: Downloads
    together: int


def mount_chat(app: fastapi.FastAPI, means: Means) -> ASGIApp:
    """Mount the chat under the routes of `app`."""
    with gr.Blocks(analytics_enabled=False, title="Kaoju", delete_cache=(3600, 86400), fill_width=True) as blocks:
        _Desk(means).connect(blocks)
    blocks.max_threads = _THREADS
    blocks.state_session_capacity = _SESSIONS
    blocks.queue(max_size=_QUEUE)
    mounted: ASGIApp = gr.mount_gradio_app(
        app,
        blocks,
        path="",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        show_error=False,
        theme=gr.themes.Base(font=FONTS, font_mono=MONOSPACE, radius_size="sm").set(**theme_variables()),
        i18n=gr.I18n(**{_REGIONS[tag]: words for tag, words in translations(_LABELS).items()}),
    )
    return mounted


def entry_points() -> tuple[str, str]:
    """Return the script and the style sheet that start the component library in a page of our own."""
    page = (Path(gr.__file__).parent / "templates" / "frontend" / "index.html").read_text(encoding="utf-8")
    # '<script type="module" crossorigin src="./assets/index-D1.js">'
    script = re.search(r'src="\./(assets/[^"]+\.js)"', page)
    # '<link rel="stylesheet" crossorigin href="./assets/index-D1.css">'
    style = re.search(r'href="\./(assets/[^"]+\.css)"', page)
    if script is None or style is None:
        raise RuntimeError(
            f"gradio {gr.__version__} starts its page in an unknown way; take the one in requirements.lock"
        )
    return script[1], style[1]


def _i18n(key: str) -> Any:
    return gr.I18n()(key)


def _button(key: str) -> Any:
    return gr.Button(_i18n(key), elem_id=f"k-{key.replace('_', '-')}", size="sm", scale=0, min_width=0)


class _Desk:
    """The chat: its components, and what happens between them."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._first_sight = Once(FirstSight.of)
        self.kept = gr.BrowserState("", storage_key="kaoju-conversation", secret=_BROWSER_KEY)
        self.older = gr.BrowserState("[]", storage_key="kaoju-older", secret=_BROWSER_KEY)
        self.chat = gr.Chatbot(
            elem_id="k-chat",
            label=_i18n("conversation"),
            show_label=False,
            container=False,
            layout="panel",
            height=None,
            autoscroll=False,
            buttons=[],
            feedback_options=None,
            latex_delimiters=[],
            allow_tags=False,
            group_consecutive_messages=False,
        )
        with gr.Column(elem_id="k-ask"):
            self._lay_out_asking()
            with gr.Row(elem_id="k-more"):
                self._lay_out_more()

    def _lay_out_asking(self) -> None:
        with gr.Row(elem_id="k-row", equal_height=False):
            self.box = gr.Textbox(
                elem_id="k-box",
                label=_i18n("question"),
                placeholder=_i18n("placeholder"),
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                min_width=0,
            )
            self.send = gr.Button(_i18n("send"), variant="primary", elem_id="k-send", scale=0, min_width=72)
            self.stop = gr.Button(_i18n("stop"), elem_id="k-stop", scale=0, min_width=72)
        with gr.Row(elem_id="k-tools"):
            self.retry, self.fresh = _button("retry"), _button("fresh")
            modelled = self._means.library.generator is not None
            self.fluent = gr.Checkbox(
                True, label=_i18n("fluent"), elem_id="k-fluent", container=False, visible=modelled
            )

    def _lay_out_more(self) -> None:
        with gr.Accordion(_i18n("scope"), open=False, elem_id="k-scope"), gr.Row():
            self.scope = tuple(
                gr.Dropdown(label=_i18n(f"scope_{name}"), multiselect=True, allow_custom_value=True, min_width=140)
                for name in _SCOPE
            )
        with gr.Accordion(_i18n("shelf"), open=False, elem_id="k-shelf"):
            self.search = gr.Textbox(label=_i18n("shelf_search"), elem_id="k-shelf-search")
            self.titles = gr.Radio(label=_i18n("shelf"), show_label=False, choices=[], elem_id="k-shelf-list")
            with gr.Row(equal_height=False):
                self.title = gr.Textbox(label=_i18n("shelf_title"), elem_id="k-shelf-title", max_length=60)
                self.rename, self.delete = _button("shelf_rename"), _button("shelf_delete")
                self.export = _button("shelf_export")
            self.files = gr.Markdown(elem_id="k-files")

    def connect(self, blocks: gr.Blocks) -> None:
        """Tie the events to the handlers. Each output costs time whether it is changed or not: there are few."""
        shown, both = [self.chat, self.kept], [self.kept, self.older]
        listing = [self.titles, self.title, self.older]
        asking = [*both, self.fluent, *self.scope]
        hidden: Any = {"queue": False, "api_visibility": "private"}
        streamed: Any = {"show_progress": "hidden", "concurrency_limit": self._means.together}
        blocks.load(self._open, both, [*shown, *listing, *self.scope], **hidden)
        asked = gr.on(
            [self.box.submit, self.send.click],
            self._ask,
            [self.box, *asking],
            [*shown, *listing],
            api_name="ask",
            **streamed,
        )
        again = self.retry.click(self._again, asking, [*shown, *listing], api_visibility="private", **streamed)
        # One event for each: the second of two would be looked up after the first one's reply, and what was asked again
        # in the meantime would be cancelled instead.
        self.stop.click(self._stop, both, [*shown, *listing], cancels=[asked], **hidden)
        self.stop.click(None, cancels=[again])
        self.fresh.click(self._fresh, both, [*shown, *listing, self.files], **hidden)
        self.titles.input(self._choose, [self.titles, *both], [*shown, *listing, self.files], **hidden)
        self.search.change(self._find, [self.search, *both], [self.titles], **hidden)
        self.rename.click(self._rename, [self.title, *both], [self.kept, *listing], **hidden)
        self.delete.click(self._delete, both, [*shown, *listing, self.files], **hidden)
        self.export.click(self._export, [self.kept], [self.files], **hidden)

    # --- asking --------------------------------------------------------------------------------------------

    def _ask(
        self, request: gr.Request, question: str, kept: str, older: str, fluent: bool, *scope: list[str]
    ) -> Iterator[_Update]:
        if not question.strip():
            gr.Info(str(render.inert(words_of(request)("empty_question"))))
            return
        yield from self._answered(request, question, revive(kept), older, fluent, scope)

    def _again(self, request: gr.Request, kept: str, older: str, fluent: bool, *scope: list[str]) -> Iterator[_Update]:
        conversation, question = chat.without_last(revive(kept))
        yield from self._answered(request, question, conversation, older, fluent, scope)

    def _answered(
        self,
        request: gr.Request,
        question: str,
        conversation: Conversation,
        older: str,
        fluent: bool,
        scope: Sequence[list[str]],
    ) -> Iterator[_Update]:
        words, kept_at = words_of(request), 0.0
        where = chat.to_filter(dict(zip(_SCOPE, scope, strict=True)))
        for state in chat.ask(self._means.library, conversation, question, where, fluent=fluent):
            if state.exchanges[-1].state != "running":
                yield self._settled(request, state, older)
                return
            update: _Update = {self.chat: chat.messages(state, words)}
            if time.monotonic() - kept_at >= _KEEP_EVERY:
                update[self.kept] = dump(state)
                kept_at = time.monotonic()
            yield update

    def _stop(self, request: gr.Request, kept: str, older: str) -> _Update:
        return self._settled(request, chat.stopped(revive(kept)), older)

    def _settled(self, request: gr.Request, conversation: Conversation, older: str) -> _Update:
        """Show a conversation, and put it on the shelf."""
        shelf = self._means.shelf_of(request, older)
        shelf.put(conversation)
        return self._shown(conversation, words_of(request)) | self._listed(shelf, conversation)

    def _shown(self, conversation: Conversation, words: Strings) -> _Update:
        return {self.chat: chat.messages(conversation, words), self.kept: dump(conversation)}

    # --- opening, and conversations kept -------------------------------------------------------------------

    def _open(self, request: gr.Request, kept: str, older: str) -> _Update:
        words, conversation = words_of(request), chat.stopped(revive(kept))
        with self._means.library.reader() as reader:
            first = self._first_sight(reader)
            chosen = chosen_files(reader, request.query_params.getlist("only"))
        update = self._shown(conversation, words) | self._listed(self._means.shelf_of(request, older), conversation)
        placeholder = render.welcome(words, first.documents, first.articles, first.starters[words.language])
        update[self.chat] = gr.update(value=update[self.chat], placeholder=placeholder)
        for name, component in zip(_SCOPE, self.scope, strict=True):
            update[component] = gr.update(choices=first.choices[name], value=[])
        files = first.choices["files"] or chosen
        update[self.scope[0]] = gr.update(choices=files, value=[value for _, value in chosen])
        return update

    def _listed(self, shelf: Shelf, current: Conversation) -> _Update:
        titles = gr.update(choices=listed(shelf, current), value=current.id if current.exchanges else None)
        return {self.titles: titles, self.title: current.title, self.older: shelf.dump()}

    def _fresh(self, request: gr.Request, kept: str, older: str) -> _Update:
        return self._change(request, kept, older, Conversation.begin())

    def _choose(self, request: gr.Request, identity: str, kept: str, older: str) -> _Update:
        return self._change(request, kept, older, find(self._means.shelf_of(request, older), identity))

    def _change(self, request: gr.Request, kept: str, older: str, to: Conversation) -> _Update:
        shelf = self._means.shelf_of(request, older)
        shelf.put(revive(kept))
        return self._shown(to, words_of(request)) | self._listed(shelf, to) | {self.files: ""}

    def _find(self, request: gr.Request, wanted: str, kept: str, older: str) -> Any:
        return gr.update(choices=listed(self._means.shelf_of(request, older), revive(kept), wanted))

    def _rename(self, request: gr.Request, title: str, kept: str, older: str) -> _Update:
        shelf, conversation = self._means.shelf_of(request, older), rename(revive(kept), title)
        shelf.put(conversation)
        return {self.kept: dump(conversation), **self._listed(shelf, conversation)}

    def _delete(self, request: gr.Request, kept: str, older: str) -> _Update:
        shelf, fresh = self._means.shelf_of(request, older), Conversation.begin()
        shelf.remove(revive(kept).id)
        return self._shown(fresh, words_of(request)) | self._listed(shelf, fresh) | {self.files: ""}

    def _export(self, request: gr.Request, kept: str) -> str:
        words, conversation = words_of(request), revive(kept)
        name = safe_name(conversation.title or "kaoju")
        text = export.to_markdown(conversation, words).encode()
        word = export.to_docx(conversation, words)
        links = [
            (words("shelf_markdown"), self._means.downloads.put(f"{name}.md", text, "text/markdown; charset=utf-8")),
            (words("shelf_docx"), self._means.downloads.put(f"{name}.docx", word, _WORD_TYPE)),
        ]
        return render.files(words, links)
