using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>
/// Takes in the files of the repository that a GitLab CI file includes (docs.gitlab.com, "Use CI/CD configuration from other
/// files"): their hidden jobs and what they set for every job. Their own jobs stay with their own file, which is read too, wherever it lies.
/// </summary>
internal static class GitLabLocalIncludes
{
    private const int Deepest = 10;

    // GitLab itself allows 150; each costs a file to read
    private const int MostFiles = 50;

    // of the file itself; the others need no more than as many as there are files
    private const int MostInclusions = 1_000;

    // nodes taken in, so that files which include each other cannot grow without end
    private const long MostNodes = 400_000;

    private static readonly string[] s_settings = ["default", "stages", "types", "workflow", "variables", "image", "services", "before_script", "after_script", "cache"];

    /// <summary>The mapping that holds for the jobs of a file; its own entries win over included ones, later files over earlier ones.</summary>
    /// <param name="open">Gives the jobs' mapping of each file that a path with wildcards names, which is named at a place of the outermost file.</param>
    public static YamlMapping Whole(YamlMapping root, Func<string, TextRange, IEnumerable<(string Path, YamlMapping Root)>> open)
    {
        var taken = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        var budget = MostNodes;
        Collect(root, null, open, taken, [], 0, ref budget);
        if (taken.Count == 0) return root;
        foreach (var entry in root.Entries) taken[entry.Key.Value] = entry;
        return root with { Entries = [.. taken.Values], ExpandedCount = root.ExpandedCount + MostNodes - budget };
    }

    private static void Collect(YamlMapping root, TextRange? at, Func<string, TextRange, IEnumerable<(string Path, YamlMapping Root)>> open,
        Dictionary<string, YamlEntry> taken, HashSet<string> seen, int depth, ref long budget)
    {
        if (depth == Deepest) return;
        foreach (var inclusion in GitLabIncludes.Read(root).Where(i => !i.Remote).Take(depth == 0 ? MostInclusions : MostFiles))
        {
            if (depth > 0 && seen.Count == MostFiles) return;
            var range = at ?? inclusion.Range;
            foreach (var (path, included) in open(inclusion.Source, range))
            {
                if (seen.Count == MostFiles || !seen.Add(path) || (budget -= included.ExpandedCount) <= 0) continue;
                Collect(included, range, open, taken, seen, depth + 1, ref budget);
                foreach (var entry in included.Entries.Where(IsShared))
                    taken[entry.Key.Value] = new((YamlScalar)Relocation.Of(entry.Key, range), Relocation.Of(entry.Value, range));
            }
        }
    }

    private static bool IsShared(YamlEntry entry) => entry.Key.Value.StartsWith('.') || s_settings.Contains(entry.Key.Value);
}
