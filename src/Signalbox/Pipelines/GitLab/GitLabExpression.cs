namespace Signalbox.Pipelines.GitLab;

/// <summary>What is known of a variable before the pipeline runs.</summary>
internal readonly record struct GitLabValue(bool? IsNull, string? Text)
{
    public static GitLabValue Unknown { get; } = new(null, null);

    public static GitLabValue Null { get; } = new(true, null);

    public static GitLabValue Set { get; } = new(false, null);

    public static GitLabValue Of(string text) => new(false, text);

    public bool? IsTrue => IsNull switch { true => false, false => Text is null ? true : Text.Length > 0, null => null };
}

/// <summary>
/// Decides a rule's <c>if:</c> as far as it can be known: true, false, or null where the run decides.
/// Grammar: docs.gitlab.com, "Specify when jobs run with rules: CI/CD variable expressions".
/// </summary>
internal sealed class GitLabExpression(string text, Func<string, GitLabValue> variables)
{
    private const int Deepest = 64;

    private int _at;

    public static bool? Decide(string text, Func<string, GitLabValue> variables)
    {
        var expression = new GitLabExpression(text, variables);
        var decided = expression.Or(0);
        expression.Blank();
        return expression._at == text.Length ? decided : null;
    }

    private bool? Or(int depth)
    {
        var left = And(depth);
        while (Take("||")) left = (left, And(depth)) switch { (true, _) or (_, true) => true, (false, false) => false, _ => null };
        return left;
    }

    private bool? And(int depth)
    {
        var left = Comparison(depth);
        while (Take("&&")) left = (left, Comparison(depth)) switch { (false, _) or (_, false) => false, (true, true) => true, _ => null };
        return left;
    }

    private bool? Comparison(int depth)
    {
        if (depth < Deepest && Take("("))
        {
            var inner = Or(depth + 1);
            return Take(")") ? inner : Fail();
        }
        if (Value() is not { } left) return Fail();
        if (Take("==")) return Value() is { } right ? Equal(left, right) : Fail();
        if (Take("!=")) return Value() is { } right ? !Equal(left, right) : Fail();
        // a pattern never matches what is not there
        if (Take("=~")) return Value() is null ? Fail() : left.IsNull == true ? false : null;
        if (Take("!~")) return Value() is null ? Fail() : left.IsNull == true ? true : null;
        return left.IsTrue;
    }

    private static bool? Equal(GitLabValue left, GitLabValue right)
    {
        if (left.IsNull is true && right.IsNull is true) return true;
        if (left.Text is not null && right.Text is not null) return left.Text == right.Text;
        return (left.IsNull, right.IsNull) is (true, false) or (false, true) ? false : null;
    }

    private GitLabValue? Value()
    {
        Blank();
        if (_at >= text.Length) return null;
        return text[_at] switch
        {
            '$' => Variable(),
            '"' or '\'' => Quoted(text[_at], false),
            '/' => Quoted('/', true),
            _ => Word() switch { "null" => GitLabValue.Null, "" => null, _ => GitLabValue.Unknown },
        };
    }

    private GitLabValue Variable()
    {
        _at++;
        var braced = _at < text.Length && text[_at] == '{';
        if (braced) _at++;
        var name = Word();
        if (braced && _at < text.Length && text[_at] == '}') _at++;
        return variables(name);
    }

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        return text[start.._at];
    }

    private GitLabValue Quoted(char close, bool pattern)
    {
        var start = ++_at;
        while (_at < text.Length && text[_at] != close) _at += pattern && text[_at] == '\\' ? 2 : 1;
        var value = text[start..Math.Min(_at, text.Length)];
        _at = Math.Min(text.Length, _at + 1);
        while (pattern && _at < text.Length && char.IsAsciiLetterLower(text[_at])) _at++;
        return pattern ? GitLabValue.Set : GitLabValue.Of(value);
    }

    private bool Take(string sign)
    {
        Blank();
        if (_at > text.Length || string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0) return false;
        _at += sign.Length;
        return true;
    }

    private void Blank()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    /// <summary>What cannot be read decides nothing.</summary>
    private bool? Fail()
    {
        _at = text.Length + 1;
        return null;
    }
}
