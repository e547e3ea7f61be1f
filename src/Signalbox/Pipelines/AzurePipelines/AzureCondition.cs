namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>
/// Decides a condition as far as it can be known for one kind of run: true, false, or null where the run decides.
/// Grammar: learn.microsoft.com, "Azure Pipelines expressions": functions, literals and <c>variables['name']</c>.
/// </summary>
internal sealed class AzureCondition(string text, TriggerKinds kind)
{
    private const int Deepest = 32;

    private int _at;

    /// <param name="Known">The value, or null where it is not known.</param>
    private readonly record struct Value(string? Known, bool? Truth = null, string? Start = null);

    public static bool? Decide(string text, TriggerKinds kind) => new AzureCondition(text, kind).Read(0).Truth;

    private Value Read(int depth)
    {
        Blank();
        if (_at >= text.Length || depth > Deepest) { _at = text.Length; return default; }
        if (text[_at] == '\'') return Quoted();
        var name = Name();
        if (name.Length == 0) { _at++; return default; }
        Blank();
        if (_at < text.Length && text[_at] == '(') return Call(name.ToLowerInvariant(), Arguments(depth));
        return name.ToLowerInvariant() switch
        {
            "true" => new("true", true),
            "false" => new("false", false),
            "variables" => Variable(Key(depth)),
            _ when name.StartsWith("variables.", StringComparison.OrdinalIgnoreCase) => Variable(name["variables.".Length..]),
            _ => default,
        };
    }

    private Value Quoted()
    {
        var end = text.IndexOf('\'', _at + 1);
        var value = text[(_at + 1)..(end < 0 ? text.Length : end)];
        _at = end < 0 ? text.Length : end + 1;
        return new(value, value.Length > 0);
    }

    private string Name()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '-')) _at++;
        return text[start.._at];
    }

    private string Key(int depth)
    {
        if (_at >= text.Length || text[_at] != '[') return "";
        _at++;
        var key = Read(depth + 1).Known ?? "";
        Blank();
        if (_at < text.Length && text[_at] == ']') _at++;
        return key;
    }

    private List<Value> Arguments(int depth)
    {
        var values = new List<Value>();
        for (_at++; _at < text.Length && text[_at] != ')';)
        {
            values.Add(Read(depth + 1));
            Blank();
            while (_at < text.Length && text[_at] is not (',' or ')')) _at++;
            if (_at < text.Length && text[_at] == ',') _at++;
            Blank();
        }
        _at = Math.Min(text.Length, _at + 1);
        return values;
    }

    private static Value Call(string name, List<Value> values) => (name, values) switch
    {
        ("and", _) => new(null, values.Any(v => v.Truth == false) ? false : values.All(v => v.Truth == true) ? true : null),
        ("or", _) => new(null, values.Any(v => v.Truth == true) ? true : values.All(v => v.Truth == false) ? false : null),
        ("not", [var one]) => new(null, !one.Truth),
        ("eq", [var one, var other]) => new(null, Equal(one, other)),
        ("ne", [var one, var other]) => new(null, !Equal(one, other)),
        ("in", [var one, .. var others]) => new(null, others.Any(o => Equal(one, o) == true) ? true : others.All(o => Equal(one, o) == false) ? false : null),
        ("notin", [var one, .. var others]) => new(null, others.Any(o => Equal(one, o) == true) ? false : others.All(o => Equal(one, o) == false) ? true : null),
        ("startswith", [var one, { Known: { } prefix }]) => new(null, Begins(one, prefix)),
        ("succeeded" or "always" or "succeededorfailed", _) => new(null, true),
        _ => default,
    };

    private static bool? Equal(Value one, Value other)
    {
        if (one.Known is { } a && other.Known is { } b) return a.Equals(b, StringComparison.OrdinalIgnoreCase);
        if (one.Start is { } start && other.Known is { } whole && !whole.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return false;
        return other.Start is { } second && one.Known is { } first && !first.StartsWith(second, StringComparison.OrdinalIgnoreCase) ? false : null;
    }

    private static bool? Begins(Value one, string prefix)
    {
        if (one.Known is { } known) return known.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        if (one.Start is not { } start) return null;
        if (start.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return prefix.StartsWith(start, StringComparison.OrdinalIgnoreCase) ? null : false;
    }

    // learn.microsoft.com, "Use predefined variables"
    private Value Variable(string name) => name.ToLowerInvariant() switch
    {
        "build.reason" => kind switch
        {
            TriggerKinds.PullRequest => new("PullRequest", true),
            TriggerKinds.Schedule => new("Schedule", true),
            TriggerKinds.Manual => new("Manual", true),
            TriggerKinds.Called => new("ResourceTrigger", true),
            _ => default,
        },
        "build.sourcebranch" => kind switch
        {
            TriggerKinds.PullRequest => new(null, true, "refs/pull/"),
            TriggerKinds.Release => new(null, true, "refs/tags/"),
            TriggerKinds.Push => new(null, true, "refs/heads/"),
            _ => default,
        },
        _ => default,
    };

    private void Blank()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }
}
