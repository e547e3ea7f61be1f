using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>A Jenkinsfile: the common model, and the Groovy for what only Jenkins has.</summary>
/// <param name="Declarative">Whether it is written as <c>pipeline { … }</c>.</param>
/// <param name="Agents">Every place that says where something runs.</param>
/// <param name="Assigned">What each variable of the file is given, wherever.</param>
/// <param name="Parameters">The kind of each parameter: <c>string</c>, <c>choice</c>, <c>booleanParam</c> …</param>
public sealed record JenkinsPipeline(
    Pipeline Pipeline, GroovyBlock Root, bool Declarative, IReadOnlyList<JenkinsStep> Steps, IReadOnlyList<JenkinsAgent> Agents,
    IReadOnlyDictionary<string, IReadOnlyList<GroovyNode>> Assigned, IReadOnlyDictionary<string, string> Parameters);

/// <summary>A step that runs a command, and what Groovy knows there.</summary>
/// <param name="Command">The script as Groovy writes it; null for steps that run none.</param>
/// <param name="Secrets">The variables that hold credentials there.</param>
public sealed record JenkinsStep(Job Job, Step Step, GroovyCall Call, GroovyNode? Command, IReadOnlySet<string> Secrets)
{
    /// <summary>The innermost <c>node</c> around it that names a machine; null where any does.</summary>
    public GroovyCall? Node { get; init; }
}

/// <param name="Label">As written; null for any node.</param>
/// <param name="Image">Whether the work runs in a container there.</param>
public sealed record JenkinsAgent(string? Label, bool Image, TextRange Range);
