using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions;

/// <summary>Reads one expression. Never throws: what is wrong is a problem with its place.</summary>
public sealed class ExpressionParser
{
    // the deepest that GitHub's own evaluator takes is 50 (actions/runner, ExpressionConstants.MaxDepth)
    private const int Deepest = 50;

    // its longest expression has 21,000 characters; what has more tokens than this is no expression a person wrote
    private const int MostTokens = 4000;

    private readonly ExpressionLexer _lexer;
    private Token _token;
    private int _depth;
    private int _tokens;

    private ExpressionParser(string text, int start, bool fenced)
    {
        _lexer = new(text, start, fenced);
        _token = _lexer.Next();
    }

    /// <summary>Reads what follows <c>${{</c> up to and with <c>}}</c>.</summary>
    public static ParsedExpression Fenced(string text, int start) => Parse(text, start, true);

    /// <summary>Reads a text that is an expression as a whole: a condition without braces.</summary>
    public static ParsedExpression Bare(string text) => Parse(text, 0, false);

    private static ParsedExpression Parse(string text, int start, bool fenced)
    {
        var parser = new ExpressionParser(text, start, fenced);
        try
        {
            var root = parser.Or();
            if (parser._token.Kind != TokenKind.End) throw parser.Unexpected("an operator or the end");
            return new(root, null, parser._lexer.Position);
        }
        catch (Refusal refusal)
        {
            return new(null, refusal.Problem, parser._lexer.Position);
        }
    }

    private Expression Or()
    {
        var left = And();
        while (Accept(TokenKind.Or)) left = Joined(left, And(), (l, r, range) => new LogicalOperation(false, l, r, range));
        return left;
    }

    private Expression And()
    {
        var left = Compare();
        while (Accept(TokenKind.And)) left = Joined(left, Compare(), (l, r, range) => new LogicalOperation(true, l, r, range));
        return left;
    }

    private Expression Compare()
    {
        var left = Prefix();
        while (_token.Kind == TokenKind.Compare)
        {
            var sign = _token.Value;
            Advance();
            left = Joined(left, Prefix(), (l, r, range) => new Comparison(sign, l, r, range));
        }
        return left;
    }

    private static Expression Joined(Expression left, Expression right, Func<Expression, Expression, TextRange, Expression> join) =>
        join(left, right, new(left.Range.Start, right.Range.End));

    private Expression Prefix()
    {
        if (_token.Kind != TokenKind.Not) return Postfix();
        var start = _token.Range.Start;
        Enter();
        Advance();
        var operand = Prefix();
        _depth--;
        return new NotOperation(operand, new(start, operand.Range.End));
    }

    private Expression Postfix()
    {
        var value = Primary();
        while (true)
        {
            if (Accept(TokenKind.Dot)) value = Member(value);
            else if (_token.Kind == TokenKind.OpenIndex) value = Index(value);
            else return value;
        }
    }

    private Expression Member(Expression receiver)
    {
        var token = _token;
        if (Accept(TokenKind.Star)) return new FilterAccess(receiver, new(receiver.Range.Start, token.Range.End));
        if (!Accept(TokenKind.Name)) throw Unexpected("a property's name or *");
        return new PropertyAccess(receiver, token.Value.ToLowerInvariant(), new(receiver.Range.Start, token.Range.End));
    }

    private Expression Index(Expression operand)
    {
        Enter();
        Advance();
        var star = _token.Kind == TokenKind.Star;
        var index = star ? null : Or();
        if (star) Advance();
        var end = _token.Range.End;
        if (!Accept(TokenKind.CloseIndex)) throw Unexpected("]");
        _depth--;
        var range = new TextRange(operand.Range.Start, end);
        return index is null ? new FilterAccess(operand, range) : new IndexAccess(operand, index, range);
    }

    private Expression Primary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Advance();
                return _token.Kind == TokenKind.Open ? Call(token) : Word(token);
            case TokenKind.Number:
                Advance();
                return new NumberLiteral(token.Number, token.Range);
            case TokenKind.Text:
                Advance();
                return new StringLiteral(token.Value, token.Range);
            case TokenKind.Open:
                return Group();
            default:
                throw Unexpected("a value");
        }
    }

    private static Expression Word(Token token) => token.Value switch
    {
        "null" => new NullLiteral(token.Range),
        "true" => new BooleanLiteral(true, token.Range),
        "false" => new BooleanLiteral(false, token.Range),
        "NaN" => new NumberLiteral(double.NaN, token.Range),
        "Infinity" => new NumberLiteral(double.PositiveInfinity, token.Range),
        _ => new ContextName(token.Value.ToLowerInvariant(), token.Range),
    };

    private Expression Group()
    {
        Enter();
        var start = _token.Range.Start;
        Advance();
        var inner = Or();
        var end = _token.Range.End;
        if (!Accept(TokenKind.Close)) throw Unexpected(")");
        _depth--;
        return inner with { Range = new(start, end) };
    }

    private FunctionCall Call(Token name)
    {
        Enter();
        Advance();
        var arguments = new List<Expression>();
        if (_token.Kind != TokenKind.Close)
            do arguments.Add(Or());
            while (Accept(TokenKind.Comma));
        var end = _token.Range.End;
        if (!Accept(TokenKind.Close)) throw Unexpected(", or )");
        _depth--;
        return new(name.Value, arguments, new(name.Range.Start, end));
    }

    private void Enter()
    {
        if (++_depth > Deepest) throw new Refusal(new($"the expression lies more than {Deepest} deep", _token.Range));
    }

    private bool Accept(TokenKind kind)
    {
        if (_token.Kind != kind) return false;
        Advance();
        return true;
    }

    private void Advance()
    {
        if (++_tokens > MostTokens) throw new Refusal(new($"the expression has more than {MostTokens} parts", _token.Range));
        _token = _lexer.Next();
    }

    private Refusal Unexpected(string expected) => new(new(_token.Kind switch
    {
        TokenKind.Invalid when _token.Value == "\"" => "unexpected \"; texts are written in single quotes",
        TokenKind.Invalid => $"unexpected {YamlQuote.Short(_token.Value)}; expected {expected}",
        TokenKind.End => $"the expression ends here; expected {expected}",
        _ => $"unexpected {Said(_token)}; expected {expected}",
    }, _token.Range));

    private static string Said(Token token) => token.Kind switch
    {
        TokenKind.Name or TokenKind.Number or TokenKind.Compare => $"'{YamlQuote.Short(token.Value)}'",
        TokenKind.Text => "a text",
        TokenKind.Open => "(",
        TokenKind.Close => ")",
        TokenKind.OpenIndex => "[",
        TokenKind.CloseIndex => "]",
        TokenKind.Dot => ".",
        TokenKind.Comma => ",",
        TokenKind.Star => "*",
        TokenKind.Not => "!",
        TokenKind.And => "&&",
        _ => "||",
    };

    private sealed class Refusal(ExpressionProblem problem) : Exception(problem.Message)
    {
        public ExpressionProblem Problem { get; } = problem;
    }
}
