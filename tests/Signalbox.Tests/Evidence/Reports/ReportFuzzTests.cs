using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>
/// Every small report, damaged in many ways: whatever comes of it is a report or a refusal with a reason, never an
/// exception. SIGNALBOX_FUZZ_SECONDS gives it more time than the one second for each case.
/// </summary>
public sealed class ReportFuzzTests
{
    private static readonly string[] s_pieces =
        ["\"", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e999", "99999999999999999999999", "\\ud800", "\\u0000", "\0", "<", "</", "/>", "&x;", "&#0;", "<!DOCTYPE a [", "]]>", "\u00ff", "\"\"", "{}", "[[[[[[[[", "end_of_record\n", "LF:-1\n"];

    private static readonly ReportLimits s_limits = new(MaxBytes: 1 << 20, MaxEntryBytes: 1 << 18, MaxItems: 5000);

    public static TheoryData<string> All => [.. Cases.Of("reports")];

    [Theory]
    [MemberData(nameof(All))]
    public void Damaged_IsAReportOrARefusal(string name)
    {
        var whole = File.ReadAllBytes(ReportCasesTests.FileOf(name));
        var others = Cases.Of("reports").Select(other => File.ReadAllBytes(ReportCasesTests.FileOf(other))).ToArray();
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("SIGNALBOX_FUZZ_SECONDS"), out var asked) ? asked : 0;
        var until = DateTime.UtcNow.AddSeconds(seconds);
        for (var seed = 0; seed < 150 || DateTime.UtcNow < until; seed++) Check(Damage(whole, others, new Random(seed)), $"{name}, seed {seed}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void CutOffAnywhere_IsAReportOrARefusal(string name)
    {
        var whole = File.ReadAllBytes(ReportCasesTests.FileOf(name));
        for (var length = 0; length < Math.Min(whole.Length, 6000); length += Math.Max(1, whole.Length / 300)) Check(whole[..length], $"{name}, first {length} bytes");
    }

    private static void Check(byte[] bytes, string what)
    {
        try
        {
            var report = ReportReader.Read(new MemoryStream(bytes), s_limits);
            if (report is RefusedReport refused) Assert.False(refused.Reason.Length == 0 || refused.Reason.StartsWith(ReportReader.Unforeseen, StringComparison.Ordinal), refused.Reason);
            if (report is CoverageReport coverage) Assert.True(coverage.Lines.Count <= coverage.Lines.Total && coverage.Branches.Count <= coverage.Branches.Total);
            var text = new StringWriter();
            ReportJson.Write(text, report);
            Assert.NotNull(JsonNode.Parse(text.ToString()));
            if (report is ScanReport scan) VexApplication.Apply(scan.Findings, [], scan.Subject, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1));
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}\n{Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 2000)))}");
        }
    }

    private static byte[] Damage(byte[] whole, byte[][] others, Random random)
    {
        var bytes = whole;
        for (var i = random.Next(1, 5); i > 0; i--)
            bytes = random.Next(6) switch
            {
                0 when bytes.Length > 0 => Flip(bytes, random),
                1 => Cut(bytes, random),
                2 => Insert(bytes, random, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)])),
                3 => Insert(bytes, random, Slice(others[random.Next(others.Length)], random)),
                4 => Insert(bytes, random, Slice(bytes, random)),
                _ => OtherValue(bytes, random),
            };
        return bytes;
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        var copy = (byte[])bytes.Clone();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] Cut(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        var to = Math.Min(bytes.Length, from + random.Next(1, 40));
        return [.. bytes.AsSpan(0, from), .. bytes.AsSpan(to)];
    }

    private static byte[] Insert(byte[] bytes, Random random, byte[] piece)
    {
        var at = random.Next(bytes.Length + 1);
        return [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(at)];
    }

    private static byte[] Slice(byte[] bytes, Random random)
    {
        var from = random.Next(bytes.Length + 1);
        return bytes[from..Math.Min(bytes.Length, from + random.Next(200))];
    }

    /// <summary>JSON that stays JSON, with one value of another kind: what the readers' own code must withstand.</summary>
    private static byte[] OtherValue(byte[] bytes, Random random)
    {
        try
        {
            if (JsonNode.Parse(bytes) is not { } root) return bytes;
            var nodes = new List<(JsonNode Parent, object Key)>();
            Collect(root, nodes);
            if (nodes.Count == 0) return bytes;
            var (parent, key) = nodes[random.Next(nodes.Count)];
            JsonNode? value = random.Next(9) switch
            {
                0 => null,
                1 => new JsonObject(),
                2 => new JsonArray(),
                3 => JsonValue.Create(""),
                4 => JsonValue.Create(-1),
                5 => JsonNode.Parse("1e400"),
                6 => JsonValue.Create(true),
                7 => JsonNode.Parse("[{\"a\":[[]]},null,\"x\",7]"),
                _ => JsonValue.Create(new string('x', 9000)),
            };
            if (parent is JsonObject properties) properties[(string)key] = value;
            else ((JsonArray)parent)[(int)key] = value;
            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return bytes;
        }
    }

    private static void Collect(JsonNode node, List<(JsonNode, object)> nodes)
    {
        if (node is JsonObject properties)
            foreach (var (name, value) in properties)
            {
                nodes.Add((node, name));
                if (value is not null) Collect(value, nodes);
            }
        else if (node is JsonArray items)
            for (var i = 0; i < items.Count; i++)
            {
                nodes.Add((node, i));
                if (items[i] is { } value) Collect(value, nodes);
            }
    }
}
