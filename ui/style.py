"""The look, as far as the component library has to be told: its colours are the variables of `assets/page.css`."""

from __future__ import annotations

FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
MONOSPACE = ("ui-monospace", "monospace")
_COLOURS = {
    "body_background_fill": "paper",
    "body_text_color": "ink",
    "body_text_color_subdued": "soft",
    "background_fill_primary": "card",
    "background_fill_secondary": "paper",
    "block_background_fill": "paper",
    "block_label_text_color": "soft",
    "block_title_text_color": "soft",
    "border_color_primary": "line",
    "block_border_color": "line",
    "input_background_fill": "card",
    "input_border_color": "edge",
    "input_border_color_focus": "seal",
    "input_placeholder_color": "soft",
    "button_primary_background_fill": "seal",
    "button_primary_background_fill_hover": "seal-deep",
    "button_primary_text_color": "seal-ink",
    "button_secondary_background_fill": "card",
    "button_secondary_background_fill_hover": "paper",
    "button_secondary_text_color": "ink",
    "checkbox_background_color_selected": "seal",
    "checkbox_border_color_selected": "seal",
    "checkbox_label_background_fill_selected": "wash",
    "checkbox_label_text_color_selected": "ink",
    "color_accent_soft": "wash",
    "link_text_color": "seal",
}


def theme_variables() -> dict[str, str]:
    """Return the theme's variables, light and dark alike: our style sheet tells the two apart, once."""
    return {f"{name}{dark}": f"var(--k-{colour})" for name, colour in _COLOURS.items() for dark in ("", "_dark")}
