using System.Text.RegularExpressions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>GitHub's expressions within text, read and written.</summary>
internal static partial class GitHubReferences
{
    /// <summary>Reads a value; what has no portable meaning is foreign.</summary>
    public static PortableText Read(string? text)
    {
        var parts = new List<TextPart>();
        var from = 0;
        for (var at = text?.IndexOf("${{", StringComparison.Ordinal) ?? -1; at >= 0; at = text!.IndexOf("${{", from, StringComparison.Ordinal))
        {
            var parsed = ExpressionParser.Fenced(text!, at + 3);
            parts.Add(new(text![from..at], null));
            if (parsed.Root is StringLiteral literal) parts.Add(new(literal.Value, null));
            else parts.Add(new(null, Of(parsed.Root, text!) ?? new(ReferenceKind.Foreign, text![at..parsed.End], Platform: Platform.GitHubActions)));
            from = Math.Max(parsed.End, at + 3);
        }
        parts.Add(new(text?[from..] ?? "", null));
        return PortableText.Of(parts);
    }

    /// <summary>What a plain access stands for; null for anything else.</summary>
    public static PortableReference? Of(Expression? expression, string text)
    {
        if (expression?.Path is not { } path) return null;
        if (ReferenceTable.OfContext(path) is { } known) return new(known);
        var written = text[expression.Range.Start..expression.Range.End].Trim();
        var names = Access().IsMatch(written) ? written.Split('.') : path.Split('.');
        return (path.Split('.')[0], names) switch
        {
            ("secrets", [_, var name]) => new(ReferenceKind.Secret, name),
            ("env", [_, var name]) => new(ReferenceKind.Variable, name),
            ("vars", [_, var name]) => new(ReferenceKind.Setting, name),
            ("matrix", [_, var name]) => new(ReferenceKind.Axis, name),
            ("inputs", [_, var name]) => new(ReferenceKind.Input, name),
            ("github", [_, "event", "inputs", var name]) => new(ReferenceKind.Input, name),
            ("needs", [_, var job, "outputs", var name]) => new(ReferenceKind.JobOutput, name, job),
            ("steps", [_, var step, "outputs", var name]) => new(ReferenceKind.StepOutput, name, step),
            _ => null,
        };
    }

    /// <summary>A value as GitHub reads it; null where it holds what GitHub does not have.</summary>
    public static string? Write(PortableText? text)
    {
        if (text is null || text.References.Any(r => Expression(r) is null)) return null;
        return text.Render(Literal, r => $"${{{{ {Expression(r)} }}}}");
    }

    /// <summary>Text that GitHub must not read as an expression.</summary>
    public static string Literal(string text) => text.Replace("${{", "${{ '${{' }}", StringComparison.Ordinal);

    /// <summary>The expression without its braces; null where GitHub has none.</summary>
    public static string? Expression(PortableReference reference) => reference.Kind switch
    {
        // names of secrets have letters, digits and underscores alone
        ReferenceKind.Secret => $"secrets.{Names.Variable(reference.Name!)}",
        ReferenceKind.Variable => $"env{Member(reference.Name!)}",
        ReferenceKind.Setting => $"vars{Member(reference.Name!)}",
        ReferenceKind.Axis => $"matrix.{Names.Axis(reference.Name!)}",
        ReferenceKind.Input => $"inputs.{Names.Axis(reference.Name!)}",
        ReferenceKind.JobOutput => $"needs{Member(reference.Of!)}.outputs{Member(reference.Name!)}",
        ReferenceKind.StepOutput => $"steps.{Names.Axis(reference.Of!)}.outputs{Member(reference.Name!)}",
        ReferenceKind.Foreign when reference.Platform == Platform.GitHubActions && reference.Name!.StartsWith("${{", StringComparison.Ordinal) => reference.Name[3..^2].Trim(),
        ReferenceKind.Foreign => null,
        _ => ReferenceTable.Context(reference.Kind),
    };

    private static string Member(string name) => MemberName().IsMatch(name) ? $".{name}" : $"['{name.Replace("'", "''", StringComparison.Ordinal).Replace("}}", "} }", StringComparison.Ordinal)}']";

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)+\z")]
    private static partial Regex Access();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]*\z")]
    private static partial Regex MemberName();
}
