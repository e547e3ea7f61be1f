using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ObfuscatedReferenceRule : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>
{
    public override RuleInfo Info { get; } = new(
        "obfuscated-reference", "Obfuscated expression or action reference", Theme.Injection, RuleSeverity.Medium, ["github-actions"],
        "Spelling tricks hide from reviewers what runs", "Write the action's path and the expression's value as they are")
    {
        Fix = FixSafety.Safe,
        Details = "Empty parts, `.` and `..` in an action's path; expressions or parts of them that are the same in every run; `fromJSON(toJSON(...))`; inputs that are one expression. "
            + "An index that is computed is pedantic.",
    };

    public void Check(GitHubWorkflow workflow, Report report) => Check(workflow.Pipeline, workflow.Expressions, report);

    public void Check(GitHubAction action, Report report) => Check(action.Fragment, action.Expressions, report);

    private static void Check(Pipeline pipeline, IReadOnlyList<ExpressionText> texts, Report report)
    {
        foreach (var uses in pipeline.Uses) CheckPath(uses, report);
        foreach (var step in pipeline.Jobs.SelectMany(j => j.Steps)) CheckInputs(step, report);
        foreach (var text in texts) CheckExpressions(text, report);
    }

    private static void CheckInputs(Step step, Report report)
    {
        if (step.Uses is not null && step.Node.Get("with") is YamlScalar { IsNull: false } with) report.At(with, "the inputs are one expression: nobody can see what the action is given");
    }

    private static void CheckPath(UsedCode uses, Report report)
    {
        if (uses.IsLocal || uses.IsImage || uses.Name.Contains("${{", StringComparison.Ordinal)) return;
        var parts = uses.Name.Split('/');
        if (parts.Length < 3 || !parts.Skip(2).Any(p => p is "" or "." or "..")) return;
        report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' has empty parts, '.' or '..' in its path", fix: Mend(uses, parts, report));
    }

    private static Fix? Mend(UsedCode uses, string[] parts, Report report)
    {
        var kept = new List<string>();
        foreach (var part in parts.Skip(2))
        {
            if (part is "" or ".") continue;
            if (part != "..") kept.Add(part);
            else if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            else return null;
        }
        var name = string.Join('/', [parts[0], parts[1], .. kept]);
        return uses.Node is { } node ? report.Fix(FixSafety.Safe, "write the path as it is", YamlPatch.SetScalar(node, uses.Ref is null ? name : $"{name}@{uses.Ref}")) : null;
    }

    private static void CheckExpressions(ExpressionText text, Report report)
    {
        foreach (var part in text.Parts)
        {
            if (part.Root is not { } root || !part.Fenced) continue;
            if (Constants.Value(root) is { } value)
                report.At(text, part.Outer, "the expression is the same in every run", $"it is '{YamlQuote.Short(value.Text)}'", fix: Whole(text, part, value, report));
            else if (part.All.FirstOrDefault(IsHidden) is { } hidden)
                report.At(text, hidden.Range, hidden is FunctionCall { Name: var name } && name.Equals("fromJSON", StringComparison.OrdinalIgnoreCase) ? "fromJSON(toJSON()) gives back what it was given" : "a part of the expression is the same in every run",
                    fix: Inner(text, hidden, report));
            else if (part.All.FirstOrDefault(e => e is IndexAccess { Index.IsLiteral: false }) is { } index)
                report.At(text, index.Range, "the index is computed: what is read cannot be seen", level: Level.Pedantic);
        }
    }

    /// <summary>A part that computes what could be written down.</summary>
    private static bool IsHidden(Expression expression) => expression switch
    {
        FunctionCall { Arguments: [FunctionCall inner] } outer when outer.Is("fromJSON") && inner.Is("toJSON") => true,
        _ => !expression.IsLiteral && Constants.Value(expression) is not null,
    };

    private static Fix? Whole(ExpressionText text, ExpressionPart part, ConstantValue value, Report report)
    {
        var range = report.InFile(text, part.Outer);
        if (report.File.Text.Slice(range) != text.Scalar.Value[part.Outer.Start..part.Outer.End] || !IsPlain(value.Text)) return null;
        // alone in a plain value, text that looks like something else would become that
        if (text.IsOneExpression && text.Scalar.Style == YamlStyle.Plain && value.Kind == ConstantKind.Text && !char.IsAsciiLetter(value.Text[0])) return null;
        return text.IsOneExpression && value.Kind == ConstantKind.Text && value.Text is "true" or "false" or "null" ? null : report.Fix(FixSafety.Safe, "write the value", new TextEdit(range, value.Text));
    }

    private static Fix? Inner(ExpressionText text, Expression hidden, Report report)
    {
        var range = report.InFile(text, hidden.Range);
        if (report.File.Text.Slice(range) != text.Scalar.Value[hidden.Range.Start..hidden.Range.End]) return null;
        return Constants.Value(hidden) is { } value && text.Scalar.Style is not (YamlStyle.SingleQuoted or YamlStyle.DoubleQuoted) ? report.Fix(FixSafety.Safe, "write the value", new TextEdit(range, value.AsLiteral)) : null;
    }

    private static bool IsPlain(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ' ') && text[0] != ' ' && text[^1] != ' ';
}
