using Signalbox.Delivery.Reading;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Shapes;

/// <summary>One place that a platform does not take as it is written.</summary>
/// <param name="Message">Lower case, no full stop: what is seen and what was expected.</param>
internal readonly record struct ShapeProblem(TextRange Range, string Message);

/// <summary>
/// Holds a tree against its shape. Expressions (<c>${{ }}</c>) may stand for nearly any value and any key. Merge keys are keys like any other: GitHub
/// takes aliases alone. The reader bounds what those expand to, and with it the work.
/// </summary>
internal sealed class ShapeCheck
{
    internal const int MostProblems = 100;

    private const int MostShown = 20;

    private readonly List<ShapeProblem> _found = [];

    /// <returns>In the order of the file, each place once.</returns>
    public static IReadOnlyList<ShapeProblem> Of(YamlMapping root, TextRange at, Shape shape)
    {
        var check = new ShapeCheck();
        check.Node(root, at, "the file", shape);
        return [.. check._found.Distinct().OrderBy(p => p.Range.Start)];
    }

    private void Node(YamlNode node, TextRange at, string name, Shape shape)
    {
        if (shape.IsAny || _found.Count >= MostProblems) return;
        switch (node)
        {
            case YamlScalar { Value: var text } when !shape.IsFixed && text.Contains("${{", StringComparison.Ordinal) || shape.MayBeEmpty && text.Length == 0:
                break;
            case YamlScalar { IsNull: true }:
                if (!shape.MayBeEmpty) Add(at, $"{name} is empty; expected {shape.Expected}");
                break;
            case YamlScalar scalar when shape.Words is { } words:
                if (!words.Takes(scalar.Value)) Add(scalar.Range, $"{name} is '{YamlQuote.Short(scalar.Value)}'; {Expected(scalar.Value, words.Known) ?? $"expected {words.Expected}"}");
                break;
            case YamlSequence { Items: var items } when shape.Items is { } item:
                foreach (var one in items) Node(one, one.Range, $"an item of {name}", item);
                break;
            case YamlMapping mapping when shape.Keys is { } keys:
                Entries(mapping, at, keys(mapping));
                break;
            default:
                Add(at, $"{name} is {node.Kind}; expected {shape.Expected}");
                break;
        }
    }

    private void Entries(YamlMapping mapping, TextRange at, Keys keys)
    {
        foreach (var entry in mapping.Entries)
        {
            var key = entry.Key.Value;
            if (key.Contains("${{", StringComparison.Ordinal)) continue;
            if ((keys.Known.GetValueOrDefault(key) ?? keys.Others) is { } value) Node(entry.Value, entry.Key.Range, $"'{YamlQuote.Short(key)}'", value);
            else Add(entry.Key.Range, $"'{YamlQuote.Short(key)}' is no key of {keys.Of}; {Expected(key, [.. keys.Known.Keys])}");
        }
        foreach (var any in keys.Required)
            if (any.All(k => mapping.Entry(k) is null)) Add(at, $"{keys.Of} has no {string.Join(" or ", any.Select(k => $"'{k}'"))}");
    }

    /// <returns>The word that was meant, else those there are; null where they are not words.</returns>
    internal static string? Expected(string word, IReadOnlyCollection<string>? known) => known switch
    {
        null => null,
        { Count: 0 } => "expected nothing",
        _ when Spelling.Nearest(word, known) is { } meant => $"did you mean '{meant}'?",
        _ => $"expected {(known.Count == 1 ? "" : "one of ")}{string.Join(", ", known.Take(MostShown))}{(known.Count > MostShown ? ", …" : "")}",
    };

    private void Add(TextRange at, string message)
    {
        if (_found.Count < MostProblems) _found.Add(new(at, message));
    }
}
