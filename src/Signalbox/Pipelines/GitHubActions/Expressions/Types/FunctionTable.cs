namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <param name="Repeats">Whether the last parameter may be given more than once.</param>
/// <param name="Constant">Whether it gives the same for the same arguments, whatever the run.</param>
internal sealed record FunctionSignature(string Name, ExpressionType Result, IReadOnlyList<ExpressionType> Parameters, bool Repeats = false, bool Constant = true);

/// <summary>The functions there are (docs.github.com, "Evaluate expressions", section "Functions"; <c>case</c> since 2026).</summary>
internal static class FunctionTable
{
    private static readonly Dictionary<string, FunctionSignature[]> s_functions = All()
        .GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<FunctionSignature>? Find(string name) => s_functions.GetValueOrDefault(name);

    public static IEnumerable<string> Names => s_functions.Keys;

    private static IEnumerable<FunctionSignature> All()
    {
        var (any, text, truth) = (ExpressionType.Any, ExpressionType.String, ExpressionType.Boolean);
        yield return new("contains", truth, [text, text]);
        yield return new("contains", truth, [new ArrayType(any), any]);
        yield return new("startsWith", truth, [text, text]);
        yield return new("endsWith", truth, [text, text]);
        yield return new("format", text, [text, any], Repeats: true);
        yield return new("join", text, [new ArrayType(text), text]);
        yield return new("join", text, [new ArrayType(text)]);
        yield return new("toJSON", text, [any]);
        yield return new("fromJSON", any, [text], Constant: false);
        yield return new("hashFiles", text, [text], Repeats: true, Constant: false);
        yield return new("case", any, [truth, any, any], Repeats: true);
        foreach (var status in (string[])["success", "always", "cancelled", "failure"]) yield return new(status, truth, [], Constant: false);
    }
}
