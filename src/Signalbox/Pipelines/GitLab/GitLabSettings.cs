using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>
/// What holds for each job of a file: <c>extends</c> merged key by key (docs.gitlab.com, "CI/CD YAML syntax reference: extends"),
/// <c>!reference</c> followed, defaults added where nothing is said.
/// </summary>
internal sealed class GitLabSettings(YamlMapping root)
{
    // GitLab allows 11 levels of extends and 10 of references
    private const int Deepest = 11;

    // merged entries in all; a file of real size stays far below, and a file made to explode ends here
    private int _budget = 500_000;

    private readonly Dictionary<string, (YamlMapping Settings, bool Complete)> _known = new(StringComparer.Ordinal);

    private static readonly string[] s_defaults =
        ["image", "services", "cache", "before_script", "after_script", "artifacts", "retry", "timeout", "interruptible", "tags", "hooks", "id_tokens"];

    public (YamlMapping Settings, bool Complete) Of(string name, YamlMapping job) => Of(name, job, 0);

    private (YamlMapping Settings, bool Complete) Of(string name, YamlMapping job, int depth)
    {
        if (_known.TryGetValue(name, out var known)) return known;
        if (depth == Deepest) return (job, false);
        // a job that extends itself meets its own bare settings here
        _known[name] = (job, false);
        YamlMapping? merged = null;
        var complete = true;
        foreach (var parent in job.Get("extends").ItemsOrSelf().OfType<YamlScalar>())
        {
            if (root.Get(parent.Value) is not YamlMapping template) { complete = false; continue; }
            var (settings, whole) = Of(parent.Value, template, depth + 1);
            complete &= whole;
            merged = merged is null ? settings : Merge(merged, settings, 0);
        }
        return _known[name] = (merged is null ? job : Merge(merged, job, 0), complete);
    }

    /// <summary>The entry that holds for a job: its own, or the default's where it inherits it.</summary>
    public YamlEntry? Entry(YamlMapping settings, string key) =>
        settings.Entry(key) ?? (s_defaults.Contains(key) && Inherits(settings, key) ? root.Get("default").Entry(key) ?? root.Entry(key) : null);

    private static bool Inherits(YamlMapping settings, string key) => settings.Get("inherit", "default") switch
    {
        YamlScalar { AsBoolean: false } => false,
        YamlSequence list => list.Items.Any(i => i.Text() == key),
        _ => true,
    };

    /// <summary>Each line of a script: lists within lists are one list, and a reference stands for what it names.</summary>
    public IEnumerable<YamlScalar> Lines(YamlNode? node, int depth = 0)
    {
        if (depth > Deepest || _budget <= 0) yield break;
        foreach (var item in Referenced(node).ItemsOrSelf())
        {
            if (--_budget <= 0) yield break;
            if (item is YamlScalar { IsNull: false } line) yield return line;
            else if (item is YamlSequence)
                foreach (var nested in Lines(item, depth + 1)) yield return nested;
        }
    }

    /// <summary>What <c>!reference [job, key …]</c> names; any other node is itself, an unknown name is nothing.</summary>
    public YamlNode? Referenced(YamlNode? node)
    {
        for (var i = 0; i < Deepest && node is YamlSequence { Tag: "!reference" } reference; i++)
        {
            node = root;
            foreach (var key in reference.Items) node = key.Text() is { } text ? Step(node, text) : null;
        }
        return node;
    }

    /// <summary>The references within that name nothing in this file, or each other.</summary>
    public IEnumerable<YamlSequence> Missing(YamlNode? node, int depth = 0)
    {
        foreach (var item in node is YamlSequence { Tag: not "!reference" } list ? list.Items : node is null ? [] : [node])
        {
            if (--_budget <= 0) yield break;
            if (item is YamlSequence { Tag: "!reference" } reference)
            {
                var named = depth > Deepest ? null : Referenced(reference);
                if (named is null or YamlSequence { Tag: "!reference" } || Missing(named, depth + 1).Any()) yield return reference;
            }
            else if (item is YamlSequence nested)
                foreach (var inner in Missing(nested, depth + 1)) yield return inner;
        }
    }

    /// <summary>A reference as it is written.</summary>
    public static string Said(YamlSequence reference) => $"!reference [{string.Join(", ", reference.Items.Select(i => i.Text()))}]";

    private YamlNode? Step(YamlNode? node, string key) =>
        ReferenceEquals(node, root) && root.Get(key) is YamlMapping job && job.Get("extends") is not null ? Of(key, job).Settings : node.Get(key);

    private YamlMapping Merge(YamlMapping parent, YamlMapping child, int depth)
    {
        var entries = parent.Entries().Where(e => e.Key.Value != "extends").ToDictionary(e => e.Key.Value, StringComparer.Ordinal);
        _budget -= entries.Count;
        if (_budget <= 0) return child;
        foreach (var entry in child.Entries())
            entries[entry.Key.Value] = depth < Deepest && entry.Value is YamlMapping own && entries.GetValueOrDefault(entry.Key.Value)?.Value is YamlMapping theirs
                ? entry with { Value = Merge(theirs, own, depth + 1) }
                : entry;
        return new(child.Span, child.Tag, entries.Count + 1, [.. entries.Values]) { Range = child.Range };
    }
}
