-- A Lua program that uses all of Lua's library, so that most of C's is used; prints what it finds.
-- SPDX-License-Identifier: MIT
local function show(...) print(string.format(...)) end

for _, x in ipairs { 0.1, 1 / 3, 1e300, 1e-300, 2 ^ 53, -0.0, 1 / 0, 123456789.123 } do
    show("%g %.14g %.17g %a %10.3f|%-12.2e|%+d", x, x, x, x, x, x, math.tointeger(x) or 7)
    print(x, tostring(x), tonumber(tostring(x)) == x, x // 1, math.type(x))
end
for _, text in ipairs { "0x1p-3", " 12 ", "1e", "0x", "1e5000", "9223372036854775808", "z", "0x7fffffffffffffff" } do
    print(text, tonumber(text), tonumber(text, 36))
end
for _, f in ipairs { "sin", "cos", "tan", "asin", "atan", "exp", "sqrt", "floor", "ceil", "abs" } do
    show("%s %.13g", f, math[f](0.7))
end
show("%.13g %.13g %s %s", math.log(10), math.log(8, 2), math.fmod(-7, 3), math.ult(1, -1))

local text = "the quick brown fox; jumps over 13 lazy dogs"
print(text:gsub("(%w+) (%w+)", "%2 %1"), text:find("%d+"), text:upper(), text:rep(2, "|"):len())
for word, at in text:gmatch("(%a+)()") do io.write(word, "=", at, " ") end
print(string.pack("<i4 z s1 d", 77, "zero", "short", 1.5):byte(1, -1))
print(string.unpack("<i4", "\1\2\3\4"), ("%q"):format("a\nb\0c\"d"), utf8.char(228, 8364, 128512), utf8.len("häß"))

print(os.date("!%Y-%m-%d %H:%M:%S %j %a %b %p", 1000000000), os.time { year = 2001, month = 9, day = 9, hour = 1 })
print(os.getenv("NO_SUCH_NAME"), os.setlocale(), os.setlocale("C"), os.tmpname():match("^/tmp/lua_%w+$") ~= nil)
print(os.rename("no such file", "x"), os.remove("no such file"), io.open("no such file"))
print(pcall(os.date, "%Ez", 0), select("#", os.execute()), os.execute("exit 3"))

local file = assert(io.open("lines", "w+"))
for i = 1, 500 do file:write(i, " ", i * i, "\n") end
print(file:seek("cur"), file:seek("set", 0), file:read("n", "n", "l", "L", 5), file:seek("end"))
file:close()
local sum = 0
for a, b in io.lines("lines", "n", "n") do sum = sum + a * b end
print(sum, io.type(file), pcall(file.read, file))
local pipe = io.popen("echo from a pipe; exit 5")
print(pipe:read("a"), pipe:close())
file = io.open("lines", "r+")
file:setvbuf("full", 64)
file:seek("set", 4)
file:write("XXXX")
file:seek("set", 0)
print(file:read(20))
file:close()

local numbers, seed = {}, 1
for i = 1, 2000 do
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    numbers[i] = seed % 1000
end
table.sort(numbers)
print(table.concat(numbers, ",", 1, 20), numbers[1000], #numbers, table.unpack(numbers, 1990, 1995))
local co = coroutine.wrap(function(a) for i = 1, 5 do a = a + coroutine.yield(a * i) end return "end" end)
print(co(1), co(2), co(3), co(4), co(5), co(6), pcall(co))
print(pcall(error, { 1 }), pcall(error, "text", 0), select(2, pcall(function() local x = nil; return x.y end)))
print(load("return 1 +")) -- the message of a syntax error
local weak = setmetatable({}, { __mode = "k" })
for i = 1, 100 do weak[{}] = ("x"):rep(1000) end
collectgarbage()
print(next(weak), collectgarbage("count") < 10000)
local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end
print(deep(10000), pcall(function() local function f() return 1 + f() end return f() end))
