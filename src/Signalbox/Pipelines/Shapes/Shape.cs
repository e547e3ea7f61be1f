using System.Collections.Frozen;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Shapes;

/// <summary>What a platform takes at one place of its file: a text, a list, a mapping, or any of several; what is not named here it refuses.</summary>
internal sealed record Shape
{
    /// <summary>Anything at all: where the platform itself is not strict, or its rules are another rule's matter.</summary>
    public static Shape Any { get; } = new() { IsAny = true };

    /// <summary>Any text, an empty one too.</summary>
    public static Shape Text { get; } = new() { Words = new("text", _ => true), MayBeEmpty = true };

    /// <summary><c>true</c> or <c>false</c>, quoted or not.</summary>
    public static Shape Flag { get; } = new() { Words = new("true or false", t => bool.TryParse(t, out _)) };

    /// <summary>A number, quoted or not.</summary>
    public static Shape Number { get; } = new() { Words = new("a number", t => double.TryParse(t, System.Globalization.CultureInfo.InvariantCulture, out _)) };

    public bool IsAny { get; private init; }

    /// <summary>Which texts are taken; null where none is.</summary>
    public Words? Words { get; init; }

    /// <summary>What each item of a list is; null where no list is taken.</summary>
    public Shape? Items { get; init; }

    /// <summary>The keys of a mapping, which may hang on what it holds; null where no mapping is taken.</summary>
    public Func<YamlMapping, Keys>? Keys { get; init; }

    /// <summary>Whether no expression may stand in its place.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Whether nothing may stand there.</summary>
    public bool MayBeEmpty { get; init; }

    public static Shape Word(params string[] words) => new() { Words = Shapes.Words.Of(words) };

    public static Shape ListOf(Shape items) => new() { Items = items };

    public static Shape Map(Keys keys) => new() { Keys = _ => keys };

    /// <summary>A mapping whose keys are names of one's own.</summary>
    public static Shape MapOf(Shape values) => Map(new("", new Dictionary<string, Shape>()) { Others = values });

    public Shape OrEmpty() => this with { MayBeEmpty = true };

    /// <summary>One of its own or a list of them.</summary>
    public Shape OrList() => this with { Items = this };

    /// <summary>What either takes; where both take the same kind of node, this one's.</summary>
    public Shape Or(Shape other) => this with { Words = Words ?? other.Words, Items = Items ?? other.Items, Keys = Keys ?? other.Keys, MayBeEmpty = MayBeEmpty || other.MayBeEmpty };

    /// <summary>The kinds of node that are taken, for a message.</summary>
    public string Expected => string.Join(" or ", new[] { Words?.Expected, Items is null ? null : "a list", Keys is null ? null : "a mapping" }.OfType<string>());
}

/// <summary>Texts that are taken.</summary>
/// <param name="Expected">What they are, for a message.</param>
/// <param name="Known">The words themselves, where they can be counted.</param>
internal sealed record Words(string Expected, Func<string, bool> Takes, IReadOnlyCollection<string>? Known = null)
{
    public static Words Of(params string[] words)
    {
        var known = words.ToFrozenSet(StringComparer.Ordinal);
        return new($"one of {string.Join(", ", words)}", known.Contains, words);
    }
}

/// <summary>The keys of a mapping.</summary>
/// <param name="Of">What the mapping is, with its article: "a job".</param>
internal sealed record Keys(string Of, IReadOnlyDictionary<string, Shape> Known)
{
    /// <summary>Keys of which one must be there, for each list.</summary>
    public IReadOnlyList<string[]> Required { get; init; } = [];

    /// <summary>What the value of any other key is; null where no other is taken.</summary>
    public Shape? Others { get; init; }
}
