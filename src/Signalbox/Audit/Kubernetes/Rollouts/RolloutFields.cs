using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>The fields that a Rollout has, as its CustomResourceDefinition names them.</summary>
internal sealed class RolloutFields
{
    private static readonly Lazy<RolloutFields> s_spec = new(Load);

    private readonly Dictionary<string, RolloutFields> _fields = new(StringComparer.Ordinal);

    // a leaf takes whatever stands there: its type is the API server's to check
    private bool _isOpen = true;

    /// <summary>The fields of <c>spec</c>.</summary>
    public static RolloutFields Spec => s_spec.Value;

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>Every entry below a node that has no such field, with the fields that its place has.</summary>
    public IEnumerable<(YamlEntry Entry, RolloutFields Known)> Unknown(YamlNode node)
    {
        if (_isOpen) return [];
        if (node is YamlSequence list) return list.Items.SelectMany(Unknown);
        return node.Entries().Where(e => e.Key.Value != "<<").SelectMany(e => _fields.TryGetValue(e.Key.Value, out var field) ? field.Unknown(e.Value) : [(e, this)]);
    }

    private static RolloutFields Load()
    {
        using var stream = typeof(RolloutFields).Assembly.GetManifestResourceStream("rollout-fields.txt")!;
        using var reader = new StreamReader(stream);
        var shared = new Dictionary<string, RolloutFields>(StringComparer.Ordinal);
        var words = Words(reader.ReadToEnd()).GetEnumerator();
        while (words.MoveNext())
        {
            var name = words.Current;
            words.MoveNext();
            Fill(Named(shared, name), words, shared);
        }
        return shared["spec"];
    }

    /// <summary>Reads fields up to the closing brace; the opening one was read.</summary>
    private static void Fill(RolloutFields into, IEnumerator<string> words, Dictionary<string, RolloutFields> shared)
    {
        into._isOpen = false;
        var last = "";
        while (words.MoveNext() && words.Current != "}")
            switch (words.Current)
            {
                case "{": Fill(into._fields[last], words, shared); break;
                case "*": break;
                case ['$', ..]: into._fields[last] = Named(shared, words.Current); break;
                default: into._fields[last = words.Current] = new(); break;
            }
    }

    private static RolloutFields Named(Dictionary<string, RolloutFields> shared, string name) =>
        shared.TryGetValue(name, out var known) ? known : shared[name] = new();

    private static IEnumerable<string> Words(string text)
    {
        var at = text.IndexOf('\n') + 1;
        for (var from = at; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] is not (' ' or '\n' or '{' or '}' or '*' or '$')) continue;
            if (at > from) yield return text[from..at];
            from = at;
            if (at == text.Length || text[at] is ' ' or '\n') from = at + 1;
            else if (text[at] is not '$')
            {
                yield return text[at..(at + 1)];
                from = at + 1;
            }
        }
    }
}
