#!/usr/bin/env python3
"""Draws a roofline from the JSON of pith-bench: how fast each use of a model runs beside what the machine allows.

    pith-bench --json MODEL.gguf | bench/roofline.py > roofline.svg

Across: multiply-accumulates for each byte of weights that is read, which grows with the tokens computed together. Up: multiply-accumulates
a second. Both logarithmic. The slope is the bandwidth of reading, the flat lines are the peaks of the integer dots and of the float FMA.
"""
import json
import math
import sys
import xml.sax.saxutils as xml

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 460, 70, 24, 44, 56
STYLE = """
  svg { background: #ffffff; color: #1b1f24; font: 13px system-ui, sans-serif }
  .grid { stroke: currentColor; stroke-opacity: .12 } .roof { stroke: currentColor; stroke-width: 2; fill: none }
  .float { stroke-dasharray: 5 4; stroke-width: 1.2 } .point { fill: #0b6bcb } text { fill: currentColor }
  .small { font-size: 12px } .title { font-size: 15px; font-weight: 600 }
  @media (prefers-color-scheme: dark) { svg { background: #14171a; color: #e6e8ea } .point { fill: #6db3ff } }
"""


def points_of(report):
    """(label, tokens computed together, multiply-accumulates a token, tokens a second). Parameters stand for multiply-accumulates."""
    macs = report["parameters"]
    for run in report["generate"]:
        yield f"{run['streams']} stream{'s' if run['streams'] > 1 else ''}", run["streams"], macs, run["tokens_per_second"]
    prompt = report["prompt"]
    yield f"prompt of {prompt['tokens']}", prompt["tokens"], macs, prompt["tokens_per_second"]


class Axes:
    def __init__(self, x, y):
        self.x, self.y = [math.log10(v) for v in x], [math.log10(v) for v in y]

    def at(self, x, y):
        across = (math.log10(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (math.log10(y) - self.y[0]) / (self.y[1] - self.y[0])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, kind="small", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{xml.escape(words)}</text>'


def line(a, b, kind):
    return f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" class="{kind}"/>'


def grid(axes):
    low_x, high_x = 10 ** axes.x[0], 10 ** axes.x[1]
    low_y, high_y = 10 ** axes.y[0], 10 ** axes.y[1]
    for power in range(math.ceil(axes.x[0]), math.floor(axes.x[1]) + 1):
        yield line(axes.at(10 ** power, low_y), axes.at(10 ** power, high_y), "grid")
        yield text(axes.at(10 ** power, low_y)[0], HEIGHT - BOTTOM + 18, f"{10 ** power:g}", anchor="middle")
    for power in range(math.ceil(axes.y[0]), math.floor(axes.y[1]) + 1):
        yield line(axes.at(low_x, 10 ** power), axes.at(high_x, 10 ** power), "grid")
        yield text(LEFT - 8, axes.at(low_x, 10 ** power)[1] + 4, f"{10 ** power / 1e9:g}", anchor="end")


def roofs(axes, machine):
    read, low, high = machine["read_bytes_per_second"], 10 ** axes.x[0], 10 ** axes.x[1]
    for key, name, kind in (("dot_macs_per_second", machine["dot_instruction"], "roof"), ("fma_macs_per_second", "float FMA", "roof float")):
        peak = machine[key]
        ridge = peak / read
        if kind == "roof":
            yield line(axes.at(low, low * read), axes.at(ridge, peak), kind)
            x, y = axes.at(ridge / 2, peak / 2)
            yield text(x - 10, y, f"reading, {read / 1e9:.0f} GB/s", anchor="end")
        yield line(axes.at(ridge, peak), axes.at(high, peak), kind)
        yield text(WIDTH - RIGHT, axes.at(high, peak)[1] - 6, f"{name}, {peak / 1e9:.0f} GMAC/s", anchor="end")


def draw(report):
    machine = report["machine"]
    points = [(label, together * macs / report["weight_bytes"], macs * rate) for label, together, macs, rate in points_of(report)]
    low, high = min(x for _, x, _ in points) / 2, max(x for _, x, _ in points) * 2
    top = 1.6 * max(machine["dot_macs_per_second"], max(y for _, _, y in points))
    bottom = 0.7 * min(low * machine["read_bytes_per_second"], min(y for _, _, y in points))
    axes = Axes((low, high), (bottom, top))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><style>{STYLE}</style>',
             text(LEFT, 24, f"{report['model']}, {report['cpu_level']}, {report['threads']} threads", "title")]
    parts += list(grid(axes)) + list(roofs(axes, machine))
    for label, x, y in points:
        cx, cy = axes.at(x, y)
        parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5" class="point"><title>{xml.escape(label)}: {y / 1e9:.1f} GMAC/s</title></circle>')
        parts.append(text(cx + 9, cy + 16, f"{label}, {y / 1e9:.0f}", anchor="end" if x > high / 4 else "start"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "multiply-accumulates for each byte of weights", anchor="middle"))
    parts.append(text(12, TOP - 8, "GMAC/s"))
    return "\n".join(parts) + "\n</svg>\n"


def main():
    if len(sys.argv) > 1:
        print(__doc__)
        return 0 if sys.argv[1] in ("-h", "--help") else 2
    try:
        sys.stdout.write(draw(json.load(sys.stdin)))
    except (ValueError, KeyError) as error:
        print(f"roofline.py: not the JSON of pith-bench with its ceilings: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
