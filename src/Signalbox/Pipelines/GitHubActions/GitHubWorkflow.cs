using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>A workflow: the common model, and the YAML for what only GitHub has.</summary>
public sealed record GitHubWorkflow(Pipeline Pipeline, YamlMapping Root)
{
    private IReadOnlyList<ExpressionText>? _expressions;

    /// <summary>Every value that holds expressions, in the order of the steps; read when first asked for.</summary>
    public IReadOnlyList<ExpressionText> Expressions => _expressions ??= ExpressionWalk.Of(this);

    /// <summary>The <c>on</c> entry; null where it is missing.</summary>
    public YamlEntry? On => Root.Entry("on") ?? Root.Entry("true");

    public bool HasTrigger(string name) => Pipeline.Triggers.Any(t => t.Name == name);

    public Trigger? Trigger(string name) => Pipeline.Triggers.FirstOrDefault(t => t.Name == name);

    public bool IsReusable => HasTrigger("workflow_call");

    /// <summary>Whether nothing but another workflow starts it.</summary>
    public bool IsOnlyCalled => Pipeline.Triggers is [{ Name: "workflow_call" }];
}

/// <summary>An <c>action.yml</c>.</summary>
/// <param name="Fragment">The steps of a composite action as one job without a runner of its own; no steps for other kinds.</param>
public sealed record GitHubAction(Pipeline Fragment, YamlMapping Root)
{
    private IReadOnlyList<ExpressionText>? _expressions;

    /// <summary>Every value that holds expressions, in the order of the steps; read when first asked for.</summary>
    public IReadOnlyList<ExpressionText> Expressions => _expressions ??= ExpressionWalk.Of(this);

    /// <summary><c>composite</c>, <c>docker</c>, <c>node20</c> …; null where it is missing.</summary>
    public string? Using => Root.Get("runs").Text("using");

    /// <summary>The steps of a composite action as a job; null for other kinds.</summary>
    public Job? Runs => Fragment.Jobs is [var only, ..] ? only : null;

    public bool IsComposite => Using == "composite";
}
