using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Gathers the steps of one stage.</summary>
internal sealed class JenkinsJobBuilder(string name, TextRange range, TextRange body, JenkinsScope scope, GroovyCall? when, IReadOnlyList<Need> needs, YamlText text)
{
    private readonly List<(Step Step, GroovyCall Call, GroovyNode? Command, JenkinsScope Scope)> _steps = [];

    public TextRange? Manual { get; set; }

    public IReadOnlyList<Need> Needs => needs;

    public bool HasSteps => _steps.Count > 0;

    public void Add(Step step, GroovyCall call, GroovyNode? command, JenkinsScope at) => _steps.Add((step, call, command, at));

    public (Job Job, IReadOnlyList<JenkinsStep> Steps) Build(TriggerKinds kinds, IReadOnlyList<Need> after)
    {
        var job = new Job
        {
            Id = name,
            Range = range,
            Body = body,
            Stage = name,
            Needs = after,
            Condition = when is null ? null : new(text.Slice(when.Range), when.Range),
            Triggers = Kinds(kinds),
            Runner = scope.Runner,
            Variables = scope.Variables,
            Container = scope.Image ?? _steps.Select(s => s.Scope.Image).FirstOrDefault(i => i is not null),
            Steps = [.. _steps.Select(s => s.Step)],
            Timeout = scope.Timeout,
            Retry = scope.Retry ?? _steps.Select(s => s.Scope.Retry).FirstOrDefault(r => r is not null),
            Manual = Manual,
        };
        return (job, [.. _steps.Select(s => new JenkinsStep(job, s.Step, s.Call, s.Command, s.Scope.Secrets) { Node = s.Scope.Node })]);
    }

    // jenkins.io, "Pipeline Syntax: when"
    private TriggerKinds Kinds(TriggerKinds kinds)
    {
        if (scope.ForRequests != true) kinds &= ~TriggerKinds.PullRequest;
        if (when?.Block is not { } block) return kinds;
        if (block.Call("changeRequest") is not null) return kinds & TriggerKinds.PullRequest;
        if (block.Call("buildingTag") is not null || block.Call("tag") is not null) return TriggerKinds.Release;
        return kinds;
    }
}
