using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary><c>if</c> read and written.</summary>
internal static class GitHubConditions
{
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const string DefaultBranch = "format('refs/heads/{0}', github.event.repository.default_branch)";

    private static readonly (PortableEvent Event, string Name)[] s_events =
    [
        (PortableEvent.Push, "push"), (PortableEvent.PullRequest, "pull_request"), (PortableEvent.Schedule, "schedule"), (PortableEvent.Manual, "workflow_dispatch"), (PortableEvent.Called, "workflow_call"),
    ];

    public static string EventName(PortableEvent e) => s_events.First(s => s.Event == e).Name;

    public static PortableEvent? EventOf(string name) => s_events.Where(e => e.Name == name).Select(e => (PortableEvent?)e.Event).FirstOrDefault();

    /// <summary>After which ends it runs, whether it is left out with what it needs, and what must hold beside.</summary>
    /// <param name="booleans">The names of the inputs of the boolean kind.</param>
    public static (RunsWhen When, bool TakenAlong, PortableCondition? If) Read(Condition? condition, IReadOnlySet<string> booleans)
    {
        if (condition is null) return (RunsWhen.Succeeded, true, null);
        var text = condition.Text;
        var raw = new RawCondition(Platform.GitHubActions, text);
        if (ExpressionParser.Bare(text).Root is not { } root) return (RunsWhen.Succeeded, true, raw);
        // GitHub adds success() where no function asks for another end
        var (when, said, notFailed) = (RunsWhen.Always, false, false);
        var rest = new List<PortableCondition?>();
        foreach (var part in Conjunction(root))
            if (part is NotOperation { Operand: FunctionCall { Arguments.Count: 0 } call } && call.Is("failure")) notFailed = true;
            else if (Status(part) is { } status)
            {
                said = true;
                if (RunsWhens.Both(when, status) is not { } both) return (RunsWhen.Succeeded, true, raw);
                when = both;
            }
            else rest.Add(Of(part, text));
        var read = PortableCondition.All(rest);
        if (notFailed && when != RunsWhen.Finished || read?.Everything().Any(c => c is RawCondition || c is ValueIs { Reference: { Bare: true, Name: { } name } } && !booleans.Contains(name)) == true) read = raw;
        read = read?.Map(f => f is ValueIs value ? value with { Reference = value.Reference with { Bare = false } } : f);
        return (notFailed || !said ? RunsWhen.Succeeded : when, !notFailed, read);
    }

    private static IEnumerable<Expression> Conjunction(Expression root) => root is LogicalOperation { IsAnd: true } and ? Conjunction(and.Left).Concat(Conjunction(and.Right)) : [root];

    private static RunsWhen? Status(Expression part) => part switch
    {
        FunctionCall { Arguments.Count: 0 } call when call.Is("always") => RunsWhen.Always,
        FunctionCall { Arguments.Count: 0 } call when call.Is("failure") => RunsWhen.Failed,
        FunctionCall { Arguments.Count: 0 } call when call.Is("success") => RunsWhen.Succeeded,
        NotOperation { Operand: FunctionCall { Arguments.Count: 0 } call } when call.Is("cancelled") => RunsWhen.Finished,
        _ => null,
    };

    private static PortableCondition Of(Expression part, string text) => part switch
    {
        LogicalOperation { IsAnd: true } and => PortableCondition.All(Of(and.Left, text), Of(and.Right, text))!,
        LogicalOperation or => PortableCondition.Any(Of(or.Left, text), Of(or.Right, text))!,
        NotOperation not => Of(not.Operand, text).Opposite(),
        Comparison { Operator: "==", Right: StringLiteral value } equal => Equal(equal.Left, value.Value, text) ?? Raw(part, text),
        Comparison { Operator: "==", Left: StringLiteral value } equal => Equal(equal.Right, value.Value, text) ?? Raw(part, text),
        Comparison { Operator: "!=", Right: StringLiteral value } other => Equal(other.Left, value.Value, text)?.Opposite() ?? Raw(part, text),
        Comparison { Operator: "!=", Left: StringLiteral value } other => Equal(other.Right, value.Value, text)?.Opposite() ?? Raw(part, text),
        Comparison { Operator: "==", Right: BooleanLiteral { Value: var value } } equal when GitHubReferences.Of(equal.Left, text) is { Kind: ReferenceKind.Input } input => new ValueIs(input, value ? "true" : "false"),
        Comparison { Operator: "==" or "!=" } equal when IsDefault(equal, text) => equal.Operator == "==" ? new IsDefaultBranch() : new Not(new IsDefaultBranch()),
        FunctionCall { Arguments: [var of, StringLiteral start] } call when call.Is("startsWith") => Begins(of, start.Value) ?? (PortableCondition)Raw(part, text),
        // an input of the boolean kind stands for itself, unlike what the event has of it, which is text
        PropertyAccess access when access.Path?.StartsWith("inputs.", StringComparison.Ordinal) == true && GitHubReferences.Of(access, text) is { Kind: ReferenceKind.Input } input => new ValueIs(input with { Bare = true }, "true"),
        _ => Raw(part, text),
    };

    private static bool IsDefault(Comparison equal, string text) =>
        (equal.Left.Path == "github.ref" && text[equal.Right.Range.Start..equal.Right.Range.End].Trim() == DefaultBranch)
        || (equal.Left.Path == "github.ref_name" && equal.Right.Path == "github.event.repository.default_branch");

    private static RawCondition Raw(Expression part, string text) => new(Platform.GitHubActions, text[part.Range.Start..part.Range.End]);

    private static PortableCondition? Equal(Expression of, string value, string text) => of.Path switch
    {
        "github.ref" when value.StartsWith(Heads, StringComparison.Ordinal) => new RefIs(false, value[Heads.Length..]),
        "github.ref" when value.StartsWith(Tags, StringComparison.Ordinal) => new RefIs(true, value[Tags.Length..]),
        "github.ref_name" => PortableCondition.All(new RefIs(false, value)),
        "github.ref_type" when value is "tag" or "branch" => new RefIs(value == "tag", null),
        "github.base_ref" when !RefGlob.IsPattern(value) => new TargetIs(value),
        "github.base_ref" => null,
        "github.event_name" => EventOf(value) is { } e ? new EventIs(e) : null,
        { } path when path.StartsWith("needs.", StringComparison.Ordinal) && path.EndsWith(".result", StringComparison.Ordinal) && path.Count(c => c == '.') == 2 => new ResultIs(text[of.Range.Start..of.Range.End].Split('.')[1], value),
        _ => GitHubReferences.Of(of, text) is { } reference ? new ValueIs(reference, value) : null,
    };

    private static RefIs? Begins(Expression of, string start) => of.Path switch
    {
        "github.ref" when start.StartsWith(Heads, StringComparison.Ordinal) => new(false, start.Length == Heads.Length ? null : start[Heads.Length..] + "**"),
        "github.ref" when start.StartsWith(Tags, StringComparison.Ordinal) => new(true, start.Length == Tags.Length ? null : start[Tags.Length..] + "**"),
        _ => null,
    };

    /// <summary>The expression, or null where nothing need be said.</summary>
    /// <param name="takenAlong">Whether it is left out with what it needs; a step needs nothing.</param>
    /// <param name="compared">What is compared, as GitHub has it at that place; null where it has none.</param>
    /// <param name="problem">What GitHub cannot say.</param>
    public static string? Write(RunsWhen when, bool takenAlong, PortableCondition? condition, Func<PortableReference, string?> compared, out PortableCondition? problem)
    {
        problem = condition?.Everything().FirstOrDefault(c => HasBraces(c) || c is RawCondition raw && raw.Platform != Platform.GitHubActions || c is RefIs { IsSimple: false } or TargetIs { IsName: false } || c is ValueIs { Reference: var r } && compared(r) is null);
        if (problem is not null) condition = null;
        var status = when switch { RunsWhen.Always => "always()", RunsWhen.Failed => "failure()", RunsWhen.Finished => "!cancelled()", _ => takenAlong ? null : "!failure() && !cancelled()" };
        if (condition is RawCondition whole) return whole.Text;
        var said = condition is null ? null : Say(condition, status is not null, compared);
        var text = (status, said) switch { (null, _) => said, (_, null) => status, _ => $"{status} && {said}" };
        // a leading ! is a tag in YAML
        return text is null ? null : text.StartsWith('!') ? $"${{{{ {text} }}}}" : text;
    }

    // GitHub would read a text with braces in it as another expression within the condition
    private static bool HasBraces(PortableCondition fact)
    {
        var text = fact switch { RefIs r => r.Pattern, TargetIs t => t.Branch, ValueIs v => v.Value, _ => null };
        return text is not null && (text.Contains("${{", StringComparison.Ordinal) || text.Contains("}}", StringComparison.Ordinal));
    }

    private static string Say(PortableCondition condition, bool within, Func<PortableReference, string?> compared) => condition switch
    {
        AllOf all => Joined(all.Parts, " && ", false, compared),
        AnyOf any => within ? $"({Joined(any.Parts, " || ", true, compared)})" : Joined(any.Parts, " || ", true, compared),
        Not { Part: RefIs { IsPrefix: false, Pattern: not null } r } => $"github.ref != {Text((r.Tag ? Tags : Heads) + r.Pattern)}",
        Not { Part: RefIs r } => $"!{Say(r, true, compared)}",
        Not { Part: EventIs e } => $"github.event_name != {Text(EventName(e.Event))}",
        Not { Part: ValueIs v } => $"{compared(v.Reference)} != {Value(v)}",
        Not { Part: ResultIs r } => $"needs.{r.Job}.result != {Text(r.Result)}",
        Not { Part: IsDefaultBranch } => $"github.ref != {DefaultBranch}",
        IsDefaultBranch => $"github.ref == {DefaultBranch}",
        Not { Part: TargetIs t } => $"github.base_ref != {Text(t.Branch)}",
        RefIs { Pattern: null } r => $"startsWith(github.ref, {Text(r.Tag ? Tags : Heads)})",
        RefIs { IsPrefix: true } r => $"startsWith(github.ref, {Text((r.Tag ? Tags : Heads) + r.Text)})",
        RefIs r => $"github.ref == {Text((r.Tag ? Tags : Heads) + r.Pattern)}",
        TargetIs t => $"github.base_ref == {Text(t.Branch)}",
        EventIs e => $"github.event_name == {Text(EventName(e.Event))}",
        ValueIs v => $"{compared(v.Reference)} == {Value(v)}",
        ResultIs r => $"needs.{r.Job}.result == {Text(r.Result)}",
        RawCondition raw => $"({raw.Text})",
        _ => throw new InvalidOperationException($"a condition of the kind {condition.GetType().Name} is not in normal form"),
    };

    private static string Joined(IReadOnlyList<PortableCondition> parts, string sign, bool any, Func<PortableReference, string?> compared) =>
        string.Join(sign, parts.Select(p => p is AnyOf && !any ? Say(p, true, compared) : p is AllOf && any ? $"({Say(p, true, compared)})" : Say(p, !any, compared)));

    // inputs of the boolean kind are booleans, and no boolean equals a text
    private static string Value(ValueIs v) => v is { Reference.Kind: ReferenceKind.Input, Value: "true" or "false" } ? v.Value : Text(v.Value);

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
