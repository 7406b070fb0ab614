"""Draws two of the bench's curves as SVG: fork against touched memory, look-up against size.

Both axes are logarithmic and say so. Each curve is named where it ends, with a mark of its own, so
that colour is never needed; a title and a description serve screen readers; and the picture brings
its own ground, light or dark as the reader's page asks for.
"""
# SPDX-License-Identifier: MIT

import datetime
import math
import subprocess

LABELS = {"ouros": "Ouros", "linux": "Linux 6.1", "tuned": "Linux 6.1, tuned"}
MARKS = {"ouros": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "linux": "M-4-4H4V4H-4z",
         "tuned": "M0-5L5 4H-5z"}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 84, 140, 48, 84
LINE_HEIGHT = 14

STYLE = """<style>
svg { font-family: sans-serif; font-size: 12px; fill: #222; }
.ground { fill: #fff; } .grid { stroke: #ddd; } .note { fill: #555; } .title { font-size: 15px; }
.curve { fill: none; stroke-width: 2; }
.ouros { stroke: #0a6b43; fill: #0a6b43; } .linux { stroke: #b03324; fill: #b03324; }
.tuned { stroke: #8a5a00; fill: #8a5a00; } text.ouros, text.linux, text.tuned { stroke: none; }
@media (prefers-color-scheme: dark) {
  svg { fill: #ddd; } .ground { fill: #16191d; } .grid { stroke: #3a3f45; } .note { fill: #aaa; }
  .ouros { stroke: #4fd39a; fill: #4fd39a; } .linux { stroke: #ff8a75; fill: #ff8a75; }
  .tuned { stroke: #f0b429; fill: #f0b429; }
}
path.curve { fill: none; }
</style>"""

FORK = {"fork+exit+wait": 0.1, "fork-1MB": 1, "fork-16MB": 16, "fork-64MB": 64, "fork-256MB": 256}
LOOKUP = {"look-up-10": 10, "look-up-100": 100, "look-up-1000": 1000, "look-up-10000": 10000,
          "files-100000-look-up": 100000, "million-look-up": 1000000}


class Axes:
    """Two logarithmic scales."""

    def __init__(self, xs, ys):
        self.x = math.log10(min(xs)), math.log10(max(xs))
        self.y = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def place(self, x, y):
        across = (math.log10(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (math.log10(y) - self.y[0]) / (self.y[1] - self.y[0])
        return (LEFT + across * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM))


def text(x, y, words, anchor="middle", kind=""):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{kind}>{words}</text>'


def time_label(nanoseconds):
    for unit, size in (("s", 10 ** 9), ("ms", 10 ** 6), ("\u00b5s", 10 ** 3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def machine():
    """What was measured on, and when, in a line."""
    version = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True,
                             check=False).stdout.split()
    qemu = f"QEMU {version[3].split('(')[0]}" if len(version) > 3 else "QEMU"
    return f"{qemu}, software emulation of x86-64, one processor; {datetime.date.today()}"


def describe(curves, x_labels):
    """The curves in words: where each begins and ends."""
    parts = []
    for kernel, points in curves.items():
        (first, low), (last, high) = points[0], points[-1]
        parts.append(f"{LABELS[kernel]}: {time_label(low)} at {x_labels.get(first, first)}, "
                     f"{time_label(high)} at {x_labels.get(last, last)}.")
    return " ".join(parts)


def frame(title, axes, x_title, x_labels, description):
    """The picture's ground: title, description, grid, and the axes with their names."""
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             'aria-labelledby="title description">',
             f'<title id="title">{title}</title>',
             f'<desc id="description">{description}</desc>', STYLE,
             '<rect width="100%" height="100%" class="ground"/>',
             text(middle, 26, title, kind="title")]
    for exponent in range(axes.y[0], axes.y[1] + 1):
        _, y = axes.place(10 ** axes.x[0], 10.0 ** exponent)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" class="grid"/>')
        parts.append(text(LEFT - 8, y + 4, time_label(10.0 ** exponent), "end"))
    for x, label in x_labels.items():
        parts.append(text(axes.place(x, 10.0 ** axes.y[0])[0], HEIGHT - BOTTOM + 20, label))
    parts.append(text(middle, HEIGHT - BOTTOM + 42, f"{x_title} (logarithmic)"))
    parts.append(f'<text transform="translate(20 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" '
                 'text-anchor="middle">time (logarithmic)</text>')
    parts.append(text(middle, HEIGHT - 14, machine(), kind="note"))
    return parts


def curve(axes, points, kernel):
    places = [axes.place(x, y) for x, y in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    marks = "".join(f'<path d="{MARKS[kernel]}" transform="translate({x:.1f} {y:.1f})" '
                    f'class="{kernel}"/>' for x, y in places)
    return f'<path d="M{path}" class="curve {kernel}"/>{marks}'


def end_labels(axes, curves):
    """The curves' names beside their last points, moved apart where they would overlap."""
    ends = sorted((axes.place(*points[-1])[1] + 4, kernel) for kernel, points in curves.items())
    parts, above = [], -LINE_HEIGHT
    for y, kernel in ends:
        above = max(y, above + LINE_HEIGHT)
        parts.append(text(WIDTH - RIGHT + 12, above, LABELS[kernel], "start", kernel))
    return parts


def chart(path, title, x_title, rows, x_labels, shown):
    """One SVG file; rows maps the name of a row to its place on the x axis."""
    curves = {}
    for row, x in rows.items():
        for kernel, value in shown.get(row, {}).items():
            curves.setdefault(kernel, []).append((x, value))
    if not curves:
        return
    axes = Axes([x for points in curves.values() for x, _ in points],
                [y for points in curves.values() for _, y in points])
    present = {x: label for x, label in x_labels.items()
               if 10 ** axes.x[0] * 0.99 <= x <= 10 ** axes.x[1] * 1.01}
    parts = frame(title, axes, x_title, present, describe(curves, present))
    parts += [curve(axes, points, kernel) for kernel, points in curves.items()]
    parts += end_labels(axes, curves)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts + ["</svg>", ""]))


def draw(shown, folder):
    chart(f"{folder}/fork.svg", "fork, exit and wait", "memory that the parent has touched", FORK,
          {0.1: "almost none", 1: "1 MB", 16: "16 MB", 64: "64 MB", 256: "256 MB"}, shown)
    chart(f"{folder}/lookup.svg", "look-up of a name", "files in the directory", LOOKUP,
          {10 ** n: f"{10 ** n:,}" for n in range(1, 7)}, shown)
