using System.Text;
using Signalbox.Cli.Designing;
using Signalbox.Delivery.Artifacts;
using Signalbox.Pipelines.Local.Caching;
using Signalbox.Yaml;

namespace Signalbox.Cli.Converting;

/// <summary>The files of a repository that a pipeline may take in; no link is followed, and nothing outside is read.</summary>
/// <param name="root">An absolute path.</param>
internal sealed class IncludedFiles(string root)
{
    private const int MostNamed = 100, MostLookedAt = 20_000;

    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true };

    /// <summary>Each file that a path names, with its text; one that is not there, or cannot be read as text, is none.</summary>
    /// <param name="pattern">From the root, with a leading slash or without. Before a name <c>**</c> stands for folders, too (docs.gitlab.com, "Use include:local with wildcard file paths").</param>
    public IEnumerable<(string Path, string Text)> Named(string pattern)
    {
        var path = pattern.TrimStart('/');
        if (path.Split('/').Contains("..")) return [];
        return (path.Contains('*') ? Matching(path) : [path]).Select(found => (found, Text(found))).Where(file => file.Item2 is not null).Select(file => (file.found, file.Item2!));
    }

    private IEnumerable<string> Matching(string pattern)
    {
        var folder = Path.Combine(root, pattern[..(pattern[..pattern.IndexOf('*')].LastIndexOf('/') + 1)]);
        var rules = IgnoreRules.Parse(["/" + pattern.Replace("**.", "**/*.", StringComparison.Ordinal)]);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", s_all).Take(MostLookedAt).Select(file => Path.GetRelativePath(root, file)).Where(file => !SourceFiles.IsOwn(file) && rules.Ignores(file, directory: false)).Order(StringComparer.Ordinal).Take(MostNamed) : [];
    }

    private string? Text(string path)
    {
        try
        {
            var file = new FileInfo(Path.Combine(root, path));
            if (!file.Exists || file.LinkTarget is not null || file.Length == 0 || file.Length > new YamlLimits().MaxBytes || DesignFiles.LinkOnTheWay(root, file.FullName) is not null) return null;
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file.FullName)).TrimStart('\uFEFF');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }
    }
}
