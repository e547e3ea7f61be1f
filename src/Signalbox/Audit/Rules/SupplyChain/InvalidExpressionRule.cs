using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.GitHubActions.Expressions.Types;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidExpressionRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "invalid-expression", "Expression that cannot evaluate as meant", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "A wrong name or type evaluates to empty and the condition lies",
        "Name a context, property and function that exist at this place, and give each the type it takes")
    {
        Details = "Expressions are parsed and typed: contexts by the place they stand in, `needs`, `steps`, `matrix`, `inputs`, `secrets` and `jobs` by what the "
            + "workflow declares, outputs of local actions and called workflows by their own files. Comparisons that are false whatever the values, objects and "
            + "lists put into text, functions with wrong arguments, format templates and JSON literals that do not fit are found. Types are stricter than the run: "
            + "text is not a number, and a boolean is not text.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (workflow.Expressions.Count == 0) return;
        var code = new LocalCode(report.Repository, workflow.Pipeline.Path);
        var scopes = new WorkflowScopes(workflow, new UsedOutputs(code));
        foreach (var text in workflow.Expressions)
            CheckText(text, scopes.Of(text), report);
        CalledInputs(workflow, code, scopes, report);
        InputDefaults(workflow, scopes, report);
    }

    private static void CheckText(ExpressionText text, ExpressionScope scope, Report report)
    {
        foreach (var part in text.Parts)
        {
            if (part.Problem is { } unread)
            {
                report.At(text, unread.Range, unread.Message);
                return;
            }
            var (type, problems) = TypeChecker.Check(part.Root!, scope);
            foreach (var problem in problems) report.At(text, problem.Range, problem.Message);
            if (problems.Count > 0) return;
            if (Misfit(text, type) is { } misfit) report.At(text, part.Outer, misfit);
        }
    }

    private static string? Misfit(ExpressionText text, ExpressionType type) => text.Shape switch
    {
        ValueShape.Text when type is ObjectType or ArrayType or NullType => $"{type.Name} is put into text; expected toJSON() of it, or one of its values",
        ValueShape.Boolean when text.IsOneExpression && type is not (BooleanType or AnyType) => $"the value is {type.Name}; expected a boolean",
        ValueShape.Number when text.IsOneExpression && type is not (NumberType or AnyType) => $"the value is {type.Name}; expected a number",
        ValueShape.Object when text.IsOneExpression && type is not (ObjectType or AnyType) => $"the value is {type.Name}; expected an object",
        ValueShape.List when text.IsOneExpression && type is not (ArrayType or AnyType) => $"the value is {type.Name}; expected a list",
        ValueShape.TextOrList when type is ObjectType or NullType or BooleanType or NumberType => $"the value is {type.Name}; expected text or a list",
        _ => null,
    };

    /// <summary>What a job hands to a called workflow of this repository must have the type that workflow asks for.</summary>
    private static void CalledInputs(GitHubWorkflow workflow, LocalCode code, WorkflowScopes scopes, Report report)
    {
        foreach (var job in workflow.Pipeline.Jobs)
        {
            if (job.Calls is not { } calls || code.Workflow(calls)?.Trigger("workflow_call") is not { } call) continue;
            foreach (var given in job.Node.Get("with").Entries())
            {
                if (Declared(call.Node.Get("inputs"), given.Key.Value) is not { } input || given.Value is not YamlScalar value) continue;
                var expected = WorkflowScopes.InputType(input, true);
                var actual = TypeOf(value, workflow, scopes);
                if (!expected.Takes(actual) || (expected is BooleanType && actual is not (BooleanType or AnyType)))
                    report.At(value, $"input '{YamlQuote.Short(given.Key.Value)}' of the called workflow is given {actual.Name}; expected {expected.Name}");
            }
        }
    }

    private static YamlNode? Declared(YamlNode? inputs, string name) => inputs.Entries().FirstOrDefault(e => e.Key.Value.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    private static ExpressionType TypeOf(YamlScalar value, GitHubWorkflow workflow, WorkflowScopes scopes)
    {
        if (workflow.Expressions.FirstOrDefault(t => ReferenceEquals(t.Scalar, value)) is { } text)
            return !text.IsOneExpression ? ExpressionType.String : text.Parts[0].Root is { } root ? TypeChecker.Check(root, scopes.Of(text)).Type : ExpressionType.Any;
        return value.IsNull ? ExpressionType.Null
            : value.AsBoolean is not null ? ExpressionType.Boolean
            : value.IsPlain && double.TryParse(value.Value, System.Globalization.CultureInfo.InvariantCulture, out _) ? ExpressionType.Number
            : ExpressionType.String;
    }

    private static void InputDefaults(GitHubWorkflow workflow, WorkflowScopes scopes, Report report)
    {
        foreach (var input in workflow.Trigger("workflow_call")?.Node.Get("inputs").Entries() ?? [])
        {
            if (input.Value.Get("default") is not YamlScalar value || workflow.Expressions.FirstOrDefault(t => ReferenceEquals(t.Scalar, value)) is not { IsOneExpression: true } text) continue;
            var (expected, actual) = (WorkflowScopes.InputType(input.Value, true), TypeOf(value, workflow, scopes));
            if (expected is BooleanType or NumberType && actual != expected && actual is not AnyType)
                report.At(value, $"the default of input '{YamlQuote.Short(input.Key.Value)}' is {actual.Name}; expected {expected.Name}");
        }
    }
}
