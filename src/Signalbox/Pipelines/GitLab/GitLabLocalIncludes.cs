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
    /// <param name="missed">Gathers what is not taken in; then the jobs of the files are, too, each beside what this one says of it. Null leaves them out.</param>
    public static YamlMapping Whole(YamlMapping root, Func<string, TextRange, IEnumerable<(string Path, YamlMapping Root)>> open, List<Inclusion>? missed = null)
    {
        var taken = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        var budget = MostNodes;
        Collect(root, null, open, taken, [], 0, missed, ref budget);
        if (taken.Count == 0) return root;
        foreach (var entry in root.Entries) taken[entry.Key.Value] = missed is null ? entry : Over(taken.GetValueOrDefault(entry.Key.Value), entry, 0);
        return root with { Entries = [.. taken.Values], ExpandedCount = root.ExpandedCount + MostNodes - budget };
    }

    private static void Collect(YamlMapping root, TextRange? at, Func<string, TextRange, IEnumerable<(string Path, YamlMapping Root)>> open,
        Dictionary<string, YamlEntry> taken, HashSet<string> seen, int depth, List<Inclusion>? missed, ref long budget)
    {
        if (depth == Deepest) return;
        foreach (var inclusion in GitLabIncludes.Read(root).Where(i => !i.Remote || missed is not null).Take(depth == 0 ? MostInclusions : MostFiles))
        {
            if (depth > 0 && seen.Count == MostFiles) return;
            var range = at ?? inclusion.Range;
            var whole = !inclusion.Remote && (missed is null || IsPlain(inclusion));
            var found = false;
            foreach (var (path, included) in whole ? open(inclusion.Source, range) : [])
            {
                found = true;
                if (seen.Contains(path)) continue;
                if (seen.Count == MostFiles || (budget -= included.ExpandedCount) <= 0) missed?.Add(inclusion with { Range = range });
                else if (seen.Add(path))
                {
                    Collect(included, range, open, taken, seen, depth + 1, missed, ref budget);
                    foreach (var entry in included.Entries.Where(e => missed is null ? IsShared(e) : e.Key.Value != "include"))
                        taken[entry.Key.Value] = Over(missed is null ? null : taken.GetValueOrDefault(entry.Key.Value), new((YamlScalar)Relocation.Of(entry.Key, range), Relocation.Of(entry.Value, range)), 0);
                }
            }
            if (!found) missed?.Add(inclusion with { Range = range });
        }
    }

    // a condition of its own, or values of its own for what the file asks for
    private static bool IsPlain(Inclusion inclusion) => inclusion.Node is not YamlMapping map || (map.Find("rules") ?? map.Find("inputs")) is null;

    /// <summary>An entry over one of the same name: mappings are merged, anything else takes the other's place.</summary>
    private static YamlEntry Over(YamlEntry? below, YamlEntry above, int depth)
    {
        if (depth == Deepest || below?.Value is not YamlMapping theirs || above.Value is not YamlMapping own) return above;
        var entries = theirs.Entries.ToDictionary(e => e.Key.Value, StringComparer.Ordinal);
        foreach (var entry in own.Entries) entries[entry.Key.Value] = Over(entries.GetValueOrDefault(entry.Key.Value), entry, depth + 1);
        return above with { Value = own with { Entries = [.. entries.Values], ExpandedCount = own.ExpandedCount + theirs.ExpandedCount } };
    }

    private static bool IsShared(YamlEntry entry) => entry.Key.Value.StartsWith('.') || s_settings.Contains(entry.Key.Value);
}
