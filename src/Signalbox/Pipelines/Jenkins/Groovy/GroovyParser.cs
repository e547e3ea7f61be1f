using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Groovy;

/// <summary>
/// Reads Groovy as far as pipelines use it: calls with and without parentheses, closures, literals, operations. Statements
/// such as <c>if</c> are words with a block, too. It never fails: what it cannot read is left out.
/// </summary>
internal sealed class GroovyParser(List<GroovyToken> tokens)
{
    // a deeper nest is skipped, so that hostile text cannot exhaust the stack
    internal const int Deepest = 80;

    private const int LongestChain = 40;

    private int _at;

    public static GroovyBlock Parse(string text) => Parse(text, new(0, text.Length));

    /// <summary>Reads a piece of a file: places are those of the file.</summary>
    public static GroovyBlock Parse(string text, TextRange piece) => new(new GroovyParser(new GroovyLexer(text, piece).Read()).Statements(0), piece);

    private GroovyToken Current => tokens[_at];

    private GroovyToken Ahead(int count) => tokens[Math.Min(_at + count, tokens.Count - 1)];

    private bool AtEnd => Current.Kind == GroovyTokenKind.End;

    private int LastEnd => _at == 0 ? Current.Range.Start : tokens[_at - 1].Range.End;

    private bool Take(string sign)
    {
        if (!Current.Is(sign)) return false;
        _at++;
        return true;
    }

    private void SkipLines()
    {
        while (Current.Kind == GroovyTokenKind.NewLine) _at++;
    }

    private List<GroovyNode> Statements(int depth)
    {
        var found = new List<GroovyNode>();
        // a stray bracket ends a file's statements no more than a stray sign does
        while (!AtEnd && (depth == 0 || !Current.Is("}")))
        {
            var before = _at;
            if (Statement(depth) is { } statement) found.Add(statement);
            if (_at == before) _at++;
        }
        return found;
    }

    private static readonly HashSet<string> s_modifiers = new(StringComparer.Ordinal) { "def", "final", "static", "public", "private", "protected", "abstract", "var" };

    private GroovyNode? Statement(int depth)
    {
        while (Current.Kind == GroovyTokenKind.NewLine || Current.Is(";")) _at++;
        if (Current.Is("@") && Ahead(1).Kind == GroovyTokenKind.Name) return Annotation(depth);
        while (Current.Kind == GroovyTokenKind.Name && s_modifiers.Contains(Current.Text) && Ahead(1).Kind is GroovyTokenKind.Name or GroovyTokenKind.Sign && !Ahead(1).Is(".")) _at++;
        return AtEnd || Current.Is("}") ? null : Expression(depth, true);
    }

    /// <summary>An annotation is a call named with its sign: <c>@Library('x') _</c>.</summary>
    private GroovyCall Annotation(int depth)
    {
        var start = Current.Range.Start;
        _at++;
        var name = Current;
        _at++;
        IReadOnlyList<GroovyArgument> arguments = Current.Is("(") ? Bracketed(")", depth) : [];
        return new("@" + name.Text, null, arguments, null, new(start, name.Range.End), new(start, LastEnd));
    }

    private static readonly HashSet<string> s_operators = new(StringComparer.Ordinal)
    {
        "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "==", "!=", "===", "!==", "<=>", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "**", "<<", ">>", ">>>", "=~", "==~", "?:", "..", "?", "&", "|", "^", "in", "instanceof", "as",
    };

    private bool IsOperator(GroovyToken token) => token.Kind is GroovyTokenKind.Sign or GroovyTokenKind.Name && s_operators.Contains(token.Text);

    private GroovyNode? Expression(int depth, bool command)
    {
        if (depth > Deepest) return Skip();
        var start = Current.Range.Start;
        if (Operand(depth, command) is not { } first) return null;
        List<GroovyNode>? operands = null;
        List<string>? operators = null;
        var choices = 0;
        while (IsOperator(Current) || (choices > 0 && Current.Is(":")) || Continues())
        {
            SkipLines();
            var sign = Current.Text;
            choices += sign switch { "?" => 1, ":" => -1, _ => 0 };
            _at++;
            SkipLines();
            if (Operand(depth, command && sign is "=" or "+=" or "?" or ":") is not { } next) break;
            (operands ??= [first]).Add(next);
            (operators ??= []).Add(sign);
            SkipLinesBeforeChoice(choices);
        }
        return operands is null ? first : new GroovyOperation(operators!, operands, new(start, LastEnd));
    }

    /// <summary>Whether the next line goes on with a sign that can begin no statement.</summary>
    private bool Continues()
    {
        if (Current.Kind != GroovyTokenKind.NewLine) return false;
        var at = _at;
        while (tokens[at].Kind == GroovyTokenKind.NewLine) at++;
        return tokens[at] is { Kind: GroovyTokenKind.Sign, Text: "&&" or "||" or "?" or "?:" or "==" or "!=" };
    }

    private void SkipLinesBeforeChoice(int choices)
    {
        var at = _at;
        while (tokens[at].Kind == GroovyTokenKind.NewLine) at++;
        if (choices > 0 && tokens[at].Is(":")) _at = at;
    }

    /// <summary>Leaves out what is nested too deeply, up to the bracket that ends it.</summary>
    private GroovyNode? Skip()
    {
        for (var open = 0; !AtEnd; _at++)
        {
            if (Current.Kind != GroovyTokenKind.Sign) continue;
            if (Current.Text is "(" or "[" or "{") open++;
            else if (Current.Text is ")" or "]" or "}" && open-- == 0) return null;
        }
        return null;
    }

    private GroovyNode? Operand(int depth, bool command)
    {
        while (Current.Kind == GroovyTokenKind.Sign && Current.Text is "!" or "-" or "+" or "~" or "++" or "--" or "*" or "&" or "...") _at++;
        while (Current.IsName("new") && Ahead(1).Kind == GroovyTokenKind.Name) _at++;
        if (Primary(depth) is not { } node) return null;
        node = Chain(node, depth, command);
        while (Current.Kind == GroovyTokenKind.Sign && Current.Text is "++" or "--") _at++;
        return node;
    }

    private GroovyNode? Primary(int depth)
    {
        var token = Current;
        switch (token.Kind)
        {
            case GroovyTokenKind.String: _at++; return new GroovyText(token.String!);
            case GroovyTokenKind.Number: _at++; return new GroovyNumber(token.Text, token.Range);
            case GroovyTokenKind.Name: _at++; return new GroovyName(token.Text, token.Range);
            case GroovyTokenKind.Sign when token.Text == "(": return new GroovyList(Bracketed(")", depth), new(token.Range.Start, LastEnd));
            case GroovyTokenKind.Sign when token.Text == "[": return new GroovyList(Bracketed("]", depth), new(token.Range.Start, LastEnd));
            case GroovyTokenKind.Sign when token.Text == "{": return Block(depth);
            default: return null;
        }
    }

    /// <summary>What follows a value: members, calls, indexes, and arguments without parentheses.</summary>
    private GroovyNode Chain(GroovyNode node, int depth, bool command)
    {
        for (var length = 0; ; length++)
        {
            var member = MemberAt();
            if (member >= 0) node = Member(node, member, length);
            else if (Current.Is("(") && (node is GroovyName || !Current.Spaced)) node = Call(node, Bracketed(")", depth), depth);
            else if (Current.Is("[") && !Current.Spaced) node = new GroovyOperation(["[]"], [node, new GroovyList(Bracketed("]", depth), new(node.Range.Start, LastEnd))], new(node.Range.Start, LastEnd));
            else if (Current.Is("{") && (node is GroovyName || IsMember(node))) node = Call(node, [], depth);
            else if (command && node is GroovyName && BeginsArgument()) return Call(node, Bare(depth), depth);
            else return node;
            if (length > LongestChain && node is GroovyCall { Receiver: not null } call) node = call with { Receiver = null };
            if (length > LongestChain && node is GroovyOperation) return node;
        }
    }

    /// <summary>Whether a node is a member of a call that was not called yet: a closure behind it is its argument.</summary>
    private static bool IsMember(GroovyNode node) => node is GroovyCall { Receiver: not null, Name.Length: > 0, Arguments.Count: 0, Block: null };

    private int MemberAt()
    {
        var at = _at;
        while (tokens[at].Kind == GroovyTokenKind.NewLine) at++;
        return tokens[at] is { Kind: GroovyTokenKind.Sign, Text: "." or "?." or "*." or ".&" or ".@" or "::" } && tokens[Math.Min(at + 1, tokens.Count - 1)].Kind is GroovyTokenKind.Name or GroovyTokenKind.String ? at : -1;
    }

    private GroovyNode Member(GroovyNode node, int at, int length)
    {
        _at = at + 1;
        var name = Current;
        _at++;
        var word = name.String?.Value ?? name.Text;
        var range = new TextRange(node.Range.Start, name.Range.End);
        if (node is GroovyName path && path.Path.Length < 400) return new GroovyName($"{path.Path}.{word}", range);
        return new GroovyCall(word, length > LongestChain ? null : node, [], null, name.Range, range);
    }

    private GroovyCall Call(GroovyNode target, IReadOnlyList<GroovyArgument> arguments, int depth)
    {
        var block = Current.Is("{") ? Block(depth) : null;
        var range = new TextRange(target.Range.Start, LastEnd);
        if (target is GroovyCall { Arguments.Count: 0, Block: null } member) return member with { Arguments = arguments, Block = block, Range = range };
        if (target is not GroovyName name) return new("", target, arguments, block, target.Range, range);
        var dot = name.Path.LastIndexOf('.');
        if (dot < 0) return new(name.Path, null, arguments, block, name.Range, range);
        var word = name.Path[(dot + 1)..];
        var at = name.Range with { Start = Math.Max(name.Range.Start, name.Range.End - word.Length) };
        return new(word, new GroovyName(name.Path[..dot], new(name.Range.Start, Math.Max(name.Range.Start, at.Start - 1))), arguments, block, at, range);
    }

    private bool BeginsArgument() => Current.Kind switch
    {
        GroovyTokenKind.String or GroovyTokenKind.Number => true,
        GroovyTokenKind.Name => !s_operators.Contains(Current.Text),
        GroovyTokenKind.Sign => Current.Text == "[" && Current.Spaced,
        _ => false,
    };

    /// <summary>Arguments without parentheses, to the end of the line; a comma goes on in the next one.</summary>
    private List<GroovyArgument> Bare(int depth)
    {
        var found = new List<GroovyArgument>();
        do
        {
            SkipLines();
            if (Argument(depth + 1, true) is not { } argument) break;
            found.Add(argument);
        }
        while (Take(","));
        return found;
    }

    private List<GroovyArgument> Bracketed(string close, int depth)
    {
        var found = new List<GroovyArgument>();
        for (_at++; !AtEnd && !Current.Is(close) && !Current.Is("}");)
        {
            var before = _at;
            SkipLines();
            if (!Current.Is(close) && Argument(depth + 1, false) is { } argument) found.Add(argument);
            SkipLines();
            if (Take(",") || Take(";")) continue;
            if (_at == before) _at++;
        }
        Take(close);
        return found;
    }

    private GroovyArgument? Argument(int depth, bool bare)
    {
        var name = Current.Kind is GroovyTokenKind.Name or GroovyTokenKind.String && Ahead(1).Is(":") ? Current.String?.Value ?? Current.Text : null;
        if (name is not null)
        {
            _at += 2;
            SkipLines();
        }
        return Expression(depth, bare && name is null) is { } value ? new(name, value) : null;
    }

    private GroovyBlock Block(int depth)
    {
        var start = Current.Range.Start;
        _at++;
        if (depth > Deepest) Skip();
        SkipParameters();
        var statements = Statements(depth + 1);
        Take("}");
        return new(statements, new(start, LastEnd));
    }

    /// <summary>A closure's parameters, if an arrow shows that there are some.</summary>
    private void SkipParameters()
    {
        for (var at = _at; at < tokens.Count && at - _at < 40; at++)
        {
            if (tokens[at].Is("->")) { _at = at + 1; return; }
            if (tokens[at].Kind == GroovyTokenKind.NewLine && at > _at || tokens[at].Is("{") || tokens[at].Is("}") || tokens[at].Is("(")) return;
        }
    }
}
