using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>A workflow: the common model, and the YAML for what only GitHub has.</summary>
public sealed record GitHubWorkflow(Pipeline Pipeline, YamlMapping Root)
{
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
    /// <summary><c>composite</c>, <c>docker</c>, <c>node20</c> …; null where it is missing.</summary>
    public string? Using => Root.Get("runs").Text("using");

    public bool IsComposite => Using == "composite";
}
