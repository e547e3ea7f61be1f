using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines;

/// <summary>One step: a script, or ready-made code that is used.</summary>
public sealed record Step
{
    private ImmutableArray<Activity> _activities;

    /// <summary>The place that stands for the step: its name, its <c>uses</c> or the script's first line.</summary>
    public required TextRange Range { get; init; }

    /// <summary>The whole step.</summary>
    public required TextRange Body { get; init; }

    public YamlMapping? Node { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>Whether it runs where its job runs for a proposed change; null where a condition around it cannot be read. Other than true on Jenkins alone.</summary>
    public bool? ForRequests { get; init; } = true;

    public Leniency? FailureIgnored { get; init; }

    /// <summary>Whether its machine outlives the job, so that containers it leaves running stay. So it is on Jenkins.</summary>
    public bool MachineStays { get; init; }

    public Script? Script { get; init; }

    /// <summary>The shell as far as it is known: <c>bash</c>, <c>sh</c>, <c>pwsh</c>, <c>cmd</c>, <c>python</c> …</summary>
    public string? Shell { get; init; }

    public UsedCode? Uses { get; init; }

    /// <summary>What is handed to the used code.</summary>
    public ImmutableArray<Variable> Inputs { get; init; } = [];

    public ImmutableArray<Variable> Variables { get; init; } = [];

    /// <summary>What the step does for delivery, in order.</summary>
    public ImmutableArray<Activity> Activities => _activities.IsDefault ? _activities = StepMeaning.Of(this) : _activities;

    /// <summary>Adds what used code of the same repository does, before anything asks what the step does.</summary>
    internal void Bring(IEnumerable<Activity> activities) => _activities = [.. Activities, .. activities];

    public string? Input(string name)
    {
        foreach (var input in Inputs)
            if (input.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return input.Value;
        return null;
    }

    public bool Does(ActivityKind kind)
    {
        foreach (var activity in Activities)
            if (activity.Kind == kind) return true;
        return false;
    }
}

/// <summary>Code by name: an action, a reusable workflow, a task, a component.</summary>
/// <param name="Name">Without the reference: <c>actions/checkout</c>, <c>./.github/actions/build</c>.</param>
/// <param name="Ref">What follows <c>@</c>; null where nothing does.</param>
/// <param name="Range">The whole reference.</param>
public sealed record UsedCode(string Name, string? Ref, TextRange Range, YamlScalar? Node = null)
{
    /// <summary>What the name of an image begins with.</summary>
    internal const string ImageScheme = "docker://";

    public bool IsLocal => IsLocalName(Name);

    public bool IsImage => IsImageName(Name);

    /// <summary>The image's reference; null for code that is none.</summary>
    public string? Image => IsImage ? Name[ImageScheme.Length..] : null;

    /// <summary>Owner and repository, without a path in it: <c>github/codeql-action</c> of <c>github/codeql-action/init</c>.</summary>
    public string Repository { get; } = RepositoryOf(Name);

    private static bool IsLocalName(string name) => name.StartsWith("./", StringComparison.Ordinal) || name.StartsWith("$/", StringComparison.Ordinal);

    private static bool IsImageName(string name) => name.StartsWith(ImageScheme, StringComparison.Ordinal);

    private static string RepositoryOf(string name)
    {
        var owner = IsLocalName(name) || IsImageName(name) ? -1 : name.IndexOf('/');
        var end = owner < 0 ? -1 : name.IndexOf('/', owner + 1);
        return end < 0 ? name : name[..end];
    }

    /// <summary>Whether it is that code, whatever its version; owners and names are the same in any case.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
