using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>Golden pipelines in tests/cases/pipelines: each read, written for every platform, and read back.</summary>
public sealed class PortableCasesTests
{
    public static TheoryData<string> Names => [.. Cases.Of("pipelines")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Convert_EachCase_IsAsAccepted(string name)
    {
        var (platform, text) = Source(name);
        var (pipeline, log) = PortableRig.Read(platform, text);
        Cases.Verify(Cases.PathOf("pipelines", name, "expected.model.txt"), PortableRig.Print(pipeline));
        foreach (var to in PortableRig.Platforms)
        {
            var (written, more) = PortableRig.Write(to, pipeline);
            Cases.Verify(Cases.PathOf("pipelines", name, Expected(to)), written);
            Cases.Verify(Cases.PathOf("pipelines", name, $"expected.{Word(to)}.report.txt"), PortableRig.Report(new YamlText(text), [.. log.Notes, .. more.Notes]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ReadWriteRead_OnItsOwnPlatform_GivesTheSameModel(string name)
    {
        var (platform, text) = Source(name);
        var (pipeline, _) = PortableRig.Read(platform, text);
        var (written, _) = PortableRig.Write(platform, pipeline);
        var (again, _) = PortableRig.Read(platform, written);
        Assert.Equal(PortableRig.Print(pipeline), PortableRig.Print(again));
        Assert.Equal(written, PortableRig.Write(platform, again).Text);
    }

    public static (Platform Platform, string Text) Source(string name)
    {
        var platform = PortableRig.Platforms.First(p => name.StartsWith(Word(p), StringComparison.Ordinal));
        return (platform, File.ReadAllText(Cases.PathOf("pipelines", name, $"source{Extension(platform)}")));
    }

    private static string Expected(Platform platform) => $"expected.{Word(platform)}{Extension(platform)}";

    private static string Extension(Platform platform) => platform == Platform.Jenkins ? ".groovy" : ".yml";

    private static string Word(Platform platform) => platform switch { Platform.GitHubActions => "github", Platform.GitLab => "gitlab", Platform.AzurePipelines => "azure", _ => "jenkins" };
}
