using System.Globalization;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Portable;

/// <summary>
/// Real pipelines in the folder that SIGNALBOX_PIPELINES names: a folder for each platform (github, gitlab, azure, jenkins).
/// Each is read, written for its own platform, and read back; what was left out is counted by kind.
/// </summary>
public sealed class RealPipelinesTests(ITestOutputHelper output)
{
    public static TheoryData<string, Platform> Folders => new() { { "github", Platform.GitHubActions }, { "gitlab", Platform.GitLab }, { "azure", Platform.AzurePipelines }, { "jenkins", Platform.Jenkins } };

    [Theory]
    [MemberData(nameof(Folders))]
    public void Real_AreReadWithoutLossOrWithAStatedOne(string folder, Platform platform)
    {
        var root = Environment.GetEnvironmentVariable("SIGNALBOX_PIPELINES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "SIGNALBOX_PIPELINES does not name a folder of real pipelines");
        var path = Path.Combine(root, folder);
        Assert.SkipUnless(Directory.Exists(path), $"{path} is not there");
        var (files, whole, same) = (0, 0, 0);
        var losses = new Dictionary<string, int>(StringComparer.Ordinal);
        var broken = new List<string>();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var log = new CarriageLog();
            var text = new YamlText(File.ReadAllText(file).TrimStart('\uFEFF'));
            if (PipelineConversion.Read(platform, Path.GetFileName(file), text, log, out _) is not { } pipeline) continue;
            files++;
            if (!log.AnyLeft) whole++;
            foreach (var note in log.Notes.Where(n => n.Kind == Carried.Left)) Count(losses, Kind(note.What));
            foreach (var to in PortableRig.Platforms) _ = PortableRig.Write(to, pipeline);
            var (written, _) = PortableRig.Write(platform, pipeline);
            if (PortableRig.Print(PortableRig.Read(platform, written).Pipeline) == PortableRig.Print(pipeline)) same++;
            else broken.Add(Path.GetFileName(file));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {files} read, {whole} without loss ({(files == 0 ? 0 : 100.0 * whole / files):0} %), {same} the same when written and read again"));
        foreach (var (what, count) in losses.OrderByDescending(l => l.Value)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,5}  {what}"));
        output.WriteLine($"  not the same: {string.Join(' ', broken)}");
        Assert.True(files > 0);
    }

    private static void Count(Dictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    // names of jobs apart, the same loss is one line
    private static string Kind(string what) => what.StartsWith("job ", StringComparison.Ordinal) && what.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at ? what[(at + 2)..] : what;
}
