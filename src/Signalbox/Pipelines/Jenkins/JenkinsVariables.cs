using Signalbox.Pipelines.Jenkins.Groovy;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>What a file says about its variables and parameters.</summary>
internal static class JenkinsVariables
{
    /// <summary>Every node of a tree, outermost first.</summary>
    public static IEnumerable<GroovyNode> All(GroovyNode root)
    {
        var open = new Stack<GroovyNode>([root]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var child in Children(node).Reverse()) open.Push(child);
        }
    }

    public static IEnumerable<GroovyCall> Calls(GroovyNode root) => All(root).OfType<GroovyCall>();

    private static IEnumerable<GroovyNode> Children(GroovyNode node) => node switch
    {
        GroovyBlock block => block.Statements,
        GroovyList list => list.Items.Select(i => i.Value),
        GroovyOperation operation => operation.Operands,
        GroovyCall call => [.. call.Receiver is { } receiver ? [receiver] : (GroovyNode[])[], .. call.Arguments.Select(a => a.Value), .. call.Block is { } block ? [block] : (GroovyNode[])[]],
        _ => [],
    };

    /// <summary>By name without <c>env.</c>: <c>x = …</c>, <c>def x = …</c>, <c>String x = …</c>, <c>env.X = …</c>.</summary>
    public static Dictionary<string, IReadOnlyList<GroovyNode>> Read(GroovyNode root)
    {
        var found = new Dictionary<string, IReadOnlyList<GroovyNode>>(StringComparer.Ordinal);
        foreach (var operation in All(root).OfType<GroovyOperation>())
        {
            if (!operation.IsAssignment || Target(operation.Operands[0]) is not { } name) continue;
            var value = operation.Operands is [_, var only] ? only : new GroovyOperation([.. operation.Operators.Skip(1)], [.. operation.Operands.Skip(1)], operation.Range);
            found[name] = found.TryGetValue(name, out var known) ? [.. known.Take(50), value] : [value];
        }
        return found;
    }

    private static string? Target(GroovyNode node) => node switch
    {
        GroovyName name => name.Path.StartsWith("env.", StringComparison.Ordinal) ? name.Path[4..] : name.Path,
        GroovyCall { Arguments: [{ Value: GroovyName name }] } => name.Path,
        _ => null,
    };

    private static readonly HashSet<string> s_kinds = new(StringComparer.Ordinal) { "string", "text", "choice", "booleanParam", "password", "file", "credentials", "run", "gitParameter", "extendedChoice" };

    public static Dictionary<string, string> Parameters(GroovyNode root)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in Calls(root))
            if (s_kinds.Contains(call.Name) && call.Named("name") is GroovyText name) found.TryAdd(name.String.Value, call.Name);
        return found;
    }
}
