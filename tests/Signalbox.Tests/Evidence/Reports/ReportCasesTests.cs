using System.Text.Json;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>Small reports of every format and variant, and hostile ones, beside what they are read as.</summary>
public sealed class ReportCasesTests
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> All => [.. Cases.Of("reports")];

    [Theory]
    [MemberData(nameof(All))]
    public void Case_IsReadAsExpected(string name)
    {
        using var stream = File.OpenRead(FileOf(name));
        Cases.Verify(Cases.PathOf("reports", name, "expected.json"), Print(ReportReader.Read(stream)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Case_FromAStreamThatCannotSeek_IsReadTheSame(string name)
    {
        await using var file = File.OpenRead(FileOf(name));
        await using var once = new OnceStream(file);
        Assert.Equal(await File.ReadAllTextAsync(Cases.PathOf("reports", name, "expected.json"), TestContext.Current.CancellationToken), Print(await ReportReader.ReadAsync(once, cancel: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Recognition_IgnoresTheFilesName() =>
        Assert.All(Cases.Of("reports"), name => Assert.StartsWith("report.", Path.GetFileName(FileOf(name)), StringComparison.Ordinal));

    public static string FileOf(string name) => Directory.GetFiles(Path.Combine(Cases.Root, "tests", "cases", "reports", name), "report.*").Single();

    private static string Print(Report report)
    {
        var text = new StringWriter();
        ReportJson.Write(text, report);
        using var json = JsonDocument.Parse(text.ToString());
        return JsonSerializer.Serialize(json.RootElement, s_indented) + "\n";
    }
}
