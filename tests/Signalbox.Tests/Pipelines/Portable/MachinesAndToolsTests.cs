using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>What runs on another machine, or with other tools, than it did is said; what cannot be had stands as a step that fails.</summary>
public sealed class MachinesAndToolsTests
{
    private static (string Text, CarriageLog Log) Write(Platform platform, string matrix, string runner, string step)
    {
        var (pipeline, _) = PortableRig.Read(Platform.GitHubActions, $"on: push\njobs:\n  test:\n    strategy:\n      matrix: {matrix}\n    runs-on: {runner}\n    steps:\n      - uses: actions/checkout@v4\n{step}      - run: make test\n");
        return PortableRig.Write(platform, pipeline);
    }

    /// <summary>GitLab's and Jenkins' image is Linux': a combination that asked for another system must not pass there.</summary>
    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.Jenkins)]
    public void CombinationsOnOtherSystems_AreLeft(Platform platform)
    {
        var (text, log) = Write(platform, "{ os: [ubuntu-latest, windows-latest, macos-14] }", "${{ matrix.os }}", "");
        Assert.Contains(log.Notes, n => n.Kind == Carried.Left && n.What.Contains("the combinations on windows-latest, macos-14 are not carried", StringComparison.Ordinal));
        Assert.Contains("left for a person: its combinations on windows-latest, macos-14", text);
    }

    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.Jenkins)]
    [InlineData(Platform.AzurePipelines)]
    public void CombinationsOnOneSystem_AreCarried(Platform platform) =>
        Assert.False(Write(platform, "{ os: [ubuntu-22.04, ubuntu-24.04] }", "${{ matrix.os }}", "").Log.AnyLeft);

    /// <summary>Azure takes the machine from the matrix.</summary>
    [Fact]
    public void Azure_TakesTheMachineOfEachCombination() =>
        Assert.False(Write(Platform.AzurePipelines, "{ os: [ubuntu-latest, windows-latest] }", "${{ matrix.os }}", "").Log.AnyLeft);

    [Theory]
    [InlineData("go", "${{ matrix.version }}", "oldstable")]
    [InlineData("go", "oldstable", "oldstable")]
    [InlineData("node", ">=18", ">=18")]
    [InlineData("node", "${{ matrix.version }}", "oldstable")]
    public void AVersionThatNoImageIsCalledBy_IsLeft(string tool, string version, string word)
    {
        foreach (var platform in (Platform[])[Platform.GitLab, Platform.Jenkins])
        {
            var (text, log) = Write(platform, "{ version: [stable, oldstable] }", "ubuntu-latest", $"      - uses: actions/setup-{tool}@v5\n        with: {{ {tool}-version: '{version}' }}\n");
            Assert.True(log.AnyLeft, $"{platform}: {word}\n{text}");
            Assert.DoesNotContain(tool == "go" ? "golang:" : "node:", text);
            Assert.Contains("left for a person", text);
        }
    }

    [Theory]
    [InlineData("go", "stable", "golang:latest")]
    [InlineData("node", "lts/*", "node:lts")]
    [InlineData("node", "20.x", "node:20")]
    public void AWordThatAnImageHas_IsItsTag(string tool, string version, string image)
    {
        var (text, log) = Write(Platform.GitLab, "{ a: [b] }", "ubuntu-latest", $"      - uses: actions/setup-{tool}@v5\n        with: {{ {tool}-version: '{version}' }}\n");
        Assert.False(log.AnyLeft);
        Assert.Contains($"image: {image}\n", text);
    }

    [Fact]
    public void Azure_TakesGoByItsNumberAlone()
    {
        Assert.Contains("go stable is not set up", Write(Platform.AzurePipelines, "{ a: [b] }", "ubuntu-latest", "      - uses: actions/setup-go@v5\n        with: { go-version: stable }\n").Text);
        Assert.False(Write(Platform.AzurePipelines, "{ a: [b] }", "ubuntu-latest", "      - uses: actions/setup-go@v5\n        with: { go-version: '1.25.3' }\n").Log.AnyLeft);
    }

    [Theory]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.Jenkins)]
    [InlineData(Platform.AzurePipelines)]
    public void DownloadsThatAreNotKept_AreSaid(Platform platform) =>
        Assert.Contains(Write(platform, "{ a: [b] }", "ubuntu-latest", "      - uses: actions/setup-node@v4\n        with: { node-version: 22, cache: npm }\n").Log.Notes, n => n.Kind == Carried.Changed && n.What == "the downloads of npm are not kept");

    /// <summary>Without a version the action reads global.json; the task must be told to.</summary>
    [Fact]
    public void DotnetWithoutAVersion_ReadsGlobalJson()
    {
        var text = Write(Platform.AzurePipelines, "{ a: [b] }", "ubuntu-latest", "      - uses: actions/setup-dotnet@v4\n").Text;
        Assert.Contains("useGlobalJson: true", text);
        var (again, log) = PortableRig.Read(Platform.AzurePipelines, text);
        Assert.False(log.AnyLeft);
        Assert.Null(Assert.Single(again.Jobs[0].Steps.OfType<SetupStep>()).Version);
    }
}
