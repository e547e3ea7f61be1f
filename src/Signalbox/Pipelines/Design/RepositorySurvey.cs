namespace Signalbox.Pipelines.Design;

/// <summary>A fact, and where it was seen.</summary>
/// <param name="Place">A file with its line, or what stands for one; empty where nothing says it and a default holds.</param>
public sealed record Seen(string Value, string Place);

/// <summary>Where the repository is pushed to.</summary>
/// <param name="Host">In small letters: <c>github.com</c>.</param>
/// <param name="Path">Owner and name, without <c>.git</c>: <c>acme/shop</c>.</param>
public sealed record RemoteRepository(string Host, string Path)
{
    /// <summary>Reads what <c>git remote get-url</c> prints: an address, or <c>user@host:path</c>; null for a folder of this machine.</summary>
    public static RemoteRepository? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        text = text.Trim();
        string host, path;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0) (host, path) = (address.Host, address.AbsolutePath);
        else if (text.IndexOf(':') is > 0 and var colon && !text[..colon].Contains('/')) (host, path) = (text[(text.IndexOf('@') + 1)..colon], text[(colon + 1)..]);
        else return null;
        path = path.Trim('/');
        if (path.EndsWith(".git", StringComparison.Ordinal)) path = path[..^4];
        return path.Length == 0 ? null : new(host.ToLowerInvariant(), path);
    }

    /// <summary>Where others read it from. Azure Repos has addresses of its own shape, without an end (learn.microsoft.com, "Clone an existing Git repo").</summary>
    public string Address => (Platform, Path.Split('/')) switch
    {
        (Pipelines.Platform.AzurePipelines, ["v3", var organisation, var project, var name]) => $"https://dev.azure.com/{organisation}/{project}/_git/{name}",
        (Pipelines.Platform.AzurePipelines, _) => $"https://{Host}/{Path}",
        _ => $"https://{Host}/{Path}.git",
    };

    /// <summary>The platform that a host of this name runs pipelines with; null where the name does not tell.</summary>
    public Platform? Platform => Host switch
    {
        "github.com" => Pipelines.Platform.GitHubActions,
        "dev.azure.com" or "ssh.dev.azure.com" => Pipelines.Platform.AzurePipelines,
        _ when Host.EndsWith(".visualstudio.com", StringComparison.Ordinal) => Pipelines.Platform.AzurePipelines,
        _ when Host.Split('.').Contains("gitlab") => Pipelines.Platform.GitLab,
        _ when Host.Split('.').Contains("github") => Pipelines.Platform.GitHubActions,
        _ => null,
    };
}

/// <summary>A language that the repository is written in, with what says how it is built and tested.</summary>
/// <param name="Tool"><c>node</c>, <c>dotnet</c>, <c>python</c>, <c>java</c> or <c>go</c>.</param>
/// <param name="Manifest">The file that names its packages.</param>
/// <param name="Version">As image tags have it: <c>22</c>, <c>3.12</c>.</param>
/// <param name="Manager">The package manager: <c>npm</c>, <c>pnpm</c>, <c>yarn</c>, <c>yarn-1</c>, <c>bun</c>, <c>uv</c>, <c>poetry</c>, <c>pip</c>, <c>nuget</c>, <c>go</c>, <c>maven</c>, <c>mvnw</c>, <c>gradle</c>, <c>gradlew</c>.</param>
/// <param name="Lock">The lockfile, or null.</param>
/// <param name="Coverage">What measures coverage, or null: <c>vitest</c>, <c>jest</c>, <c>c8</c>, <c>nyc</c>, <c>node</c>, <c>pytest-cov</c>, <c>go</c>, <c>jacoco</c>, <c>bun</c>, <c>coverlet.msbuild</c>, <c>coverlet.collector</c>, <c>coverlet.MTP</c>, <c>Microsoft.Testing.Extensions.CodeCoverage</c>.</param>
/// <param name="Build">The script or file that says that there is something to build, or null.</param>
/// <param name="Requirements">Further files of packages to install: pip's.</param>
public sealed record LanguageFound(string Tool, Seen Manifest, Seen Version, Seen Manager, Seen? Lock, Seen? Coverage, Seen? Build, IReadOnlyList<string> Requirements)
{
    /// <summary>What is asked for, where the image that is pinned for the version does not hold it: a release, or a range; null where it does.</summary>
    public string? Beyond { get; init; }

    /// <summary>The version of the package manager that wrote the lockfile, where that matters: Poetry's.</summary>
    public string? ManagerVersion { get; init; }

    /// <summary>What is missing for coverage to be measured, in a sentence; null where nothing is.</summary>
    public string? Lacks { get; init; }

    /// <summary>By what Python's packages are asked for that measure coverage, beside those that are always installed; null where nothing needs be asked for.</summary>
    public PackageGroup? Group { get; init; }

    /// <summary>The folders that its sources lie in, where they are told by their names; none: anywhere.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Whether the repository itself says which files count for coverage.</summary>
    public bool SaysWhatIsMeasured { get; init; }

    /// <summary>.NET: the solutions or projects that are restored, built and tested.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>.NET: why those.</summary>
    public string? ProjectsWhy { get; init; }

    /// <summary>.NET: how its tests are run, where that is not VSTest.</summary>
    public TestPlatform? Platform { get; init; }

    internal LanguageFound With(DesignDecisions made) => Tool == "dotnet" && made.Has("dotnet.project") ? this with { Projects = made["dotnet.project"].Split(',') } : this;
}

/// <summary>A set of packages that is asked for by name.</summary>
/// <param name="IsExtra">An extra of the project (<c>.[test]</c>); else a group of dependencies.</param>
public sealed record PackageGroup(bool IsExtra, string Name);

/// <summary>Microsoft.Testing.Platform, as a repository uses it.</summary>
/// <param name="IsRunner">Whether <c>dotnet test</c> knows it by global.json, and takes its options as its own; else they stand behind <c>--</c>.</param>
/// <param name="Trx">The option that writes TRX, or null where no package brings one.</param>
/// <param name="Tests">The projects of tests.</param>
public sealed record TestPlatform(bool IsRunner, string? Trx, IReadOnlyList<string> Tests);

/// <summary>A Helm chart.</summary>
/// <param name="Digest">Whether its values have <c>image.digest</c>; else the digest goes behind <c>image.tag</c>.</param>
/// <param name="Deployment">Where a template makes a Deployment, or null.</param>
/// <param name="Budget">Where a template makes a PodDisruptionBudget, or null.</param>
/// <param name="Progressive">Where a template makes a Rollout or a Canary of its own, or null.</param>
/// <param name="Unfit">Why an image cannot be handed to it; null where it can.</param>
public sealed record ChartFound(string Name, string Folder, Seen Place, bool Digest, Seen? Deployment = null, Seen? Budget = null, Seen? Progressive = null, string? Unfit = null);

/// <summary>What plain Kubernetes manifests run.</summary>
/// <param name="Kind"><c>Deployment</c>, <c>StatefulSet</c> or <c>Rollout</c>.</param>
/// <param name="Folder">Where its file lies; empty for the repository's root.</param>
/// <param name="IsKustomized">Whether the folder has a kustomization that takes it in.</param>
/// <param name="Files">The folder's manifests.</param>
/// <param name="Image">The first container's image, without tag and digest.</param>
/// <param name="Port">The first port of that container, or null.</param>
/// <param name="Readiness">Whether that container is asked for its readiness.</param>
/// <param name="Liveness">Whether it is asked for its liveness.</param>
/// <param name="Replicas">Whether it says how many pods it runs.</param>
/// <param name="Labels">By which it selects its pods.</param>
/// <param name="Secrets">The Secrets that its pods read and that no manifest here makes.</param>
/// <param name="Service">The Service that leads to it, with its port; null where there is none.</param>
/// <param name="Budget">Where a PodDisruptionBudget covers it, or null.</param>
public sealed record WorkloadFound(string Kind, string Name, Seen Place, string Folder, bool IsKustomized, IReadOnlyList<string> Files, string Container, string Image, int? Port, bool Readiness, bool Liveness, bool Replicas,
    IReadOnlyList<(string Key, string Value)> Labels, IReadOnlyList<string> Secrets, (string Name, int Port)? Service, Seen? Budget);

/// <summary>What a signalbox.yaml takes out.</summary>
/// <param name="Environments">In their order.</param>
/// <param name="Build">The script that it says makes the artifacts, or null.</param>
/// <param name="Programs">What its services start out of their artifacts, from the repository's top.</param>
/// <param name="Unfit">Why a pipeline cannot hand it to a control plane; null where it can, as far as the file alone tells.</param>
public sealed record DeliveryFound(IReadOnlyList<string> Environments, Seen Place, string? Build, IReadOnlyList<string> Programs, string? Unfit);

/// <summary>What a repository holds, as far as its delivery goes. Made by <see cref="RepositorySurveyor"/>; a pipeline is designed from it alone.</summary>
public sealed record RepositorySurvey
{
    /// <summary>Lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    public RemoteRepository? Remote { get; init; }

    /// <summary>The main branch.</summary>
    public Seen Branch { get; init; } = new("main", "");

    public IReadOnlyList<LanguageFound> Languages { get; init; } = [];

    public Seen? Dockerfile { get; init; }

    public ChartFound? Chart { get; init; }

    /// <summary>What plain Kubernetes manifests run, outside of any chart.</summary>
    public WorkloadFound? Workload { get; init; }

    /// <summary>What keeps a cluster equal to Git: <c>argo-cd</c> or <c>flux</c>, where the repository has objects of it.</summary>
    public Seen? GitOps { get; init; }

    /// <summary>What takes releases out step by step: <c>argo-rollouts</c> or <c>flagger</c>, where the repository has objects of it.</summary>
    public Seen? Progressive { get; init; }

    /// <summary>Folders (with a slash at their end) that signalbox.yaml takes out and a build makes: relative, and not the whole repository.</summary>
    public IReadOnlyList<Seen> Artifacts { get; init; } = [];

    /// <summary>The applications of a signalbox.yaml at the top.</summary>
    public DeliveryFound? Delivery { get; init; }

    /// <summary>What the image takes from the repository and Git does not have, by the Dockerfile's own words.</summary>
    public IReadOnlyList<Seen> ImageNeeds { get; init; } = [];

    /// <summary>Languages that are here and that nothing is designed for: <c>Rust</c>.</summary>
    public IReadOnlyList<Seen> Undesigned { get; init; } = [];

    /// <summary>The port that the image exposes.</summary>
    public Seen? Port { get; init; }

    /// <summary>The address that the source answers with its health at: <c>/healthz</c>.</summary>
    public Seen? Health { get; init; }
}
