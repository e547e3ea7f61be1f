using CsCheck;
using Signalbox.Pipelines;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Whatever is written for a platform reads, and what was read from it is written so that it reads the same. SIGNALBOX_EXHAUSTIVE=1 makes 10,000 pipelines.</summary>
public sealed class OwnPlatformTests
{
    private static readonly long s_rounds = Environment.GetEnvironmentVariable("SIGNALBOX_EXHAUSTIVE") == "1" ? 10_000 : 100;

    public static TheoryData<Platform> Platforms => [.. PortableRig.Platforms];

    [Theory]
    [MemberData(nameof(Platforms))]
    public void ReadWriteRead_OfWhatWasWritten_IsTheSame(Platform platform) => RichGen.Pipeline.Sample(pipeline =>
    {
        var written = PortableRig.Write(platform, pipeline).Text;
        var read = PortableRig.Read(platform, written).Pipeline;
        var text = PortableRig.Write(platform, read).Text;
        var again = PortableRig.Read(platform, text).Pipeline;
        Assert.True(PortableRig.Print(read) == PortableRig.Print(again), $"{written}\n=====\n{text}\n=====\n{Difference(PortableRig.Print(read), PortableRig.Print(again))}");
    }, iter: s_rounds, print: PortableRig.Print);

    [Fact]
    public void EveryWay_KeepsEachJobAndWhatItNeeds() => RichGen.Pipeline.Sample(pipeline =>
    {
        foreach (var platform in PortableRig.Platforms.Where(p => p != Platform.Jenkins))
        {
            var (text, _) = PortableRig.Write(platform, pipeline);
            var again = PortableRig.Read(platform, text).Pipeline;
            Assert.True(pipeline.Jobs.All(j => again.Job(j.Id) is { } same && j.Needs.All(n => same.Needs.Contains(n) || pipeline.Job(n) is { Manual: true, FailureIgnored: true })), $"{platform}\n{text}");
        }
    }, iter: s_rounds, print: PortableRig.Print);

    private static string Difference(string one, string other) => string.Join('\n', one.Split('\n').Zip(other.Split('\n')).Where(p => p.First != p.Second).Take(5).Select(p => $"{p.First}\n{p.Second}"));
}
