using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>What conditions are in the build of a change request: true, false, or null where they cannot be read.</summary>
/// <remarks>Sources: jenkins.io, "Pipeline Syntax: when"; the variables that multibranch projects set, "Using environment variables".</remarks>
internal static class JenkinsRequests
{
    /// <summary>A <c>when</c>: all that stands in it must hold.</summary>
    public static bool? When(GroovyBlock block, YamlText text) => All(block, text);

    /// <summary>An <c>if</c>.</summary>
    public static bool? If(GroovyCall choice, YamlText text) => choice.First is { } condition ? Expression(condition, text) : null;

    public static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    public static bool? Or(bool? left, bool? right) => !And(!left, !right);

    private static bool? All(GroovyBlock? block, YamlText text) => block?.Statements.Aggregate((bool?)true, (all, part) => And(all, Of(part, text)));

    private static bool? Of(GroovyNode node, YamlText text) => node is not GroovyCall { Receiver: null } call ? null : call.Name switch
    {
        "beforeAgent" or "beforeInput" or "beforeOptions" => true,
        "allOf" => All(call.Block, text),
        "anyOf" => call.Block?.Statements.Aggregate((bool?)false, (any, part) => Or(any, Of(part, text))),
        "not" => !All(call.Block, text),
        "changeRequest" => call.Named("author") is null && call.Named("authorEmail") is null ? true : null,
        // whoever proposes a change writes these
        "changeset" or "changelog" => true,
        "branch" => Is("BRANCH_NAME", call.First ?? call.Named("pattern")),
        "tag" or "buildingTag" => false,
        "environment" when call.Named("name") is GroovyText name => Is(name.String.Value, call.Named("value")),
        // before a sign, return stands alone
        "expression" => call.Block?.Statements.Where(s => s is not GroovyName { Path: "return" }).ToList() is [var only] ? Expression(only, text) : null,
        _ => null,
    };

    private static bool? Expression(GroovyNode node, YamlText text)
    {
        var value = node switch
        {
            GroovyCall { Name: "return", Receiver: null, First: { } returned } => Expression(returned, text),
            GroovyList { Items: [{ Name: null, Value: var inner }] } => Expression(inner, text),
            GroovyName { Path: "true" } => true,
            GroovyName { Path: "false" } => false,
            GroovyName name => IsSet(Variable(name)),
            GroovyOperation operation => Operation(operation, text),
            _ => null,
        };
        return IsNegated(node, text) ? !value : value;
    }

    // the sign before an operand is no part of it
    private static bool IsNegated(GroovyNode node, YamlText text)
    {
        var before = text.Content.AsSpan(0, node.Range.Start).TrimEnd();
        return before is [.., '!'] and not [.., '!', '!'];
    }

    /// <summary>Comparisons, joined by and before or.</summary>
    private static bool? Operation(GroovyOperation operation, YamlText text)
    {
        bool? any = false, all = true;
        for (var i = 0; i < operation.Operands.Count; i++)
        {
            bool? value;
            if (i < operation.Operators.Count && operation.Operators[i] is "==" or "!=")
            {
                var same = Same(operation.Operands[i], operation.Operands[i + 1]);
                value = operation.Operators[i++] == "==" ? same : !same;
            }
            else value = Expression(operation.Operands[i], text);
            var sign = i < operation.Operators.Count ? operation.Operators[i] : "||";
            if (sign is not ("&&" or "||")) return null;
            all = And(all, value);
            if (sign == "&&") continue;
            any = Or(any, all);
            all = true;
        }
        return any;
    }

    private static bool? Same(GroovyNode left, GroovyNode right) => (left, right) switch
    {
        (GroovyName name, GroovyName { Path: "null" }) => !IsSet(Variable(name)),
        (GroovyName { Path: "null" }, GroovyName name) => !IsSet(Variable(name)),
        (GroovyName name, GroovyText) => Is(Variable(name), right),
        (GroovyText, GroovyName name) => Is(Variable(name), left),
        _ => null,
    };

    private static string Variable(GroovyName name) => name.Path.StartsWith("env.", StringComparison.Ordinal) ? name.Path[4..] : name.Path;

    private static bool? IsSet(string variable) => variable switch
    {
        "BRANCH_NAME" or "CHANGE_ID" or "CHANGE_URL" or "CHANGE_TITLE" or "CHANGE_AUTHOR" or "CHANGE_BRANCH" or "CHANGE_TARGET" => true,
        "TAG_NAME" or "BRANCH_IS_PRIMARY" => false,
        _ => null,
    };

    /// <summary>Whether a variable has a value, or one of a pattern: the branch of a request is called <c>PR-12</c> or <c>MR-12</c>.</summary>
    private static bool? Is(string variable, GroovyNode? node) => node is not GroovyText { String: { IsInterpolated: false, Value: { Length: > 0 } value } } ? null : variable switch
    {
        "BRANCH_NAME" when value.StartsWith("PR-", StringComparison.Ordinal) || value.StartsWith("MR-", StringComparison.Ordinal) => true,
        "BRANCH_NAME" => value[0] is '*' or '.' or '^' or '(' or '{' or '?' or '[' ? null : false,
        // a request may name any branch as its target
        "CHANGE_TARGET" => true,
        "TAG_NAME" or "BRANCH_IS_PRIMARY" => false,
        _ => null,
    };
}
