using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Cli.Tests.Running;

namespace Signalbox.Cli.Tests;

/// <summary>Runs what the documentation tells its reader to type, in a temporary copy, and compares what it promises.</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string> Pages => ["README.md", "docs/getting-started.md", "docs/cli.md", "docs/evidence.md", "docs/evidence-reports.md", "docs/sbom.md", "docs/run.md", "docs/gates.md", "docs/verify.md", "docs/dora.md", "docs/metrics.md", "docs/convert.md", "docs/pipelines-design.md"];

    private static readonly string[] s_examples = ["shop", "orders"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_EveryConsoleBlock_Works(string page)
    {
        var blocks = Block().Matches(await File.ReadAllTextAsync(Path.Combine(SignalboxProgram.Root(), page))).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(blocks);
        using var copy = new TemporaryDirectory();
        CopyExamples(copy);
        var port = Shop.FreePort().ToString(CultureInfo.InvariantCulture);
        var other = Shop.FreePort().ToString(CultureInfo.InvariantCulture);
        string Port(string text) => text.Replace("8080", port, StringComparison.Ordinal).Replace("8090", other, StringComparison.Ordinal);
        foreach (var example in s_examples)
            copy.Write($"examples/{example}/signalbox.yaml", Port(await File.ReadAllTextAsync(copy.Join($"examples/{example}/signalbox.yaml"))));
        var script = copy.Write("page.sh", "set -euo pipefail\n" + Port(string.Join('\n', blocks.SelectMany(Commands))) + "\n");
        try
        {
            using var bash = SignalboxProgram.Start("/bin/bash", copy.Path, Surroundings(copy), "-x", script);
            (await SignalboxProgram.EndOf(bash)).Expect(0);
        }
        finally
        {
            await SignalboxProgram.RunAsync("down", "--state", copy.Join("state"));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_EveryLinkToAFile_LeadsThere(string page)
    {
        var directory = Path.GetDirectoryName(Path.Combine(SignalboxProgram.Root(), page))!;
        foreach (Match link in Link().Matches(await File.ReadAllTextAsync(Path.Combine(SignalboxProgram.Root(), page))))
            Assert.True(Path.Exists(Path.Combine(directory, link.Groups[1].Value)), $"{page} links to {link.Groups[1].Value}");
    }

    /// <summary>Lines after "$ "; the two of the SDK are what CI itself runs, so here the built program stands in.</summary>
    private static IEnumerable<string> Commands(string block) => block.Split('\n')
        .Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..])
        .Where(line => !line.StartsWith("dotnet test", StringComparison.Ordinal) && !line.StartsWith("dotnet publish", StringComparison.Ordinal))
        .Select(line => line.Replace("dotnet run --project src/Signalbox.Cli -c Release -- ", "signalbox ", StringComparison.Ordinal));

    private static void CopyExamples(TemporaryDirectory copy)
    {
        foreach (var example in s_examples) Example.Copy(example, copy.Join($"examples/{example}"));
    }

    private static Dictionary<string, string> Surroundings(TemporaryDirectory copy)
    {
        copy.Write("bin/signalbox", $"#!/bin/sh\nexec {SignalboxProgram.Path} \"$@\"\n");
        File.SetUnixFileMode(copy.Join("bin/signalbox"), (UnixFileMode)0x1ed);
        return new() { ["PATH"] = $"{copy.Join("bin")}:{ProgramsOnPath.WithoutContainersAndScanners(copy)}", ["SIGNALBOX_STATE"] = copy.Join("state") };
    }

    [GeneratedRegex(@"^```console\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex Link();
}
