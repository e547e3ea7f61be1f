using System.Collections.Immutable;
using Signalbox.Pipelines.Jenkins.Groovy;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>What holds where a step stands, by the blocks around it.</summary>
internal sealed record JenkinsScope
{
    /// <summary>How many secrets are kept by name; nobody binds as many.</summary>
    public const int MostSecrets = 200;

    public static JenkinsScope Empty { get; } = new();

    public IReadOnlyList<RunnerLabel> Runner { get; init; } = [];

    /// <summary>The node step around it that names its machine, or null.</summary>
    public GroovyCall? Node { get; init; }

    public ContainerImage? Image { get; init; }

    /// <summary>Whether a block around says the registry of what is named here.</summary>
    public bool HasRegistry { get; init; }

    public IReadOnlySet<string> Secrets { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public ImmutableArray<Variable> Variables { get; init; } = [];

    public Leniency? Lenient { get; init; }

    public Retry? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether what stands here runs in the build of a change request; null where a condition around it cannot be read.</summary>
    public bool? ForRequests { get; init; } = true;

    public JenkinsScope WithSecrets(params IEnumerable<string> names) => this with { Secrets = Secrets.Concat(names).Take(MostSecrets).ToHashSet(StringComparer.Ordinal) };

    public JenkinsScope Where(bool? condition) => this with { ForRequests = JenkinsRequests.And(ForRequests, condition) };

    public JenkinsScope WithVariable(Variable variable) => Variables.Length > 200 ? this : this with { Variables = [.. Variables, variable] };
}
