using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>
/// A rule's <c>if</c> read and written.
/// Grammar: docs.gitlab.com, "Specify when jobs run with rules: CI/CD variable expressions".
/// </summary>
internal sealed class GitLabIf
{
    private const int Deepest = 64;

    // by a pipeline of the same project, or of another
    private const string Called = "^(parent_)?pipeline$";

    private const string Target = "CI_MERGE_REQUEST_TARGET_BRANCH_NAME";

    private static readonly (PortableEvent Event, string Name)[] s_events =
    [
        (PortableEvent.Push, "push"), (PortableEvent.PullRequest, "merge_request_event"), (PortableEvent.Schedule, "schedule"), (PortableEvent.Manual, "web"), (PortableEvent.Called, "pipeline"),
    ];

    private readonly string _text;
    private int _at;

    private GitLabIf(string text) => _text = text;

    /// <summary>A side of a comparison.</summary>
    /// <param name="Kind"><c>$</c> a variable, <c>"</c> text, <c>/</c> a pattern, <c>0</c> null.</param>
    private readonly record struct Side(char Kind, string Value);

    private sealed class Unreadable : Exception;

    /// <summary>The condition; as it is written where it has no portable meaning.</summary>
    public static PortableCondition Read(string text)
    {
        var reader = new GitLabIf(text);
        try
        {
            var read = reader.Or(0);
            reader.Blank();
            if (reader._at == text.Length) return read;
        }
        catch (Unreadable)
        {
            // said as it stands, below
        }
        return new RawCondition(Platform.GitLab, text);
    }

    private PortableCondition Or(int depth)
    {
        var parts = new List<PortableCondition> { And(depth) };
        while (Take("||")) parts.Add(And(depth));
        return PortableCondition.Any(parts)!;
    }

    private PortableCondition And(int depth)
    {
        var parts = new List<PortableCondition> { Comparison(depth) };
        while (Take("&&")) parts.Add(Comparison(depth));
        return PortableCondition.All(parts)!;
    }

    private PortableCondition Comparison(int depth)
    {
        if (depth < Deepest && Take("("))
        {
            var inner = Or(depth + 1);
            return Take(")") ? inner : throw new Unreadable();
        }
        var left = Value();
        if (Take("==")) return Equal(left, Value());
        if (Take("!=")) return Equal(left, Value()).Opposite();
        if (Take("=~")) return Matches(left, Value());
        if (Take("!~")) return Matches(left, Value()).Opposite();
        return left.Kind == '$' ? IsSet(left.Value) : throw new Unreadable();
    }

    private static PortableCondition IsSet(string name) => name switch
    {
        "CI_COMMIT_BRANCH" => new RefIs(false, null),
        "CI_COMMIT_TAG" => new RefIs(true, null),
        "CI_MERGE_REQUEST_IID" or "CI_MERGE_REQUEST_ID" => new EventIs(PortableEvent.PullRequest),
        _ when IsReserved(name) => throw new Unreadable(),
        _ => new Not(new ValueIs(new(ReferenceKind.Setting, name), "")),
    };

    private static bool IsReserved(string name) => name.StartsWith("CI_", StringComparison.Ordinal) || name.StartsWith("GITLAB_", StringComparison.Ordinal);

    /// <summary>Whether a raw condition is such an expression.</summary>
    public static bool IsExpression(string text) => text.StartsWith('$') || text.StartsWith('(');

    private static PortableCondition Equal(Side left, Side right)
    {
        if (left.Kind != '$') (left, right) = (right, left);
        if (left.Kind != '$') throw new Unreadable();
        if (right.Kind == '0') return IsSet(left.Value).Opposite();
        if (right.Kind == '$') return (left.Value, right.Value) is ("CI_COMMIT_BRANCH" or "CI_COMMIT_REF_NAME", "CI_DEFAULT_BRANCH") or ("CI_DEFAULT_BRANCH", "CI_COMMIT_BRANCH" or "CI_COMMIT_REF_NAME") ? new IsDefaultBranch() : throw new Unreadable();
        if (right.Kind != '"') throw new Unreadable();
        return left.Value switch
        {
            "CI_COMMIT_BRANCH" or "CI_COMMIT_REF_NAME" => Star(right.Value) ?? new RefIs(false, right.Value),
            "CI_COMMIT_TAG" => Star(right.Value) ?? new RefIs(true, right.Value),
            Target => Star(right.Value) ?? new TargetIs(right.Value),
            "CI_PIPELINE_SOURCE" when right.Value == "parent_pipeline" => new EventIs(PortableEvent.Called),
            "CI_PIPELINE_SOURCE" => s_events.Where(e => e.Name == right.Value).Select(e => new EventIs(e.Event)).FirstOrDefault() ?? throw new Unreadable(),
            _ when IsReserved(left.Value) => throw new Unreadable(),
            _ => new ValueIs(new(ReferenceKind.Setting, left.Value), right.Value),
        };
    }

    // a star or a set is the name's own here, and a pattern's elsewhere
    private static PortableCondition? Star(string value) => RefGlob.IsPattern(value) ? throw new Unreadable() : null;

    private static PortableCondition Matches(Side left, Side right)
    {
        if (left is { Kind: '$', Value: "CI_PIPELINE_SOURCE" } && right is { Kind: '/', Value: Called }) return new EventIs(PortableEvent.Called);
        if (left is not { Kind: '$', Value: "CI_COMMIT_BRANCH" or "CI_COMMIT_REF_NAME" or "CI_COMMIT_TAG" or Target } || right.Kind != '/' || RefGlob.OfRegex(right.Value) is not { } glob) throw new Unreadable();
        return left.Value == Target ? new TargetIs(glob) : new RefIs(left.Value == "CI_COMMIT_TAG", glob);
    }

    private Side Value()
    {
        Blank();
        if (_at >= _text.Length) throw new Unreadable();
        switch (_text[_at])
        {
            case '$':
                _at++;
                var braced = _at < _text.Length && _text[_at] == '{';
                if (braced) _at++;
                var name = Word();
                if (braced && !Take("}") || name.Length == 0) throw new Unreadable();
                return new('$', name);
            case '"' or '\'': return new('"', Quoted(_text[_at]));
            case '/': return new('/', Pattern());
            default: return Word() == "null" ? new('0', "") : throw new Unreadable();
        }
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_')) _at++;
        return _text[start.._at];
    }

    private string Quoted(char close)
    {
        var end = _text.IndexOf(close, _at + 1);
        if (end < 0) throw new Unreadable();
        var value = _text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private string Pattern()
    {
        var pattern = new System.Text.StringBuilder();
        for (_at++; _at < _text.Length && _text[_at] != '/'; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] == '/') _at++;
            else if (_text[_at] == '\\' && _at + 1 < _text.Length) pattern.Append(_text[_at++]);
            pattern.Append(_text[_at]);
        }
        if (!Take("/") || (_at < _text.Length && char.IsAsciiLetter(_text[_at]))) throw new Unreadable();
        return pattern.ToString();
    }

    private bool Take(string sign)
    {
        Blank();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0) return false;
        _at += sign.Length;
        return true;
    }

    private void Blank()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    /// <summary>What keeps a condition from being written; null where nothing does.</summary>
    public static PortableCondition? Problem(PortableCondition? condition) => condition?.Everything().FirstOrDefault(c => c switch
    {
        RawCondition raw => raw.Platform != Platform.GitLab,
        ResultIs => true,
        ValueIs value => !IsVariable(value.Reference) || !IsSayable(value.Value),
        RefIs { Pattern: { } pattern } => pattern.Any(char.IsControl) || !IsSayable(pattern),
        TargetIs target => !IsSayable(target.Branch),
        _ => false,
    });

    // text between quotes has no escapes
    private static bool IsSayable(string text) => !text.Any(char.IsControl) && !(text.Contains('"') && text.Contains('\''));

    private static bool IsVariable(PortableReference reference) =>
        reference is { Kind: ReferenceKind.Setting or ReferenceKind.Variable or ReferenceKind.Axis or ReferenceKind.Input or ReferenceKind.Secret, Name: { } name } && Names.Variable(name) == name;

    public static string Write(PortableCondition condition) => condition is RawCondition whole ? whole.Text : Say(condition, false);

    private static string Say(PortableCondition condition, bool within) => condition switch
    {
        AllOf all => string.Join(" && ", all.Parts.Select(p => Say(p, true))),
        AnyOf any => within ? $"({string.Join(" || ", any.Parts.Select(p => Say(p, false)))})" : string.Join(" || ", any.Parts.Select(p => Say(p, false))),
        Not not => Fact(not.Part, true),
        _ => Fact(condition, false),
    };

    private static string Fact(PortableCondition fact, bool not) => fact switch
    {
        RefIs { Pattern: null } r => not ? $"{Ref(r)} == null" : Ref(r),
        RefIs { Pattern: { } pattern } r when RefGlob.IsPattern(pattern) => Like(Ref(r), pattern, not),
        RefIs r => Compared(Ref(r), r.Pattern!, not),
        IsDefaultBranch => $"$CI_COMMIT_BRANCH {(not ? "!=" : "==")} $CI_DEFAULT_BRANCH",
        TargetIs { IsName: true } t => Compared($"${Target}", t.Branch, not),
        TargetIs t => Like($"${Target}", t.Branch, not),
        EventIs { Event: PortableEvent.Called } => $"$CI_PIPELINE_SOURCE {(not ? "!~" : "=~")} /{Called}/",
        EventIs e => Compared("$CI_PIPELINE_SOURCE", s_events.First(s => s.Event == e.Event).Name, not),
        // a variable that is not set is no empty text here, and one elsewhere
        ValueIs { Value: "" } v => not ? $"${v.Reference.Name}" : $"(${v.Reference.Name} == \"\" || ${v.Reference.Name} == null)",
        ValueIs v => Compared($"${v.Reference.Name}", v.Value, not),
        RawCondition raw => $"({raw.Text})",
        _ => throw new InvalidOperationException($"a condition of the kind {fact.GetType().Name} has no words on GitLab"),
    };

    private static string Ref(RefIs r) => r.Tag ? "$CI_COMMIT_TAG" : "$CI_COMMIT_BRANCH";

    private static string Like(string left, string pattern, bool not) => $"{left} {(not ? "!~" : "=~")} /{RefGlob.Regex(pattern).Replace("/", @"\/", StringComparison.Ordinal)}/";

    private static string Compared(string left, string value, bool not) => $"{left} {(not ? "!=" : "==")} {(value.Contains('"') ? $"'{value}'" : $"\"{value}\"")}";
}
