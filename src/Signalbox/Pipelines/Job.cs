using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines;

/// <summary>Work done on one runner, in steps.</summary>
public sealed record Job
{
    private IReadOnlyList<Activity>? _deploys;

    /// <summary>The name that needs and messages use.</summary>
    public required string Id { get; init; }

    /// <summary>Where the job's name stands.</summary>
    public required TextRange Range { get; init; }

    /// <summary>The whole job.</summary>
    public required TextRange Body { get; init; }

    public YamlMapping? Node { get; init; }

    /// <summary>Whether it extends what is not in its file or what that takes in: what it lacks may be said there.</summary>
    public bool IsPartial { get; init; }

    public string? Name { get; init; }

    public string? Stage { get; init; }

    /// <summary>The jobs that must have ended before; on platforms of stages every job of the earlier stages.</summary>
    public IReadOnlyList<Need> Needs { get; init; } = [];

    public Condition? Condition { get; init; }

    /// <summary>The events it can run in, with what the pipeline's triggers and the job's own conditions say.</summary>
    public TriggerKinds Triggers { get; init; }

    /// <summary>The runner asked for: labels, tags or a pool's name, as written.</summary>
    public IReadOnlyList<RunnerLabel> Runner { get; init; } = [];

    /// <summary>Whether it runs on a machine that is not the platform's own; null where that cannot be known.</summary>
    public bool? SelfHosted { get; init; }

    public Permissions? Permissions { get; init; }

    public DeploymentEnvironment? Environment { get; init; }

    public ImmutableArray<Variable> Variables { get; init; } = [];

    public Concurrency? Concurrency { get; init; }

    public ContainerImage? Container { get; init; }

    public IReadOnlyList<ContainerImage> Services { get; init; } = [];

    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>The reusable pipeline it calls instead of having steps, or null.</summary>
    public UsedCode? Calls { get; init; }

    public Matrix? Matrix { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Where it is said that the job's failure does not matter; null where it does.</summary>
    public Leniency? FailureIgnored { get; init; }

    /// <summary>Where it is said that the job is tried again, and after which failures.</summary>
    public Retry? Retry { get; init; }

    /// <summary>Where it is said that a person starts it; null where it starts by itself.</summary>
    public TextRange? Manual { get; init; }

    public IReadOnlyList<CacheUse> Caches { get; init; } = [];

    public IReadOnlyList<ArtifactUse> Artifacts { get; init; } = [];

    /// <summary>What its steps do, in order.</summary>
    public IEnumerable<Activity> Activities => Steps.SelectMany(s => s.Activities);

    /// <summary>What it deploys, in order; empty where it deploys nothing that stays.</summary>
    public IReadOnlyList<Activity> Deploys => _deploys ??= Deployments.Of(this);

    /// <summary>The foreign code it names: what it calls, then what its steps use.</summary>
    public IEnumerable<UsedCode> Uses => Steps.Select(step => step.Uses).Prepend(Calls).OfType<UsedCode>();

    public bool Does(ActivityKind kind)
    {
        foreach (var step in Steps)
            if (step.Does(kind)) return true;
        return false;
    }
}

public sealed record Need(string Id, TextRange Range, bool Optional = false);

/// <param name="Text">As written, without the marks around an expression.</param>
/// <param name="RunsAfterFailure">Whether it lets the job or step run although something before it failed.</param>
public sealed record Condition(string Text, TextRange Range, bool RunsAfterFailure = false, YamlScalar? Node = null);

public sealed record RunnerLabel(string Name, TextRange Range);

/// <summary>The place a job deploys to, as the platform knows it.</summary>
public sealed record DeploymentEnvironment(string? Name, TextRange Range, YamlNode? Node = null);

/// <param name="Reference">As written, without a scheme; null where it is no text, or may be another file's name for an image.</param>
/// <param name="Password">A password given for its registry, or null.</param>
public sealed record ContainerImage(string? Reference, TextRange Range, YamlScalar? Password = null, YamlNode? Node = null)
{
    /// <summary>Whether its registry is said beside the reference: what the reference alone names is another image.</summary>
    public bool IsNamedElsewhere { get; init; }
}

public sealed record Matrix(IReadOnlyList<string> Axes, TextRange Range, YamlNode? Node = null);

/// <param name="Always">False where an expression or an exit code decides.</param>
public sealed record Leniency(bool Always, TextRange Range);

/// <param name="When">The failures it is tried again after; empty where any.</param>
public sealed record Retry(int? Count, IReadOnlyList<string> When, TextRange Range);

public sealed record CacheUse(string? Key, IReadOnlyList<string> Paths, bool Writes, TextRange Range, YamlNode? Node = null);

public sealed record ArtifactUse(string? Name, IReadOnlyList<string> Paths, bool Produces, TextRange Range, YamlNode? Node = null);
