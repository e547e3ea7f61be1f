using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>One step by its meaning.</summary>
public abstract record PortableStep
{
    /// <summary>The name that outputs are read by, or null.</summary>
    public string? Id { get; init; }

    public PortableText? Name { get; init; }

    public RunsWhen When { get; init; }

    public PortableCondition? If { get; init; }

    public bool FailureIgnored { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it is tried again by itself.</summary>
    public int Retries { get; init; }

    public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

    public TextRange Source { get; init; }
}

/// <summary>A script that ends at the first line that fails.</summary>
/// <param name="Shell"><c>sh</c>, <c>bash</c>, in which a pipe fails with any of its parts, <c>pwsh</c>, <c>powershell</c>, <c>cmd</c>, <c>python</c>; null for the platform's default.</param>
public sealed record RunStep(PortableText Script, string? Shell = null, PortableText? Folder = null) : PortableStep
{
    /// <summary>Whether the shell reads variables and quotes as POSIX has them.</summary>
    public bool IsPosix => Shell is null or "sh" or "bash";
}

/// <summary>Fetches the sources.</summary>
/// <param name="Depth">How many commits; 0 is all of them, null the platform's default.</param>
/// <param name="Submodules"><c>true</c> or <c>recursive</c>, or null.</param>
/// <param name="KeepsCredentials">Whether the token stays in the working copy for later steps.</param>
public sealed record CheckoutStep(int? Depth = null, string? Submodules = null, bool Lfs = false, bool KeepsCredentials = false) : PortableStep;

/// <summary>Makes a language's tools ready.</summary>
/// <param name="Tool"><c>node</c>, <c>python</c>, <c>dotnet</c>, <c>go</c>, <c>java</c>.</param>
/// <param name="Distribution">Java's vendor, or null.</param>
/// <param name="Cache">The package manager whose downloads are kept, or null.</param>
public sealed record SetupStep(string Tool, PortableText? Version, string? Distribution = null, string? Cache = null) : PortableStep;

/// <summary>Brings folders of an earlier run, and keeps them when the job has ended.</summary>
/// <param name="Key">A new key is a new cache.</param>
/// <param name="KeyFiles">Files whose content is part of the key.</param>
/// <param name="RestoreKeys">What the key of an older cache may begin with, best first.</param>
public sealed record CacheStep(PortableText Key, IReadOnlyList<string> KeyFiles, IReadOnlyList<PortableText> RestoreKeys, IReadOnlyList<PortableText> Paths) : PortableStep;

/// <summary>Keeps files of this job under a name.</summary>
public sealed record UploadStep(PortableText ArtifactName, IReadOnlyList<PortableText> Paths, int? RetentionDays = null) : PortableStep
{
    /// <summary>Whether files whose names begin with a dot stay behind, as they do on GitHub where nothing is said (actions/upload-artifact from v4.4, input <c>include-hidden-files</c>).</summary>
    public bool LeavesHidden { get; init; }

    /// <summary>Whether such a file may be among those that these paths mean: in a folder, or by its own name.</summary>
    internal static bool MayHoldHidden(IEnumerable<PortableText> paths) => paths.Select(path => path.ToString()).Any(path => !path.StartsWith('!') && MayHoldHidden(path.Split('/')));

    // what has an ending is a file, or a pattern of files
    private static bool MayHoldHidden(string[] names) => !names[^1].Contains('.') || names[^1] is "." or ".." || names.Any(name => name.StartsWith('.') && name is not ("." or ".."));
}

/// <summary>Shows what tests reported.</summary>
/// <param name="Kind"><c>junit</c>, or <c>cobertura</c> for coverage.</param>
/// <param name="Paths">At least one.</param>
public sealed record ReportStep(string Kind, IReadOnlyList<PortableText> Paths) : PortableStep;

/// <summary>Brings files that an earlier job kept.</summary>
/// <param name="ArtifactName">Null brings all.</param>
/// <param name="Folder">Where to bring what <see cref="ArtifactRoot"/> holds; null puts the files where they were.</param>
public sealed record DownloadStep(PortableText? ArtifactName, PortableText? Folder) : PortableStep;

/// <summary>Signs in to a container registry.</summary>
/// <param name="Registry">Null is Docker Hub.</param>
public sealed record LoginStep(PortableText? Registry, PortableText User, PortableText Password) : PortableStep;

/// <summary>Builds an image from a Dockerfile.</summary>
public sealed record ImageStep(PortableText Context, PortableText? File, IReadOnlyList<PortableText> Tags, bool Pushes) : PortableStep
{
    public IReadOnlyList<PortableText> Arguments { get; init; } = [];

    /// <summary>The stage of the Dockerfile to build, or null.</summary>
    public PortableText? Target { get; init; }
}

/// <summary>Ready-made code that only one platform has.</summary>
/// <param name="Uses">As that platform names it, with its version.</param>
public sealed record ForeignStep(Platform Platform, string Uses, IReadOnlyList<PortableVariable> Inputs) : PortableStep;
