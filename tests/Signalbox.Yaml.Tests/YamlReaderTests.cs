using System.Text;

namespace Signalbox.Yaml.Tests;

public sealed class YamlReaderTests
{
    private static YamlDocument Read(string text, YamlLimits? limits = null) => YamlReader.Read(Encoding.UTF8.GetBytes(text), limits);

    [Fact]
    public void Slice_OfARangeThatIsNone_IsEmpty()
    {
        var text = new YamlText("a: 1\n");
        Assert.Equal("1", text.Slice(new(3, 4)));
        foreach (var range in new TextRange[] { new(4, 3), new(-1, 2), new(2, 6), new(9, 9) }) Assert.Equal("", text.Slice(range));
    }

    [Fact]
    public void Read_Nodes_HaveTheirPlaces()
    {
        var document = Read("# c\na: hello\nb:\n  - 'x y'\n  - {k: v}\n");
        Assert.Empty(document.Problems);
        var root = Assert.IsType<YamlMapping>(document.Root);
        Assert.Equal(new YamlSpan(2, 1, 1), root.Span);
        Assert.Equal(new YamlSpan(2, 4, 5), root.Find("a")!.Value.Span);
        var list = Assert.IsType<YamlSequence>(root.Find("b")!.Value);
        Assert.Equal(new YamlSpan(4, 5, 5), list.Items[0].Span);
        Assert.Equal(YamlStyle.SingleQuoted, ((YamlScalar)list.Items[0]).Style);
        Assert.Equal((5, 5), (list.Items[1].Span.Line, list.Items[1].Span.Column));
        Assert.Equal("  - 'x y'", document.Text.Line(4));
        Assert.Null(document.Text.Line(99));
    }

    [Theory]
    [InlineData("~", true, null)]
    [InlineData("null", true, null)]
    [InlineData("", true, null)]
    [InlineData("'~'", false, null)]
    [InlineData("!!str null", false, null)]
    [InlineData("true", false, true)]
    [InlineData("False", false, false)]
    [InlineData("yes", false, null)]
    [InlineData("'true'", false, null)]
    public void Scalar_CoreSchema(string text, bool isNull, bool? boolean)
    {
        var scalar = (YamlScalar)((YamlMapping)Read($"a: {text}\n").Root!).Entries[0].Value;
        Assert.Equal((isNull, boolean), (scalar.IsNull, scalar.AsBoolean));
    }

    [Fact]
    public void Read_Alias_IsTheNodeItNames()
    {
        var root = (YamlMapping)Read("a: &x [1, 2]\nb: *x\n").Root!;
        Assert.Same(root.Find("a")!.Value, root.Find("b")!.Value);
        Assert.Equal(1 + 1 + 3 + 1 + 3, root.ExpandedCount);
    }

    [Fact]
    public void Read_DuplicateKey_NamesTheEarlierPlaceAndKeepsTheFirst()
    {
        var document = Read("a: 1\nb: 2\na: 3\n");
        var problem = Assert.Single(document.Problems);
        Assert.Equal(("yaml-duplicate-key", 3, 1), (problem.Id, problem.Span.Line, problem.Earlier!.Value.Line));
        Assert.Equal("1", ((YamlScalar)((YamlMapping)document.Root!).Find("a")!.Value).Value);
    }

    [Theory]
    [InlineData("a: *b", "yaml-unknown-alias")]
    [InlineData("a: &a [*a]", "yaml-alias-cycle")]
    [InlineData("&a a: *a", "")]
    [InlineData("? [a]\n: b", "yaml-key-not-text")]
    [InlineData("a: \"", "yaml-syntax")]
    [InlineData("a: \"\\UFFFFFFFF\"", "yaml-syntax")]
    [InlineData("a: [", "yaml-syntax")]
    [InlineData("a:\n\tb: 1", "yaml-syntax")]
    [InlineData("a: 1\n---\nb: 1", "yaml-many-documents")]
    [InlineData("a: \u0001", "yaml-control-character")]
    [InlineData("a: \0", "yaml-control-character")]
    [InlineData("", "")]
    [InlineData("# only a comment", "")]
    public void Read_Problem_HasItsId(string text, string id) =>
        Assert.Equal(id, string.Concat(Read(text).Problems.Select(p => p.Id)));

    [Fact]
    public void Read_InvalidUtf8_NamesTheByteAndItsPlace()
    {
        var problem = Assert.Single(YamlReader.Read([.. "a: é\nb: "u8, 0xC3, 0x28]).Problems);
        Assert.Equal(("yaml-encoding", "byte 0xc3 is not UTF-8", 2, 4), (problem.Id, problem.Message, problem.Span.Line, problem.Span.Column));
    }

    [Fact]
    public void Read_ByteOrderMarks()
    {
        Assert.Equal(new YamlSpan(1, 1, 1), ((YamlMapping)YamlReader.Read([0xEF, 0xBB, 0xBF, .. "a: 1"u8]).Root!).Span);
        Assert.Equal("the file is UTF-16; expected UTF-8", YamlReader.Read([0xFF, 0xFE, (byte)'a', 0]).Problems[0].Message);
    }

    [Fact]
    public void Read_Limits_EachGiveOneProblem()
    {
        Assert.Equal("yaml-too-large", Assert.Single(Read("aaaa", new(MaxBytes: 3)).Problems).Id);
        Assert.Equal("yaml-too-deep", Assert.Single(Read("[[[[a]]]]", new(MaxDepth: 3)).Problems).Id);
        Assert.Equal("yaml-too-many-nodes", Assert.Single(Read("[a, a, a]", new(MaxNodes: 3)).Problems).Id);
        Assert.Equal("yaml-too-many-nodes", Assert.Single(Read("[&a [b, b], *a, *a]", new(MaxNodes: 8)).Problems).Id);
        Assert.Empty(Read("[&a [b, b], *a, *a]", new(MaxNodes: 10)).Problems);
    }

    [Fact]
    public void Text_LineBreaks_AreTheScanners()
    {
        var document = Read("a: 1\r\nb: 2\rc: 3\nd: 4");
        Assert.Equal([1, 2, 3, 4], ((YamlMapping)document.Root!).Entries.Select(e => e.Key.Span.Line));
        Assert.Equal(["a: 1", "b: 2", "c: 3", "d: 4", null], Enumerable.Range(1, 5).Select(document.Text.Line));
    }

    [Fact]
    public void KeyThatIsGivenTwice_WhereTheLastCounts_StandsOnceInTheFirstPlace()
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"k{i}: old\n");
        var stream = YamlReader.ReadAll(new($"a: {{<<: &x {{b: 1}}, <<: *x}}\n{string.Concat(keys)}k3: new\nk17: new\nk3: newest\n"), lastWins: true);
        Assert.Empty(stream.Problems);
        var entries = ((YamlMapping)Assert.Single(stream.Documents)!).Entries;
        Assert.Equal(21, entries.Count);
        Assert.Equal(2, ((YamlMapping)entries[0].Value).Entries.Count);
        Assert.Equal([("k3", "newest"), ("k17", "new")], entries.Where(e => e.Value is YamlScalar and not YamlScalar { Value: "old" }).Select(e => (e.Key.Value, ((YamlScalar)e.Value).Value)));
        Assert.Equal("k3", entries[4].Key.Value);
    }

    /// <summary>YAML 1.2.2, 8.1.1.1: as many spaces as the text is indented by, and no more.</summary>
    [Theory]
    [InlineData("a: |\n    \n    b\n    c\nd: e\n", "\nb\nc\n")]
    [InlineData("a: |-\n  \n \n   b\nd: e\n", "\n\nb")]
    [InlineData("a: >2 # why\n  \n  b\n  c\nd: e\n", "\nb c\n")]
    public void BlockScalar_BeginsWithIndentedEmptyLines(string text, string value)
    {
        var document = Read(text);
        Assert.Empty(document.Problems);
        var entries = ((YamlMapping)document.Root!).Entries;
        Assert.Equal(value, ((YamlScalar)entries[0].Value).Value);
        Assert.Equal((text.IndexOf("d:", StringComparison.Ordinal), text.Count(c => c == '\n')), (entries[1].Key.Range.Start, entries[1].Key.Span.Line));
    }

    [Fact]
    public void BlockScalar_BeginsWithAWiderEmptyLine_IsRefused() => Assert.Single(Read("a: |\n      \n    b\n").Problems);

    [Fact]
    public void Short_LongOrControl_IsTamed()
    {
        Assert.Equal(new string('a', 40) + "…", YamlQuote.Short(new string('a', 99)));
        Assert.Equal("a b", YamlQuote.Short("a\nb"));
    }

    [Theory]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    [InlineData("\u2029")]
    public void Literal_WithBreaksThatOnlyYaml11Knows_HasItsPlacesInTheText(string lineBreak)
    {
        foreach (var count in new[] { 1, 3, 200 })
        {
            var document = YamlReader.Read(Encoding.UTF8.GetBytes($"run: |{string.Concat(Enumerable.Repeat(lineBreak, count))}\n  echo one\n  two\n"));
            var value = Assert.IsType<YamlScalar>(Assert.IsType<YamlMapping>(document.Root).Find("run")!.Value);
            for (var at = 0; at <= value.Value.Length; at++) Assert.InRange(YamlPosition.InText(document.Text, value, at), 0, document.Text.Content.Length);
        }
    }
}
