using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>
/// A pipeline by its meaning, as it can be written for every platform: no text of one platform's own is in it but where it says so
/// (<see cref="ReferenceKind.Foreign"/>, <see cref="RawCondition"/>, <see cref="ForeignStep"/>). Read from a platform's file by its
/// import, made by design, written by the four writers. See docs/decisions/0122.
/// </summary>
public sealed record PortablePipeline
{
    public string? Name { get; init; }

    /// <summary>What starts it; empty where only the platform's defaults do.</summary>
    public IReadOnlyList<PortableTrigger> Triggers { get; init; } = [];

    /// <summary>What a person or another pipeline may hand in.</summary>
    public IReadOnlyList<PortableInput> Inputs { get; init; } = [];

    /// <summary>What each job's own token may do; null leaves the platform's default.</summary>
    public PortablePermissions? Permissions { get; init; }

    public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

    public PortableConcurrency? Concurrency { get; init; }

    /// <summary>The groups that people see jobs in, in order; empty where there are none.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    /// <summary>In the order they are written; names are unique.</summary>
    public IReadOnlyList<PortableJob> Jobs { get; init; } = [];

    public PortableJob? Job(string id) => Jobs.FirstOrDefault(j => j.Id == id);
}

/// <summary>The events that every platform knows in some way.</summary>
public enum PortableEvent { Push, PullRequest, Schedule, Manual, Called }

/// <summary>One event with its filters.</summary>
/// <remarks>Patterns of branches and tags: <see cref="RefGlob"/>; of files the same without sets.</remarks>
public sealed record PortableTrigger(PortableEvent Event)
{
    /// <summary>The branches pushed to, or those a change is proposed to; null is any, empty none.</summary>
    public IReadOnlyList<string>? Branches { get; init; }

    /// <summary>The tags pushed; null is any, empty none. Only of a push.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<string> IgnoredBranches { get; init; } = [];

    /// <summary>Only where one of these files changed; empty is any.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Not where nothing but these files changed.</summary>
    public IReadOnlyList<string> IgnoredPaths { get; init; } = [];

    /// <summary>Five-field cron expressions in UTC.</summary>
    public IReadOnlyList<string> Crons { get; init; } = [];

    public TextRange Source { get; init; }
}

/// <param name="Choices">The values allowed; empty where any is.</param>
public sealed record PortableInput(string Name, string? Description, bool Required, string? Default, IReadOnlyList<string> Choices, bool IsBoolean, TextRange Source = default);

/// <param name="All">What holds for every scope, or null where scopes are named; named scopes leave the others at none.</param>
/// <param name="Scopes">By GitHub's names: <c>contents</c>, <c>id-token</c>.</param>
public sealed record PortablePermissions(Access? All, IReadOnlyList<(string Name, Access Access)> Scopes, TextRange Source = default)
{
    /// <summary>Whether the job may ask the platform for an identity token (OIDC).</summary>
    public bool IdToken => All == Access.Write || Scopes.Any(s => s is { Name: "id-token", Access: Access.Write });
}

public sealed record PortableVariable(string Name, PortableText Value, TextRange Source = default)
{
    /// <summary>One of each name: the last, which stands for those before it.</summary>
    internal static IEnumerable<PortableVariable> Last(IEnumerable<PortableVariable> variables, StringComparer? names = null) =>
        variables.GroupBy(v => v.Name, names ?? StringComparer.Ordinal).Select(g => g.Last());
}

/// <param name="CancelsRunning">Whether a newer run ends the one that goes on; else it waits.</param>
public sealed record PortableConcurrency(PortableText? Group, bool CancelsRunning, TextRange Source = default);
