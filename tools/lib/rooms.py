"""The kernel's sources as kernel/rooms.mk and kernel/annexes.mk list them, and their lines of code."""
# SPDX-License-Identifier: MIT

import re

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


class Chapter:
    """What is read at a stretch: files of one room, or one annex."""

    def __init__(self, title, room=None, floor=None, about=None):
        self.title, self.room, self.floor, self.about = title, room, floor, about
        self.needs, self.files = [], []  # other annexes, by name; paths below kernel/


def without_comments(path):
    """The text of a file, with as many lines, but without comments."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not path.endswith((".c", ".h", ".S")):
        return text
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)


def code_lines(path):
    """Lines of a file that are neither blank nor comment alone."""
    return sum(bool(line.strip()) for line in without_comments(path).split("\n"))


def comment_lines(path):
    """Lines of a file that are comment alone."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    pairs = zip(text.split("\n"), without_comments(path).split("\n"))
    return sum(bool(line.strip()) and not code.strip() for line, code in pairs)


def core():
    """The core's chapters in reading order; a room's first begins with its header."""
    chapters, room = [], None
    with open("kernel/rooms.mk", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if line.startswith("# floor"):
                room = words[3]
                floor, about = int(words[2].rstrip(":")), line.split(None, 4)[4].strip()
                new = True
            elif line.startswith("# chapter:"):
                chapters.append(Chapter(line.split(None, 2)[2].strip(), room, floor, about))
                if new:
                    chapters[-1].files.append(f"include/{room}.h")
                new = False
            elif line.startswith(("kernel +=", "header +=")):
                chapters[-1].files += words[2:]
    return chapters


def annexes():
    """The annexes, each a chapter of its own whose room is the annex's name."""
    chapters = []
    with open("kernel/annexes.mk", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if line.startswith("# annex:"):
                chapters.append(Chapter(line.split(None, 3)[3].strip(), words[2]))
            elif line.startswith("needs_"):
                chapters[-1].needs = words[2:]
            elif line.startswith(("annex +=", "annex_header +=")):
                chapters[-1].files += ["annex/" + word for word in words[2:]]
    return chapters


def lines_of(chapters):
    """The lines of code of all files of some chapters."""
    return sum(code_lines("kernel/" + name) for chapter in chapters for name in chapter.files)


def comment_lines_of(chapters):
    """The same for lines of comment."""
    return sum(comment_lines("kernel/" + name) for chapter in chapters for name in chapter.files)
