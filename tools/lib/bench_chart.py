"""Draws two of the bench's curves as SVG: fork against touched memory, look-up against size."""

import math

COLOURS = {"ouros": "#0a7d4f", "linux": "#c0392b", "tuned": "#d68910"}
LABELS = {"ouros": "Ouros", "linux": "Linux 6.1", "tuned": "Linux 6.1, tuned for emulation"}
LEGEND = {"ouros": 130, "linux": 230, "tuned": 340}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 70, 40, 60, 50

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


def text(x, y, words, anchor="middle", colour="#333", size=12):
    return (f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-size="{size}">{words}</text>')


def time_label(exponent):
    value = 10 ** exponent
    return f"{value // 1000000} ms" if exponent >= 6 else (
        f"{value // 1000} us" if exponent >= 3 else f"{value} ns")


def frame(title, axes, x_labels):
    """The picture's ground: title, grid and labels."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif">', '<rect width="100%" height="100%" fill="#fff"/>',
             text(WIDTH / 2, 22, title, size=15)]
    for exponent in range(axes.y[0], axes.y[1] + 1):
        _, y = axes.place(10 ** axes.x[0], 10.0 ** exponent)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y + 4, time_label(exponent), "end"))
    for x, label in x_labels.items():
        parts.append(text(axes.place(x, 10.0 ** axes.y[0])[0], HEIGHT - BOTTOM + 20, label))
    return parts


def curve(axes, points, colour):
    places = [axes.place(x, y) for x, y in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                   for x, y in places)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def chart(path, title, rows, x_labels, shown):
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
    parts = frame(title, axes, present)
    for kernel, points in curves.items():
        parts.append(curve(axes, points, COLOURS[kernel]))
        parts.append(text(LEGEND[kernel], 44, LABELS[kernel], "start", COLOURS[kernel]))
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(parts + ["</svg>", ""]))


def draw(shown, folder):
    chart(f"{folder}/fork.svg", "fork + exit + wait, by memory touched before", FORK,
          {0.1: "almost none", 1: "1 MB", 16: "16 MB", 64: "64 MB", 256: "256 MB"}, shown)
    chart(f"{folder}/lookup.svg", "look-up of a name, by files in the directory", LOOKUP,
          {10 ** n: f"{10 ** n:,}" for n in range(1, 7)}, shown)
