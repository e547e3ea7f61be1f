using System.Globalization;
using CsCheck;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Generated pipelines go through all four platforms and come back. SIGNALBOX_EXHAUSTIVE=1 makes 10,000 of them.</summary>
public sealed class FourPlatformsTests
{
    private static readonly long s_rounds = Environment.GetEnvironmentVariable("SIGNALBOX_EXHAUSTIVE") == "1" ? 10_000 : 200;

    [Fact]
    public void ThroughAllFour_KeepsJobsNeedsAndConditions() => PortableGen.Pipeline.Sample(pipeline =>
    {
        var now = pipeline;
        foreach (var platform in (Platform[])[.. PortableRig.Platforms, Platform.GitHubActions])
        {
            var (text, log) = PortableRig.Write(platform, now);
            Assert.True(!log.AnyLeft, $"{platform}: {string.Join('\n', log.Notes.Where(n => n.Kind == Carried.Left))}");
            (now, log) = PortableRig.Read(platform, text);
            Assert.True(!log.AnyLeft, $"{platform}: {string.Join('\n', log.Notes.Where(n => n.Kind == Carried.Left))}\n{text}");
            Assert.True(Core(pipeline) == Core(now), $"{platform}: expected\n{Core(pipeline)}\nbut was\n{Core(now)}\n{text}");
        }
    }, iter: s_rounds, print: PortableRig.Print);

    [Fact]
    public void OnGitHubAlone_KeepsPermissions() => PortableGen.Pipeline.Sample(pipeline =>
        Assert.Equal(PortableRig.Print(pipeline.Permissions), PortableRig.Print(PortableRig.Read(Platform.GitHubActions, PortableRig.Write(Platform.GitHubActions, pipeline).Text).Pipeline.Permissions)), iter: 20);

    /// <summary>What all four can say: jobs, what each comes after, conditions, combinations, limits, variables and scripts.</summary>
    private static string Core(PortablePipeline pipeline) => string.Join('\n', pipeline.Jobs.Select(j => string.Create(CultureInfo.InvariantCulture,
        $"{j.Id} after [{string.Join(", ", j.Needs.Order(StringComparer.Ordinal))}] when {j.When} if {(j.If is null ? "-" : PortableRig.Print(j.If))} combinations {Combinations(j.Matrix)} timeout {j.Timeout} lenient {j.FailureIgnored} {string.Join(' ', j.Variables.Select(v => $"{v.Name}={v.Value}"))} {string.Join(" / ", j.Steps.OfType<RunStep>().Select(s => s.Script))}")));

    private static string Combinations(PortableMatrix? matrix) => matrix is null ? "-" :
        string.Join(' ', matrix.Combinations().Select(c => string.Join(',', c.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"))).Order(StringComparer.Ordinal));
}
