using Signalbox.Delivery;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>After which end of what came before a job or step runs.</summary>
public enum RunsWhen
{
    /// <summary>Nothing before failed; what its condition left out did not.</summary>
    Succeeded,

    /// <summary>Something before failed.</summary>
    Failed,

    /// <summary>However it ended, but not when the run is cancelled.</summary>
    Finished,

    /// <summary>Also when the run is cancelled.</summary>
    Always,
}

internal static class RunsWhens
{
    /// <summary>The ends that two demands both allow; null where there is none.</summary>
    public static RunsWhen? Both(RunsWhen one, RunsWhen other) => (one, other) switch
    {
        (RunsWhen.Succeeded, RunsWhen.Failed) or (RunsWhen.Failed, RunsWhen.Succeeded) => null,
        // each allows all that the ones before it allow
        _ => one < other ? one : other,
    };
}

/// <summary>Work done on one runner, in steps.</summary>
public sealed record PortableJob
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>The group that people see it in; order comes from <see cref="Needs"/> alone.</summary>
    public string? Stage { get; init; }

    /// <summary>The jobs that end before it begins; one that its condition leaves out is waited for no longer (<see cref="Skipping"/>).</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    public RunsWhen When { get; init; }

    /// <summary>What must hold for it to run, or null.</summary>
    public PortableCondition? If { get; init; }

    /// <summary>Whether a person starts it.</summary>
    public bool Manual { get; init; }

    public PortableRunner Runner { get; init; } = PortableRunner.Default;

    public PortablePermissions? Permissions { get; init; }

    /// <summary>Whom the job proves its identity to, where the platform hands such tokens out by name; else its permissions let it ask for one.</summary>
    public IReadOnlyList<PortableIdentityToken> IdentityTokens { get; init; } = [];

    public PortableEnvironment? Environment { get; init; }

    public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

    public PortableConcurrency? Concurrency { get; init; }

    public PortableImage? Container { get; init; }

    public IReadOnlyList<PortableImage> Services { get; init; } = [];

    public PortableMatrix? Matrix { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its failure lets the pipeline go on.</summary>
    public bool FailureIgnored { get; init; }

    /// <summary>How often it is tried again.</summary>
    public int Retries { get; init; }

    /// <summary>What later jobs may read, by name.</summary>
    public IReadOnlyList<PortableVariable> Outputs { get; init; } = [];

    public IReadOnlyList<PortableStep> Steps { get; init; } = [];

    /// <summary>The reusable pipeline that it calls instead of having steps, or null.</summary>
    public ForeignStep? Calls { get; init; }

    public TextRange Source { get; init; }
}

public enum RunnerSystem { Linux, Windows, MacOs }

/// <summary>Where a job runs.</summary>
/// <param name="Labels">What the platform's own words for it are: a hosted image's name, or the labels of a machine of one's own; empty for the platform's default.</param>
/// <param name="SelfHosted">Whether the labels name machines of one's own.</param>
/// <param name="Of">The platform whose hosted machines the labels name; null where they are one's own or there are none.</param>
public sealed record PortableRunner(RunnerSystem System, IReadOnlyList<PortableText> Labels, bool SelfHosted, Platform? Of = null)
{
    public static PortableRunner Default { get; } = new(RunnerSystem.Linux, [], false);
}

public sealed record PortableEnvironment(PortableText Name, PortableText? Url, TextRange Source = default);

/// <summary>An OpenID Connect token of the job, in a variable.</summary>
/// <param name="Audience">Whom it is for, as the platform writes it.</param>
public sealed record PortableIdentityToken(string Name, string Audience);

/// <summary>A container that the steps run in, or a service beside them.</summary>
/// <param name="Alias">The host name that steps reach it by; null for the job's own.</param>
public sealed record PortableImage(PortableText Image, string? Alias = null)
{
    public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>What is handed to the container runtime as it is.</summary>
    public string? Options { get; init; }

    /// <summary>Whether the image's own entry point would keep the job's shell from starting.</summary>
    public bool ClearsEntrypoint { get; init; }

    public TextRange Source { get; init; }
}

/// <summary>One job in several combinations of values.</summary>
/// <param name="Axes">Each axis with its values, in order.</param>
/// <param name="Include">Values added to the combinations they fit, or combinations of their own.</param>
/// <param name="Exclude">Combinations left out, by the values named.</param>
/// <param name="StopsAtFailure">Whether one failure ends the others.</param>
public sealed record PortableMatrix(
    IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Axes,
    IReadOnlyList<IReadOnlyList<(string Name, string Value)>> Include,
    IReadOnlyList<IReadOnlyList<(string Name, string Value)>> Exclude,
    bool StopsAtFailure = true, int? MostParallel = null, TextRange Source = default)
{
    // GitHub allows 256 jobs of one matrix, GitLab 200; a product of many axes ends here, however many of it are left out
    private const int Most = 4096, MostLookedAt = 16 * Most;

    public IEnumerable<string> Names => Axes.Select(a => a.Name).Concat(Include.SelectMany(i => i.Select(p => p.Name))).Distinct(StringComparer.Ordinal);

    /// <summary>Whether it has no more combinations than are run here, or by any platform; none is made to count them.</summary>
    internal bool IsFew => MatrixAxis.AreFew(Axes.Select(a => a.Values.Count)) && Include.Count <= MatrixAxis.MostCombinations;

    /// <summary>Every combination with its values, includes and excludes done (docs.github.com, "Running variations of jobs in a workflow").</summary>
    public IReadOnlyList<IReadOnlyList<(string Name, string Value)>> Combinations()
    {
        IEnumerable<IReadOnlyList<(string Name, string Value)>> product = Axes.Count == 0 ? [] : [[]];
        foreach (var (name, values) in Axes) product = product.SelectMany(c => values.Select(v => (IReadOnlyList<(string, string)>)[.. c, (name, v)]));
        var original = product.Take(MostLookedAt).Where(c => !Exclude.Any(e => e.All(c.Contains))).Take(Most).ToList();
        var all = original.Select(c => c.ToList()).ToList();
        foreach (var include in Include)
        {
            var fits = false;
            for (var i = 0; i < original.Count; i++)
            {
                if (include.Any(p => original[i].Any(o => o.Name == p.Name && o.Value != p.Value))) continue;
                fits = true;
                all[i].RemoveAll(o => include.Any(p => p.Name == o.Name));
                all[i].AddRange(include);
            }
            if (!fits) all.Add([.. include]);
        }
        return all;
    }

    /// <summary>The axes whose product is exactly these combinations, where there are such axes.</summary>
    public static PortableMatrix Of(IReadOnlyList<IReadOnlyList<(string Name, string Value)>> combinations)
    {
        var names = combinations.SelectMany(c => c.Select(p => p.Name)).Distinct(StringComparer.Ordinal).ToList();
        var axes = names.Select(n => (n, (IReadOnlyList<string>)[.. combinations.SelectMany(c => c.Where(p => p.Name == n)).Select(p => p.Value).Distinct(StringComparer.Ordinal)])).ToList();
        var whole = combinations.All(c => c.Count == names.Count) && axes.Aggregate(1L, (count, a) => Math.Min(Most, count) * a.Item2.Count) == combinations.Count;
        return whole && Distinct(combinations) ? new(axes, [], []) : new([], combinations, []);
    }

    private static bool Distinct(IReadOnlyList<IReadOnlyList<(string Name, string Value)>> combinations) =>
        combinations.Select(c => string.Join('\0', c.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.Value))).Distinct(StringComparer.Ordinal).Count() == combinations.Count;
}
