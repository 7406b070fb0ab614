# What MicroPython's prompt is fed with, after Ctrl-E: a program that fits into its 25 KB of memory.
# SPDX-License-Identifier: MIT
def squares(n):
    return [x * x for x in range(n)]
print(squares(6), "a" + str(7), {1: 2}, sorted([3, 1, 2], reverse=True))
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
p = Point(1, 2) + Point(3, 4)
print(p.x, p.y, isinstance(p, Point), 7 // 2, -7 % 3, 1 << 20)
def words():
    yield "one"
    yield from ("two", "three")
print(list(words()), "%d %s" % (5, "x"), b"bytes"[1])
try:
    {}["missing"]
except KeyError as e:
    print(repr(e))
for i in range(200):
    text = "number " + str(i) * 3
print(text)
