namespace Signalbox.Yaml;

/// <summary>A place in the text: 1-based line and column (UTF-16 units), and how many columns it takes on that line.</summary>
public readonly record struct YamlSpan(int Line, int Column, int Length);

/// <summary>A node with its place. An alias gives the very node it names, so its place is that of the definition.</summary>
/// <param name="Tag">The explicit tag (<c>!!str</c> resolved to <c>tag:yaml.org,2002:str</c>), or null.</param>
/// <param name="ExpandedCount">Nodes in it once every alias is expanded: a leaf is 1.</param>
public abstract record YamlNode(YamlSpan Span, string? Tag, long ExpandedCount)
{
    /// <summary>What a message calls it: "a list", "a mapping", "text", "nothing".</summary>
    public abstract string Kind { get; }

    /// <summary>Where it stands in the text: quotes included, a block collection up to the end of its last value.</summary>
    public TextRange Range { get; init; }
}

public enum YamlStyle { Plain, SingleQuoted, DoubleQuoted, Literal, Folded }

public sealed record YamlScalar(YamlSpan Span, string? Tag, string Value, YamlStyle Style) : YamlNode(Span, Tag, 1)
{
    public bool IsPlain => Style == YamlStyle.Plain && Tag is null;

    /// <summary>Null in the core schema (YAML 1.2, 10.3.2): nothing, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => IsPlain && (Value is "" or "~" or "null" or "Null" or "NULL");

    /// <summary>The core schema's booleans, unquoted; <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are text.</summary>
    public bool? AsBoolean => !IsPlain ? null : Value switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public override string Kind => IsNull ? "nothing" : AsBoolean is not null ? "a boolean" : "text";
}

public sealed record YamlSequence(YamlSpan Span, string? Tag, long ExpandedCount, IReadOnlyList<YamlNode> Items)
    : YamlNode(Span, Tag, ExpandedCount)
{
    public override string Kind => "a list";
}

public sealed record YamlEntry(YamlScalar Key, YamlNode Value)
{
    /// <summary>Where the value was written as <c>*name</c>: the place of that alias; else null.</summary>
    public TextRange? Alias { get; init; }

    /// <summary>Key and value as written here.</summary>
    public TextRange Range => new(Key.Range.Start, Alias?.End ?? Math.Max(Key.Range.End, Value.Range.End));
}

/// <summary>Entries in the order they are written, each key once but for merge keys.</summary>
public sealed record YamlMapping(YamlSpan Span, string? Tag, long ExpandedCount, IReadOnlyList<YamlEntry> Entries)
    : YamlNode(Span, Tag, ExpandedCount)
{
    /// <summary>Whether it takes in others by merge keys (<c>&lt;&lt;</c>): few do, and keys that are not there are asked for all the time.</summary>
    internal bool Merges { get; } = Entries.Any(e => e.Key.Value == YamlAccess.MergeKey);

    public override string Kind => "a mapping";

    public YamlEntry? Find(string key)
    {
        for (var i = 0; i < Entries.Count; i++)
            if (Entries[i].Key.Value == key) return Entries[i];
        return null;
    }
}
