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

    private const string NothingElse = "nothing else";

    private const string Gate = "the product's brief: coverage at least 80 %, critical vulnerabilities block, and high ones that can be mended";

    private sealed record Proposal(string Choice, string Why, string Place = "");

    /// <param name="Others">What may be chosen, in words.</param>
    /// <param name="Accepts">Whether a choice is one.</param>
    /// <param name="Propose">By what was found, the platform, and what was decided above; null where the row does not apply.</param>
    private sealed record Row(string Id, string Others, Func<string, bool> Accepts, Func<RepositorySurvey, Platform, DesignDecisions, Proposal?> Propose);

    private static readonly string[] s_tools = ["dotnet", "go", "java", "node", "python"];

    private static readonly Row[] s_rows =
    [
        new("branch", "a branch", IsName, (s, _, _) => new(s.Branch.Value, s.Branch.Place.Length > 0 ? "what is merged here is delivered" : "Git does not say the main branch", s.Branch.Place)),
        new("coverage", "80 to 100", v => int.TryParse(v, CultureInfo.InvariantCulture, out var n) && n is >= 80 and <= 100, (s, _, _) => s.Languages.Count == 0 ? null : new("80", Gate)),
        .. s_tools.SelectMany(Language),
        new("scan.dependencies", "trivy or off", v => v is "trivy" or Off, (_, _, _) => new("trivy", "known vulnerabilities of packages and errors of configuration; critical ones fail the job, and high ones that can be mended")),
        new("scan.secrets", "gitleaks or off", v => v is "gitleaks" or Off, (_, _, _) => new("gitleaks", "a secret in any commit fails the job")),
        new("scan.code", "semgrep or off", v => v is "semgrep" or Off, (s, _, _) => s.Languages.Count == 0 ? null : new("semgrep", "rules of p/default, fetched when it runs; what it finds at severity ERROR fails the job", s.Languages[0].Manifest.Place)),
        new("image", "a repository of images, or off", IsImage, Image),
        new("scan.image", "trivy or off", v => v is "trivy" or Off, (s, _, _) => s.Dockerfile is null ? null : new("trivy", "before it is pushed: critical vulnerabilities of its system and packages fail the job, and high ones that can be mended", s.Dockerfile.Place)),
        new("sbom", "trivy, signalbox or off", v => v is "trivy" or "signalbox" or Off, (s, _, _) => s.Dockerfile is null ? null : new("trivy", "it sees the image's own packages too; signalbox reads the lockfiles and must be on the runner", s.Dockerfile.Place)),
        new("sign", "keyless, key or off", v => v is "keyless" or "key" or Off, (s, p, _) => s.Dockerfile is null ? null : p is Platform.GitHubActions or Platform.GitLab
            ? new("keyless", "the job's own identity signs, and no key needs be kept")
            : new("key", "this platform gives a job no identity that Sigstore's authority certifies: the key is kept as a secret")),
        new("provenance", "attested or off", v => v is "attested" or Off, (s, p, m) => s.Dockerfile is null ? null : !m.Has("sign") && p != Platform.GitHubActions ? new(Off, "nobody attests it without a signature") : new("attested", p == Platform.GitHubActions
            ? "SLSA v1 by GitHub's own builder: level 2"
            : "SLSA v1, said by the job itself: level 1")),
        new("verify", "cosign, signalbox or off", v => v is "cosign" or "signalbox" or Off, (s, _, m) => s.Dockerfile is null ? null : !m.IsVouched ? new(Off, "there is neither a signature nor a provenance to verify") : new("cosign", "nothing is deployed whose signature, bill of materials and provenance do not hold; signalbox in its place must be on the runner")),
        new("deploy", "signalbox, helm, argo-cd, flux or off", v => v is "signalbox" or "helm" or "argo-cd" or "flux" or Off, Deploy),
        new("evidence", "all, reports, sbom or off", v => v is "all" or "reports" or "sbom" or Off, (s, _, m) => !m.BySignalbox ? null
            : new("all", "what the tests reported, and a bill of materials of the lockfiles, go with the release: gates decide by them", s.Delivery!.Place.Place)),
        new("repository", "an https address", v => Uri.TryCreate(v, UriKind.Absolute, out var at) && at.Scheme == "https" && IsPlain(v), (s, _, m) => !m.IsSteered ? null : s.Remote is { } remote
            ? new(remote.Address, "where the cluster reads this repository from", "git: origin")
            : new($"https://git.invalid/{s.Name}.git", "Git has no remote called origin: say where the cluster reads this repository from")),
        new("environments", "names, with commas between them", v => v.Split(',') is { Length: <= 8 } names && names.All(IsLabel) && names.Distinct().Count() == names.Length, (s, _, m) => !m.Delivers ? null
            : m.BySignalbox ? new(string.Join(',', s.Delivery!.Environments), "as the file has them; the first is deployed to, and the same release promoted to each after it", s.Delivery.Place.Place)
            : new("staging,production", "in this order, each after the one before; protect the last with reviewers, and let only the main branch in")),
        new("namespace", "a namespace of Kubernetes, before the environment's name", IsLabel, (s, _, m) => !m.Delivers || m.BySignalbox ? null : s.Chart is { } chart
            ? new(chart.Name, "named like the chart; each environment has one of its own", chart.Place.Place)
            : new(s.Name, "named like the repository; each environment has one of its own")),
        new("port", "a port", v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 65536, (s, _, m) => !m.IsSteered ? null
            : s.Workload is { Port: { } port } workload ? new(Number(port), "what the container opens", workload.Place.Place)
            : s.Port is { } exposed ? new(exposed.Value, "what the image exposes", exposed.Place)
            : new("8080", "nothing here says one")),
        new("health", "an address, or tcp", v => v == "tcp" || (v.StartsWith('/') && IsPlain(v)), (s, _, m) => !m.IsSteered || (s.Chart is not null && s.Workload is null) ? null
            : s.Health is { } health ? new(health.Value, "the source answers there", health.Place)
            : new("tcp", "nothing in the source answers with its health: only the port is tried")),
        new("rollout", "argo-rollouts, flagger or off", v => v is "argo-rollouts" or "flagger" or Off, Steps),
        new("metrics", "the address of a Prometheus", v => Uri.TryCreate(v, UriKind.Absolute, out var at) && at.Scheme is "http" or "https" && IsPlain(v), (_, _, m) => !m.Has("rollout") ? null : new("http://prometheus.monitoring:9090", "asked for the errors of the canary alone; no answer is no success")),
        new("metrics.requests", "the name of a counter with the labels code, namespace and pod", v => v.Length <= 100 && v.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':') && !char.IsAsciiDigit(v[0]), (_, _, m) => !m.Has("rollout") ? null : new("http_requests_total", "what Prometheus' client libraries call it; code is 200, 503 and so on")),
        new("metrics.errors", "percent", v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 50, (_, _, m) => !m.Has("rollout") ? null : new("1", "a larger share of answers that begin with 5 takes the release back")),
        new("gateway", "the name of a Gateway", IsLabel, (_, _, m) => m["rollout"] != "flagger" ? null : new("public", "a Gateway in each environment's namespace, whose routes Flagger weights (Gateway API)")),
        new("secrets", "the name of a ClusterSecretStore, or off", v => v == Off || IsLabel(v), (s, _, m) => !m.IsSteered ? null : s.Workload is { Secrets: [_, ..] secrets } workload
            ? new("secrets", $"{string.Join(", ", secrets)}: read by its pods, and made by nothing here", workload.Place.Place)
            : new(Off, "no manifest reads a Secret that nothing here makes; with a store one named like the application is mounted where design writes the workload")),
        new("budget", "how many pods may be away, or off", v => v == Off || (int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 100), (s, _, m) => !m.IsSteered ? null : (s.Workload?.Budget ?? s.Chart?.Budget) is { } there
            ? new(Off, "there is a PodDisruptionBudget", there.Place)
            : s.Workload is null && s.Chart is { Deployment: null } chart ? new(Off, "no template of the chart makes a Deployment", chart.Place.Place)
            : new("1", "a node that is drained takes one pod at a time")),
        new("signatures", "verified or off", v => v is "verified" or Off, (_, _, m) => !m.IsSteered || m["deploy"] != "flux" ? null : new("verified", "only commits that somebody in the Secret git-signers signed are applied")),
        new("rollback", NothingElse, _ => false, (s, _, m) => !m.Delivers ? null : m["deploy"] switch
        {
            "signalbox" => new("judged", "the control plane judges the release while it goes out and takes it back by itself, also where the job ends; it records deployments, too", s.Delivery!.Place.Place),
            "helm" => new("atomic", "helm waits until the release is ready, and goes back by itself within its time where it is not", s.Chart?.Place.Place ?? ""),
            _ => new("reapply", "where the cluster does not become healthy in time, what was applied before is applied again"),
        }),
        new("access", "identity or secret", v => v is "identity" or "secret", (_, p, m) => !m.BySignalbox ? null : p is Platform.GitHubActions or Platform.GitLab
            ? new("identity", "the control plane takes the job's identity token in exchange (identities.yaml), and no key needs be kept")
            : new("secret", "this platform's jobs have no identity token for an audience of ours: SIGNALBOX_TOKEN_ENVIRONMENT is a secret, one for each")),
        new("cluster", "identity or secret", v => v is "identity" or "secret", (_, p, m) => !m.Delivers || m.BySignalbox ? null : p is Platform.GitHubActions or Platform.GitLab
            ? new("identity", "the cluster trusts the job's identity token for the audience kubernetes (structured authentication), and no key needs be kept")
            : new("secret", "this platform's jobs have no identity token that a cluster can check: KUBE_TOKEN is a secret")),
        new("dora", "report or off", v => v is "report" or Off, (_, _, m) => !m.Delivers || m.BySignalbox ? null : new("report", "each deployment and each that went back is told to the control plane at SIGNALBOX_URL; without one nothing is")),
    ];

    /// <summary>Whether a branch of this name can be written into every platform's file.</summary>
    internal static bool IsBranch(string name) => IsName(name);

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
            if (!row.Accepts(value)) throw new DesignChoiceException(id, value, row.Others == NothingElse ? $"no choice of {id}, which goes by deploy" : row.Others);
            if (Impossible(survey, platform, id, value) is { } instead) throw new DesignChoiceException(id, value, instead);
        }
        var made = new List<DesignDecision>();
        var above = new DesignDecisions(made) { Chosen = choices };
        foreach (var row in s_rows)
            if (row.Propose(survey, platform, above) is { } proposal)
                made.Add(choices.TryGetValue(row.Id, out var chosen) && chosen != proposal.Choice
                    ? new(row.Id, chosen, $"chosen; proposed was {proposal.Choice}", "", row.Others)
                    : new(row.Id, proposal.Choice, proposal.Why, proposal.Place, row.Others));
        if (above.BySignalbox && above["environments"].Split(',').Except(survey.Delivery!.Environments).Any())
            throw new DesignChoiceException("environments", above["environments"], $"some of {string.Join(',', survey.Delivery.Environments)}, which signalbox.yaml has");
        if (survey.Dockerfile is not null && !above.Has("sign") && platform != Platform.GitHubActions && above.Has("provenance"))
            throw new DesignChoiceException("provenance", above["provenance"], "off: nobody attests it where sign is off");
        if (survey.Dockerfile is not null && !above.IsVouched && above.Has("verify"))
            throw new DesignChoiceException("verify", above["verify"], "off: where sign and provenance are off there is nothing to verify");
        return new(made);
    }

    /// <summary>What is expected in place of a choice that this repository or platform has nothing for; null where it is fine.</summary>
    private static string? Impossible(RepositorySurvey survey, Platform platform, string id, string value) => (id, value) switch
    {
        ("sign", "keyless") when platform is Platform.AzurePipelines or Platform.Jenkins => "key or off: this platform gives a job no identity that Sigstore's authority certifies",
        ("access", "identity") when platform is Platform.AzurePipelines or Platform.Jenkins => "secret: this platform's jobs have no identity token for an audience of ours",
        ("cluster", "identity") when platform is Platform.AzurePipelines or Platform.Jenkins => "secret: this platform's jobs have no identity token that a cluster can check",
        ("image", "$CI_REGISTRY_IMAGE") when platform != Platform.GitLab => "another repository of images, or off: only GitLab has that variable",
        ("deploy", "signalbox") when SignalboxScripts.Unfit(survey) is { } unfit => $"helm, argo-cd, flux or off: {unfit}",
        ("deploy", "helm") when survey.Chart is null => "argo-cd, flux or off: there is no chart",
        ("deploy", not (Off or "signalbox")) when survey.Chart is { Unfit: { } unfit } => $"off: {unfit}",
        ("rollout", not Off) when survey.Workload is { Kind: not "Deployment" } workload => $"off: a {workload.Kind} goes by its own strategy",
        ("rollout", not Off) when survey.Chart is { Deployment: null } => "off: no template of the chart makes a Deployment",
        ("deploy", not (Off or "helm")) when survey.Workload is { Folder: "" } => "off: the manifests lie at the repository's top, where no kustomization can take them in alone",
        _ => null,
    };

    private static Row[] Language(string tool)
    {
        LanguageFound? Of(RepositorySurvey survey) => survey.Languages.FirstOrDefault(l => l.Tool == tool);
        Row[] projects = tool != "dotnet" ? [] : [new("dotnet.project", "solutions or projects, with commas between them", v => v.Split(',').All(IsProject), (s, _, _) => Of(s) is not { } l ? null : new(string.Join(',', l.Projects), l.ProjectsWhy ?? "what is restored, built and tested", l.Manifest.Place))];
        return
        [
            new($"{tool}.version", "a version", IsName, (s, _, _) => Of(s) is not { } l ? null : new(l.Version.Value, l.Version.Place.Length == 0 ? "nothing in the repository says one" : LanguageVersions.IsSupported(tool, l.Version.Value) ? "the repository asks for it" : "the repository asks for it, and nobody mends it any more", l.Version.Place)),
            new($"{tool}.image", "an image", v => v.Length > 0 && !v.Any(char.IsWhiteSpace), (s, p, m) => Of(s) is not { } l || p is not (Platform.GitLab or Platform.Jenkins) ? null : Tools(l, m[$"{tool}.version"])),
            .. projects,
            new($"{tool}.install", "a script, or off", v => v.Length > 0, (s, _, m) => Of(s) is not { } l || Commands(l, m).Install is not { } install ? null : l.Lock is { } locked
                ? new(install, $"exactly what {locked.Value} says", locked.Place)
                : new(install, "there is no lockfile: two builds may differ", l.Manifest.Place)),
            new($"{tool}.build", "a script, or off", v => v.Length > 0, (s, _, m) => Of(s) is not { } l ? null
                : s is { Languages.Count: 1, Delivery: { Build: { } own, Place: var place } } ? new(own, "what signalbox.yaml builds with", place.Place)
                : Commands(l, m).Build is not { } build ? null : new(build, "what the repository builds with", l.Build?.Place ?? l.Manifest.Place)),
            new($"{tool}.test", "a script", v => v.Length > 0 && v != Off, (s, _, m) => Of(s) is not { } l ? null : new(Commands(l, m).Test, l.Lacks is { } lacks ? lacks : l.Coverage is { } c ? $"{c.Value} measures coverage" : "nothing here measures coverage yet: the job fails until something does", l.Coverage?.Place ?? l.Manifest.Place)),
        ];
    }

    private static Proposal Tools(LanguageFound language, string version)
    {
        var (image, pinned) = PinnedImages.Of(language, version);
        return new(image, (pinned, language.Beyond) switch
        {
            (true, { } release) when version == language.Version.Value => $"a newer release, pinned by its digest, builds what asks for {release}",
            (true, _) => "its tools come with an image, pinned by its digest",
            (_, { } asked) when version == language.Version.Value => $"the image that is pinned here is not {asked}, which the repository asks for: choose one as IMAGE:TAG@sha256:…",
            _ => "no digest is known for this version: choose one as IMAGE:TAG@sha256:…",
        }, language.Version.Place);
    }

    // the table shows the rule's own number; the designer writes the chosen one
    private static LanguageCommands Commands(LanguageFound language, DesignDecisions made) => LanguageCommands.Of(language.With(made), 80);

    private static Proposal? Image(RepositorySurvey survey, Platform platform, DesignDecisions made)
    {
        if (survey.Dockerfile is not { } file) return null;
        if (SignalboxScripts.Unfit(survey) is null && made.Chosen.GetValueOrDefault("deploy", "signalbox") == "signalbox") return new(Off, "signalbox.yaml takes out folders, and no image", survey.Delivery!.Place.Place);
        return platform switch
        {
            Platform.GitLab => new("$CI_REGISTRY_IMAGE", "the project's own registry, by the job's own token", file.Place),
            Platform.GitHubActions when survey.Remote is { Host: "github.com" } remote => new($"ghcr.io/{remote.Path.ToLowerInvariant()}", "the repository's own registry, by the job's own token", file.Place),
            _ => new("$IMAGE", "the variables IMAGE, REGISTRY and REGISTRY_USER say where to, the secret REGISTRY_PASSWORD lets in", file.Place),
        };
    }

    private static Proposal? Deploy(RepositorySurvey survey, Platform platform, DesignDecisions made) => (survey.Chart, survey.Workload, made.Has("image") && survey.Dockerfile is not null) switch
    {
        _ when SignalboxScripts.Unfit(survey) is null => new("signalbox", "signalbox.yaml says what goes where, and how it is judged", survey.Delivery!.Place.Place),
        ({ } chart, _, false) => new(Off, "there is a chart and no image of its own: what it runs is built elsewhere", chart.Place.Place),
        (null, { } workload, false) => new(Off, "there are manifests and no image of its own: what they run is built elsewhere", workload.Place.Place),
        (null, null, false) => survey.Delivery is { } delivery ? new(Off, SignalboxScripts.Unfit(survey)!, delivery.Place.Place) : null,
        ({ Unfit: { } unfit } chart, _, _) => new(Off, unfit, chart.Place.Place),
        (_, { Folder: "" } workload, _) => new(Off, "the manifests lie at the repository's top: in a folder of their own argo-cd or flux can follow them", workload.Place.Place),
        (not null, _, _) or (_, not null, _) when survey.GitOps is { } steered => new(steered.Value, "the repository has objects of it: one for each environment, pinned to a commit and a digest", steered.Place),
        ({ } chart, _, _) => new("helm", $"the chart {chart.Name}, with the digest that was verified; the job ends before it where the chart does not run that", chart.Place.Place),
        (_, { } workload, _) => new("argo-cd", "there are plain manifests, and nothing says what applies them: one Application for each environment, pinned to a commit and a digest, with a history and a way back", workload.Place.Place),
        _ => new(Off, "nothing here says where it runs; helm needs a chart, argo-cd and flux need nothing"),
    };

    private static Proposal? Steps(RepositorySurvey survey, Platform platform, DesignDecisions made)
    {
        if (!made.IsSteered) return null;
        if (survey.Workload is { Kind: not "Deployment" } workload) return new(Off, $"a {workload.Kind} goes by its own strategy", workload.Place.Place);
        if (survey.Workload is null && survey.Chart is { Progressive: { } own }) return new(Off, $"the chart has a {own.Value} of its own", own.Place);
        if (survey.Workload is null && survey.Chart is { Deployment: null } chart) return new(Off, "no template of the chart makes a Deployment", chart.Place.Place);
        if (survey.Progressive is { } there) return new(there.Value, "the repository has objects of it", there.Place);
        return made["deploy"] == "flux" ? new("flagger", "it belongs to Flux, and needs no change to the Deployment") : new("argo-rollouts", "it belongs to Argo CD, which knows its health");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Kubernetes' names: RFC 1123 labels
    private static bool IsLabel(string value) => value.Length is > 0 and <= 40 && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && value[0] != '-' && value[^1] != '-';

    private static bool IsPlain(string value) => value.Length <= 200 && value.All(c => char.IsAsciiLetterOrDigit(c) || "-._~/:".Contains(c));

    private static bool IsName(string value) => value.Length is > 0 and <= 100 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') && value[0] is not ('-' or '/');

    private static readonly string[] s_projects = [".sln", ".slnx", ".slnf", ".csproj", ".fsproj"];

    private static bool IsProject(string value) => value.Length is > 0 and <= 200 && !value.StartsWith('-') && !value.StartsWith('/') && value.Split('/').All(part => part.Length > 0 && part != "..") && !value.Any(char.IsControl)
        && s_projects.Any(ending => value.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static bool IsImage(string value) => value == Off || value is "$IMAGE" or "$CI_REGISTRY_IMAGE" || (value.Contains('/') && !value.StartsWith('/') && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '/' or ':'));
}
