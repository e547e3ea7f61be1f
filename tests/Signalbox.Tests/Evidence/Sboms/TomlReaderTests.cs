using CsCheck;
using Signalbox.Evidence.Sboms;
using Signalbox.Evidence.Sboms.Toml;

namespace Signalbox.Tests.Evidence.Sboms;

public sealed class TomlReaderTests
{
    [Fact]
    public void Tables_Lists_AndDottedKeys_AreRead()
    {
        var root = TomlReader.Read("""
            # a comment
            title = "x # no comment" # one
            a.b."c.d" = 'literal \n'
            on = true
            at = 2026-11-27T12:00:00Z
            list = [ 1, [ "two", 'three' ], # within
              { four = 4, five.six = "7" },
            ]
            [table]
            key = 1
            [table.inner]
            key = 2
            [[many]]
            n = "1"
            [many.sub]
            k = "v"
            [[many]]
            n = "2"
            """);
        Assert.Equal("x # no comment", root.Text("title"));
        Assert.Equal("literal \\n", root.Table("a", "b")!.Text("c.d"));
        Assert.True(root.IsTrue("on"));
        Assert.Equal("2026-11-27T12:00:00Z", root.Text("at"));
        Assert.Equal("7", ((TomlTable)root.List("list")[2]).Table("five")!.Text("six"));
        Assert.Equal(["two", "three"], ((List<object>)root.List("list")[1]).OfType<string>());
        Assert.Equal("2", root.Table("table", "inner")!.Text("key"));
        Assert.Equal(["1", "2"], root.Tables("many").Select(one => one.Text("n")));
        Assert.Equal("v", root.Tables("many").First().Table("sub")!.Text("k"));
    }

    [Theory]
    [InlineData("a = \"\\u00e9\\U0001F600\\t\\\"\"", "é😀\t\"")]
    [InlineData("a = \"\"\"\none\ntwo\"\"\"", "one\ntwo")]
    [InlineData("a = \"\"\"one \\\n   two\"\"\"", "one two")]
    [InlineData("a = '''it's \\ '''", "it's \\ ")]
    [InlineData("a = \"\"\"\"quoted\"\"\"\"", "\"quoted\"")]
    [InlineData("a = 1_000\r\n", "1_000")]
    public void Texts_AreRead(string toml, string text) => Assert.Equal(text, TomlReader.Read(toml).Text("a"));

    [Theory]
    [InlineData("a = 1\na = 2", "line 2: the key 'a' is there twice")]
    [InlineData("[a]\n[a]", "line 2: the table 'a' is there twice")]
    [InlineData("a = 1\n[a]", "line 2: 'a' is no table")]
    [InlineData("a = {}\n[[a]]", "line 2: 'a' is no array of tables")]
    [InlineData("a = \"x", "line 1: a text does not end")]
    [InlineData("a = '''x", "line 1: a text does not end")]
    [InlineData("a = [1", "line 1: expected ']'")]
    [InlineData("a = ", "line 1: expected a value")]
    [InlineData("a = 'b' c", "line 1: expected the end of the line")]
    [InlineData("= 1", "line 1: expected a key")]
    [InlineData("a = \"\\q\"", "line 1: an escape is not understood")]
    [InlineData("a = \"\\ud800\"", "line 1: an escape is no character")]
    [InlineData("[a", "line 1: expected ']'")]
    public void WhatIsNoToml_IsRefused_WithItsLine(string toml, string message) =>
        Assert.EndsWith(message, Assert.Throws<LockRefusedException>(() => TomlReader.Read(toml)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnyText_IsReadOrRefused() => Gen.String[Gen.OneOf(Gen.Char["[]{}=.,\"'#\\\n ab1"], Gen.Char.AlphaNumeric), 0, 200].Sample(text =>
    {
        try
        {
            TomlReader.Read(text);
        }
        catch (LockRefusedException e)
        {
            Assert.NotEmpty(e.Message);
        }
    });
}
