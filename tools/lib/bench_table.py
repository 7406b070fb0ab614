"""The bench's table: quantiles, ratios, and the samples as a file."""
# SPDX-License-Identifier: MIT

from check import Trouble

UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "us"), (0, "ns"))


def quantity(row, value, counted):
    """A value with its unit: time, bytes, or instructions."""
    if value is None:
        return "-"
    if row.startswith("size-"):
        return f"{value / 1024:,.1f} KB" if value >= 4096 else f"{value:,.0f} B"
    if counted:
        return f"{value:,.1f}"
    unit, name = next(pair for pair in UNITS if value >= pair[0])
    return f"{value / unit if unit else value:.3g} {name}"


def ratio(ours, theirs):
    return f"{theirs / ours:.1f}" if ours and theirs and ours > 0 else "-"


def quantile(values, fraction):
    """The value below which that fraction lies; between two, in proportion."""
    ordered = sorted(values)
    place = fraction * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def quantiles(samples, fraction):
    """{row: {kernel: quantile of its samples}}"""
    return {row: {kernel: quantile(values, fraction) for kernel, values in columns.items()}
            for row, columns in samples.items()}


HEAD = """| row | Ouros | Linux | Linux, tuned | Linux / Ouros | tuned / Ouros |
|---|--:|--:|--:|--:|--:|
"""


def rows_of(shown, counted):
    """{row: its line in a table of Markdown}; the ratios say how many times as much Linux takes."""
    lines = {}
    for row, columns in shown.items():
        ours, linux, tuned = (columns.get(name) for name in ("ouros", "linux", "tuned"))
        cells = [quantity(row, value, counted) for value in (ours, linux, tuned)]
        cells += [ratio(ours, linux), ratio(ours, tuned)]
        lines[row] = "| " + " | ".join([row] + cells) + " |\n"
    return lines


def show(shown, counted):
    print(HEAD + "".join(rows_of(shown, counted).values()), end="")


def write(path, shown):
    """Puts the rows into the table of a document, in the place of those of the same names."""
    with open(path, encoding="utf-8") as file:
        before, head, rest = file.read().partition(HEAD)
    if not head:
        raise Trouble(f"{path} has no table of the bench", "name a document such as docs/performance.md")
    old, gap, after = rest.partition("\n\n")
    lines = {line.split(" | ")[0][2:]: line + "\n" for line in old.splitlines()}
    lines.update(rows_of(shown, False))
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + head + "".join(lines.values()) + gap[1:] + after)


def save(path, samples):
    with open(path, "w", encoding="ascii") as file:
        for row, columns in samples.items():
            for kernel, values in columns.items():
                text = " ".join(f"{value:.6g}" for value in values)
                file.write(f"{row}\t{kernel}\t{text}\n")


def load(paths):
    """The samples of several files, taken together."""
    samples = {}
    for path in paths:
        with open(path, encoding="ascii") as file:
            for line in file:
                row, kernel, values = line.rstrip("\n").split("\t")
                together = samples.setdefault(row, {}).setdefault(kernel, [])
                together.extend(float(value) for value in values.split())
    return samples
