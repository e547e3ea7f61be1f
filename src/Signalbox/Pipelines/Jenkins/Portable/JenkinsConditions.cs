using System.Text.RegularExpressions;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary><c>when</c> read and written (jenkins.io, "Pipeline Syntax: when").</summary>
internal static partial class JenkinsConditions
{
    // a build for a proposed change has the cause of one for a push, BranchEventCause: a push is what is none of the others
    private static readonly (PortableEvent Event, string Cause)[] s_causes =
    [
        (PortableEvent.Schedule, "TimerTrigger"), (PortableEvent.Manual, "UserIdCause"), (PortableEvent.Called, "UpstreamCause"),
    ];

    private static readonly string[] s_words = ["beforeAgent", "beforeInput", "beforeOptions"];

    public static PortableCondition? Read(GroovyCall? when, YamlText text) => when?.Block is { } block ? PortableCondition.All(Parts(block, text)) : null;

    private static RawCondition Raw(GroovyCall call, YamlText text) => new(Platform.Jenkins, GroovyOut.Dedented(text.Slice(call.Range)));

    private static List<PortableCondition?> Parts(GroovyBlock block, YamlText text) =>
        [.. block.Statements.Where(s => s is not GroovyCall { Name: var name } || !s_words.Contains(name)).Select(s => s is GroovyCall call ? Of(call, text) : new RawCondition(Platform.Jenkins, text.Slice(s.Range)))];

    private static PortableCondition Of(GroovyCall call, YamlText text) => (call.Name, call.Receiver) switch
    {
        ("allOf", null) when call.Block is { } block => PortableCondition.All(Parts(block, text)) ?? Raw(call, text),
        ("anyOf", null) when call.Block is { } block => PortableCondition.Any(Parts(block, text)) ?? Raw(call, text),
        ("not", null) when IsPush(call) => new EventIs(PortableEvent.Push),
        ("not", null) when call.Block is { } block => PortableCondition.All(Parts(block, text))?.Opposite() ?? Raw(call, text),
        ("branch" or "tag", null) => Ref(call) is { } named ? named : Raw(call, text),
        ("buildingTag", null) => new RefIs(true, null),
        ("changeRequest", null) when call.Arguments.Count == 0 => new EventIs(PortableEvent.PullRequest),
        ("changeRequest", null) when Target(call) is { } target => target,
        ("environment", null) when call.Named("name") is GroovyText name && call.Named("value") is GroovyText value => name.String.Value == "BRANCH_IS_PRIMARY" && value.String.Value == "true" ? new IsDefaultBranch() : new ValueIs(new(ReferenceKind.Setting, name.String.Value), value.String.Value),
        ("triggeredBy", null) when (call.First ?? call.Named("cause")) is GroovyText { String.Value: "BranchEventCause" } => PortableCondition.Any(new EventIs(PortableEvent.Push), new EventIs(PortableEvent.PullRequest))!,
        ("triggeredBy", null) when (call.First ?? call.Named("cause")) is GroovyText cause && s_causes.FirstOrDefault(c => c.Cause == cause.String.Value) is { Cause: not null } known => new EventIs(known.Event),
        ("expression", null) when IsNotSet().Match(text.Slice(call.Range)) is { Success: true } match => new ValueIs(new(ReferenceKind.Setting, match.Groups[1].Value), ""),
        _ => Raw(call, text),
    };

    private static bool IsPush(GroovyCall not) => not.Block?.Statements is [GroovyCall { Name: "anyOf", Block: { } any }]
        && any.Statements.Select(s => s is GroovyCall { Name: "changeRequest", Arguments.Count: 0 } ? "" : s is GroovyCall { Name: "triggeredBy", First: GroovyText cause } ? cause.String.Value : null).Order().SequenceEqual(s_causes.Select(c => c.Cause).Append("").Order());

    // jenkins.io, "Pipeline Syntax: changeRequest": compared as it is where no comparator is named
    private static TargetIs? Target(GroovyCall call)
    {
        if (call.Arguments.Any(a => a.Name is not ("target" or "comparator")) || call.Named("target") is not GroovyText { String: { IsInterpolated: false, Value: var target } }) return null;
        return ((call.Named("comparator") as GroovyText)?.String.Value ?? "EQUALS") switch
        {
            "EQUALS" when !RefGlob.IsPattern(target) => new(target),
            "REGEXP" when RefGlob.OfRegex($"^{target}$") is { } glob => new(glob),
            _ => null,
        };
    }

    [GeneratedRegex(@"\Aexpression\s*\{\s*!\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\z")]
    private static partial Regex IsNotSet();

    private static RefIs? Ref(GroovyCall call)
    {
        var tag = call.Name == "tag";
        // a glob of Ant's; what other signs mean in it no pattern says
        if (call.First is GroovyText { String.IsInterpolated: false } name) return name.String.Value.IndexOfAny(['?', '{', '[', '\\']) >= 0 ? null : new RefIs(tag, name.String.Value);
        if (call.Named("pattern") is not GroovyText { String.IsInterpolated: false } pattern) return null;
        return (call.Named("comparator") as GroovyText)?.String.Value switch
        {
            "REGEXP" => pattern.String.Value == ".*" ? new RefIs(tag, null) : RefGlob.OfRegex($"^{pattern.String.Value}$") is { } glob ? new RefIs(tag, glob) : null,
            "EQUALS" when !RefGlob.IsPattern(pattern.String.Value) => new RefIs(tag, pattern.String.Value),
            "GLOB" or null when pattern.String.Value.IndexOfAny(['?', '{', '[', '\\']) < 0 => new RefIs(tag, pattern.String.Value),
            _ => null,
        };
    }

    /// <summary>What keeps a condition from being written; null where nothing does.</summary>
    public static PortableCondition? Problem(PortableCondition? condition) => condition?.Everything().FirstOrDefault(c => c switch
    {
        RawCondition raw => raw.Platform != Platform.Jenkins,
        ResultIs => true,
        ValueIs value => value.Reference.Kind is not (ReferenceKind.Setting or ReferenceKind.Variable or ReferenceKind.Axis or ReferenceKind.Input or ReferenceKind.Secret),
        _ => false,
    });

    /// <param name="input">Whether a person is asked, who need not be where it does not hold.</param>
    public static void Write(PortableCondition condition, bool input, GroovyOut to)
    {
        to.Block("when", () =>
        {
            if (input) to.Line("beforeInput true");
            foreach (var part in condition is AllOf all ? all.Parts : [condition]) Say(part, to);
        });
    }

    private static void Say(PortableCondition condition, GroovyOut to)
    {
        switch (condition)
        {
            case AllOf all: to.Block("allOf", () => { foreach (var part in all.Parts) Say(part, to); }); break;
            case AnyOf any: to.Block("anyOf", () => { foreach (var part in any.Parts) Say(part, to); }); break;
            case Not not: to.Block("not", () => Say(not.Part, to)); break;
            case RefIs { Tag: true, Pattern: null }: to.Line("buildingTag()"); break;
            case RefIs { Pattern: null }: to.Line("branch pattern: '.*', comparator: 'REGEXP'"); break;
            case RefIs { Pattern: { } pattern } r when RefGlob.IsPattern(pattern): to.Line($"{(r.Tag ? "tag" : "branch")} pattern: {GroovyOut.Quoted(RefGlob.Regex(pattern)[1..^1])}, comparator: 'REGEXP'"); break;
            case RefIs { Pattern: { } pattern } r when pattern.IndexOfAny(['?', '{', '[', '\\']) >= 0: to.Line($"{(r.Tag ? "tag" : "branch")} pattern: {GroovyOut.Quoted(pattern)}, comparator: 'EQUALS'"); break;
            case RefIs r: to.Line($"{(r.Tag ? "tag" : "branch")} {GroovyOut.Quoted(r.Pattern!)}"); break;
            case IsDefaultBranch: to.Line("environment name: 'BRANCH_IS_PRIMARY', value: 'true'"); break;
            case TargetIs { IsName: false } t: to.Line($"changeRequest target: {GroovyOut.Quoted(RefGlob.Regex(t.Branch)[1..^1])}, comparator: 'REGEXP'"); break;
            case TargetIs t: to.Line($"changeRequest target: {GroovyOut.Quoted(t.Branch)}"); break;
            case EventIs { Event: PortableEvent.PullRequest }: to.Line("changeRequest()"); break;
            case EventIs { Event: PortableEvent.Push }:
                to.Block("not", () => to.Block("anyOf", () => { to.Line("changeRequest()"); foreach (var (_, cause) in s_causes) to.Line($"triggeredBy '{cause}'"); }));
                break;
            case EventIs e: to.Line($"triggeredBy '{s_causes.First(c => c.Event == e.Event).Cause}'"); break;
            // what is not set is no empty text to environment
            case ValueIs { Value: "" } v: to.Line($"expression {{ !env.{Names.Variable(v.Reference.Name!)} }}"); break;
            case ValueIs v: to.Line($"environment name: {GroovyOut.Quoted(v.Reference.Name!)}, value: {GroovyOut.Quoted(v.Value)}"); break;
            case RawCondition raw: to.Lines(raw.Text); break;
            default: throw new InvalidOperationException($"a condition of the kind {condition.GetType().Name} has no words on Jenkins");
        }
    }

    /// <summary>A condition within a script block; null where Groovy cannot know it.</summary>
    public static string? Expression(PortableCondition condition) => condition switch
    {
        AllOf all => Joined(all.Parts, " && "),
        AnyOf any => Joined(any.Parts, " || "),
        Not not => Expression(not.Part) is { } inner ? $"!({inner})" : null,
        RefIs { Tag: true, Pattern: null } => "env.TAG_NAME != null",
        RefIs { Pattern: null } => "env.TAG_NAME == null && env.CHANGE_ID == null",
        RefIs r when !RefGlob.IsPattern(r.Pattern!) => $"env.{(r.Tag ? "TAG_NAME" : "BRANCH_NAME")} == {GroovyOut.Quoted(r.Pattern)}",
        RefIs { IsPrefix: true } r => $"(env.{(r.Tag ? "TAG_NAME" : "BRANCH_NAME")} ?: '').startsWith({GroovyOut.Quoted(r.Text)})",
        EventIs { Event: PortableEvent.PullRequest } => "env.CHANGE_ID != null",
        TargetIs { IsName: true } t => $"env.CHANGE_TARGET == {GroovyOut.Quoted(t.Branch)}",
        ValueIs { Value: "" } v when Problem(v) is null => $"!env.{Names.Variable(v.Reference.Name!)}",
        ValueIs v when Problem(v) is null => $"env.{Names.Variable(v.Reference.Name!)} == {GroovyOut.Quoted(v.Value)}",
        _ => null,
    };

    private static string? Joined(IReadOnlyList<PortableCondition> parts, string sign)
    {
        var said = parts.Select(Expression).ToList();
        return said.Contains(null) ? null : $"({string.Join(sign, said)})";
    }
}
