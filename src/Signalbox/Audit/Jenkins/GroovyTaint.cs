using Signalbox.Pipelines.Jenkins;
using Signalbox.Pipelines.Jenkins.Groovy;

namespace Signalbox.Audit.Jenkins;

/// <param name="Name">What holds the text: <c>params.VERSION</c>.</param>
/// <param name="Outsider">Whether somebody without rights here writes it.</param>
/// <param name="Who">Who writes it.</param>
internal sealed record GroovySource(string Name, bool Outsider, string Who);

/// <summary>Follows text that others choose through the variables of a Jenkinsfile.</summary>
internal sealed class GroovyTaint(JenkinsPipeline jenkins)
{
    // each name is looked at once; this bounds the stack
    private const int Deepest = 100;

    /// <summary>Where a value comes from, if somebody else chooses it; null where it does not or cannot be seen.</summary>
    public GroovySource? Of(GroovyNode node) => Of(node, [], 0);

    /// <summary>The same for a variable of the environment.</summary>
    public GroovySource? OfVariable(string name) => OfName(name, [], 0);

    private GroovySource? Of(GroovyNode? node, HashSet<string> seen, int depth) => depth > Deepest ? null : node switch
    {
        GroovyName name => OfName(name.Path, seen, depth),
        GroovyBlock block => First(block.Statements, seen, depth),
        GroovyOperation operation => OfOperation(operation, seen, depth),
        GroovyList list => First(list.Items.Select(i => i.Value), seen, depth),
        GroovyText { String.Interpolations: { Count: > 0 } parts } => First(parts.Select(p => (GroovyNode)GroovyParser.Parse(jenkins.Pipeline.Text.Content, p.Expression)), seen, depth),
        GroovyCall call => OfCall(call, seen, depth),
        _ => null,
    };

    private GroovySource? First(IEnumerable<GroovyNode> nodes, HashSet<string> seen, int depth)
    {
        foreach (var node in nodes)
            if (Of(node, seen, depth + 1) is { } source) return source;
        return null;
    }

    // a comparison gives yes or no; of a choice only the values count
    private GroovySource? OfOperation(GroovyOperation operation, HashSet<string> seen, int depth)
    {
        var question = operation.Operators.ToList().IndexOf("?");
        if (question >= 0) return First(operation.Operands.Skip(question + 1), seen, depth);
        if (operation.Operators.Any(o => o is "==" or "!=" or "<" or ">" or "<=" or ">=" or "==~" or "=~" or "in" or "instanceof" or "&&" or "||")) return null;
        if (operation.Operators is ["[]"] && operation is { Operands: [GroovyName { Path: "params" or "env" } map, GroovyList { Items: [{ Value: GroovyText key }] }] }) return OfName($"{map.Path}.{key.String.Value}", seen, depth);
        return First(operation.IsAssignment ? operation.Operands.Skip(1) : operation.Operands, seen, depth);
    }

    private GroovySource? OfCall(GroovyCall call, HashSet<string> seen, int depth) => call.Name switch
    {
        "replaceAll" when call.First is GroovyText { String.Value: var pattern } && pattern.Contains("[^", StringComparison.Ordinal) => null,
        "toInteger" or "toBoolean" or "toLong" or "length" or "size" or "hashCode" or "contains" or "startsWith" or "endsWith" or "equals" or "matches" => null,
        // what a step answers is not seen
        "sh" or "bat" or "powershell" or "pwsh" or "readFile" or "readJSON" or "readYaml" or "input" => null,
        "string" or "library" or "credentials" => null,
        _ => Of(call.Receiver, seen, depth + 1) ?? (call.Receiver is null ? null : First(call.Arguments.Select(a => a.Value), seen, depth)),
    };

    private GroovySource? OfName(string path, HashSet<string> seen, int depth)
    {
        if (path.StartsWith("params.", StringComparison.Ordinal)) return OfParameter(path["params.".Length..].Split('.')[0]);
        var name = path.StartsWith("env.", StringComparison.Ordinal) ? path["env.".Length..] : path;
        if (Outside(name) is { } who) return new(path, true, who);
        if (!seen.Add(name)) return null;
        if (jenkins.Assigned.TryGetValue(name, out var values) && First(values, seen, depth) is { } source) return source with { Name = $"{name} = {source.Name}" };
        return jenkins.Parameters.ContainsKey(name) && !jenkins.Assigned.ContainsKey(name) ? OfParameter(name) : null;
    }

    // one of some values, yes or no, and secrets are not text to choose
    private GroovySource? OfParameter(string name) =>
        jenkins.Parameters.GetValueOrDefault(name) is "choice" or "booleanParam" or "password" or "credentials" or "run" or "file" ? null : new($"params.{name}", false, "whoever starts the build writes it");

    // jenkins.io and the plugins' pages: GitHub and Bitbucket branch sources, Pull Request Builder, GitLab
    private static string? Outside(string name) => name switch
    {
        "CHANGE_TITLE" or "CHANGE_BRANCH" or "CHANGE_AUTHOR" or "CHANGE_AUTHOR_DISPLAY_NAME" or "CHANGE_AUTHOR_EMAIL" or "CHANGE_FORK" => "whoever opens the pull request writes it",
        "ghprbPullTitle" or "ghprbPullLongDescription" or "ghprbSourceBranch" or "ghprbCommentBody" or "ghprbPullDescription" => "whoever opens the pull request writes it",
        "gitlabSourceBranch" or "gitlabMergeRequestTitle" or "gitlabMergeRequestDescription" or "gitlabUserName" or "gitlabTriggerPhrase" => "whoever opens the merge request writes it",
        "BRANCH_NAME" or "GIT_BRANCH" or "GIT_LOCAL_BRANCH" => "whoever makes the branch names it",
        _ => null,
    };
}
