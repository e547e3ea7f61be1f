using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions;

/// <summary>An expression of GitHub Actions as a tree (docs.github.com, "Evaluate expressions in workflows and actions").</summary>
/// <param name="Range">Its place in the text it was read from.</param>
public abstract record Expression(TextRange Range)
{
    /// <summary>The expressions directly within this one.</summary>
    public virtual IReadOnlyList<Expression> Children => [];

    /// <summary>This expression and everything within it, outer before inner.</summary>
    public IEnumerable<Expression> All()
    {
        var open = new Stack<Expression>();
        open.Push(this);
        while (open.TryPop(out var next))
        {
            yield return next;
            var children = next.Children;
            for (var i = children.Count - 1; i >= 0; i--) open.Push(children[i]);
        }
    }

    /// <summary>The dotted path of a plain access, in lower case: <c>github.event.issue.title</c>, <c>matrix['os']</c> as <c>matrix.os</c>, <c>.*</c> for every other index; null for anything else.</summary>
    public string? Path => this switch
    {
        ContextName name => name.Name,
        PropertyAccess { Receiver.Path: { } path } access => $"{path}.{access.Name}",
        IndexAccess { Operand.Path: { } path, Index: StringLiteral text } => $"{path}.{text.Value.ToLowerInvariant()}",
        IndexAccess { Operand.Path: { } path } => $"{path}.*",
        FilterAccess { Receiver.Path: { } path } => $"{path}.*",
        _ => null,
    };

    /// <summary>The context that a plain access reads from: <c>github</c> of <c>github.event.issue.title</c>; null for anything else.</summary>
    public string? Context => this switch
    {
        ContextName name => name.Name,
        PropertyAccess access => access.Receiver.Context,
        IndexAccess access => access.Operand.Context,
        FilterAccess access => access.Receiver.Context,
        _ => null,
    };

    /// <summary>Whether nothing in it depends on the run.</summary>
    public bool IsLiteral => this is NullLiteral or BooleanLiteral or NumberLiteral or StringLiteral;
}

public sealed record NullLiteral(TextRange Range) : Expression(Range);

public sealed record BooleanLiteral(bool Value, TextRange Range) : Expression(Range);

public sealed record NumberLiteral(double Value, TextRange Range) : Expression(Range);

public sealed record StringLiteral(string Value, TextRange Range) : Expression(Range);

/// <param name="Name">In lower case: names do not differ by case.</param>
public sealed record ContextName(string Name, TextRange Range) : Expression(Range);

/// <param name="Name">In lower case.</param>
public sealed record PropertyAccess(Expression Receiver, string Name, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Receiver];
}

/// <summary><c>receiver.*</c></summary>
public sealed record FilterAccess(Expression Receiver, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Receiver];
}

public sealed record IndexAccess(Expression Operand, Expression Index, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Operand, Index];
}

/// <param name="Name">As written; compare without case.</param>
public sealed record FunctionCall(string Name, IReadOnlyList<Expression> Arguments, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => Arguments;

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

public sealed record NotOperation(Expression Operand, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Operand];
}

/// <param name="Operator"><c>==</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>.</param>
public sealed record Comparison(string Operator, Expression Left, Expression Right, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Left, Right];

    public bool IsEquality => Operator is "==" or "!=";
}

public sealed record LogicalOperation(bool IsAnd, Expression Left, Expression Right, TextRange Range) : Expression(Range)
{
    public override IReadOnlyList<Expression> Children => [Left, Right];
}

/// <summary>What keeps a text from being an expression.</summary>
public sealed record ExpressionProblem(string Message, TextRange Range);

/// <param name="Root">Null where there is a problem.</param>
/// <param name="End">Where reading ended: after the closing <c>}}</c> of a fenced expression.</param>
public readonly record struct ParsedExpression(Expression? Root, ExpressionProblem? Problem, int End);
