"""Draws results of compare.py as an SVG bar chart, without libraries."""

from xml.sax.saxutils import escape

COLORS = {"octet": "#d9480f", "litert": "#4c6ef5", "onnxruntime": "#868e96"}
LABEL_WIDTH, BAR_WIDTH, VALUE_WIDTH = 140, 540, 90
BAR_HEIGHT, LINE_HEIGHT, GROUP_GAP = 13, 14, 10


def text(x, y, content, size=11, anchor="start", color="#212529"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{color}">{escape(content)}</text>'
    )


def speed_chart(title, notes, groups):
    """Bars of relative speed, with a line at 1.

    `groups` is a list of (model, bars), bars a list of (engine, label, relative speed, value).
    """
    longest = max((bar[2] for _, bars in groups for bar in bars), default=1.0)
    scale = BAR_WIDTH / max(longest, 1.0)
    parts = [text(8, 20, title, 14)]
    y = 24
    for note in notes:
        y += LINE_HEIGHT
        parts.append(text(8, y, note, 10, color="#495057"))
    y += 2 * GROUP_GAP
    top = y
    for model, bars in groups:
        parts.append(text(8, y + LINE_HEIGHT - 4, model, 11))
        y += LINE_HEIGHT
        for engine, label, speed, value in bars:
            width = speed * scale
            parts.append(text(LABEL_WIDTH - 6, y + BAR_HEIGHT - 3, label, 9, "end", "#495057"))
            parts.append(
                f'<rect x="{LABEL_WIDTH}" y="{y}" width="{width:.1f}" '
                f'height="{BAR_HEIGHT - 2}" fill="{COLORS[engine]}"/>'
            )
            parts.append(text(LABEL_WIDTH + width + 4, y + BAR_HEIGHT - 3, value, 9))
            y += BAR_HEIGHT
        y += GROUP_GAP
    line = LABEL_WIDTH + scale
    parts.append(
        f'<line x1="{line:.1f}" y1="{top}" x2="{line:.1f}" y2="{y - GROUP_GAP}" '
        'stroke="#212529" stroke-dasharray="3 3"/>'
    )
    width = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" '
            f'viewBox="0 0 {width} {y}" font-family="sans-serif">',
            '<rect width="100%" height="100%" fill="white"/>',
            *parts,
            "</svg>",
        ]
    ) + "\n"
