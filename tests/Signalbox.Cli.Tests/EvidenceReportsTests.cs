using System.Text.Json;

namespace Signalbox.Cli.Tests;

public sealed class EvidenceReportsTests
{
    [Theory]
    [InlineData("trivy", "report.json", 0)]
    [InlineData("cyclonedx", "report.json", 0)]
    [InlineData("cyclonedx-not-valid", "report.json", 1)]
    [InlineData("jacoco", "report.xml", 0)]
    [InlineData("trx", "report.xml", 0)]
    [InlineData("openvex", "report.json", 0)]
    [InlineData("spdx-3", "report.json", 0)]
    [InlineData("sonarqube-quality-gate", "report.json", 0)]
    [InlineData("an-empty-file", "report.json", 1)]
    [InlineData("hostile-truncated", "report.json", 1)]
    public async Task Read_InJson_PrintsTheModelAlone(string name, string file, int code)
    {
        var ended = (await SignalboxProgram.RunAsync("evidence", "read", "--format", "json", Case(name, file))).Expect(code);
        Assert.Empty(ended.Error);
        using var printed = JsonDocument.Parse(ended.Out);
        using var expected = JsonDocument.Parse(await File.ReadAllTextAsync(Case(name, "expected.json"), TestContext.Current.CancellationToken));
        Assert.True(JsonElement.DeepEquals(expected.RootElement, printed.RootElement), ended.Out);
    }

    [Theory]
    [InlineData("trivy", "report.json", "trivy: 6 findings (2 critical, 3 high, 1 unknown), of registry.example.com/shop:1.0, made 2026-01-15 08:58Z")]
    [InlineData("trivy", "report.json", "  critical CVE-2025-0001 zlib1g 1.2.13 in shop (debian 12), fixed in 1.2.14: zlib: overflow")]
    [InlineData("cyclonedx", "report.json", "cyclonedx 1.6, valid, 2 components, 4 findings (2 critical, 1 medium, 1 unknown)")]
    [InlineData("cyclonedx", "report.json", "  NTIA minimum: no supplier name in 1 components")]
    [InlineData("jacoco", "report.xml", "jacoco: lines 68.4 % (26 of 38), branches 25.0 % (1 of 4), of shop")]
    [InlineData("junit", "report.xml", "junit: 5 tests, 2 passed, 1 failed, 1 errors, 1 skipped")]
    [InlineData("openvex", "report.json", "  CVE-2021-44228: not affected, vulnerable_code_not_in_execute_path: lookups are off")]
    [InlineData("sarif-run-failed", "report.sarif", "  incomplete: the tool says that its run did not succeed")]
    [InlineData("sonarqube-quality-gate", "report.json", "  new_coverage: 62.5, ERROR at 80")]
    public async Task Read_InText_SaysTheWorstFirst(string name, string file, string line)
    {
        var ended = (await SignalboxProgram.RunAsync("evidence", "read", Case(name, file))).Expect(0);
        Assert.Contains(line, ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfARefusedReport_SaysWhyAsAFinding()
    {
        var ended = (await SignalboxProgram.RunAsync("evidence", "read", Case("hostile-entity-bomb", "report.xml"))).Expect(1);
        Assert.StartsWith("error[report-refused]: this is not well-formed XML: reference to undeclared entity 'c'", ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
    }

    [Fact]
    public async Task Read_FromStandardInput_IsTheSame()
    {
        using var process = SignalboxProgram.Start(SignalboxProgram.Path, null, null, "evidence", "read", "-");
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(Case("lcov", "report.info"), TestContext.Current.CancellationToken));
        var ended = (await SignalboxProgram.EndOf(process)).Expect(0);
        Assert.Equal("-: lcov: lines 50.0 % (2 of 4), branches 66.7 % (4 of 6)\n", ended.Out);
    }

    [Fact]
    public async Task Diff_SaysWhatChanged()
    {
        using var directory = new TemporaryDirectory();
        var text = await File.ReadAllTextAsync(Case("cyclonedx", "report.json"), TestContext.Current.CancellationToken);
        var now = directory.Write("new.json", text.Replace("2.13.2", "2.17.1", StringComparison.Ordinal).Replace("\"inner\"", "\"outer\"", StringComparison.Ordinal).Replace("\"id\": \"Apache-2.0\"", "\"id\": \"MIT\"", StringComparison.Ordinal));
        var ended = (await SignalboxProgram.RunAsync("evidence", "diff", Case("cyclonedx", "report.json"), now)).Expect(0);
        Assert.Equal("+ outer\n- inner\n~ log4j-core 2.13.2 -> 2.17.1\n! log4j-core 2.17.1: licence Apache-2.0 -> MIT\n", ended.Out);
        var json = (await SignalboxProgram.RunAsync("evidence", "diff", "--format", "json", Case("cyclonedx", "report.json"), now)).Expect(0);
        using var diff = JsonDocument.Parse(json.Out);
        Assert.Equal("outer", diff.RootElement.GetProperty("added")[0].GetProperty("name").GetString());
        Assert.Equal("2.17.1", diff.RootElement.GetProperty("changed")[0].GetProperty("after").GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("cyclonedx-not-valid", "report.json", "sbom-invalid")]
    [InlineData("trivy", "report.json", "sbom-expected")]
    [InlineData("an-empty-file", "report.json", "report-refused")]
    public async Task Diff_OfWhatIsNoValidSbom_IsAClearNo(string name, string file, string id)
    {
        var ended = (await SignalboxProgram.RunAsync("evidence", "diff", Case("cyclonedx", "report.json"), Case(name, file))).Expect(1);
        Assert.Contains($"error[{id}]", ended.Error, StringComparison.Ordinal);
    }

    private static string Case(string name, string file) => Path.Combine(SignalboxProgram.Root(), "tests", "cases", "reports", name, file);
}
