using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Signalbox.Delivery;
using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery;

public sealed class DeliveryFileReaderTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly string[] Signs =
        ["a", ":", " ", "\n", "- ", "[", "]", "{", "}", "&a", "*a", "\"", "'", "|", ">", "#", "!", "!!x", "%", "? ", ",", "\t", "~", "\\U", "---\n", "é"];

    public static TheoryData<string> CaseNames => [.. Cases.Of("delivery")];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Read_Case_GivesWhatIsExpected(string name)
    {
        var file = DeliveryFileReader.Read(File.ReadAllBytes(Cases.PathOf("delivery", name, "signalbox.yaml")));
        if (file.Applications is { } applications)
            Cases.Verify(Cases.PathOf("delivery", name, "expected.json"),
                JsonSerializer.SerializeToNode(applications, DeliveryJson.Default.IReadOnlyListApplication)!.ToJsonString(Indented) + "\n");
        else
            Cases.Verify(Cases.PathOf("delivery", name, "expected.txt"), FindingText.Render(file.Findings));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Read_Case_EveryErrorHasAPlaceAndKnownId(string name)
    {
        var file = DeliveryFileReader.Read(File.ReadAllBytes(Cases.PathOf("delivery", name, "signalbox.yaml")));
        Assert.Equal(name.StartsWith("ok-", StringComparison.Ordinal), file.Applications is not null);
        foreach (var finding in file.Findings)
        {
            Assert.True(finding.Locations[0] is { Line: > 0, Column: > 0, Length: > 0, SourceLine: not null }, finding.Message);
            // of what is no YAML at all nobody knows what was meant
            if (finding.Id != "yaml-syntax") Assert.NotNull(finding.Help);
            if (!finding.Id.StartsWith("yaml-", StringComparison.Ordinal)) Assert.Contains(finding.Id, DeliveryIds.All);
        }
    }

    [Fact]
    public void Read_AliasBomb_IsRefusedAtOnce()
    {
        var bomb = File.ReadAllBytes(Cases.PathOf("delivery", "alias-bomb", "signalbox.yaml"));
        Assert.Equal(271, bomb.Length);
        var clock = Stopwatch.StartNew();
        var finding = Assert.Single(DeliveryFileReader.Read(bomb).Findings);
        Assert.Equal("yaml-too-many-nodes", finding.Id);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
    }

    [Fact]
    public void ReadFile_TenMegabytes_GivesOneFinding()
    {
        using var directory = new TempDirectory();
        var path = directory.Write("signalbox.yaml", string.Concat(Enumerable.Repeat("key: value\n", 1_000_000)));
        var finding = Assert.Single(DeliveryFileReader.ReadFile(path).Findings);
        Assert.Equal("yaml-too-large", finding.Id);
        Assert.Equal("the file has 11,000,000 bytes; at most 1,048,576 are read", finding.Message);
        Assert.Equal($"wc -c {path}", finding.Help);
    }

    [Fact]
    public void ReadFile_Missing_SaysSo()
    {
        var file = DeliveryFileReader.ReadFile("/nowhere/signalbox.yaml");
        Assert.Null(file.Applications);
        Assert.Equal(DeliveryIds.Unreadable, Assert.Single(file.Findings).Id);
    }

    [Fact]
    public void Read_HostileSizes_FinishFast()
    {
        string[] texts =
        [
            string.Concat(Enumerable.Range(0, 60_000).Select(i => $"k{i}: 1\n")),
            "environments: [" + string.Concat(Enumerable.Repeat("{},", 40_000)) + "]",
            new string('[', 500_000),
            string.Concat(Enumerable.Repeat("? ", 300_000)),
            string.Concat(Enumerable.Repeat("- ", 300_000)),
            "a: \"" + new string('x', 900_000),
            "a: " + new string('x', 900_000),
            string.Concat(Enumerable.Repeat("&a ", 300_000)),
            string.Concat(Enumerable.Repeat("!t ", 300_000)),
            "{" + string.Concat(Enumerable.Repeat("a: {", 200_000)),
            "a: |\n" + string.Concat(Enumerable.Repeat(" \n", 400_000)),
            new string(' ', 1_000_000) + "a",
            string.Concat(Enumerable.Repeat("%X\n", 300_000)),
            new string('\n', 1_000_000),
            "a: {" + new string(',', 500_000),
        ];
        foreach (var text in texts)
        {
            var clock = Stopwatch.StartNew();
            DeliveryFileReader.Read(Encoding.UTF8.GetBytes(text));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"'{text[..10]}…' took {clock.Elapsed}");
        }
    }

    [Fact]
    public void Read_RandomBytes_NeverThrows() =>
        Gen.Byte.Array[0, 400].Sample(bytes => FindingText.Render(DeliveryFileReader.Read(bytes).Findings) is not null, iter: 3000);

    [Fact]
    public void Read_RandomYamlSigns_NeverThrows() =>
        Gen.Int[0, Signs.Length - 1]
            .Array[0, 60].Sample(signs => DeliveryFileReader.Read(Encoding.UTF8.GetBytes(string.Concat(signs.Select(i => Signs[i])))).Findings is not null, iter: 20000);

    [Fact]
    public void Read_MutatedValidFile_NeverThrowsAndNeverPassesSilently()
    {
        var valid = File.ReadAllBytes(Cases.PathOf("delivery", "ok-full", "signalbox.yaml"));
        var change = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 3], Gen.Byte);
        change.Array[1, 6].Sample(changes =>
        {
            var bytes = valid.ToList();
            foreach (var (at, kind, value) in changes)
            {
                var index = at % bytes.Count;
                if (kind == 0) bytes.RemoveAt(index);
                else if (kind == 1) bytes.Insert(index, value);
                else if (kind == 2) bytes[index] = value;
                else bytes.RemoveRange(index, Math.Min(value, bytes.Count - index - 1));
            }
            var file = DeliveryFileReader.Read(bytes.ToArray());
            return file.Applications is not null || file.Findings.Count > 0;
        }, iter: 3000);
    }

    [Fact]
    public void Schema_KnowsTheKeysThatTheReaderKnows()
    {
        using var stream = DeliverySchema.Open();
        var schema = JsonNode.Parse(stream)!;
        foreach (var shape in Shapes.All)
        {
            var properties = shape == Shapes.File ? schema["properties"]! : schema["$defs"]![shape.Name]!["properties"]!;
            Assert.Equal(shape.Keys.Select(k => k.Key).Order(), properties.AsObject().Select(p => p.Key).Order());
        }
    }

    [Fact]
    public void Docs_ExplainEveryId()
    {
        var page = File.ReadAllText(Path.Combine(Cases.Root, "docs", "signalbox-yaml.md"));
        foreach (var id in DeliveryIds.All) Assert.Contains($"`{id}`", page);
    }

    [Fact]
    public void Docs_Example_IsValid()
    {
        var page = File.ReadAllText(Path.Combine(Cases.Root, "docs", "signalbox-yaml.md"));
        var from = page.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        var example = page[from..page.IndexOf("```", from, StringComparison.Ordinal)];
        Assert.Equal("", FindingText.Render(DeliveryFileReader.Read(Encoding.UTF8.GetBytes(example)).Findings));
    }
}
