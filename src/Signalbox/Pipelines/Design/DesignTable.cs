using System.Globalization;

namespace Signalbox.Pipelines.Design;

/// <summary>
/// The decision table: each row looks at what was found and proposes one thing, with its reason. docs/pipelines-design.md shows it. A row whose proposal is
/// overridden keeps its place and says so.
/// </summary>
public static class DesignTable
{
    /// <summary>The choice that leaves a part out.</summary>
    public const string Off = "off";

    private const string Gate = "the product's brief: coverage at least 80 %, critical and high vulnerabilities block";

    private sealed record Proposal(string Choice, string Why, string Place = "");

    /// <param name="Others">What may be chosen, in words.</param>
    /// <param name="Accepts">Whether a choice is one.</param>
    /// <param name="Propose">Null where the row does not apply.</param>
    private sealed record Row(string Id, string Others, Func<string, bool> Accepts, Func<RepositorySurvey, Platform, Proposal?> Propose);

    private static readonly string[] s_tools = ["dotnet", "go", "node", "python"];

    private static readonly Row[] s_rows =
    [
        new("branch", "a branch", IsName, (s, _) => new(s.Branch.Value, s.Branch.Place.Length > 0 ? "what is merged here is delivered" : "Git does not say the main branch", s.Branch.Place)),
        new("coverage", "80 to 100", v => int.TryParse(v, CultureInfo.InvariantCulture, out var n) && n is >= 80 and <= 100, (_, _) => new("80", Gate)),
        .. s_tools.SelectMany(Language),
        new("scan.dependencies", "trivy or off", v => v is "trivy" or Off, (_, _) => new("trivy", "known vulnerabilities of packages and errors of configuration; critical and high ones fail the job")),
        new("scan.secrets", "gitleaks or off", v => v is "gitleaks" or Off, (_, _) => new("gitleaks", "a secret in any commit fails the job")),
        new("scan.code", "semgrep or off", v => v is "semgrep" or Off, (s, _) => s.Languages.Count == 0 ? null : new("semgrep", "rules of p/default, fetched when it runs; what it finds at severity ERROR fails the job", s.Languages[0].Manifest.Place)),
        new("image", "a repository of images, or off", IsImage, Image),
        new("scan.image", "trivy or off", v => v is "trivy" or Off, (s, _) => s.Dockerfile is null ? null : new("trivy", "before it is pushed: critical and high vulnerabilities of its system and packages fail the job", s.Dockerfile.Place)),
        new("sbom", "trivy, signalbox or off", v => v is "trivy" or "signalbox" or Off, (s, _) => s.Dockerfile is null ? null : new("trivy", "it sees the image's own packages too; signalbox reads the lockfiles and must be on the runner", s.Dockerfile.Place)),
        new("sign", "keyless, key or off", v => v is "keyless" or "key" or Off, (s, p) => s.Dockerfile is null ? null : p is Platform.GitHubActions or Platform.GitLab
            ? new("keyless", "the job's own identity signs, and no key needs be kept")
            : new("key", "this platform gives a job no identity that Sigstore's authority certifies: the key is kept as a secret")),
        new("provenance", "attested or off", v => v is "attested" or Off, (s, p) => s.Dockerfile is null ? null : new("attested", p == Platform.GitHubActions
            ? "SLSA v1 by GitHub's own builder: level 2"
            : "SLSA v1, said by the job itself: level 1")),
        new("verify", "cosign, signalbox or off", v => v is "cosign" or "signalbox" or Off, (s, _) => s.Dockerfile is null ? null : new("cosign", "nothing is deployed whose signature and bill of materials do not hold; signalbox must be on the runner")),
        new("deploy", "helm or off", v => v is "helm" or Off, Deploy),
        new("environment", "a name", IsName, (s, _) => s.Chart is null || s.Dockerfile is null ? null : new("production", "protect it with reviewers, and let only the main branch in")),
        new("namespace", "a namespace of Kubernetes", IsName, (s, _) => s.Chart is null || s.Dockerfile is null ? null : new(s.Chart.Name, "named like the chart", s.Chart.Place.Place)),
        new("rollback", "atomic", v => v == "atomic", (s, _) => s.Chart is null || s.Dockerfile is null ? null : new("atomic", "helm waits until the release is ready, and goes back by itself within its time where it is not", s.Chart.Place.Place)),
        new("cluster", "identity or secret", v => v is "identity" or "secret", (s, p) => s.Chart is null || s.Dockerfile is null ? null : p is Platform.GitHubActions or Platform.GitLab
            ? new("identity", "the cluster trusts the job's identity token for the audience kubernetes (structured authentication), and no key needs be kept")
            : new("secret", "this platform's jobs have no identity token that a cluster can check: HELM_KUBETOKEN is a secret")),
        new("dora", "report or off", v => v is "report" or Off, (s, _) => s.Chart is null || s.Dockerfile is null ? null : new("report", "each deployment and each that went back is told to the control plane at SIGNALBOX_URL; without one nothing is")),
    ];

    /// <summary>Every id that a choice may be given for.</summary>
    public static IEnumerable<string> Ids => s_rows.Select(r => r.Id);

    /// <summary>Decides. The same survey, platform and choices decide the same.</summary>
    /// <param name="choices">What people chose instead, by id.</param>
    /// <exception cref="DesignChoiceException">A choice that is none.</exception>
    public static DesignDecisions Decide(RepositorySurvey survey, Platform platform, IReadOnlyDictionary<string, string> choices)
    {
        foreach (var (id, value) in choices)
        {
            var row = s_rows.FirstOrDefault(r => r.Id == id) ?? throw new DesignChoiceException(id, value, $"one of {string.Join(", ", Ids)}");
            if (!row.Accepts(value)) throw new DesignChoiceException(id, value, row.Others);
        }
        var made = new List<DesignDecision>();
        foreach (var row in s_rows)
            if (row.Propose(survey, platform) is { } proposal)
                made.Add(choices.TryGetValue(row.Id, out var chosen) && chosen != proposal.Choice
                    ? new(row.Id, chosen, $"chosen; proposed was {proposal.Choice}", "", row.Others)
                    : new(row.Id, proposal.Choice, proposal.Why, proposal.Place, row.Others));
        return new(made);
    }

    private static Row[] Language(string tool)
    {
        LanguageFound? Of(RepositorySurvey survey) => survey.Languages.FirstOrDefault(l => l.Tool == tool);
        return
        [
            new($"{tool}.version", "a version", IsName, (s, _) => Of(s) is not { } l ? null : new(l.Version.Value, l.Version.Place.Length > 0 ? "the repository asks for it" : "nothing in the repository says one", l.Version.Place)),
            new($"{tool}.image", "an image", v => v.Length > 0 && !v.Any(char.IsWhiteSpace), (s, p) => Of(s) is not { } l || p is not (Platform.GitLab or Platform.Jenkins) ? null : Tools(l)),
            new($"{tool}.install", "a script, or off", v => v.Length > 0, (s, _) => Of(s) is not { } l || Commands(l).Install is not { } install ? null : l.Lock is { } locked
                ? new(install, $"exactly what {locked.Value} says", locked.Place)
                : new(install, "there is no lockfile: two builds may differ", l.Manifest.Place)),
            new($"{tool}.build", "a script, or off", v => v.Length > 0, (s, _) => Of(s) is not { } l || Commands(l).Build is not { } build ? null : new(build, "what the repository builds with", l.Build?.Place ?? l.Manifest.Place)),
            new($"{tool}.test", "a script", v => v.Length > 0 && v != Off, (s, _) => Of(s) is not { } l ? null : new(Commands(l).Test, l.Coverage is { } c ? $"{c.Value} measures coverage" : "nothing here measures coverage yet: the job fails until something does", l.Coverage?.Place ?? l.Manifest.Place)),
        ];
    }

    private static Proposal Tools(LanguageFound language)
    {
        var (image, pinned) = PinnedImages.Language(language.Tool, language.Version.Value);
        return new(image, pinned ? "its tools come with an image, pinned by its digest" : "no digest is known for this version: choose one as IMAGE:TAG@sha256:…", language.Version.Place);
    }

    // the table shows the rule's own number; the designer writes the chosen one
    private static LanguageCommands Commands(LanguageFound language) => LanguageCommands.Of(language, 80);

    private static Proposal? Image(RepositorySurvey survey, Platform platform)
    {
        if (survey.Dockerfile is not { } file) return null;
        return platform switch
        {
            Platform.GitLab => new("$CI_REGISTRY_IMAGE", "the project's own registry, by the job's own token", file.Place),
            Platform.GitHubActions when survey.Remote is { Host: "github.com" } remote => new($"ghcr.io/{remote.Path.ToLowerInvariant()}", "the repository's own registry, by the job's own token", file.Place),
            _ => new("$IMAGE", "the variables IMAGE, REGISTRY and REGISTRY_USER say where to, the secret REGISTRY_PASSWORD lets in", file.Place),
        };
    }

    private static Proposal? Deploy(RepositorySurvey survey, Platform platform) => (survey.Chart, survey.Dockerfile, survey.Manifest) switch
    {
        ({ } chart, not null, _) => new("helm", $"the chart {chart.Name}, with the digest that was verified", chart.Place.Place),
        ({ } chart, null, _) => new(Off, "there is a chart and no Dockerfile: what it runs is built elsewhere", chart.Place.Place),
        (null, _, { } manifest) => new(Off, "plain manifests are not deployed from here: let Argo CD or Flux follow them", manifest.Place),
        _ => new(Off, "nothing here says where it runs"),
    };

    private static bool IsName(string value) => value.Length is > 0 and <= 100 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && value[0] is not ('-' or '/');

    private static bool IsImage(string value) => value == Off || value is "$IMAGE" or "$CI_REGISTRY_IMAGE" || (value.Contains('/') && !value.StartsWith('/') && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '/' or ':'));
}
