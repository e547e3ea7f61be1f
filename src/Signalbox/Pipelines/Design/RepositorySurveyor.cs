using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Pipelines.Design;

/// <summary>Looks at a repository's own files. Starts nothing, follows no link out of it.</summary>
public static partial class RepositorySurveyor
{
    private static readonly (string File, string Language)[] s_undesigned =
    [
        ("build.gradle", "Gradle"), ("build.gradle.kts", "Gradle"), ("Cargo.toml", "Rust"), ("Gemfile", "Ruby"), ("composer.json", "PHP"), ("mix.exs", "Elixir"), ("Package.swift", "Swift"), ("build.sbt", "Scala"), ("CMakeLists.txt", "C and C++"),
    ];

    /// <param name="directory">The repository's root.</param>
    /// <param name="branch">The main branch, where Git says it; else <c>main</c> is taken.</param>
    /// <param name="branchPlace">Where that was seen.</param>
    /// <returns>What was found, and what could not be read.</returns>
    public static (RepositorySurvey Survey, IReadOnlyList<Finding> Findings) Read(string directory, RemoteRepository? remote = null, string? branch = null, string branchPlace = "git: origin/HEAD")
    {
        var notes = new Notes(directory);
        var tree = SourceTree.Open(directory, notes);
        var name = remote?.Path.Split('/')[^1] ?? Path.GetFileName(Path.GetFullPath(directory).TrimEnd('/'));
        var charts = ChartSurvey.Of(tree).ToList();
        var manifests = ManifestSurvey.Of(tree);
        var applications = Applications(tree).ToList();
        var survey = new RepositorySurvey
        {
            Name = Slugs.Of(name) ?? "app",
            Remote = remote,
            Branch = branch is null ? new("main", "") : new(branch, branchPlace),
            Languages = [.. new[] { DotnetSurvey.Of(tree), Go(tree), Java(tree), NodeSurvey.Of(tree, notes), PythonSurvey.Of(tree) }.OfType<LanguageFound>()],
            Dockerfile = tree.Read("Dockerfile") is { } file ? new("Dockerfile", file.Path) : null,
            Chart = charts.FirstOrDefault(),
            // a chart makes its own
            Workload = charts.Count == 0 ? manifests.Workload() : null,
            GitOps = manifests.GitOps(),
            Progressive = manifests.Progressive(),
            Artifacts = [.. Artifacts(tree, applications)],
            Delivery = Delivery(applications),
            ImageNeeds = [.. DockerfileSurvey.Made(tree, tree.Read("Dockerfile"))],
            Undesigned = [.. s_undesigned.Where(other => tree.Has(other.File) && (other.Language != "Gradle" || tree.Has("pom.xml"))).DistinctBy(other => other.Language).Select(other => new Seen(other.Language, other.File))],
            Port = Found(tree.Read("Dockerfile"), Expose()),
            Health = HealthSearch.Find(tree, ".js", ".ts", ".mjs", ".cjs", ".py", ".go", ".cs") is { } health ? new(health.Value, health.At is { } at ? $"{at.Path}:{at.Line}" : "") : null,
        };
        return (survey, notes.Findings);
    }

    /// <summary>A signalbox.yaml with errors says nothing here: <c>signalbox check</c> does.</summary>
    private static IReadOnlyList<Application> Applications(SourceTree tree) => tree.Read(DeliveryFileReader.DefaultName) is not { } file ? []
        : DeliveryFileReader.Read(Encoding.UTF8.GetBytes(file.Text), file.Path).Applications ?? [];

    /// <summary>What is in Git needs not be kept from job to job.</summary>
    private static IEnumerable<Seen> Artifacts(SourceTree tree, IEnumerable<Application> applications) => ArtifactPaths(applications)
        .Where(path => PathGlob.TryParse(path, out var glob) && glob.IsLiteral && glob.Fixed.Count > 0 && !tree.Files.Any(listed => listed.StartsWith(path + "/", StringComparison.Ordinal)))
        .Select(path => new Seen(path + "/", DeliveryFileReader.DefaultName));

    private static IEnumerable<string> ArtifactPaths(IEnumerable<Application> applications) => applications
        .SelectMany(application => application.Environments).SelectMany(environment => environment.Services).Select(service => service.ArtifactPath.Trim('/')).Distinct(StringComparer.Ordinal);

    private static DeliveryFound? Delivery(List<Application> applications)
    {
        if (applications.Count == 0) return null;
        var environments = applications[0].Environments.Select(environment => environment.Name).ToList();
        var builds = applications.Select(application => application.Build).OfType<BuildStep>().ToList();
        var unfit = applications.Any(other => !other.Environments.Select(environment => environment.Name).SequenceEqual(environments)) ? "its applications go into different environments"
            : builds.Any(build => build.NeedsRun is not null || build.Environment.Count > 0) ? "its build is more than a script: signalbox run --deploy has all of it"
            : builds.Count > 0 && ArtifactPaths(applications).Any(path => path is "" or ".") ? "its build writes into the repository's own folder; expected an artifact of its own"
            : null;
        return new(environments, new(DeliveryFileReader.DefaultName, DeliveryFileReader.DefaultName), builds.Count == 0 ? null : string.Join('\n', builds.Select(build => build.Run.TrimEnd())), [.. Programs(applications)], unfit);
    }

    /// <summary>By a path of their own in the artifact: <c>./shop</c>.</summary>
    private static IEnumerable<string> Programs(IEnumerable<Application> applications) => applications
        .SelectMany(application => application.Environments).SelectMany(environment => environment.Services)
        .Where(service => service.Command is [var program, ..] && program.Contains('/') && !program.StartsWith('/'))
        .Select(service => $"{service.ArtifactPath.Trim('/')}/{(service.Command[0].StartsWith("./", StringComparison.Ordinal) ? service.Command[0][2..] : service.Command[0])}").Distinct(StringComparer.Ordinal);

    internal static Seen At(SourceFile file, int line, string value) => new(value, $"{file.Path}:{line}");

    internal static Seen? Found(SourceFile? file, Regex pattern) => file?.Find(pattern) is { } hit ? new(hit[1], $"{hit.At.Path}:{hit.At.Line}") : null;

    internal static Seen? Present(SourceTree tree, params string[] names) => names.FirstOrDefault(tree.Has) is { } name ? new(name, name) : null;

    private static LanguageFound? Go(SourceTree tree)
    {
        if (tree.Read("go.mod") is not { } file) return null;
        var version = LanguageVersions.Go(file);
        return new("go", At(file, 1, "go.mod"), version?.Version ?? new("1.25", ""), new("go", file.Path), Present(tree, "go.sum"), new("go", file.Path), new("./...", file.Path), []) { Beyond = version?.Beyond };
    }

    /// <summary>By Maven, else by Gradle: their wrappers where there are. JaCoCo is asked for by the command, and the project needs to say nothing of it.</summary>
    private static LanguageFound? Java(SourceTree tree)
    {
        if (tree.Read("pom.xml") is not { } file) return Gradle(tree);
        var manager = Present(tree, "mvnw") is { } wrapper ? wrapper : new Seen("maven", file.Path);
        return new("java", At(file, 1, "pom.xml"), Found(file, JavaVersion()) ?? new("21", ""), manager, null, new("jacoco", file.Path), new("package", file.Path), []);
    }

    private static LanguageFound? Gradle(SourceTree tree)
    {
        if (tree.ReadFirst("build.gradle.kts", "build.gradle", "settings.gradle.kts", "settings.gradle") is not { } file) return null;
        var manager = Present(tree, "gradlew") is { } wrapper ? wrapper : new Seen("gradle", file.Path);
        return new("java", At(file, 1, file.Path), Found(file, GradleJavaVersion()) ?? new("21", ""), manager, Present(tree, "gradle.lockfile"), new("jacoco", file.Path), new("assemble", file.Path), []);
    }

    [GeneratedRegex(@"(?:JavaLanguageVersion\.of\(|jvmToolchain\(|(?:source|target)Compatibility\s*=\s*(?:JavaVersion\.)?['""]?(?:VERSION_)?|options\.release\s*=\s*|release\.set\()(?:1[._])?(\d{1,2})\b")]
    private static partial Regex GradleJavaVersion();

    [GeneratedRegex(@"<(?:maven\.compiler\.(?:release|source|target)|java\.version|release)>\s*(?:1\.)?(\d{1,2})\s*<")]
    private static partial Regex JavaVersion();

    [GeneratedRegex(@"^\s*EXPOSE\s+(\d{2,5})\b")]
    private static partial Regex Expose();
}
