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

    /// <summary>The real pipelines of some platforms that can be read; the test is skipped where there are none.</summary>
    internal static IReadOnlyList<(string Name, PortablePipeline Pipeline)> Read(params Platform[] platforms)
    {
        var root = Environment.GetEnvironmentVariable("SIGNALBOX_PIPELINES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "SIGNALBOX_PIPELINES does not name a folder of real pipelines");
        var read = new List<(string, PortablePipeline)>();
        foreach (var (folder, platform) in Folders.Select(row => row.Data).Where(row => platforms.Contains(row.Item2) && Directory.Exists(Path.Combine(root, row.Item1))))
            foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                if (PipelineConversion.Read(platform, Path.GetFileName(file), new YamlText(File.ReadAllText(file).TrimStart('\uFEFF')), new(), out _) is { Jobs.Count: > 0 } pipeline) read.Add((Path.GetFileName(file), pipeline));
        return read;
    }

    /// <summary>What is written of them for another platform holds to that one's schema.</summary>
    [Theory]
    [InlineData("github", Platform.GitHubActions)]
    [InlineData("gitlab", Platform.GitLab)]
    [InlineData("azure", Platform.AzurePipelines)]
    public void Converted_HoldToTheSchema(string to, Platform platform)
    {
        Assert.SkipUnless(WrittenSchemaTests.HasSchemas, "the platforms' schemas are not beside the repository");
        var wrong = Read([.. PortableRig.Platforms.Where(p => p != platform)]).Select(real => (real.Name, Problems: WrittenSchemaTests.Problems(to, PortableRig.Write(platform, real.Pipeline).Text))).Where(p => p.Problems.Count > 0).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20).Select(w => $"{w.Name}: {string.Join("; ", w.Problems.Take(3))}")));
    }

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
        var silent = new List<string>();
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var log = new CarriageLog();
            var text = new YamlText(File.ReadAllText(file).TrimStart('\uFEFF'));
            if (PipelineConversion.Read(platform, Path.GetFileName(file), text, log, out _) is not { } pipeline) continue;
            files++;
            if (!log.AnyLeft) whole++;
            foreach (var note in log.Notes.Where(n => n.Kind == Carried.Left)) Count(losses, Kind(note.What));
            foreach (var to in PortableRig.Platforms) _ = PortableRig.Write(to, pipeline);
            var (written, said) = PortableRig.Write(platform, pipeline);
            var (one, other) = (PortableRig.Print(pipeline), PortableRig.Print(PortableRig.Read(platform, written).Pipeline));
            if (one == other) same++;
            else (log.Notes.Concat(said.Notes).Any(n => n.Kind != Carried.Whole) ? broken : silent).Add($"{Path.GetFileName(file)}: {string.Join(" | ", one.Split('\n').Zip(other.Split('\n')).Where(p => p.First != p.Second).Take(1).Select(p => $"{p.First.Trim()} became {p.Second.Trim()}"))}");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {files} read, {whole} without loss ({(files == 0 ? 0 : 100.0 * whole / files):0} %), {same} the same when written and read again"));
        foreach (var (what, count) in losses.OrderByDescending(l => l.Value)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,5}  {what}"));
        foreach (var file in broken) output.WriteLine($"  not the same, as is said: {file}");
        foreach (var file in silent) output.WriteLine($"  not the same: {file}");
        Assert.True(files > 0);
    }

    private static void Count(Dictionary<string, int> counts, string what) => counts[what] = counts.GetValueOrDefault(what) + 1;

    // names of jobs apart, the same loss is one line
    private static string Kind(string what) => what.StartsWith("job ", StringComparison.Ordinal) && what.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at ? what[(at + 2)..] : what;
}
