using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines;

public enum Platform { GitHubActions, GitLab, AzurePipelines, Jenkins }

/// <summary>
/// A pipeline as every platform has it: what starts it, what it may do, its jobs and their order. Rules whose idea is
/// independent of the platform are written against this; what only one platform has stays in that reader's own types
/// and in <see cref="Root"/>.
/// </summary>
public sealed record Pipeline
{
    public required Platform Platform { get; init; }

    /// <summary>The file, relative to the repository, with forward slashes.</summary>
    public required string Path { get; init; }

    public required YamlText Text { get; init; }

    /// <summary>The place that stands for the whole: its name, or the first line.</summary>
    public required TextRange Range { get; init; }

    /// <summary>The YAML it was read from; null where the platform does not use YAML.</summary>
    public YamlMapping? Root { get; init; }

    public string? Name { get; init; }

    public ImmutableArray<Trigger> Triggers { get; init; } = [];

    /// <summary>Null where nothing is said and the platform's default holds.</summary>
    public Permissions? Permissions { get; init; }

    public ImmutableArray<Variable> Variables { get; init; } = [];

    public Concurrency? Concurrency { get; init; }

    /// <summary>Named in the order they run; empty where order comes from needs alone.</summary>
    public IReadOnlyList<Stage> Stages { get; init; } = [];

    public ImmutableArray<Job> Jobs { get; init; } = [];

    /// <summary>Pipeline code taken from elsewhere: included files, templates, shared libraries.</summary>
    public IReadOnlyList<Inclusion> Inclusions { get; init; } = [];

    /// <summary>All foreign code it names: what its jobs call and its steps use, in the order of the file.</summary>
    public IEnumerable<UsedCode> Uses => Jobs.SelectMany(job => job.Uses);

    public Job? Job(string id) => Jobs.FirstOrDefault(j => j.Id == id);

    /// <summary>The jobs that must have succeeded before a job runs, however far back; cycles end.</summary>
    public IReadOnlySet<Job> Before(Job job)
    {
        var found = new HashSet<Job>(ReferenceEqualityComparer.Instance);
        Collect(job, found);
        return found;
    }

    private void Collect(Job job, HashSet<Job> found)
    {
        var open = new Stack<Job>([job]);
        while (open.TryPop(out var next))
            foreach (var need in next.Needs)
                if (Job(need.Id) is { } before && found.Add(before)) open.Push(before);
    }
}

/// <param name="Range">Where the stage is declared.</param>
public sealed record Stage(string Name, TextRange Range);

/// <summary>Pipeline code taken from elsewhere.</summary>
/// <param name="Source">What is named: a file, a project, a URL, a library.</param>
/// <param name="Ref">The revision asked for, or null.</param>
/// <param name="Remote">Whether it lies outside this repository.</param>
public sealed record Inclusion(string Source, string? Ref, bool Remote, TextRange Range, YamlNode? Node = null);

/// <summary>Who may start the pipeline, as far as safety goes.</summary>
[Flags]
public enum TriggerKinds
{
    None = 0,

    /// <summary>A push to a branch.</summary>
    Push = 1,

    /// <summary>A pushed tag or a published release.</summary>
    Release = 2,

    /// <summary>A proposed change, run without secrets or a write token where it comes from a fork.</summary>
    PullRequest = 4,

    /// <summary>An outsider's event run with the repository's own rights: <c>pull_request_target</c>, <c>workflow_run</c>, comments, issues.</summary>
    Privileged = 8,

    Schedule = 16,

    /// <summary>A person's, or a program's with rights.</summary>
    Manual = 32,

    /// <summary>Another pipeline.</summary>
    Called = 64,

    Other = 128,
}

/// <param name="Name">The platform's word: <c>push</c>, <c>merge_request_event</c>.</param>
public sealed record Trigger(TriggerKinds Kind, string Name, TextRange Range, YamlNode? Node = null);

/// <param name="Group">What may run only once at a time; null where the platform gives no name to it.</param>
/// <param name="CancelsRunning">Whether a newer run ends one that goes on; null where an expression decides.</param>
public sealed record Concurrency(string? Group, bool? CancelsRunning, TextRange Range, YamlNode? Node = null);

/// <param name="Value">As written, expressions unexpanded; null where it is no text.</param>
public sealed record Variable(string Name, string? Value, TextRange Range, YamlNode? Node = null);

public enum Access { None, Read, Write }

/// <summary>What the job's own token may do.</summary>
/// <param name="All">What holds for every scope (<c>read-all</c>), or null where scopes are named.</param>
public sealed record Permissions(Access? All, IReadOnlyList<PermissionScope> Scopes, TextRange Range, YamlNode? Node = null)
{
    public Access Of(string scope) => Scopes.FirstOrDefault(s => s.Name == scope)?.Access ?? All ?? Access.None;

    public bool CanWrite => All == Access.Write || Scopes.Any(s => s.Access == Access.Write);
}

public sealed record PermissionScope(string Name, Access Access, TextRange Range);
