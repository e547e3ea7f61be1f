using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions;

/// <summary>One value of a workflow or action that holds expressions.</summary>
/// <param name="Job">The job it stands in, or null.</param>
/// <param name="Step">The step it stands in, or null.</param>
/// <param name="Parts">In order of place; up to the first that cannot be read.</param>
public sealed record ExpressionText(
    YamlScalar Scalar, ExpressionPlace Place, ValueShape Shape, Job? Job, Step? Step, ImmutableArray<ExpressionPart> Parts)
{
    /// <summary>Whether the whole value is one expression, so that its type is kept.</summary>
    public bool IsOneExpression => Parts is [var only] && (!only.Fenced || (only.Outer.Start == Scalar.Value.Length - Scalar.Value.TrimStart().Length && only.Outer.End == Scalar.Value.TrimEnd().Length));

    /// <summary>Reads the expressions of a value; null where it has none.</summary>
    public static ExpressionText? Read(YamlScalar scalar, ExpressionPlace place, ValueShape shape, Job? job, Step? step)
    {
        var fenced = scalar.Value.Contains("${{", StringComparison.Ordinal);
        if (!fenced && shape != ValueShape.Condition) return null;
        var parts = fenced ? Fenced(scalar.Value) : Bare(scalar.Value);
        return parts.IsEmpty ? null : new(scalar, place, shape, job, step, parts);
    }

    private static ImmutableArray<ExpressionPart> Fenced(string value)
    {
        var parts = ImmutableArray.CreateBuilder<ExpressionPart>(1);
        for (var at = value.IndexOf("${{", StringComparison.Ordinal); at >= 0; at = value.IndexOf("${{", at, StringComparison.Ordinal))
        {
            var parsed = ExpressionParser.Fenced(value, at + 3);
            parts.Add(new(parsed.Root, parsed.Problem, new(at, parsed.End), true));
            if (parsed.Problem is not null) break;
            at = parsed.End;
        }
        return parts.DrainToImmutable();
    }

    private static ImmutableArray<ExpressionPart> Bare(string value)
    {
        if (string.IsNullOrWhiteSpace(value)) return [];
        var parsed = ExpressionParser.Bare(value);
        return [new(parsed.Root, parsed.Problem, new(0, value.Length), false)];
    }
}

/// <summary>Looks through the expressions of many values.</summary>
public static class ExpressionTexts
{
    /// <summary>Every expression of a kind, however deep, with the value it stands in.</summary>
    public static IEnumerable<(ExpressionText Text, T Expression)> Within<T>(this IReadOnlyList<ExpressionText> texts) where T : Expression
    {
        foreach (var text in texts)
            foreach (var part in text.Parts)
                foreach (var expression in part.All)
                    if (expression is T found) yield return (text, found);
    }
}

/// <param name="Root">Null where there is a problem.</param>
/// <param name="Outer">The expression with its braces, as a piece of the value.</param>
/// <param name="Fenced">Whether it has braces.</param>
public sealed record ExpressionPart(Expression? Root, ExpressionProblem? Problem, TextRange Outer, bool Fenced)
{
    /// <summary>Every expression in it, outer before inner: a dozen rules look at them.</summary>
    public ImmutableArray<Expression> All { get; } = Root is null ? [] : [.. Root.All()];
}
