using Signalbox.Diagnostics;

namespace Signalbox.Delivery.Detection;

/// <summary>Where something was read: a file of the tree, and its 1-based line (0: the file as a whole).</summary>
public sealed record Place(string Path, int Line = 0)
{
    public override string ToString() => Line > 0 ? $"{Path}:{Line}" : Path;
}

/// <summary>A value that is proposed, and why.</summary>
/// <param name="Why">Half a sentence for the comment beside it.</param>
/// <param name="At">Null where it is a default that nothing in the tree says.</param>
public sealed record Proposed<T>(T Value, string Why, Place? At = null)
{
    /// <summary>Why, with its source.</summary>
    public string Reason => (Why, At) switch
    {
        ("", { } at) => at.ToString(),
        (_, null) => Why,
        _ => $"{Why} ({At})",
    };
}

/// <summary>One service as it is proposed.</summary>
/// <param name="What">What it is built with, as people call it ("Next.js").</param>
/// <param name="Found">What gave it away.</param>
public sealed record ServiceProposal(string What, Place Found, Proposed<IReadOnlyList<string>> Command)
{
    public string Name { get; init; } = Reading.DeliveryDefaults.SingleService;

    public ServiceKind Kind { get; init; } = ServiceKind.Web;

    /// <summary>What the application is called where this service was found; null where nothing says it.</summary>
    public Proposed<string>? ApplicationName { get; init; }

    /// <summary>Makes the artifact; null where what is there is packed as it is.</summary>
    public Proposed<string>? Build { get; init; }

    public Proposed<string> Artifact { get; init; } = new(".", "everything beside this file");

    /// <summary>Where users come; null for a worker.</summary>
    public Proposed<int>? Port { get; init; }

    /// <summary>The address that answers when it is well; null where none was found: it is probed by TCP.</summary>
    public Proposed<string>? Health { get; init; }

    /// <summary>Null for the default.</summary>
    public TimeSpan? StartWithin { get; init; }

    /// <summary>Why one visitor should stay with one release; null where it does not matter.</summary>
    public string? Sticky { get; init; }

    public IReadOnlyList<(string Name, Proposed<string> Value)> Environment { get; init; } = [];

    /// <summary>What must not be packed, in the words of <c>.signalboxignore</c>.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
}

/// <summary>What was found in a directory.</summary>
/// <param name="Services">None where nothing was recognised.</param>
/// <param name="Findings">What is worth knowing before the file is used, and what could not be read.</param>
public sealed record DetectedApplication(Proposed<string> Application, IReadOnlyList<ServiceProposal> Services, IReadOnlyList<Finding> Findings)
{
    /// <summary>The file that says what must not be packed, beside what is packed.</summary>
    public const string IgnoreFile = Artifacts.IgnoreRules.FileName;

    /// <summary>What must not be packed; empty where there is nothing of the kind.</summary>
    public IReadOnlyList<string> Ignore => [.. Services.SelectMany(service => service.Ignore).Distinct()];
}
